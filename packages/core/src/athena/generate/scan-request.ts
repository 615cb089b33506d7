import type { CatalogTable } from '../catalog/catalog.ts'
import type { PartitionConstant, PartitionPredicate } from '../scan/partition-predicate.ts'

/** A table that the generated SQL reads under a name of its own, and what of it. */
export interface ScanRequest {
  /** The name of the relation in the SQL: a view or a table expression that whoever runs the SQL makes. */
  readonly placeholder: string
  readonly table: CatalogTable
  /**
   * The columns that the relation must have, by their lower-case names, in the physical types of their SQL types; `$path`
   * and its like among them. May be empty: then only the number of rows counts.
   */
  readonly columns: readonly string[]
  /** Which partitions can matter, and what else conditions say about columns of text; undefined where they say nothing. */
  readonly partitionPredicate: PartitionPredicate | undefined
  /** So many rows of it are enough for the query if all of them meet its conditions; undefined where all may be needed. */
  readonly rowsEnough: number | undefined
}

/** A scan while the SQL is generated: what is used of it shows on the way. */
export interface OpenScan {
  readonly placeholder: string
  readonly table: CatalogTable
  readonly columns: Set<string>
  readonly predicates: OpenPredicate[]
}

/** A condition on partition keys, once the values of the expressions without columns are known (or are not). */
export type OpenPredicate = (values: readonly (PartitionConstant | undefined)[]) => PartitionPredicate
