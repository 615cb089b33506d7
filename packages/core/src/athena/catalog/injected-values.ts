import { AthenaError } from '../errors.ts'
import type { PartitionConstant, PartitionPredicate } from '../scan/partition-predicate.ts'

/** Source: Amazon Athena User Guide, "Supported types for partition projection", injected. */
const MAX_INJECTED_VALUES = 1000

/**
 * The values that a query's equalities give to an injected column, each once.
 * Throws CONSTRAINT_VIOLATION where the query has none, or asks about the column in another way.
 */
export function injectedValues(column: string, predicate: PartitionPredicate | undefined): readonly string[] {
  const values = predicate === undefined ? undefined : pinnedValues(column, predicate)
  if (values === undefined || (predicate !== undefined && hasOtherCondition(column, predicate))) {
    throw violation(column, '')
  }
  if (values.size > MAX_INJECTED_VALUES) {
    throw violation(column, ' Predicates provided cannot be converted to a valid partition.')
  }
  return [...values]
}

/** Every value that the column can have in a row that passes; undefined where the predicate leaves it open. */
function pinnedValues(column: string, predicate: PartitionPredicate): ReadonlySet<string> | undefined {
  switch (predicate.kind) {
    case 'comparison':
      return predicate.column === column && predicate.operator === '=' ? texts([predicate.value]) : undefined
    case 'in':
      return predicate.column === column ? texts(predicate.values) : undefined
    case 'and':
      return predicate.operands
        .map((operand) => pinnedValues(column, operand))
        .reduce((all, one) => (all === undefined ? one : one === undefined ? all : intersect(all, one)), undefined)
    case 'or': {
      const parts = predicate.operands.map((operand) => pinnedValues(column, operand))
      const settled = parts.filter((part) => part !== undefined)
      return settled.length === parts.length ? new Set(settled.flatMap((part) => [...part])) : undefined
    }
    default:
      return undefined
  }
}

function texts(values: readonly PartitionConstant[]): ReadonlySet<string> {
  return new Set(values.filter((value) => value !== null).map(String))
}

function hasOtherCondition(column: string, predicate: PartitionPredicate): boolean {
  switch (predicate.kind) {
    case 'and':
    case 'or':
      return predicate.operands.some((operand) => hasOtherCondition(column, operand))
    case 'not':
      return mentions(column, predicate.operand)
    case 'comparison':
      return predicate.column === column && predicate.operator !== '='
    case 'between':
    case 'like':
    case 'is-null':
      return predicate.column === column
    case 'in':
    case 'constant':
    case 'unknown':
      return false
  }
}

function mentions(column: string, predicate: PartitionPredicate): boolean {
  switch (predicate.kind) {
    case 'and':
    case 'or':
      return predicate.operands.some((operand) => mentions(column, operand))
    case 'not':
      return mentions(column, predicate.operand)
    case 'constant':
    case 'unknown':
      return false
    default:
      return predicate.column === column
  }
}

function violation(column: string, addition: string): AthenaError {
  return new AthenaError(
    'CONSTRAINT_VIOLATION',
    `For the injected projected partition column ${column}, the WHERE clause must contain only static equality conditions, and at least one such condition must be present.${addition}`,
    { remedy: `Add a condition such as ${column} = 'value' or ${column} IN ('a', 'b').` },
  )
}

function intersect(left: ReadonlySet<string>, right: ReadonlySet<string>): ReadonlySet<string> {
  return new Set([...left].filter((value) => right.has(value)))
}
