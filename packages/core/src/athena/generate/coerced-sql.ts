import { emitCoercion } from '../functions/cast.ts'
import { physicalType } from '../types/physical-type.ts'
import { sameType, type TrinoType } from '../types/trino-type.ts'
import type { Generator, Target } from './generator.ts'

/** A column of a query as the query's user wants it. */
export function targetColumn(
  generator: Generator,
  sql: string,
  from: TrinoType,
  index: number,
  target: Target,
): string {
  const to = target.types?.[index] ?? from
  const coerced = sameType(from, to) ? sql : emitCoercion(sql, from, to, generator.context)
  // The types of the result are the analyzer's; where DuckDB has them already this costs nothing.
  return target.isResult ? `CAST(${coerced} AS ${physicalType(to)})` : coerced
}

/** True where columns of these types can be given as they are. */
export function isTarget(types: readonly TrinoType[], target: Target): boolean {
  return !target.isResult && types.every((type, index) => sameType(type, target.types?.[index] ?? type))
}

/** A SELECT over a finished query that renames and coerces its columns. */
export function retargetedSql(
  generator: Generator,
  sql: string,
  columns: readonly string[],
  types: readonly TrinoType[],
  target: Target,
): string {
  const items = types.map((type, index) => {
    const column = columns[index] ?? 'NULL'
    return `${targetColumn(generator, column, type, index, target)} AS ${target.columns[index]}`
  })
  return `SELECT ${items.join(', ')} FROM (${sql}) AS ${generator.fresh('q')}`
}
