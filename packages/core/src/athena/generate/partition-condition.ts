import { columnsIn } from '../analysis/expression-signature.ts'
import type { PartitionConstant, PartitionPredicate } from '../scan/partition-predicate.ts'
import type { Comparison, ComparisonOperator, Expression } from '../trino/nodes.ts'
import type { TrinoType } from '../types/trino-type.ts'
import { constantOf } from './constant.ts'
import type { Generator } from './generator.ts'
import type { OpenScan } from './scan-request.ts'

const UNKNOWN: PartitionPredicate = { kind: 'unknown' }

/** The terms of a condition that must all be true. */
export function conjunctsOf(condition: Expression): readonly Expression[] {
  return condition.kind === 'logical' && condition.operator === 'and'
    ? condition.terms.flatMap(conjunctsOf)
    : [condition]
}

/** Tells each scan what conditions say about its partition keys. A condition of which nothing is known is left out. */
export function pushToScans(generator: Generator, conditions: readonly Expression[]): void {
  for (const condition of conditions) {
    for (const scan of scansIn(generator, condition)) {
      const predicate = predicateOf(condition, generator, scan)
      if (saysSomething(predicate)) scan.predicates.push(predicate)
    }
  }
}

function scansIn(generator: Generator, condition: Expression): ReadonlySet<OpenScan> {
  const scans = new Set<OpenScan>()
  for (const { field } of columnsIn(condition, generator.analysis)) {
    const origin = generator.origins.get(field)
    if (origin) scans.add(origin.scan)
  }
  return scans
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
function predicateOf(condition: Expression, generator: Generator, scan: OpenScan): PartitionPredicate {
  const recurse = (part: Expression): PartitionPredicate => predicateOf(part, generator, scan)
  const column = (part: Expression): string | undefined => partitionColumn(part, generator, scan)
  const constant = (part: Expression): PartitionConstant | undefined => constantOf(part, generator.analysis)
  switch (condition.kind) {
    case 'logical':
      return { kind: condition.operator, operands: condition.terms.map(recurse) }
    case 'not':
      return { kind: 'not', operand: recurse(condition.operand) }
    case 'boolean':
      return { kind: 'constant', value: condition.value }
    case 'null':
      return { kind: 'constant', value: null }
    case 'is-null': {
      const name = column(condition.operand)
      return name === undefined ? UNKNOWN : { kind: 'is-null', column: name }
    }
    case 'comparison':
      return comparisonOf(condition, column, constant)
    case 'between': {
      const name = column(condition.value)
      const [low, high] = [constant(condition.min), constant(condition.max)]
      if (name === undefined || low === undefined || high === undefined) return UNKNOWN
      return { kind: 'between', column: name, low, high }
    }
    case 'in-list': {
      const name = column(condition.value)
      const values = condition.items.map(constant)
      if (name === undefined || !values.every((value) => value !== undefined)) return UNKNOWN
      return { kind: 'in', column: name, values }
    }
    case 'like': {
      const name = column(condition.value)
      const pattern = constant(condition.pattern)
      const escaping = condition.escape && constant(condition.escape)
      if (name === undefined || typeof pattern !== 'string') return UNKNOWN
      if (condition.escape && typeof escaping !== 'string') return UNKNOWN
      return { kind: 'like', column: name, pattern, escape: typeof escaping === 'string' ? escaping : undefined }
    }
    default:
      return UNKNOWN
  }
}

function comparisonOf(
  { operator, left, right }: Comparison,
  column: (part: Expression) => string | undefined,
  constant: (part: Expression) => PartitionConstant | undefined,
): PartitionPredicate {
  const leftColumn = column(left)
  const value = constant(leftColumn === undefined ? left : right)
  const name = leftColumn ?? column(right)
  if (name === undefined || value === undefined) return UNKNOWN
  return { kind: 'comparison', column: name, operator: leftColumn === undefined ? MIRRORED[operator] : operator, value }
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
  const { columns, coercions, types } = generator.analysis.expressions
  const field = columns.get(part)
  const origin = field && generator.origins.get(field)
  if (origin?.scan !== scan) return undefined
  const to = coercions.get(part)
  const from = types.get(part)
  return !to || (from && isSameValue(from, to)) ? origin.column : undefined
}

const INTEGERS: ReadonlySet<TrinoType['kind']> = new Set(['tinyint', 'smallint', 'integer', 'bigint'])

function isSameValue(from: TrinoType, to: TrinoType): boolean {
  return (INTEGERS.has(from.kind) && INTEGERS.has(to.kind)) || (from.kind === 'varchar' && to.kind === 'varchar')
}
