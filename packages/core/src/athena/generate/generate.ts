import type { Analysis, OutputColumn } from '../analysis/analysis.ts'
import { refuseOverflow } from '../analysis/refuse-overflow.ts'
import type { PartitionConstant } from '../scan/partition-predicate.ts'
import type { TrinoType } from '../types/trino-type.ts'
import { ExpressionEmitter } from './expression-emitter.ts'
import { type GenerateOptions, Generator, quoteName } from './generator.ts'
import { closedPredicate } from './partition-condition.ts'
import { emitBody, emitQuery } from './query-sql.ts'
import { rowsEnough } from './rows-enough.ts'
import type { ScanRequest } from './scan-request.ts'

export interface GeneratedQuery {
  /** One SELECT of DuckDB. Its columns are `c0`, `c1`, … in the physical types of `columns`. */
  readonly sql: string
  readonly columns: readonly OutputColumn[]
  /** The relations that must be there under their placeholders' names before the SQL runs. */
  readonly scans: readonly ScanRequest[]
  /**
   * Expressions without columns with which partition keys are compared: `date_format(current_date, '%Y/%m/%d')`. Whoever
   * evaluates them gets scans that leave out more partitions.
   */
  readonly partitionExpressions: readonly PartitionExpression[]
  /** The SQL with the relations of the scans in it, each as SQL by its placeholder's name: nothing has to be there before. */
  sqlOver(relations: ReadonlyMap<string, string>): string
  /** The scans, given the values of `partitionExpressions`; undefined for one that has none. */
  scansGiven(values: readonly (PartitionConstant | undefined)[]): readonly ScanRequest[]
}

export interface PartitionExpression {
  /** DuckDB SQL of one value. */
  readonly sql: string
  readonly type: TrinoType
}

/** Writes DuckDB SQL of an analyzed query. No text of the query's author gets into it but as an escaped literal or name. */
export function generateQuery(analysis: Analysis, options: GenerateOptions): GeneratedQuery {
  return refuseOverflow(() => generate(analysis, options))
}

function generate(analysis: Analysis, options: GenerateOptions): GeneratedQuery {
  const generator = new Generator(analysis, options, { emitQuery, emitBody })
  const columns = analysis.columns.map((_, index) => `c${index}`)
  const { sql } = generator.emitQuery(analysis.query, { columns, isResult: true })
  const enough = generator.scans.length === 1 ? rowsEnough(analysis.query, analysis) : undefined
  const scansGiven = (values: readonly (PartitionConstant | undefined)[]): readonly ScanRequest[] =>
    generator.scans.map(({ placeholder, table, columns: used, predicates }) => ({
      placeholder,
      table,
      columns: [...used],
      partitionPredicate: closedPredicate(predicates, values),
      rowsEnough: enough,
    }))
  const emitter = new ExpressionEmitter(generator, generator.context)
  return {
    sql: withTables(generator.commonTables, sql),
    columns: analysis.columns,
    scans: scansGiven([]),
    partitionExpressions: generator.partitionExpressions.map((expression) => ({
      sql: emitter.emit(expression),
      type: emitter.typeOf(expression),
    })),
    sqlOver: (relations) => {
      // Written out where they are read, so that conditions and limits reach them.
      const tables = [...relations].map(([name, relation]) => `${quoteName(name)} AS NOT MATERIALIZED (${relation})`)
      return withTables([...tables, ...generator.commonTables], sql)
    },
    scansGiven,
  }
}

function withTables(tables: readonly string[], sql: string): string {
  return tables.length > 0 ? `WITH ${tables.join(', ')} ${sql}` : sql
}
