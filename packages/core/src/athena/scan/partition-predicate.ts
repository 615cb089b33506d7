/**
 * What a query's WHERE says about a table's partition keys, as plain data: enough to leave out partitions, never more than
 * the query says. A condition that is not about partition keys (or columns of text, whose lines a scan can leave out) and
 * constants alone is `unknown`. The rows are filtered again
 * by the query itself, so a predicate may be too wide and must never be too narrow.
 */
export type PartitionPredicate =
  | { readonly kind: 'and'; readonly operands: readonly PartitionPredicate[] }
  | { readonly kind: 'or'; readonly operands: readonly PartitionPredicate[] }
  | { readonly kind: 'not'; readonly operand: PartitionPredicate }
  | {
      readonly kind: 'comparison'
      readonly column: string
      readonly operator: PartitionComparisonOperator
      readonly value: PartitionConstant
    }
  | { readonly kind: 'in'; readonly column: string; readonly values: readonly PartitionConstant[] }
  | {
      readonly kind: 'between'
      readonly column: string
      readonly low: PartitionConstant
      readonly high: PartitionConstant
    }
  /** SQL's LIKE; `escape` is one character. */
  | {
      readonly kind: 'like'
      readonly column: string
      readonly pattern: string
      readonly escape?: string | undefined
    }
  | { readonly kind: 'is-null'; readonly column: string }
  | { readonly kind: 'constant'; readonly value: boolean | null }
  | { readonly kind: 'unknown' }

export type PartitionComparisonOperator = '=' | '<>' | '<' | '<=' | '>' | '>='

/**
 * A constant, already of the column's type: text for string types, bigint for integer types, `2021-10-25` for date,
 * `2021-10-25 13:00:00` for timestamp. null is SQL NULL.
 */
export type PartitionConstant = string | number | bigint | boolean | null
