import { AthenaError } from '../errors.ts'
import { formatExpression, formatName } from '../trino/format-expression.ts'
import type { Expression, FunctionCall, QuerySpecification } from '../trino/nodes.ts'
import { childrenOf, queriesOf } from '../trino/visit-expression.ts'
import type { AggregationAnalysis, OrderingAnalysis, SelectOutput } from './analysis.ts'
import type { Grouping } from './analyze-group-by.ts'
import type { Analyzer } from './analyzer.ts'
import { aggregateCallsIn, groupingsIn, isAggregateCall, windowCallsIn } from './call-kinds.ts'
import { columnsIn, type ExpressionSignatures } from './expression-signature.ts'
import type { Field, ResolvedWindow, Scope } from './scope.ts'
import { semanticError } from './semantic-error.ts'

/** The expressions of ORDER BY that are no output columns. */
export function sortExpressions(ordering: OrderingAnalysis): readonly Expression[] {
  return ordering.keys.flatMap(({ key }) => (key.kind === 'expression' ? [key.expression] : []))
}

/** What the SELECT aggregates; undefined where it has no aggregation, GROUP BY or HAVING. */
export function aggregationOf(
  analyzer: Analyzer,
  node: QuerySpecification,
  outputs: readonly SelectOutput[],
  ordering: OrderingAnalysis,
  grouping: Grouping | undefined,
): AggregationAnalysis | undefined {
  const selected = outputs.flatMap((output) => (output.kind === 'expression' ? [output.expression] : []))
  const roots = [...selected, ...(node.having ? [node.having] : []), ...sortExpressions(ordering)]
  const all = withWindowParts(roots, analyzer)
  const calls = new Set(all.flatMap((root) => aggregateCallsIn(root, analyzer.settings)))
  const groupings = new Set(all.flatMap(groupingsIn))
  if (groupings.size > 0 && !grouping) {
    const text = 'A GROUPING() operation can only be used with a corresponding GROUPING SET/CUBE/ROLLUP/GROUP BY clause'
    throw semanticError('MISSING_GROUP_BY', node, text)
  }
  if (calls.size === 0 && !grouping && !node.having) return undefined
  return {
    keys: grouping?.keys ?? [],
    sets: grouping?.sets ?? [[]],
    hasGroupBy: grouping !== undefined && grouping.keys.length > 0,
    calls: [...calls],
    groupings: [...groupings],
  }
}

/** Windows that are named elsewhere belong to the expressions that use them. */
function withWindowParts(roots: readonly Expression[], { notes }: Analyzer): readonly Expression[] {
  return roots.flatMap((root) => {
    const windows = windowCallsIn(root).flatMap((call) => notes.expressions.windows.get(call) ?? [])
    return [root, ...windows.flatMap(windowParts)]
  })
}

const windowParts = ({ partitionBy, orderBy, frame }: ResolvedWindow): readonly Expression[] =>
  [...partitionBy, ...orderBy.map(({ key }) => key), frame?.start.value, frame?.end?.value].filter(
    (part) => part !== undefined,
  )

export interface AggregatedSelect {
  readonly outputs: readonly SelectOutput[]
  readonly ordering: OrderingAnalysis
  readonly aggregation: AggregationAnalysis
  readonly source: Scope
  /** The output's columns, which ORDER BY may name. */
  readonly fields: readonly Field[]
  readonly signatures: ExpressionSignatures
}

/** SELECT, HAVING and ORDER BY must be constant within a group. Source: Trino, AggregationAnalyzer. */
export function verifyAggregations(analyzer: Analyzer, node: QuerySpecification, select: AggregatedSelect): void {
  const verifier = new AggregationVerifier(analyzer, select)
  for (const output of select.outputs) verifier.verifyOutput(output)
  if (node.having) verifier.verify(node.having)
  for (const expression of sortExpressions(select.ordering)) verifier.verifySortKey(expression)
}

class AggregationVerifier {
  readonly #analyzer: Analyzer
  readonly #select: AggregatedSelect
  readonly #keys: ReadonlySet<string>
  readonly #source: ReadonlySet<Field>
  readonly #outputs: ReadonlySet<Field>
  #inOrderBy = false

  constructor(analyzer: Analyzer, select: AggregatedSelect) {
    this.#analyzer = analyzer
    this.#select = select
    this.#keys = new Set(select.aggregation.keys.map(({ signature }) => signature))
    this.#source = new Set(select.source.fields)
    this.#outputs = new Set(select.fields)
  }

  verifyOutput(output: SelectOutput): void {
    switch (output.kind) {
      case 'expression':
        this.verify(output.expression)
        return
      case 'field':
        if (!this.#isKey(output)) throw notGrouped(output.field, this.#select.source.fields)
        return
      case 'row-field':
        if (!this.#isKey(output)) this.verify(output.base)
    }
  }

  verify(expression: Expression): void {
    if (this.#isConstantInGroup(expression)) return
    const text = `'${formatExpression(expression)}' must be an aggregate expression or appear in GROUP BY clause`
    throw semanticError('EXPRESSION_NOT_AGGREGATE', expression, text)
  }

  verifySortKey(expression: Expression): void {
    this.#inOrderBy = true
    this.verify(expression)
    this.#inOrderBy = false
  }

  #isKey(output: SelectOutput): boolean {
    return this.#keys.has(this.#select.signatures.ofOutput(output))
  }

  #isConstantInGroup(expression: Expression): boolean {
    if (this.#keys.size > 0 && this.#isKey({ kind: 'expression', expression })) return true
    const column = this.#analyzer.notes.expressions.columns.get(expression)
    if (column) return !this.#source.has(column)
    if (expression.kind === 'function-call' && isAggregateCall(expression, this.#analyzer.settings)) {
      this.#verifyAggregate(expression)
      return true
    }
    if (expression.kind === 'grouping') {
      this.#verifyGrouping(expression)
      return true
    }
    for (const query of queriesOf(expression)) {
      for (const { node, field } of columnsIn(query, this.#analyzer.notes)) {
        if (!this.#source.has(field) || this.#isKey({ kind: 'expression', expression: node })) continue
        const text = `Subquery uses '${formatExpression(node)}' which must appear in GROUP BY clause`
        throw semanticError('EXPRESSION_NOT_AGGREGATE', node, text)
      }
    }
    return this.#parts(expression).every((part) => this.#isConstantInGroup(part))
  }

  #parts(expression: Expression): readonly Expression[] {
    if (expression.kind !== 'function-call' || expression.window?.kind !== 'window-reference')
      return childrenOf(expression)
    const window = this.#analyzer.notes.expressions.windows.get(expression)
    return [...childrenOf(expression), ...(window ? windowParts(window) : [])]
  }

  #verifyAggregate(call: FunctionCall): void {
    const name = formatName(call.name)
    const list = (found: readonly Expression[]): string => `[${found.map(formatExpression).join(', ')}]`
    const aggregates = call.arguments.flatMap((part) => aggregateCallsIn(part, this.#analyzer.settings))
    if (aggregates.length > 0) {
      const text = `Cannot nest aggregations inside aggregation '${name}': ${list(aggregates)}`
      throw semanticError('NESTED_AGGREGATION', call, text)
    }
    const windows = call.arguments.flatMap(windowCallsIn)
    if (windows.length > 0) {
      const text = `Cannot nest window functions or row pattern measures inside aggregation '${name}': ${list(windows)}`
      throw semanticError('NESTED_WINDOW', call, text)
    }
    if (call.distinct) this.#verifyDistinctOrder(call)
    if (!this.#inOrderBy) return
    for (const part of [...call.arguments, ...call.orderBy.map(({ key }) => key)]) {
      for (const { node, field } of columnsIn(part, this.#analyzer.notes)) {
        if (!this.#outputs.has(field)) continue
        const text = 'Invalid reference to output projection attribute from ORDER BY aggregation'
        throw semanticError('COLUMN_NOT_FOUND', node, text)
      }
    }
  }

  #verifyDistinctOrder(call: FunctionCall): void {
    const { signatures } = this.#select
    const allowed = new Set(call.arguments.map((argument) => signatures.of(argument)))
    for (const { key } of call.orderBy) {
      if (allowed.has(signatures.of(key))) continue
      const text = 'For aggregate function with DISTINCT, ORDER BY expressions must appear in arguments'
      throw semanticError('EXPRESSION_NOT_IN_DISTINCT', key, text)
    }
  }

  #verifyGrouping(node: Extract<Expression, { readonly kind: 'grouping' }>): void {
    for (const column of node.columns) {
      if (this.#isKey({ kind: 'expression', expression: column })) continue
      const text = `The arguments to GROUPING() must be expressions referenced by the GROUP BY at the associated query level. Mismatch due to ${formatExpression(column)}.`
      throw semanticError('INVALID_ARGUMENTS', node, text)
    }
  }
}

/** A column that `*` brought; Trino gives this error no place. */
function notGrouped(field: Field, source: readonly Field[]): AthenaError {
  const qualified = field.relationAlias ? `${field.relationAlias.join('.')}.${field.name}` : field.name
  const column = field.name === undefined ? String(source.indexOf(field) + 1) : `'${qualified}'`
  return new AthenaError('EXPRESSION_NOT_AGGREGATE', `Column ${column} not in GROUP BY clause`)
}
