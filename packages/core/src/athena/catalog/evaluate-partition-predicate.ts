import type { PartitionConstant, PartitionPredicate } from '../scan/partition-predicate.ts'
import type { CatalogColumn } from './catalog.ts'
import { comparePartitionValues, HIVE_DEFAULT_PARTITION } from './partition-values.ts'

/** The value of a partition key, null for SQL NULL, undefined as long as it is not settled. */
export type KeyLookup = (column: string) => string | null | undefined

/**
 * Which of SQL's three truth values a predicate can have, as a set of bits. A key that is not settled yet, or a condition
 * that is `unknown`, can be any of them.
 */
type Outcomes = number
const TRUE = 1
const FALSE = 2
const NULL = 4
const ANY: Outcomes = TRUE | FALSE | NULL

/** Tells partitions apart: false only where no row of such a partition can pass the predicate. */
export function partitionMatcher(
  predicate: PartitionPredicate | undefined,
  keys: readonly CatalogColumn[],
): (lookup: KeyLookup) => boolean {
  if (predicate === undefined) return () => true
  const types = new Map(keys.map((key) => [key.name, key.type]))
  return (lookup) => (outcomes(predicate, types, lookup) & TRUE) !== 0
}

/** A lookup over a partition's values as the catalogue has them. */
export function lookupOf(keys: readonly CatalogColumn[], values: readonly (string | undefined)[]): KeyLookup {
  return (column) => {
    const value = values[keys.findIndex((key) => key.name === column)]
    return value === HIVE_DEFAULT_PARTITION ? null : value
  }
}

type Types = ReadonlyMap<string, string>

function outcomes(predicate: PartitionPredicate, types: Types, lookup: KeyLookup): Outcomes {
  switch (predicate.kind) {
    case 'and':
      return predicate.operands.reduce((all, operand) => conjunction(all, outcomes(operand, types, lookup)), TRUE)
    case 'or':
      return negation(
        predicate.operands.reduce((all, operand) => conjunction(all, negation(outcomes(operand, types, lookup))), TRUE),
      )
    case 'not':
      return negation(outcomes(predicate.operand, types, lookup))
    case 'constant':
      return ofTruth(predicate.value)
    case 'unknown':
      return ANY
    case 'is-null': {
      const value = lookup(predicate.column)
      return value === undefined ? TRUE | FALSE : ofTruth(value === null)
    }
    case 'comparison':
    case 'in':
    case 'between':
    case 'like':
      return conditionOutcomes(predicate, types, lookup)
  }
}

type Condition = Extract<PartitionPredicate, { kind: 'comparison' | 'in' | 'between' | 'like' }>

function conditionOutcomes(condition: Condition, types: Types, lookup: KeyLookup): Outcomes {
  const type = types.get(condition.column)
  const value = lookup(condition.column)
  if (type === undefined || value === undefined) return ANY
  if (value === null) return NULL
  switch (condition.kind) {
    case 'comparison':
      return comparisonOutcomes(type, value, condition.operator, condition.value)
    case 'in':
      return negation(
        condition.values.reduce<Outcomes>(
          (all, member) => conjunction(all, negation(comparisonOutcomes(type, value, '=', member))),
          TRUE,
        ),
      )
    case 'between':
      return conjunction(
        comparisonOutcomes(type, value, '>=', condition.low),
        comparisonOutcomes(type, value, '<=', condition.high),
      )
    case 'like':
      return ofTruth(likePattern(condition.pattern, condition.escape).test(value))
  }
}

function comparisonOutcomes(type: string, value: string, operator: string, constant: PartitionConstant): Outcomes {
  if (constant === null) return NULL
  const order = comparePartitionValues(type, value, constant)
  if (order === undefined) return ANY
  switch (operator) {
    case '=':
      return ofTruth(order === 0)
    case '<>':
      return ofTruth(order !== 0)
    case '<':
      return ofTruth(order < 0)
    case '<=':
      return ofTruth(order <= 0)
    case '>':
      return ofTruth(order > 0)
    case '>=':
      return ofTruth(order >= 0)
    default:
      return ANY
  }
}

function ofTruth(value: boolean | null): Outcomes {
  return value === null ? NULL : value ? TRUE : FALSE
}

function negation(set: Outcomes): Outcomes {
  return (set & TRUE ? FALSE : 0) | (set & FALSE ? TRUE : 0) | (set & NULL)
}

/** SQL's AND over every pair of outcomes: FALSE wins, then NULL. */
function conjunction(left: Outcomes, right: Outcomes): Outcomes {
  let result = 0
  if ((left | right) & FALSE) result |= FALSE
  if (left & TRUE && right & TRUE) result |= TRUE
  if ((left & NULL && right & (NULL | TRUE)) || (right & NULL && left & TRUE)) result |= NULL
  return result
}

const LIKE_PATTERNS = new Map<string, RegExp>()
const LIKE_PATTERNS_KEPT = 100

function likePattern(pattern: string, escapeCharacter: string | undefined): RegExp {
  const key = `${escapeCharacter ?? ''}\0${pattern}`
  const known = LIKE_PATTERNS.get(key)
  if (known !== undefined) return known
  if (LIKE_PATTERNS.size >= LIKE_PATTERNS_KEPT) LIKE_PATTERNS.clear()
  const compiled = compileLike(pattern, escapeCharacter)
  LIKE_PATTERNS.set(key, compiled)
  return compiled
}

const ANY_TEXT = '[\\s\\S]*'

function compileLike(pattern: string, escapeCharacter: string | undefined): RegExp {
  let source = ''
  const characters = Array.from(pattern)
  for (let index = 0; index < characters.length; index++) {
    const character = characters[index] ?? ''
    if (character === escapeCharacter) source += literalPattern(characters[++index] ?? '')
    else if (character === '%') source += source.endsWith(ANY_TEXT) ? '' : ANY_TEXT
    else if (character === '_') source += '[\\s\\S]'
    else source += literalPattern(character)
  }
  return new RegExp(`^${source}$`, 'u')
}

function literalPattern(character: string): string {
  return /[\\^$.*+?()[\]{}|/]/.test(character) ? `\\${character}` : character
}
