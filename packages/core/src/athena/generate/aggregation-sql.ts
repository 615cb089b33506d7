import type { AggregationAnalysis, SelectOutput } from '../analysis/analysis.ts'
import type { Field } from '../analysis/scope.ts'
import { comparisonKey } from '../functions/operators.ts'
import type { Expression, GroupingOperation } from '../trino/nodes.ts'
import { physicalType } from '../types/physical-type.ts'
import type { ExpressionEmitter, Replacement } from './expression-emitter.ts'
import type { Generator } from './generator.ts'
import { outputSql } from './output-sql.ts'

/** The grouped rows of a SELECT, and what stands for its keys and aggregates above them. */
export interface AggregationSql {
  readonly sql: string
  readonly replacement: Replacement
  /** The column that has a key's values, by the key's signature. */
  readonly keyColumns: ReadonlyMap<string, string>
}

/**
 * Groups in a subquery of its own, which gives keys and aggregates as columns: what stands above names them and is never
 * compared with GROUP BY by DuckDB, whose idea of the same expression is another.
 */
export function aggregationSql(
  aggregation: AggregationAnalysis,
  from: string | undefined,
  conditions: readonly string[],
  emitter: ExpressionEmitter,
): AggregationSql {
  const { generator } = emitter
  const { signatures } = generator
  const items: string[] = []
  const keyColumns = new Map<string, string>()
  const groupColumns = aggregation.keys.map(({ output, type }) => {
    const value = outputSql(output, emitter)
    const column = generator.fresh('s')
    keyColumns.set(signatures.ofOutput(output), column)
    const key = comparisonKey(type, value)
    if (key === value) {
      items.push(`${value} AS ${column}`)
      return column
    }
    // Grouped by what equality sees, shown as one of the values.
    const keyColumn = generator.fresh('s')
    items.push(`${key} AS ${keyColumn}`)
    const isRolledUp = aggregation.sets.length > 1
    const shown = `any_value(${value})`
    const ofGroup = `CASE WHEN GROUPING(${keyColumn}) = 0 THEN ${shown} ELSE CAST(NULL AS ${physicalType(type)}) END`
    items.push(`${isRolledUp ? ofGroup : shown} AS ${column}`)
    return keyColumn
  })
  const computed = new Map<string, string>()
  for (const call of aggregation.calls) {
    const signature = signatures.of(call)
    if (computed.has(signature)) continue
    const column = generator.fresh('s')
    computed.set(signature, column)
    items.push(`${emitter.call(call, '')} AS ${column}`)
  }
  for (const grouping of aggregation.groupings) {
    const signature = signatures.of(grouping)
    if (computed.has(signature)) continue
    const column = generator.fresh('s')
    computed.set(signature, column)
    items.push(`${groupingSql(grouping, aggregation, groupColumns, emitter)} AS ${column}`)
  }
  // HAVING alone aggregates too.
  if (items.length === 0) items.push(`count(*) AS ${generator.fresh('s')}`)
  const where = conditions.length > 0 ? ` WHERE ${conditions.join(' AND ')}` : ''
  const sql = `SELECT ${items.join(', ')}${from ? ` FROM ${from}` : ''}${where}${groupByClause(aggregation, groupColumns)}`
  bindKeys(aggregation, keyColumns, emitter)
  return { sql, keyColumns, replacement: replacementOf(keyColumns, computed, emitter) }
}

/** Subqueries above the groups name the columns that are keys. */
function bindKeys(
  { keys }: AggregationAnalysis,
  keyColumns: ReadonlyMap<string, string>,
  { generator }: ExpressionEmitter,
): void {
  for (const { output } of keys) {
    const column = keyColumns.get(generator.signatures.ofOutput(output))
    const bound = keyField(output, generator)
    if (bound && column !== undefined) generator.bind(bound, column, generator.relationOf(bound))
  }
}

/** The column that a key is; one of a query around this one keeps its meaning. */
function keyField(output: SelectOutput, { analysis }: Generator): Field | undefined {
  switch (output.kind) {
    case 'expression': {
      const { columns, correlated } = analysis.expressions
      return correlated.has(output.expression) ? undefined : columns.get(output.expression)
    }
    case 'field':
      return output.field
    case 'row-field':
      return undefined
  }
}

function groupByClause({ sets, keys }: AggregationAnalysis, columns: readonly string[]): string {
  const [only] = sets
  if (sets.length === 1 && only?.length === keys.length)
    return columns.length > 0 ? ` GROUP BY ${columns.join(', ')}` : ''
  const lists = sets.map((set) => `(${set.map((index) => columns[index]).join(', ')})`)
  return ` GROUP BY GROUPING SETS (${lists.join(', ')})`
}

function groupingSql(
  node: GroupingOperation,
  { keys }: AggregationAnalysis,
  columns: readonly string[],
  { generator }: ExpressionEmitter,
): string {
  const positions = node.columns.map((column) => {
    const signature = generator.signatures.of(column)
    return keys.findIndex(({ output }) => generator.signatures.ofOutput(output) === signature)
  })
  const type = generator.analysis.expressions.types.get(node) ?? { kind: 'bigint' }
  return `CAST(GROUPING(${positions.map((position) => columns[position]).join(', ')}) AS ${physicalType(type)})`
}

function replacementOf(
  keyColumns: ReadonlyMap<string, string>,
  computed: ReadonlyMap<string, string>,
  { generator }: ExpressionEmitter,
): Replacement {
  const known = new Map<Expression, string | undefined>()
  return (expression) => {
    if (!known.has(expression)) {
      const signature = generator.signatures.of(expression)
      known.set(expression, keyColumns.get(signature) ?? computed.get(signature))
    }
    return known.get(expression)
  }
}
