import type { SelectAnalysis, SelectOutput } from '../analysis/analysis.ts'
import { comparisonKey } from '../functions/operators.ts'
import type { QuerySpecification } from '../trino/nodes.ts'
import type { TrinoType } from '../types/trino-type.ts'
import { type AggregationSql, aggregationSql } from './aggregation-sql.ts'
import { isTarget, retargetedSql, targetColumn } from './coerced-sql.ts'
import { ExpressionEmitter } from './expression-emitter.ts'
import type { EmittedQuery, FieldOrigin, Generator, Target } from './generator.ts'
import { guardedTerms } from './logical-sql.ts'
import { isOrderingNeeded, orderingClauses, withTiesSql } from './ordered-sql.ts'
import { outputSql } from './output-sql.ts'
import { conjunctsOf, pushToScans } from './partition-condition.ts'
import { relationSql } from './relation-sql.ts'
import { sortItemSql } from './sort-item.ts'

/** SQL of one SELECT: as flat as its clauses allow, so that DuckDB sees filters and limits right above the scans. */
export function selectSql(generator: Generator, node: QuerySpecification, target: Target): EmittedQuery {
  const select = generator.analysis.queries.specifications.get(node)
  if (!select) throw new Error('the SELECT was not analyzed')
  const rows = sourceRows(generator, node, select)
  const origins = outputOrigins(generator, select)
  const types = select.fields.map(({ type }) => type)
  const isByKey = node.distinct && types.some((type) => comparisonKey(type, 's') !== 's')
  const isOrdered = select.ordering.keys.length > 0
  const isStepwise = isByKey || select.ordering.withTies || (node.distinct && !isTarget(types, target) && isOrdered)
  const sql = isStepwise
    ? stepwiseSelect(generator, node, select, rows, types, target)
    : flatSelect(generator, node, select, rows, types, target)
  return { sql, origins }
}

/** What the items of a SELECT are computed from: the rows of FROM and WHERE, or the groups of them. */
interface SourceRows {
  readonly emitter: ExpressionEmitter
  readonly from: string | undefined
  readonly conditions: readonly string[]
  readonly aggregation: AggregationSql | undefined
}

function sourceRows(generator: Generator, node: QuerySpecification, select: SelectAnalysis): SourceRows {
  const from = node.from && relationSql(generator, node.from)
  const emitter = new ExpressionEmitter(generator, generator.context)
  const where = node.where ? conjunctsOf(node.where) : []
  pushToScans(generator, where)
  const conditions = guardedTerms(where, 'and', emitter)
  if (!select.aggregation) return { emitter, from, conditions, aggregation: undefined }
  const aggregation = aggregationSql(select.aggregation, from, conditions, emitter)
  const grouped = new ExpressionEmitter(generator, generator.context, aggregation.replacement)
  return {
    emitter: grouped,
    from: `(${aggregation.sql}) AS ${generator.fresh('q')}`,
    conditions: node.having ? guardedTerms(conjunctsOf(node.having), 'and', grouped) : [],
    aggregation,
  }
}

function columnSql(output: SelectOutput, { emitter, aggregation }: SourceRows): string {
  const key = aggregation?.keyColumns.get(emitter.generator.signatures.ofOutput(output))
  return key ?? outputSql(output, emitter)
}

function flatSelect(
  generator: Generator,
  node: QuerySpecification,
  select: SelectAnalysis,
  rows: SourceRows,
  types: readonly TrinoType[],
  target: Target,
): string {
  const values = select.outputs.map((output) => columnSql(output, rows))
  const items = values.map((value, index) => {
    return `${targetColumn(generator, value, types[index] as TrinoType, index, target)} AS ${target.columns[index]}`
  })
  const base = selectText(items, rows, node.distinct)
  const { ordering } = select
  if (!isOrderingNeeded(ordering, target.isResult ?? false)) return base
  select.fields.forEach((field, index) => {
    generator.bind(field, values[index] as string)
  })
  const selected = select.outputs.map((output) => generator.signatures.ofOutput(output))
  const terms = ordering.keys.map(({ item, key }) => {
    const index = key.kind === 'output' ? key.index : selected.indexOf(generator.signatures.of(key.expression))
    const type = types[index]
    if (type) {
      // By position: a name could be a column of FROM as well.
      const isPlain =
        comparisonKey(type, 's') === 's' &&
        isTarget([type], { ...target, isResult: false, types: target.types && [target.types[index] ?? type] })
      return sortItemSql(item, type, isPlain || node.distinct ? String(index + 1) : (values[index] as string))
    }
    if (key.kind === 'output') throw new Error('ORDER BY names a column that is not there')
    return sortItemSql(item, rows.emitter.typeOf(key.expression), rows.emitter.emit(key.expression))
  })
  return `${base}${orderingClauses(ordering, terms)}`
}

/** Where DISTINCT, WITH TIES and the order see other values than the columns, these come first under names of their own. */
function stepwiseSelect(
  generator: Generator,
  node: QuerySpecification,
  select: SelectAnalysis,
  rows: SourceRows,
  types: readonly TrinoType[],
  target: Target,
): string {
  const values = select.outputs.map((output) => columnSql(output, rows))
  const columns = generator.freshColumns(types.length)
  select.fields.forEach((field, index) => {
    generator.bind(field, values[index] as string)
  })
  const items = values.map((value, index) => `${value} AS ${columns[index]}`)
  const selected = select.outputs.map((output) => generator.signatures.ofOutput(output))
  const terms = select.ordering.keys.map(({ item, key }) => {
    const index = key.kind === 'output' ? key.index : selected.indexOf(generator.signatures.of(key.expression))
    const type = types[index]
    if (type) return sortItemSql(item, type, columns[index] as string)
    if (key.kind === 'output') throw new Error('ORDER BY names a column that is not there')
    const column = generator.fresh('s')
    items.push(`${rows.emitter.emit(key.expression)} AS ${column}`)
    return sortItemSql(item, rows.emitter.typeOf(key.expression), column)
  })
  const base = selectText(items, rows, false)
  const keys = types.map((type, index) => comparisonKey(type, columns[index] as string))
  const distinct = node.distinct
    ? `SELECT DISTINCT ON (${keys.join(', ')}) ${columns.join(', ')} FROM (${base}) AS ${generator.fresh('q')}`
    : base
  if (select.ordering.withTies) {
    const tied = withTiesSql(generator, distinct, [...columns], terms, select.ordering)
    return retargetedSql(generator, tied, columns, types, target)
  }
  const ordered = retargetedSql(generator, distinct, columns, types, target)
  const isNeeded = isOrderingNeeded(select.ordering, target.isResult ?? false)
  return isNeeded ? `${ordered}${orderingClauses(select.ordering, terms)}` : ordered
}

function selectText(items: readonly string[], { from, conditions }: SourceRows, distinct: boolean): string {
  const where = conditions.length > 0 ? ` WHERE ${conditions.join(' AND ')}` : ''
  return `SELECT ${distinct ? 'DISTINCT ' : ''}${items.join(', ')}${from ? ` FROM ${from}` : ''}${where}`
}

/** Conditions on a column may go down to its scan unless they would change what is cut, ranked or aggregated. */
function outputOrigins(generator: Generator, select: SelectAnalysis): readonly (FieldOrigin | undefined)[] {
  const { ordering, windowCalls, aggregation } = select
  if (ordering.limit !== undefined || ordering.offset !== undefined || windowCalls.length > 0) return []
  // A key that some sets leave out is NULL there, whatever the rows have.
  if (aggregation && aggregation.sets.length > 1) return []
  const keys = new Set(aggregation?.keys.map(({ output }) => generator.signatures.ofOutput(output)))
  return select.outputs.map((output) => {
    if (aggregation && !keys.has(generator.signatures.ofOutput(output))) return undefined
    const field = output.kind === 'field' ? output.field : fieldOf(generator, output)
    return field && generator.origins.get(field)
  })
}

function fieldOf({ analysis }: Generator, output: SelectOutput): ReturnType<typeof analysis.expressions.columns.get> {
  return output.kind === 'expression' ? analysis.expressions.columns.get(output.expression) : undefined
}
