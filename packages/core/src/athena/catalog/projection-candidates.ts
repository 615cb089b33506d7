import type { PartitionComparisonOperator, PartitionConstant, PartitionPredicate } from '../scan/partition-predicate.ts'
import type { CatalogColumn } from './catalog.ts'
import { allIndexes, type IndexRanges, intersectRanges, range, uniteRanges } from './index-ranges.ts'
import { comparePartitionValues } from './partition-values.ts'
import type { ProjectedDomain } from './projected-domain.ts'

/**
 * The indexes of a column's domain that rows passing the predicate can have; never too few. An ordered domain is searched,
 * not run through: `day > '2021/10/25'` on a range of ten years touches a dozen values.
 */
export function candidateIndexes(
  domain: ProjectedDomain,
  key: CatalogColumn,
  predicate: PartitionPredicate | undefined,
): IndexRanges {
  const all = allIndexes(domain.count)
  if (predicate === undefined || !domain.isOrdered) return all
  return new CandidateSearch(domain, key).candidates(predicate, false)
}

const NEGATED: Readonly<Record<PartitionComparisonOperator, PartitionComparisonOperator>> = {
  '=': '<>',
  '<>': '=',
  '<': '>=',
  '>=': '<',
  '>': '<=',
  '<=': '>',
}

class CandidateSearch {
  readonly #domain: ProjectedDomain
  readonly #key: CatalogColumn
  readonly #all: IndexRanges

  constructor(domain: ProjectedDomain, key: CatalogColumn) {
    this.#domain = domain
    this.#key = key
    this.#all = allIndexes(domain.count)
  }

  /** Negation is carried down to the conditions, where it has an exact answer. */
  candidates(predicate: PartitionPredicate, negated: boolean): IndexRanges {
    switch (predicate.kind) {
      case 'and':
        return this.#combine(predicate.operands, negated, !negated)
      case 'or':
        return this.#combine(predicate.operands, negated, negated)
      case 'not':
        return this.candidates(predicate.operand, !negated)
      case 'constant':
        return predicate.value !== null && predicate.value !== negated ? this.#all : []
      case 'unknown':
        return this.#all
      default:
        return predicate.column === this.#key.name ? this.#condition(predicate, negated) : this.#all
    }
  }

  #combine(operands: readonly PartitionPredicate[], negated: boolean, isConjunction: boolean): IndexRanges {
    const parts = operands.map((operand) => this.candidates(operand, negated))
    return isConjunction ? parts.reduce(intersectRanges, this.#all) : parts.reduce<IndexRanges>(uniteRanges, [])
  }

  #condition(condition: Extract<PartitionPredicate, { readonly column: string }>, negated: boolean): IndexRanges {
    switch (condition.kind) {
      case 'comparison':
        return this.#compare(negated ? NEGATED[condition.operator] : condition.operator, condition.value)
      case 'in':
        return negated
          ? condition.values.map((value) => this.#compare('<>', value)).reduce(intersectRanges, this.#all)
          : condition.values.map((value) => this.#compare('=', value)).reduce<IndexRanges>(uniteRanges, [])
      case 'between':
        return negated
          ? uniteRanges(this.#compare('<', condition.low), this.#compare('>', condition.high))
          : intersectRanges(this.#compare('>=', condition.low), this.#compare('<=', condition.high))
      case 'like':
        return negated ? this.#all : this.#startingWith(condition.pattern, condition.escape)
      case 'is-null':
        return negated ? this.#all : []
    }
  }

  #compare(operator: PartitionComparisonOperator, constant: PartitionConstant): IndexRanges {
    if (constant === null || this.#domain.count === 0n) return []
    const first = this.#search(constant, false)
    const end = this.#search(constant, true)
    if (first === undefined || end === undefined) return this.#all
    switch (operator) {
      case '=':
        return range(first, end - 1n)
      case '<>':
        return uniteRanges(range(0n, first - 1n), range(end, this.#domain.count - 1n))
      case '<':
        return range(0n, first - 1n)
      case '<=':
        return range(0n, end - 1n)
      case '>':
        return range(end, this.#domain.count - 1n)
      case '>=':
        return range(first, this.#domain.count - 1n)
    }
  }

  #startingWith(pattern: string, escapeCharacter: string | undefined): IndexRanges {
    const prefix = /^[^%_]*/.exec(pattern)?.[0] ?? ''
    const isText = comparePartitionValues(this.#key.type, 'a', 'b') !== undefined
    if (!isText || prefix === '' || (escapeCharacter !== undefined && prefix.includes(escapeCharacter)))
      return this.#all
    return intersectRanges(this.#compare('>=', prefix), this.#compare('<=', `${prefix}\u{10ffff}`))
  }

  /** The first index whose value is not less than the constant; with `beyond`, the first whose value is greater. */
  #search(constant: PartitionConstant, beyond: boolean): bigint | undefined {
    let low = 0n
    let high = this.#domain.count
    while (low < high) {
      const middle = (low + high) / 2n
      const order = comparePartitionValues(this.#key.type, this.#domain.at(middle).value, constant)
      if (order === undefined) return undefined
      if (order < 0 || (beyond && order === 0)) low = middle + 1n
      else high = middle
    }
    return low
  }
}
