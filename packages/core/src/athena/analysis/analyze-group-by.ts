import { formatExpression } from '../trino/format-expression.ts'
import type { Expression, GroupBy, GroupingElement, QuerySpecification } from '../trino/nodes.ts'
import { isComparable } from '../types/coercion.ts'
import { formatTrinoType } from '../types/trino-type.ts'
import type { GroupKey, SelectOutput } from './analysis.ts'
import type { Analyzer } from './analyzer.ts'
import { forbidAggregates } from './call-kinds.ts'
import type { ExpressionSignatures } from './expression-signature.ts'
import type { Scope } from './scope.ts'
import { semanticError } from './semantic-error.ts'
import { typeOf } from './type-unification.ts'

/** What GROUP BY groups by, each key once, and the sets of them. */
export interface Grouping {
  readonly keys: readonly GroupKey[]
  readonly sets: readonly (readonly number[])[]
}

/** More sets than this are refused, as CUBE doubles them with each column. Source: Trino, `max_grouping_sets`. */
const MAX_GROUPING_SETS = 2048

/** Simple elements give each set their columns; ROLLUP, CUBE and GROUPING SETS multiply the sets. */
export function analyzeGroupBy(
  analyzer: Analyzer,
  node: QuerySpecification,
  groupBy: GroupBy,
  outputs: readonly SelectOutput[],
  scope: Scope,
  signatures: ExpressionSignatures,
): Grouping {
  const keys = new GroupKeys(analyzer, node, signatures)
  let sets: readonly (readonly number[])[] = [[]]
  for (const element of groupBy.elements) {
    const added = elementSets(analyzer, element, outputs, scope, keys)
    if (sets.length * added.length > MAX_GROUPING_SETS) {
      const text = `GROUP BY has more than ${MAX_GROUPING_SETS} grouping sets but can contain at most ${MAX_GROUPING_SETS}`
      throw semanticError('NOT_SUPPORTED', node, text)
    }
    sets = sets.flatMap((set) => added.map((more) => [...new Set([...set, ...more])].toSorted((a, b) => a - b)))
  }
  return { keys: keys.all, sets: groupBy.distinct ? distinctSets(sets) : sets }
}

class GroupKeys {
  readonly all: GroupKey[] = []
  readonly #analyzer: Analyzer
  readonly #node: QuerySpecification
  readonly #signatures: ExpressionSignatures

  constructor(analyzer: Analyzer, node: QuerySpecification, signatures: ExpressionSignatures) {
    this.#analyzer = analyzer
    this.#node = node
    this.#signatures = signatures
  }

  /** The position of a key, which is new or known. */
  add(output: SelectOutput): number {
    const signature = this.#signatures.ofOutput(output)
    const known = this.all.findIndex((key) => key.signature === signature)
    if (known >= 0) return known
    const type = outputType(output, this.#analyzer)
    if (!isComparable(type)) {
      const text = `${formatTrinoType(type)} is not comparable, and therefore cannot be used in GROUP BY`
      throw semanticError('TYPE_MISMATCH', this.#node, text)
    }
    return this.all.push({ output, type, signature }) - 1
  }
}

function outputType(output: SelectOutput, analyzer: Analyzer): GroupKey['type'] {
  switch (output.kind) {
    case 'expression':
      return typeOf(analyzer.notes, output.expression)
    case 'field':
      return output.field.type
    case 'row-field':
      return output.type
  }
}

function elementSets(
  analyzer: Analyzer,
  element: GroupingElement,
  outputs: readonly SelectOutput[],
  scope: Scope,
  keys: GroupKeys,
): readonly (readonly number[])[] {
  const column = (expression: Expression): number => keys.add(columnReference(analyzer, expression, scope))
  switch (element.kind) {
    case 'simple-group-by':
      return [element.expressions.map((expression) => keys.add(groupExpression(analyzer, expression, outputs, scope)))]
    case 'grouping-sets':
      return element.sets.map((set) => set.map(column))
    case 'rollup': {
      const parts = element.sets.map((set) => set.map(column))
      return Array.from({ length: parts.length + 1 }, (_, dropped) => parts.slice(0, parts.length - dropped).flat())
    }
    case 'cube':
      return subsets(element.sets.map((set) => set.map(column)))
    case 'group-by-auto':
      throw semanticError('NOT_SUPPORTED', element, 'GROUP BY AUTO is not supported')
  }
}

/** All subsets, the whole first, in the order in which CUBE lists them. */
function subsets(parts: readonly (readonly number[])[]): readonly (readonly number[])[] {
  const [first, ...rest] = parts
  if (!first) return [[]]
  const others = subsets(rest)
  return [...others.map((set) => [...first, ...set]), ...others]
}

/** A simple element: a position in the select list, or any expression over FROM. */
function groupExpression(
  analyzer: Analyzer,
  expression: Expression,
  outputs: readonly SelectOutput[],
  scope: Scope,
): SelectOutput {
  if (expression.kind !== 'long') {
    forbidAggregates(expression, analyzer.settings, 'GROUP BY clause')
    analyzer.analyzeExpression(analyzer, expression, scope)
    return { kind: 'expression', expression }
  }
  const output = expression.value >= 1n ? outputs[Number(expression.value) - 1] : undefined
  if (!output) {
    const text = `GROUP BY position ${expression.value} is not in select list`
    throw semanticError('INVALID_COLUMN_REFERENCE', expression, text)
  }
  if (output.kind === 'expression') forbidAggregates(output.expression, analyzer.settings, 'GROUP BY clause')
  return output
}

function columnReference(analyzer: Analyzer, expression: Expression, scope: Scope): SelectOutput {
  analyzer.analyzeExpression(analyzer, expression, scope)
  if (analyzer.notes.expressions.columns.has(expression)) return { kind: 'expression', expression }
  const text = `GROUP BY expression must be a column reference: ${formatExpression(expression)}`
  throw semanticError('INVALID_COLUMN_REFERENCE', expression, text)
}

function distinctSets(sets: readonly (readonly number[])[]): readonly (readonly number[])[] {
  return [...new Map(sets.map((set) => [set.join(), set])).values()]
}
