import { columnsIn } from '../analysis/expression-signature.ts'
import type { PartitionConstant, PartitionPredicate } from '../scan/partition-predicate.ts'
import type { Comparison, ComparisonOperator, Expression } from '../trino/nodes.ts'
import type { TrinoType } from '../types/trino-type.ts'
import { INTEGER_KINDS } from '../types/type-families.ts'
import { constantOf, isConstantExpression } from './constant.ts'
import type { FieldOrigin, Generator } from './generator.ts'
import type { OpenPredicate, OpenScan } from './scan-request.ts'

const UNKNOWN: PartitionPredicate = { kind: 'unknown' }

/** The terms of a condition that must all be true. */
export function conjunctsOf(condition: Expression): readonly Expression[] {
  return condition.kind === 'logical' && condition.operator === 'and'
    ? condition.terms.flatMap(conjunctsOf)
    : [condition]
}

/** Tells each scan what conditions say about its partition keys. */
export function pushToScans(generator: Generator, conditions: readonly Expression[]): void {
  for (const condition of conditions) {
    for (const scan of scansIn(generator, condition)) scan.predicates.push(predicateOf(condition, generator, scan))
  }
}

/** What all conditions on a scan say together; undefined where they say nothing. */
export function closedPredicate(
  predicates: readonly OpenPredicate[],
  values: readonly (PartitionConstant | undefined)[],
): PartitionPredicate | undefined {
  const operands = predicates.map((predicate) => predicate(values)).filter(saysSomething)
  return operands.length > 1 ? { kind: 'and', operands } : operands[0]
}

function scansIn(generator: Generator, condition: Expression): ReadonlySet<OpenScan> {
  const scans = new Set<OpenScan>()
  for (const { node } of columnsIn(condition, generator.analysis)) {
    const origin = originOf(node, generator)
    if (origin) scans.add(origin.scan)
  }
  return scans
}

/** A condition of a subquery says nothing about the rows of the query around it: their columns have no origin here. */
function originOf(part: Expression, generator: Generator): FieldOrigin | undefined {
  const { columns, correlated } = generator.analysis.expressions
  const field = correlated.has(part) ? undefined : columns.get(part)
  return field && generator.origins.get(field)
}

function saysSomething(predicate: PartitionPredicate): boolean {
  switch (predicate.kind) {
    case 'unknown':
      return false
    case 'and':
      return predicate.operands.some(saysSomething)
    case 'or':
      return predicate.operands.every(saysSomething)
    case 'not':
      return saysSomething(predicate.operand)
    default:
      return true
  }
}

/** What a condition says about the partition keys of one scan; whatever else it says is unknown. */
function predicateOf(condition: Expression, generator: Generator, scan: OpenScan): OpenPredicate {
  const column = (part: Expression): string | undefined => partitionColumn(part, generator, scan)
  switch (condition.kind) {
    case 'logical': {
      const operands = condition.terms.map((term) => predicateOf(term, generator, scan))
      return (values) => ({ kind: condition.operator, operands: operands.map((operand) => operand(values)) })
    }
    case 'not': {
      const operand = predicateOf(condition.operand, generator, scan)
      return (values) => ({ kind: 'not', operand: operand(values) })
    }
    case 'boolean':
      return () => ({ kind: 'constant', value: condition.value })
    case 'null':
      return () => ({ kind: 'constant', value: null })
    case 'is-null': {
      const name = column(condition.operand)
      return () => (name === undefined ? UNKNOWN : { kind: 'is-null', column: name })
    }
    case 'comparison':
      return comparisonOf(condition, column, generator)
    case 'between': {
      const { value, min, max } = condition
      const low = comparison(column(value), '>=', min, generator)
      const high = comparison(column(value), '<=', max, generator)
      return (values) => ({ kind: 'and', operands: [low(values), high(values)] })
    }
    case 'in-list': {
      const name = column(condition.value)
      if (name === undefined) return () => UNKNOWN
      const items = condition.items.map((item) => openConstant(item, generator))
      return (values) => {
        const members = items.map((item) => item(values))
        return members.every((member) => member !== undefined) ? { kind: 'in', column: name, values: members } : UNKNOWN
      }
    }
    case 'like': {
      const name = column(condition.value)
      if (name === undefined) return () => UNKNOWN
      const pattern = openConstant(condition.pattern, generator)
      const escaping = condition.escape && openConstant(condition.escape, generator)
      return (values) => likePredicate(name, pattern(values), escaping && { value: escaping(values) })
    }
    default:
      return () => UNKNOWN
  }
}

function likePredicate(
  column: string,
  pattern: PartitionConstant | undefined,
  escaping: { readonly value: PartitionConstant | undefined } | undefined,
): PartitionPredicate {
  if (typeof pattern !== 'string') return UNKNOWN
  if (!escaping) return { kind: 'like', column, pattern }
  return typeof escaping.value === 'string' ? { kind: 'like', column, pattern, escape: escaping.value } : UNKNOWN
}

function comparisonOf(
  { operator, left, right }: Comparison,
  column: (part: Expression) => string | undefined,
  generator: Generator,
): OpenPredicate {
  const name = column(left)
  return name === undefined
    ? comparison(column(right), MIRRORED[operator], left, generator)
    : comparison(name, operator, right, generator)
}

function comparison(
  column: string | undefined,
  operator: ComparisonOperator,
  constant: Expression,
  generator: Generator,
): OpenPredicate {
  if (column === undefined) return () => UNKNOWN
  const value = openConstant(constant, generator)
  return (values) => {
    const known = value(values)
    return known === undefined ? UNKNOWN : { kind: 'comparison', column, operator, value: known }
  }
}

/** A constant now, or when expressions without columns have been evaluated; undefined for what is no constant. */
function openConstant(
  expression: Expression,
  generator: Generator,
): (values: readonly (PartitionConstant | undefined)[]) => PartitionConstant | undefined {
  const known = constantOf(expression, generator.analysis)
  if (known !== undefined || !isConstantExpression(expression, generator.analysis)) return () => known
  const position = generator.partitionExpressions.push(expression) - 1
  return (values) => values[position]
}

const MIRRORED: Readonly<Record<ComparisonOperator, ComparisonOperator>> = {
  '=': '=',
  '<>': '<>',
  '<': '>',
  '<=': '>=',
  '>': '<',
  '>=': '<=',
}

/** The partition key that an expression is, if its value is compared as it is. */
function partitionColumn(part: Expression, generator: Generator, scan: OpenScan): string | undefined {
  const { coercions, types } = generator.analysis.expressions
  const origin = originOf(part, generator)
  if (origin?.scan !== scan) return undefined
  const to = coercions.get(part)
  const from = types.get(part)
  return !to || (from && isSameValue(from, to)) ? origin.column : undefined
}

function isSameValue(from: TrinoType, to: TrinoType): boolean {
  return (
    (INTEGER_KINDS.has(from.kind) && INTEGER_KINDS.has(to.kind)) || (from.kind === 'varchar' && to.kind === 'varchar')
  )
}
