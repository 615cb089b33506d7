import { comparisonKey } from '../functions/operators.ts'
import type { FrameBound, FunctionCall } from '../trino/nodes.ts'
import type { TrinoType } from '../types/trino-type.ts'
import type { ExpressionEmitter } from './expression-emitter.ts'
import { sortItemSql } from './sort-item.ts'

/** What stands between the parentheses of OVER. */
export function windowSql(node: FunctionCall, emitter: ExpressionEmitter): string {
  const window = emitter.generator.analysis.expressions.windows.get(node)
  if (!window) throw new Error('the window was not analyzed')
  const parts: string[] = []
  if (window.partitionBy.length > 0) {
    const keys = window.partitionBy.map((key) => comparisonKey(emitter.typeOf(key), emitter.emit(key)))
    parts.push(`PARTITION BY ${keys.join(', ')}`)
  }
  if (window.orderBy.length > 0) {
    const keys = window.orderBy.map((item) => sortItemSql(item, emitter.typeOf(item.key), emitter.emit(item.key)))
    parts.push(`ORDER BY ${keys.join(', ')}`)
  }
  if (window.frame) {
    const { unit, start, end } = window.frame
    const bound = (side: FrameBound): string => boundSql(side, unit, emitter)
    const extent = end ? `BETWEEN ${bound(start)} AND ${bound(end)}` : bound(start)
    parts.push(`${unit.toUpperCase()} ${extent}`)
  }
  return parts.join(' ')
}

function boundSql(side: FrameBound, unit: 'range' | 'rows' | 'groups', emitter: ExpressionEmitter): string {
  const words = side.bound.replace('-', ' ').toUpperCase()
  if (!side.value) return words
  const sql = emitter.emit(side.value)
  return `${unit === 'range' ? rangeOffset(sql, emitter.typeOf(side.value)) : `CAST(${sql} AS BIGINT)`} ${words}`
}

/** Intervals travel as numbers; a frame over dates and times needs them as such. */
function rangeOffset(sql: string, type: TrinoType): string {
  switch (type.kind) {
    case 'interval day to second':
      return `to_milliseconds(${sql})`
    case 'interval year to month':
      return `to_months(${sql})`
    default:
      return sql
  }
}
