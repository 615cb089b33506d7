import { describe, expect, it } from 'vitest'
import { catalogTable } from '../../../test/catalog-table.ts'
import type { CatalogTable } from '../catalog/catalog.ts'
import { InMemoryCatalog } from '../catalog/in-memory-catalog.ts'
import type { SqlDialect } from '../functions/function-definition.ts'
import { parseExpression, parseStatement } from '../trino/parse.ts'
import { formatTrinoType } from '../types/trino-type.ts'
import type { Analysis } from './analysis.ts'
import { analyzeQuery } from './analyze.ts'

/*
 * Texts and places of Trino's errors are compared with a real Trino's in test/query-answers.test.ts; here is what only
 * Athena has, and what has no SQL form there.
 */

const TABLE = catalogTable({
  name: 'flows',
  columns: [
    { name: 'srcaddr', type: 'string' },
    { name: 'bytes', type: 'bigint' },
  ],
  partitionKeys: [{ name: 'day', type: 'string' }],
})

const view = (name: string, viewText: string): CatalogTable => ({
  ...TABLE,
  name,
  tableType: 'VIRTUAL_VIEW',
  partitionKeys: [],
  storageDescriptor: { ...TABLE.storageDescriptor, columns: [] },
  viewText,
})

interface Options {
  readonly dialect?: SqlDialect
  readonly parameters?: readonly string[]
  readonly views?: readonly CatalogTable[]
}

async function analyze(
  sql: string,
  { dialect = 'athena', parameters = [], views = [] }: Options = {},
): Promise<Analysis> {
  const catalog = new InMemoryCatalog()
  await catalog.createTable(TABLE)
  for (const table of views) await catalog.createTable(table)
  const statement = parseStatement(sql)
  if (statement.kind !== 'query-statement') throw new Error(`not a query: ${sql}`)
  const values = parameters.map((text) => parseExpression(text))
  return analyzeQuery(statement.query, { catalog, dialect, database: 'default', parameters: values })
}

const columnsOf = async (sql: string, options?: Options): Promise<readonly string[]> =>
  (await analyze(sql, options)).columns.map(({ name, type }) => `${name} ${formatTrinoType(type)}`)

const errorOf = async (sql: string, options?: Options): Promise<string> => {
  try {
    await analyze(sql, options)
    return 'no error'
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

describe('dialects', () => {
  it('Athena does not say whether a column is missing or hidden', async () => {
    const text = "COLUMN_NOT_FOUND: line 1:8: Column 'banana' cannot be resolved"
    const suffix = ' or requester is not authorized to access requested resources'
    expect(await errorOf('SELECT banana FROM flows')).toBe(`${text}${suffix}`)
    expect(await errorOf('SELECT "Banana" FROM flows')).toBe(`${text}${suffix}`)
    expect(await errorOf('SELECT banana FROM flows', { dialect: 'trino' })).toBe(text)
  })

  it('Athena reads 1.5 as a double', async () => {
    expect(await columnsOf('SELECT 1.5')).toEqual(['_col0 double'])
    expect(await columnsOf('SELECT 1.5', { dialect: 'trino' })).toEqual(['_col0 decimal(2,1)'])
  })
})

describe('tables', () => {
  it('names the catalogue in lower case', async () => {
    expect(await errorOf('SELECT * FROM nosuch')).toBe(
      "TABLE_NOT_FOUND: line 1:15: Table 'awsdatacatalog.default.nosuch' does not exist",
    )
    expect(await columnsOf('SELECT bytes FROM "AwsDataCatalog"."default".flows')).toEqual(['bytes bigint'])
  })

  it('has hidden columns that * does not show', async () => {
    expect(await columnsOf('SELECT * FROM flows')).toEqual(['srcaddr varchar', 'bytes bigint', 'day varchar'])
    expect(await columnsOf('SELECT "$path", "$file_size" FROM flows')).toEqual(['$path varchar', '$file_size bigint'])
    expect(await columnsOf('SELECT f."$path" FROM flows f')).toEqual(['$path varchar'])
  })

  it('keeps the case of names as written', async () => {
    expect(await columnsOf('SELECT SRCADDR, f.Bytes, bytes AS "B b" FROM flows f')).toEqual([
      'SRCADDR varchar',
      'Bytes bigint',
      'B b bigint',
    ])
  })
})

describe('queries too deep for the stack', () => {
  it('are refused', async () => {
    const sql = `SELECT ${Array.from({ length: 50_000 }, () => '1').join(' + ')}`
    expect(await errorOf(sql)).toBe('GENERIC_USER_ERROR: statement is too large (stack overflow during analysis)')
  })
})

describe('metadata', () => {
  it('is in information_schema and beside partitioned tables', async () => {
    expect(await columnsOf('SELECT table_name, data_type FROM information_schema.columns')).toEqual([
      'table_name varchar',
      'data_type varchar',
    ])
    expect(await columnsOf('SELECT * FROM "flows$partitions"')).toEqual(['day varchar'])
    expect(await errorOf('SELECT * FROM information_schema.nosuch')).toBe(
      "TABLE_NOT_FOUND: line 1:15: Table 'awsdatacatalog.information_schema.nosuch' does not exist",
    )
    expect(await errorOf('SELECT * FROM "nosuch$partitions"')).toMatch(/^TABLE_NOT_FOUND: line 1:15/)
  })
})

describe('views', () => {
  const views = [
    view('top', 'SELECT srcaddr AS Src, sum(bytes) AS total FROM flows GROUP BY 1'),
    view('over_top', 'SELECT src FROM top'),
    view('loop_a', 'SELECT * FROM loop_b'),
    view('loop_b', 'SELECT * FROM loop_a'),
    view('stale', 'SELECT gone FROM flows'),
    view('broken', 'SELEC 1'),
  ]

  it('are read as their queries', async () => {
    expect(await columnsOf('SELECT * FROM top', { views })).toEqual(['src varchar', 'total bigint'])
    expect(await columnsOf('SELECT t.src FROM over_top t', { views })).toEqual(['src varchar'])
    expect(await columnsOf('SELECT a.total, b.total FROM top a JOIN top b ON a.src = b.src', { views })).toEqual([
      'total bigint',
      'total bigint',
    ])
  })

  it('that fail say so, at the place of their use', async () => {
    expect(await errorOf('SELECT * FROM stale', { views })).toMatch(
      /^INVALID_VIEW: line 1:15: Failed analyzing stored view 'awsdatacatalog\.default\.stale': line 1:8: Column 'gone'/,
    )
    expect(await errorOf('SELECT * FROM broken', { views })).toMatch(/^INVALID_VIEW: line 1:15: Failed analyzing/)
  })

  it('that read themselves are refused', async () => {
    expect(await errorOf('SELECT * FROM loop_a', { views })).toMatch(/^INVALID_VIEW: .*recursive/)
  })
})

describe('parameters', () => {
  it('have the types of their values', async () => {
    const parameters = ['443', "'2021/10/25'"]
    const sql = 'SELECT ? + 1 AS port FROM flows WHERE day = ?'
    expect(await columnsOf(sql, { parameters })).toEqual(['port integer'])
    expect(await columnsOf('SELECT bytes FROM flows OFFSET ? LIMIT ?', { parameters: ['1', '2'] })).toHaveLength(1)
  })

  it('must be as many as there are values', async () => {
    const text = 'Incorrect number of parameters: expected 1 but found'
    expect(await errorOf('SELECT ?')).toBe(`INVALID_PARAMETER_USAGE: line 1:1: ${text} 0`)
    expect(await errorOf('SELECT ?', { parameters: ['1', '2'] })).toBe(`INVALID_PARAMETER_USAGE: line 1:1: ${text} 2`)
  })

  it('are checked where they stand', async () => {
    expect(await errorOf('SELECT bytes + ? FROM flows', { parameters: ["'x'"] })).toBe(
      'TYPE_MISMATCH: line 1:14: Cannot apply operator: bigint + varchar(1)',
    )
  })
})
