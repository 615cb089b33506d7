import type { Analysis } from '../analysis/analysis.ts'
import { ExpressionSignatures } from '../analysis/expression-signature.ts'
import type { Field } from '../analysis/scope.ts'
import type { CatalogTable } from '../catalog/catalog.ts'
import type { EmitContext } from '../functions/function-definition.ts'
import { quoteText } from '../functions/sql-text.ts'
import type { Expression, NamedQuery, Query, QueryBody } from '../trino/nodes.ts'
import type { TrinoType } from '../types/trino-type.ts'
import type { OpenScan } from './scan-request.ts'

export interface GenerateOptions {
  /** The query's start, in microseconds since 1970-01-01 UTC: what now() answers. */
  readonly nowMicros: bigint
  /** Athena's is UTC. */
  readonly sessionTimeZone?: string | undefined
}

/** A column of a table that a field stands for, unchanged: conditions on it may go down to the scan. */
export interface FieldOrigin {
  readonly scan: OpenScan
  readonly column: string
}

/** What the columns of a query are to be. */
export interface Target {
  /** Their names in the SQL. */
  readonly columns: readonly string[]
  /** The types that they become, where they are to be coerced. */
  readonly types?: readonly TrinoType[] | undefined
  /** True for the statement's own result: its order counts, and its types are made sure of. */
  readonly isResult?: boolean | undefined
}

/** SQL of a query, and which of its columns are those of a scan. */
export interface EmittedQuery {
  readonly sql: string
  /** By column; undefined where conditions on the column say nothing about a scan. */
  readonly origins: readonly (FieldOrigin | undefined)[]
}

/** The writers of queries, given to the generator as expressions and relations need them and they need those. */
export interface QueryWriters {
  emitQuery(generator: Generator, query: Query, target: Target): EmittedQuery
  emitBody(generator: Generator, body: QueryBody, target: Target): EmittedQuery
}

/** SQL of a WITH query that is used more than once. */
export interface CommonTable {
  readonly name: string
  readonly columns: readonly string[]
}

/**
 * What the parts of the generator share. Every column gets a symbol that is used nowhere else, so a reference needs no
 * qualifier, whatever the query's own names are, and correlated subqueries work as they stand.
 */
export class Generator {
  readonly analysis: Analysis
  readonly context: EmitContext
  readonly signatures: ExpressionSignatures
  readonly scans: OpenScan[] = []
  /** Expressions without columns with which partition keys are compared. */
  readonly partitionExpressions: Expression[] = []
  /** WITH queries in the order in which they may use each other: `name AS (…)`. */
  readonly commonTables: string[] = []
  readonly commonTableOf: Map<NamedQuery, CommonTable> = new Map()
  /** Where the rows of the step before are, within a recursion's step. */
  readonly recursionOf: Map<NamedQuery, CommonTable> = new Map()
  /** Fields that are columns of a scan, unchanged and not made NULL by an outer join. */
  readonly origins: Map<Field, FieldOrigin> = new Map()
  readonly #relations = new Map<Field, string>()
  readonly #symbols = new Map<Field, () => string>()
  readonly #names = new Map<string, number>()

  readonly #writers: QueryWriters

  constructor(analysis: Analysis, options: GenerateOptions, writers: QueryWriters) {
    this.analysis = analysis
    this.#writers = writers
    this.signatures = new ExpressionSignatures(analysis)
    this.context = {
      dialect: analysis.dialect,
      sessionTimeZone: options.sessionTimeZone ?? 'UTC',
      nowMicros: options.nowMicros,
      inTry: false,
      quote: quoteText,
      freshName: (stem) => this.fresh(stem),
    }
  }

  emitQuery(query: Query, target: Target): EmittedQuery {
    return this.#writers.emitQuery(this, query, target)
  }

  emitBody(body: QueryBody, target: Target): EmittedQuery {
    return this.#writers.emitBody(this, body, target)
  }

  querySql(query: Query, columns: readonly string[], types?: readonly TrinoType[]): string {
    return this.emitQuery(query, { columns, types }).sql
  }

  /** A name that nothing else in the SQL has. */
  fresh(stem: string): string {
    const count = this.#names.get(stem) ?? 0
    this.#names.set(stem, count + 1)
    return `${stem}_${count}`
  }

  /** Names for columns of a subquery. */
  freshColumns(count: number): readonly string[] {
    return Array.from({ length: count }, () => this.fresh('s'))
  }

  /** Says what SQL stands for a field from here on, and of which relation it is. */
  bind(field: Field, sql: string | (() => string), relation = ''): void {
    this.#symbols.set(field, typeof sql === 'string' ? () => sql : sql)
    this.#relations.set(field, relation)
  }

  bindAll(fields: readonly Field[], columns: readonly string[], relation = ''): void {
    fields.forEach((field, index) => {
      const column = columns[index]
      if (column !== undefined) this.bind(field, column, relation)
    })
  }

  /** Says that a field is another under a new name. */
  bindAlias(field: Field, of: Field): void {
    this.bind(field, () => this.sqlOf(of), this.relationOf(of))
    const origin = this.origins.get(of)
    if (origin) this.origins.set(field, origin)
  }

  relationOf(field: Field): string {
    return this.#relations.get(field) ?? ''
  }

  sqlOf(field: Field): string {
    const symbol = this.#symbols.get(field)
    if (!symbol) throw new Error(`column ${field.name ?? '?'} is not in the generated query`)
    return symbol()
  }

  openScan(table: CatalogTable): OpenScan {
    const scan: OpenScan = { placeholder: `scan_${this.scans.length}`, table, columns: new Set(), predicates: [] }
    this.scans.push(scan)
    return scan
  }
}

/** A name as DuckDB reads it. */
export function quoteName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}
