import { comparisonKey } from '../functions/operators.ts'
import type { SortItem } from '../trino/nodes.ts'
import type { TrinoType } from '../types/trino-type.ts'

/** A term of ORDER BY. The order of NULLs is always said: Trino's default is last, whichever the direction. */
export function sortItemSql(item: SortItem, type: TrinoType, sql: string): string {
  const direction = item.descending ? 'DESC' : 'ASC'
  return `${comparisonKey(type, sql)} ${direction} NULLS ${item.nulls === 'first' ? 'FIRST' : 'LAST'}`
}
