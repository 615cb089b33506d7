import type { Analysis, OutputColumn } from '../analysis/analysis.ts'
import type { PartitionPredicate } from '../scan/partition-predicate.ts'
import { type GenerateOptions, Generator } from './generator.ts'
import { emitBody, emitQuery } from './query-sql.ts'
import type { ScanRequest } from './scan-request.ts'

export interface GeneratedQuery {
  /** One SELECT of DuckDB. Its columns are `c0`, `c1`, … in the physical types of `columns`. */
  readonly sql: string
  readonly columns: readonly OutputColumn[]
  /** The relations that must be there under their placeholders' names before the SQL runs. */
  readonly scans: readonly ScanRequest[]
}

/** Writes DuckDB SQL of an analyzed query. No text of the query's author gets into it but as an escaped literal or name. */
export function generateQuery(analysis: Analysis, options: GenerateOptions): GeneratedQuery {
  const generator = new Generator(analysis, options, { emitQuery, emitBody })
  const columns = analysis.columns.map((_, index) => `c${index}`)
  const { sql } = generator.emitQuery(analysis.query, { columns, isResult: true })
  return {
    sql: generator.commonTables.length > 0 ? `WITH ${generator.commonTables.join(', ')} ${sql}` : sql,
    columns: analysis.columns,
    scans: generator.scans.map(({ placeholder, table, columns: used, predicates }) => ({
      placeholder,
      table,
      columns: [...used],
      partitionPredicate: conjunction(predicates),
    })),
  }
}

function conjunction(predicates: readonly PartitionPredicate[]): PartitionPredicate | undefined {
  return predicates.length > 1 ? { kind: 'and', operands: predicates } : predicates[0]
}
