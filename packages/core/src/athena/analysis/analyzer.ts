import type { ResolvedFunction, ResolveFunction, SqlDialect } from '../functions/function-definition.ts'
import type { ResolvedOperator } from '../functions/operators.ts'
import type {
  Expression,
  FunctionCall,
  Lambda,
  NamedQuery,
  Query,
  QueryBody,
  QuerySpecification,
  Relation,
  TableQuery,
  TableRelation,
} from '../trino/nodes.ts'
import type { TrinoType } from '../types/trino-type.ts'
import type {
  ExpressionAnalysis,
  JoinAnalysis,
  OrderingAnalysis,
  QueryAnalysis,
  RecursionAnalysis,
  SelectAnalysis,
  TableBinding,
} from './analysis.ts'
import type { Field, ResolvedWindow, Scope } from './scope.ts'
import type { TableDirectory } from './table-directory.ts'

/** What the parts of the analyzer share while a query is analyzed. */
export interface Analyzer {
  readonly settings: AnalyzerSettings
  readonly tables: TableDirectory
  readonly notes: AnalysisNotes
  /** Views that are being analyzed, so that one that reads itself is refused. */
  readonly openViews: readonly string[]
  /** The database of unqualified names: that of a view within the view. */
  readonly database: string
  /** Analyzes a query that stands in a scope and gives its columns. */
  analyzeQuery(analyzer: Analyzer, query: Query, parent: Scope | undefined): readonly Field[]
  /** The same for a term of a set operation. */
  analyzeBody(analyzer: Analyzer, body: QueryBody, scope: Scope): readonly Field[]
  /** Analyzes an expression and gives its type. */
  analyzeExpression(analyzer: Analyzer, expression: Expression, scope: Scope): TrinoType
}

export interface AnalyzerSettings {
  readonly dialect: SqlDialect
  readonly catalogName: string
  /** `current_user`. */
  readonly user: string
  /** The values of `?`, in order. */
  readonly parameters: readonly Expression[]
  readonly resolveFunction: ResolveFunction
  /** What kind of function a name is, whatever its arguments. */
  readonly functionKind: (name: string) => ResolvedFunction['kind'] | undefined
}

type Mutable<T> = {
  -readonly [K in keyof T]: T[K] extends ReadonlyMap<infer Key, infer Value>
    ? Map<Key, Value>
    : T[K] extends ReadonlySet<infer Value>
      ? Set<Value>
      : T[K]
}

/** The annotations while they are made. */
export interface AnalysisNotes {
  readonly expressions: Mutable<ExpressionAnalysis>
  readonly queries: Mutable<QueryAnalysis>
}

export function emptyNotes(): AnalysisNotes {
  return {
    expressions: {
      types: new Map<Expression, TrinoType>(),
      coercions: new Map<Expression, TrinoType>(),
      columns: new Map<Expression, Field>(),
      correlated: new Set<Expression>(),
      lambdaParameters: new Map<Lambda, readonly Field[]>(),
      rowFields: new Map<Expression, number>(),
      operators: new Map<Expression, ResolvedOperator>(),
      functions: new Map<Expression, ResolvedFunction>(),
      windows: new Map<FunctionCall, ResolvedWindow>(),
      sessionValues: new Map<Expression, string>(),
      parameters: new Map<Expression, Expression>(),
    },
    queries: {
      outputs: new Map<Query | QueryBody, readonly Field[]>(),
      relationFields: new Map<Relation, readonly Field[]>(),
      specifications: new Map<QuerySpecification, SelectAnalysis>(),
      ordering: new Map<Query, OrderingAnalysis>(),
      tableBindings: new Map<TableRelation | TableQuery, TableBinding>(),
      joins: new Map<Relation, JoinAnalysis>(),
      recursions: new Map<NamedQuery, RecursionAnalysis>(),
      outputCoercions: new Map<Query | QueryBody | Relation, readonly TrinoType[]>(),
      samplePercentages: new Map<Relation, number>(),
    },
  }
}
