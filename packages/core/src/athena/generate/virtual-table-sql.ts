import type { VirtualTable } from '../analysis/virtual-table.ts'
import { quoteText } from '../functions/sql-text.ts'
import { physicalType } from '../types/physical-type.ts'

/** The catalogue's own data as rows. */
export function virtualTableSql({ columns, rows }: VirtualTable, names: readonly string[]): string {
  const types = columns.map(({ type }) => physicalType(type))
  const tuple = (values: readonly (string | null)[]): string => {
    const items = types.map((type, index) => {
      const value = values[index] ?? null
      return `CAST(${value === null ? 'NULL' : quoteText(value)} AS ${type})`
    })
    return `(${items.join(', ')})`
  }
  const shown = rows.length === 0 ? [tuple([])] : rows.map(tuple)
  return `SELECT * FROM (VALUES ${shown.join(', ')}) AS v(${names.join(', ')})${rows.length === 0 ? ' WHERE false' : ''}`
}
