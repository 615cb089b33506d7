import {
  BIGINT,
  BLOB,
  BOOLEAN,
  DECIMAL,
  DOUBLE,
  DuckDBBlobValue,
  type DuckDBConnection,
  type DuckDBDataChunk,
  DuckDBDecimalValue,
  DuckDBListValue,
  DuckDBMapValue,
  DuckDBScalarFunction,
  type DuckDBType,
  type DuckDBValue,
  FLOAT,
  INTEGER,
  LIST,
  MAP,
  VARCHAR,
} from '@duckdb/node-api'
import { preludeStatements } from './prelude.ts'
import { SCALAR_FUNCTIONS } from './scalar-functions/catalog.ts'
import type { ScalarFunction, ScalarTypeName } from './scalar-functions/scalar-function.ts'

const definedIn = new WeakMap<DuckDBConnection, Set<string>>()

/**
 * Makes a connection's database ready for generated SQL: defines the macros and registers the JavaScript functions that the
 * text names (all of them start with `ft_`), and nothing else, so that a query pays for what it uses. `known` are those that
 * the database has from other connections; what is added is added there.
 */
export async function prepareConnection(
  connection: DuckDBConnection,
  sql: string,
  known: Set<string> = definedIn.get(connection) ?? new Set(),
): Promise<void> {
  definedIn.set(connection, known)
  const macros = preludeStatements(sql)
  const names = new Set([sql, ...macros.values()].flatMap((text) => scalarFunctionNames(text)))
  for (const name of names) {
    if (known.has(name)) continue
    registerScalarFunction(connection, name)
    known.add(name)
  }
  for (const [name, statement] of macros) {
    if (known.has(name)) continue
    await connection.run(statement)
    known.add(name)
  }
}

/** The JavaScript functions that an SQL text may call. A name inside a string literal counts too, at no harm. */
export function scalarFunctionNames(sql: string): readonly string[] {
  const names = new Set(sql.match(/\bft_[a-z0-9_]+/g))
  return [...names].filter((name) => Object.hasOwn(SCALAR_FUNCTIONS, name))
}

function registerScalarFunction(connection: DuckDBConnection, name: string): void {
  const definition = SCALAR_FUNCTIONS[name]
  if (!definition) throw new Error(`no scalar function "${name}"`)
  const { parameters, returns } = definition
  const convert = CONVERSIONS[returns].toDuckDb as (value: unknown) => DuckDBValue
  connection.registerScalarFunction(
    DuckDBScalarFunction.create({
      name,
      parameterTypes: parameters.map((parameter) => CONVERSIONS[parameter].type),
      returnType: CONVERSIONS[returns].type,
      // Else DuckDB takes the answer to a NULL constant for NULL.
      specialHandling: definition.takesNull,
      mainFunction: (_info, chunk, output) => {
        const results = evaluateChunk(definition, chunk)
        for (const [row, result] of results.entries()) {
          output.setItem(row, result === null || result === undefined ? null : convert(result))
        }
        output.flush()
      },
    }),
  )
}

/** Answers for each row of a chunk. */
function evaluateChunk({ parameters, takesNull, call }: ScalarFunction, chunk: DuckDBDataChunk): unknown[] {
  const evaluate = call as (...args: unknown[]) => unknown
  const { rowCount } = chunk
  const columns = parameters.map((parameter, index) => {
    const convert = CONVERSIONS[parameter].fromDuckDb as ((value: DuckDBValue) => unknown) | undefined
    const values = chunk.getColumnValues(index)
    return convert ? values.map((value) => (value === null ? null : convert(value))) : (values as unknown[])
  })
  const results: unknown[] = new Array(rowCount)
  const args: unknown[] = new Array(columns.length)
  for (let row = 0; row < rowCount; row++) {
    let isNull = false
    for (const [index, column] of columns.entries()) {
      const value = column[row]
      if (value === null) isNull = true
      args[index] = value
    }
    results[row] = isNull && !takesNull ? null : evaluate(...args)
  }
  return results
}

interface Conversion {
  readonly type: DuckDBType
  /** Absent where the JavaScript value is DuckDB's own. */
  readonly fromDuckDb?: (value: never) => unknown
  readonly toDuckDb: (value: never) => DuckDBValue
}

const identity = (value: DuckDBValue): DuckDBValue => value

const CONVERSIONS: Readonly<Record<ScalarTypeName, Conversion>> = {
  VARCHAR: { type: VARCHAR, toDuckDb: identity },
  BOOLEAN: { type: BOOLEAN, toDuckDb: identity },
  INTEGER: { type: INTEGER, toDuckDb: identity },
  DOUBLE: { type: DOUBLE, toDuckDb: identity },
  REAL: { type: FLOAT, toDuckDb: identity },
  BIGINT: { type: BIGINT, toDuckDb: identity },
  BLOB: {
    type: BLOB,
    fromDuckDb: (value: DuckDBBlobValue) => value.bytes,
    toDuckDb: (value: Uint8Array) => new DuckDBBlobValue(value),
  },
  'VARCHAR[]': {
    type: LIST(VARCHAR),
    fromDuckDb: (value: DuckDBListValue) => value.items,
    toDuckDb: (value: readonly (string | null)[]) => new DuckDBListValue([...value]),
  },
  'DOUBLE[]': {
    type: LIST(DOUBLE),
    fromDuckDb: (value: DuckDBListValue) => value.items,
    toDuckDb: (value: readonly (number | null)[]) => new DuckDBListValue([...value]),
  },
  'MAP(VARCHAR, VARCHAR)': {
    type: MAP(VARCHAR, VARCHAR),
    fromDuckDb: (map: DuckDBMapValue) => map.entries.map(({ key, value }) => [key, value]),
    toDuckDb: (pairs: readonly (readonly [string, string])[]) =>
      new DuckDBMapValue(pairs.map(([key, value]) => ({ key, value }))),
  },
  'MAP(VARCHAR, VARCHAR[])': {
    type: MAP(VARCHAR, LIST(VARCHAR)),
    fromDuckDb: identity,
    toDuckDb: (pairs: readonly (readonly [string, readonly string[]])[]) =>
      new DuckDBMapValue(pairs.map(([key, values]) => ({ key, value: new DuckDBListValue([...values]) }))),
  },
  'VARCHAR[][]': {
    type: LIST(LIST(VARCHAR)),
    fromDuckDb: identity,
    toDuckDb: (lists: readonly (readonly (string | null)[])[]) =>
      new DuckDBListValue(lists.map((items) => new DuckDBListValue([...items]))),
  },
  'BIGINT[]': {
    type: LIST(BIGINT),
    fromDuckDb: (value: DuckDBListValue) => value.items,
    toDuckDb: (value: readonly (bigint | null)[]) => new DuckDBListValue([...value]),
  },
  'DECIMAL(38,0)': {
    type: DECIMAL(38, 0),
    fromDuckDb: (value: DuckDBDecimalValue) => value.value,
    toDuckDb: (value: bigint) => new DuckDBDecimalValue(value, 38, 0),
  },
}
