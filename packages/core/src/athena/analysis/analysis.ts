import type { CatalogTable } from '../catalog/catalog.ts'
import type { ResolvedFunction, SqlDialect } from '../functions/function-definition.ts'
import type { ResolvedOperator } from '../functions/operators.ts'
import type {
  Expression,
  FunctionCall,
  GroupingOperation,
  Lambda,
  NamedQuery,
  Query,
  QueryBody,
  QuerySpecification,
  Relation,
  SortItem,
  TableQuery,
  TableRelation,
} from '../trino/nodes.ts'
import type { TrinoType } from '../types/trino-type.ts'
import type { Field, NamedColumn, ResolvedWindow } from './scope.ts'
import type { VirtualTable } from './virtual-table.ts'

/** A column of the result. */
export interface OutputColumn {
  readonly name: string
  readonly type: TrinoType
}

/**
 * What the analyzer found out about a query, by node: types, what names mean, which functions are called. The tree itself
 * stays as it was parsed. Source of the idea: Trino, io.trino.sql.analyzer.Analysis.
 */
export interface Analysis {
  readonly query: Query
  readonly dialect: SqlDialect
  readonly columns: readonly OutputColumn[]
  readonly expressions: ExpressionAnalysis
  readonly queries: QueryAnalysis
  /** Tables and views that the query reads, for EXPLAIN and permissions. */
  readonly tables: ReadonlySet<CatalogTable>
}

/** Annotations of expressions. */
export interface ExpressionAnalysis {
  readonly types: ReadonlyMap<Expression, TrinoType>
  /** The type to which an expression's value is coerced where it stands. */
  readonly coercions: ReadonlyMap<Expression, TrinoType>
  /** Identifiers and dereferences that are columns or parameters of a lambda. */
  readonly columns: ReadonlyMap<Expression, Field>
  /** Those among them that name a column of a query around their own. */
  readonly correlated: ReadonlySet<Expression>
  readonly lambdaParameters: ReadonlyMap<Lambda, readonly Field[]>
  /** Dereferences of a row: the position of the field. */
  readonly rowFields: ReadonlyMap<Expression, number>
  readonly operators: ReadonlyMap<Expression, ResolvedOperator>
  readonly functions: ReadonlyMap<Expression, ResolvedFunction>
  readonly windows: ReadonlyMap<FunctionCall, ResolvedWindow>
  /** The text of current_user and the like. */
  readonly sessionValues: ReadonlyMap<Expression, string>
  /** The expression that stands for a `?`. */
  readonly parameters: ReadonlyMap<Expression, Expression>
}

/** Annotations of queries and relations. */
export interface QueryAnalysis {
  /** The columns of a query or a term of one. */
  readonly outputs: ReadonlyMap<Query | QueryBody, readonly Field[]>
  /** The columns of a relation in FROM, hidden ones too. */
  readonly relationFields: ReadonlyMap<Relation, readonly Field[]>
  readonly specifications: ReadonlyMap<QuerySpecification, SelectAnalysis>
  /** ORDER BY, OFFSET and LIMIT of a query that is not one SELECT. */
  readonly ordering: ReadonlyMap<Query, OrderingAnalysis>
  readonly tableBindings: ReadonlyMap<TableRelation | TableQuery, TableBinding>
  readonly joins: ReadonlyMap<Relation, JoinAnalysis>
  readonly recursions: ReadonlyMap<NamedQuery, RecursionAnalysis>
  /** The types to which the columns of a subquery, a set operation's term or VALUES are coerced. */
  readonly outputCoercions: ReadonlyMap<Query | QueryBody | Relation, readonly TrinoType[]>
  readonly samplePercentages: ReadonlyMap<Relation, number>
}

/** What a select item gives. */
export type SelectOutput =
  | { readonly kind: 'expression'; readonly expression: Expression }
  /** From `*` or `t.*`. */
  | { readonly kind: 'field'; readonly field: Field }
  /** From `row.*`. */
  | { readonly kind: 'row-field'; readonly base: Expression; readonly index: number; readonly type: TrinoType }

export interface SelectAnalysis {
  readonly outputs: readonly SelectOutput[]
  readonly fields: readonly Field[]
  /** Undefined where nothing is aggregated. */
  readonly aggregation: AggregationAnalysis | undefined
  readonly windowCalls: readonly FunctionCall[]
  readonly ordering: OrderingAnalysis
}

export interface AggregationAnalysis {
  readonly keys: readonly GroupKey[]
  /** Positions in `keys`; one set for a plain GROUP BY, and an empty one for an aggregation without it. */
  readonly sets: readonly (readonly number[])[]
  /** False where the aggregation has no GROUP BY, and gives one row from none. */
  readonly hasGroupBy: boolean
  /** Aggregate calls of SELECT, HAVING and ORDER BY. */
  readonly calls: readonly FunctionCall[]
  readonly groupings: readonly GroupingOperation[]
}

export interface GroupKey {
  readonly output: SelectOutput
  readonly type: TrinoType
  /** Equal for expressions that mean the same. */
  readonly signature: string
}

export interface OrderingAnalysis {
  readonly keys: readonly SortKey[]
  readonly offset: bigint | undefined
  readonly limit: bigint | undefined
  readonly withTies: boolean
}

export const NO_ORDERING: OrderingAnalysis = { keys: [], offset: undefined, limit: undefined, withTies: false }

export interface SortKey {
  readonly item: SortItem
  /** The position of an output column, or an expression over the columns of FROM and of the output. */
  readonly key:
    | { readonly kind: 'output'; readonly index: number }
    | { readonly kind: 'expression'; readonly expression: Expression }
}

/** What a table's name means. */
export type TableBinding =
  | { readonly kind: 'table'; readonly table: CatalogTable }
  | { readonly kind: 'view'; readonly table: CatalogTable; readonly query: Query }
  | { readonly kind: 'virtual-table'; readonly table: VirtualTable }
  | { readonly kind: 'named-query'; readonly namedQuery: NamedQuery }
  | { readonly kind: 'recursive-reference'; readonly namedQuery: NamedQuery }

/** JOIN … USING: the equalities and the columns that stand for both sides. */
export interface JoinAnalysis {
  readonly using: readonly {
    readonly field: Field
    readonly left: Field
    readonly right: Field
    readonly operator: ResolvedOperator
  }[]
}

export interface RecursionAnalysis {
  readonly anchor: QueryBody
  readonly step: QueryBody
  readonly distinct: boolean
  readonly columns: readonly NamedColumn[]
}
