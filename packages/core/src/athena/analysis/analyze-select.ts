import { formatExpression } from '../trino/format-expression.ts'
import type { AllColumns, Expression, QuerySpecification, WindowDefinition } from '../trino/nodes.ts'
import { isComparable } from '../types/coercion.ts'
import { formatTrinoType } from '../types/trino-type.ts'
import { aggregationOf, verifyAggregations } from './aggregation.ts'
import type { OrderingAnalysis, SelectOutput } from './analysis.ts'
import { analyzeGroupBy } from './analyze-group-by.ts'
import { nameParts } from './analyze-name.ts'
import { analyzeOrdering } from './analyze-ordering.ts'
import { analyzeRelation, requireCondition } from './analyze-relation.ts'
import { analyzeWindowParts, resolveWindow } from './analyze-window.ts'
import type { Analyzer } from './analyzer.ts'
import { forbidAggregates } from './call-kinds.ts'
import { checkWindowCalls } from './check-window-calls.ts'
import { ExpressionSignatures } from './expression-signature.ts'
import {
  type Field,
  plainField,
  type ResolvedWindow,
  relationScope,
  resolveAsterisk,
  type Scope,
  visibleFields,
} from './scope.ts'
import { semanticError } from './semantic-error.ts'

/** One SELECT. The order of the steps decides which error is found first. Source: Trino, visitQuerySpecification. */
export function analyzeSelect(analyzer: Analyzer, node: QuerySpecification, scope: Scope): readonly Field[] {
  const { notes } = analyzer
  const from = node.from ? analyzeRelation(analyzer, node.from, scope) : []
  const source = withWindows(analyzer, node.windows, relationScope(from, scope))
  if (node.where) analyzeCondition(analyzer, node.where, source, 'WHERE clause')
  const items = node.items.map((item) =>
    item.kind === 'all-columns'
      ? expandAsterisk(analyzer, item, node, source)
      : [analyzeItem(analyzer, node, item.expression, item.alias?.text, source)],
  )
  const selected = items.flat()
  const outputs = selected.map(({ output }) => output)
  const fields = selected.map(({ field }) => field)
  const signatures = new ExpressionSignatures(notes)
  const grouping = node.groupBy && analyzeGroupBy(analyzer, node, node.groupBy, outputs, source, signatures)
  if (node.having) analyzeHaving(analyzer, node.having, source)
  const ordering = analyzeOrdering(
    analyzer,
    { node, orderBy: node.orderBy, offset: node.offset, limit: node.limit },
    fields,
    { ...source, fields, parent: source },
  )
  const aggregation = aggregationOf(analyzer, node, outputs, ordering, grouping)
  if (aggregation) {
    verifyAggregations(analyzer, node, { outputs, ordering, aggregation, source, fields, signatures })
  }
  const windowCalls = checkWindowCalls(analyzer, node, outputs, ordering)
  if (node.distinct) checkDistinctOrder(node, outputs, ordering, signatures)
  notes.queries.specifications.set(node, { outputs, fields, aggregation, windowCalls, ordering })
  return fields
}

function withWindows(analyzer: Analyzer, definitions: readonly WindowDefinition[], scope: Scope): Scope {
  const windows = new Map<string, ResolvedWindow>()
  const named: Scope = { ...scope, windows }
  for (const definition of definitions) {
    const name = definition.name.text.toLowerCase()
    if (windows.has(name)) {
      throw semanticError('DUPLICATE_WINDOW_NAME', definition, `WINDOW name '${name}' specified more than once`)
    }
    const window = resolveWindow(definition.window, named)
    const analyze = (expression: Expression) => analyzer.analyzeExpression(analyzer, expression, named)
    analyzeWindowParts(window, { analyzer, scope: named, analyze })
    windows.set(name, window)
  }
  return named
}

function analyzeCondition(analyzer: Analyzer, condition: Expression, scope: Scope, clause: string): void {
  forbidAggregates(condition, analyzer.settings, clause)
  requireCondition(analyzer, condition, analyzer.analyzeExpression(analyzer, condition, scope), clause)
}

function analyzeHaving(analyzer: Analyzer, having: Expression, scope: Scope): void {
  requireCondition(analyzer, having, analyzer.analyzeExpression(analyzer, having, scope), 'HAVING clause')
}

interface SelectedColumn {
  readonly output: SelectOutput
  readonly field: Field
}

function analyzeItem(
  analyzer: Analyzer,
  node: QuerySpecification,
  expression: Expression,
  alias: string | undefined,
  scope: Scope,
): SelectedColumn {
  const type = analyzer.analyzeExpression(analyzer, expression, scope)
  if (node.distinct && !isComparable(type)) {
    const text = `DISTINCT can only be applied to comparable types (actual: ${formatTrinoType(type)}): ${formatExpression(expression)}`
    throw semanticError('TYPE_MISMATCH', node, text)
  }
  return { output: { kind: 'expression', expression }, field: plainField(alias ?? ownName(expression), type) }
}

/** A chain of names is called by its last; any other expression has no name. */
function ownName(expression: Expression): string | undefined {
  if (expression.kind === 'identifier') return expression.text
  return expression.kind === 'dereference' && nameParts(expression) ? expression.field.text : undefined
}

function expandAsterisk(
  analyzer: Analyzer,
  item: AllColumns,
  node: QuerySpecification,
  scope: Scope,
): readonly SelectedColumn[] {
  if (!item.target) {
    if (item.aliases.length > 0) throw semanticError('NOT_SUPPORTED', item, 'Column aliases not supported')
    const text = node.from
      ? 'SELECT * not allowed from relation that has no columns'
      : 'SELECT * not allowed in queries without FROM clause'
    const fields = visibleFields(scope.fields)
    if (fields.length === 0) throw semanticError('COLUMN_NOT_FOUND', item, text)
    return fields.map((field) => selectField(field, node))
  }
  const parts = nameParts(item.target)
  const basis = parts && resolveAsterisk(scope, parts)
  if (parts && !basis) {
    throw semanticError('TABLE_NOT_FOUND', item, `Unable to resolve reference ${parts.join('.')}`)
  }
  if (basis === 'ambiguous') {
    throw semanticError('AMBIGUOUS_NAME', item, `Reference '${parts?.join('.')}' is ambiguous`)
  }
  const columns =
    basis?.kind === 'relation'
      ? basis.fields.map((field) => selectField(field, node))
      : expandRow(analyzer, item, item.target, scope)
  return withAsteriskAliases(item, columns)
}

function selectField(field: Field, node: QuerySpecification): SelectedColumn {
  if (node.distinct && !isComparable(field.type)) {
    const text = `DISTINCT can only be applied to comparable types (actual: ${formatTrinoType(field.type)})`
    throw semanticError('TYPE_MISMATCH', node, text)
  }
  return { output: { kind: 'field', field }, field: plainField(field.name, field.type) }
}

function expandRow(analyzer: Analyzer, item: AllColumns, base: Expression, scope: Scope): readonly SelectedColumn[] {
  const type = analyzer.analyzeExpression(analyzer, base, scope)
  if (type.kind !== 'row') {
    const text = 'expected expression of type Row'
    throw semanticError('TYPE_MISMATCH', item, text)
  }
  return type.fields.map((field, index) => ({
    output: { kind: 'row-field', base, index, type: field.type },
    field: plainField(field.name, field.type),
  }))
}

/** Unquoted aliases of `row.*` come out in upper case: Trino takes their canonical form. */
function withAsteriskAliases(item: AllColumns, columns: readonly SelectedColumn[]): readonly SelectedColumn[] {
  const { aliases } = item
  if (aliases.length === 0) return columns
  if (aliases.length !== columns.length) {
    const text = `Column alias list has ${aliases.length} entries but relation has ${columns.length} columns`
    throw semanticError('MISMATCHED_COLUMN_ALIASES', aliases[0] ?? item, text)
  }
  return columns.map(({ output, field }, index) => {
    const alias = aliases[index]
    const name = alias?.quoted ? alias.text : alias?.text.toUpperCase()
    return { output, field: plainField(name, field.type) }
  })
}

/** After DISTINCT only what was selected is left to sort by. */
function checkDistinctOrder(
  node: QuerySpecification,
  outputs: readonly SelectOutput[],
  ordering: OrderingAnalysis,
  signatures: ExpressionSignatures,
): void {
  const selected = new Set(outputs.map((output) => signatures.ofOutput(output)))
  for (const { key } of ordering.keys) {
    if (key.kind === 'output' || selected.has(signatures.of(key.expression))) continue
    const text = 'For SELECT DISTINCT, ORDER BY expressions must appear in select list'
    throw semanticError('EXPRESSION_NOT_IN_DISTINCT', node, text)
  }
}
