// Data table: every kind of node.

import type { SqlLocation } from '../errors.ts'

/**
 * The abstract syntax tree of the Trino family of statements (DML, views, prepared statements).
 * Frozen plain data with a `kind`, in the shape of Trino's own tree (io.trino.sql.tree): what a name
 * means is not decided here but in the analyzer. Every node knows where it starts in the text.
 */
interface NodeBase {
  readonly location: SqlLocation
}

/** `value` is canonical: lower case unless the identifier was quoted (Trino keeps quoted case but compares without it). */
export interface Identifier extends NodeBase {
  readonly kind: 'identifier'
  /** As written, without the quotes. */
  readonly text: string
  readonly quoted: boolean
}

export interface QualifiedName extends NodeBase {
  readonly kind: 'qualified-name'
  readonly parts: readonly Identifier[]
}

// ---------------------------------------------------------------- statements

export type Statement =
  | QueryStatement
  | InsertStatement
  | CreateTableAsStatement
  | CreateViewStatement
  | DropViewStatement
  | ExplainStatement
  | PrepareStatement
  | ExecuteStatement
  | DeallocateStatement
  | ShowFunctionsStatement
  | ShowCreateViewStatement
  | UnloadStatement
  | UnsupportedStatement

export interface QueryStatement extends NodeBase {
  readonly kind: 'query-statement'
  readonly query: Query
}
export interface InsertStatement extends NodeBase {
  readonly kind: 'insert'
  readonly table: QualifiedName
  readonly columns: readonly Identifier[] | undefined
  readonly query: Query
}
export interface CreateTableAsStatement extends NodeBase {
  readonly kind: 'create-table-as'
  readonly table: QualifiedName
  readonly ifNotExists: boolean
  readonly columnAliases: readonly Identifier[] | undefined
  readonly properties: readonly TableProperty[]
  readonly query: Query
  readonly withData: boolean
}
export interface TableProperty extends NodeBase {
  readonly kind: 'table-property'
  readonly name: string
  readonly value: Expression
}
export interface CreateViewStatement extends NodeBase {
  readonly kind: 'create-view'
  readonly view: QualifiedName
  readonly orReplace: boolean
  readonly query: Query
  /** The query's own text, as Athena stores it. */
  readonly queryText: string
}
export interface DropViewStatement extends NodeBase {
  readonly kind: 'drop-view'
  readonly view: QualifiedName
  readonly ifExists: boolean
}
export interface ExplainStatement extends NodeBase {
  readonly kind: 'explain'
  readonly analyze: boolean
  readonly verbose: boolean
  readonly format: string | undefined
  readonly type: string | undefined
  readonly statement: Statement
}
export interface PrepareStatement extends NodeBase {
  readonly kind: 'prepare'
  readonly name: Identifier
  readonly statement: Statement
  readonly statementText: string
}
export interface ExecuteStatement extends NodeBase {
  readonly kind: 'execute'
  readonly name: Identifier
  readonly parameters: readonly Expression[]
}
export interface DeallocateStatement extends NodeBase {
  readonly kind: 'deallocate'
  readonly name: Identifier
}
export interface ShowFunctionsStatement extends NodeBase {
  readonly kind: 'show-functions'
  readonly like: string | undefined
}
export interface ShowCreateViewStatement extends NodeBase {
  readonly kind: 'show-create-view'
  readonly view: QualifiedName
}
/** Athena's UNLOAD (query) TO 's3://…' WITH (…). */
export interface UnloadStatement extends NodeBase {
  readonly kind: 'unload'
  readonly query: Query
  readonly location_: string
  readonly properties: readonly TableProperty[]
}
/** Parsed, and known by name to be outside of what Athena or this engine runs. */
export interface UnsupportedStatement extends NodeBase {
  readonly kind: 'unsupported-statement'
  /** Upper-case keywords that name it: `CREATE ROLE`. */
  readonly name: string
}

// ------------------------------------------------------------------- queries

export interface Query extends NodeBase {
  readonly kind: 'query'
  readonly with: With | undefined
  readonly body: QueryBody
  readonly orderBy: readonly SortItem[]
  readonly offset: Expression | undefined
  readonly limit: Limit | undefined
}
export interface With extends NodeBase {
  readonly kind: 'with'
  readonly recursive: boolean
  readonly queries: readonly NamedQuery[]
}
export interface NamedQuery extends NodeBase {
  readonly kind: 'named-query'
  readonly name: Identifier
  readonly columnAliases: readonly Identifier[] | undefined
  readonly query: Query
}
/** LIMIT n, LIMIT ALL (`rowCount` undefined), FETCH FIRST n ROWS ONLY | WITH TIES. */
export interface Limit extends NodeBase {
  readonly kind: 'limit'
  readonly rowCount: Expression | undefined
  readonly withTies: boolean
  /** True for FETCH, which wants at least one row. */
  readonly isFetch?: boolean | undefined
}

export type QueryBody = QuerySpecification | SetOperation | TableQuery | ValuesQuery | SubqueryBody

export interface QuerySpecification extends NodeBase {
  readonly kind: 'query-specification'
  readonly distinct: boolean
  readonly items: readonly SelectItem[]
  readonly from: Relation | undefined
  readonly where: Expression | undefined
  readonly groupBy: GroupBy | undefined
  readonly having: Expression | undefined
  readonly windows: readonly WindowDefinition[]
  /** ORDER BY, OFFSET and LIMIT that follow this SELECT directly stand here, as in Trino; on Query they are then empty. */
  readonly orderBy: readonly SortItem[]
  readonly offset: Expression | undefined
  readonly limit: Limit | undefined
}
export interface SetOperation extends NodeBase {
  readonly kind: 'set-operation'
  readonly operator: 'union' | 'intersect' | 'except'
  readonly distinct: boolean
  readonly left: QueryBody
  readonly right: QueryBody
  /** Where UNION, INTERSECT or EXCEPT stands: Trino reports mismatches there. */
  readonly operatorLocation: SqlLocation
}
/** TABLE name */
export interface TableQuery extends NodeBase {
  readonly kind: 'table-query'
  readonly name: QualifiedName
}
export interface ValuesQuery extends NodeBase {
  readonly kind: 'values'
  /** A row constructor expression per row, or a single expression for a one-column row. */
  readonly rows: readonly Expression[]
}
/** ( query ) as a term of a set operation. */
export interface SubqueryBody extends NodeBase {
  readonly kind: 'subquery-body'
  readonly query: Query
}

export type SelectItem = SingleColumn | AllColumns
export interface SingleColumn extends NodeBase {
  readonly kind: 'single-column'
  readonly expression: Expression
  readonly alias: Identifier | undefined
}
/** `*`, `t.*`, `(row expression).* AS (a, b)`. */
export interface AllColumns extends NodeBase {
  readonly kind: 'all-columns'
  readonly target: Expression | undefined
  readonly aliases: readonly Identifier[]
}

export interface GroupBy extends NodeBase {
  readonly kind: 'group-by'
  readonly distinct: boolean
  readonly elements: readonly GroupingElement[]
}
export type GroupingElement =
  | (NodeBase & { readonly kind: 'simple-group-by'; readonly expressions: readonly Expression[] })
  | (NodeBase & {
      readonly kind: 'rollup' | 'cube' | 'grouping-sets'
      readonly sets: readonly (readonly Expression[])[]
    })
  | (NodeBase & { readonly kind: 'group-by-auto' })

export interface SortItem extends NodeBase {
  readonly kind: 'sort-item'
  readonly key: Expression
  readonly descending: boolean
  /** undefined: Trino's default, NULLS LAST whichever the direction. */
  readonly nulls: 'first' | 'last' | undefined
}

export interface WindowDefinition extends NodeBase {
  readonly kind: 'window-definition'
  readonly name: Identifier
  readonly window: WindowSpecification
}
export interface WindowSpecification extends NodeBase {
  readonly kind: 'window-specification'
  readonly existingName: Identifier | undefined
  readonly partitionBy: readonly Expression[]
  readonly orderBy: readonly SortItem[]
  readonly frame: WindowFrame | undefined
}
export interface WindowReference extends NodeBase {
  readonly kind: 'window-reference'
  readonly name: Identifier
}
export interface WindowFrame extends NodeBase {
  readonly kind: 'window-frame'
  readonly unit: 'range' | 'rows' | 'groups'
  readonly start: FrameBound
  readonly end: FrameBound | undefined
}
export interface FrameBound extends NodeBase {
  readonly kind: 'frame-bound'
  readonly bound: 'unbounded-preceding' | 'preceding' | 'current-row' | 'following' | 'unbounded-following'
  readonly value: Expression | undefined
}

// ----------------------------------------------------------------- relations

export type Relation =
  | TableRelation
  | AliasedRelation
  | SubqueryRelation
  | JoinRelation
  | UnnestRelation
  | LateralRelation
  | SampledRelation
  | ValuesRelation
  | UnsupportedRelation

export interface TableRelation extends NodeBase {
  readonly kind: 'table'
  readonly name: QualifiedName
  /** FOR TIMESTAMP | VERSION AS OF: parsed so that it can be refused by name. */
  readonly queryPeriod: 'timestamp' | 'version' | undefined
}
export interface AliasedRelation extends NodeBase {
  readonly kind: 'aliased-relation'
  readonly relation: Relation
  readonly alias: Identifier
  readonly columnAliases: readonly Identifier[] | undefined
}
export interface SubqueryRelation extends NodeBase {
  readonly kind: 'subquery-relation'
  readonly query: Query
}
export interface ValuesRelation extends NodeBase {
  readonly kind: 'values-relation'
  readonly rows: readonly Expression[]
}
export interface JoinRelation extends NodeBase {
  readonly kind: 'join'
  /** `implicit` is the comma. */
  readonly type: 'inner' | 'left' | 'right' | 'full' | 'cross' | 'implicit'
  readonly left: Relation
  readonly right: Relation
  readonly criteria: JoinCriteria | undefined
}
export type JoinCriteria =
  | { readonly kind: 'join-on'; readonly expression: Expression }
  | { readonly kind: 'join-using'; readonly columns: readonly Identifier[] }
  | { readonly kind: 'natural' }
export interface UnnestRelation extends NodeBase {
  readonly kind: 'unnest'
  readonly expressions: readonly Expression[]
  readonly withOrdinality: boolean
}
export interface LateralRelation extends NodeBase {
  readonly kind: 'lateral'
  readonly query: Query
}
export interface SampledRelation extends NodeBase {
  readonly kind: 'sampled-relation'
  readonly relation: Relation
  readonly method: 'bernoulli' | 'system'
  readonly percentage: Expression
}
/** MATCH_RECOGNIZE, JSON_TABLE, TABLE(function(…)): parsed so that it can be refused by name. */
export interface UnsupportedRelation extends NodeBase {
  readonly kind: 'unsupported-relation'
  readonly name: string
}

// --------------------------------------------------------------- expressions

export type Expression =
  | Identifier
  | Dereference
  | NullLiteral
  | BooleanLiteral
  | LongLiteral
  | DecimalLiteral
  | DoubleLiteral
  | StringLiteral
  | BinaryLiteral
  | GenericLiteral
  | IntervalLiteral
  | Parameter
  | Arithmetic
  | ArithmeticUnary
  | Comparison
  | QuantifiedComparison
  | Logical
  | Not
  | Between
  | InList
  | InSubquery
  | Like
  | IsNull
  | IsDistinctFrom
  | Exists
  | ScalarSubquery
  | Concat
  | FunctionCall
  | Lambda
  | Cast
  | SearchedCase
  | SimpleCase
  | If
  | Coalesce
  | NullIf
  | Try
  | Extract
  | CurrentDateTime
  | SessionValue
  | AtTimeZone
  | ArrayConstructor
  | RowConstructor
  | Subscript
  | Trim
  | JsonFunction
  | GroupingOperation
  | UnsupportedExpression

export type ExpressionKind = Expression['kind']

/** base.field: a column of a relation or a field of a row; which one, the analyzer says. */
export interface Dereference extends NodeBase {
  readonly kind: 'dereference'
  readonly base: Expression
  readonly field: Identifier
}
export interface NullLiteral extends NodeBase {
  readonly kind: 'null'
}
export interface BooleanLiteral extends NodeBase {
  readonly kind: 'boolean'
  readonly value: boolean
}
/** INTEGER_VALUE: integer when it fits 32 bits, else bigint. Larger is a syntax error (`Invalid numeric literal: …`). */
export interface LongLiteral extends NodeBase {
  readonly kind: 'long'
  readonly value: bigint
}
/** DECIMAL_VALUE as written, without underscores (`1.50`, `.5`, `5.`); decimal in Trino, double in Athena. */
export interface DecimalLiteral extends NodeBase {
  readonly kind: 'decimal'
  readonly text: string
}
/** DOUBLE_VALUE: with an exponent. */
export interface DoubleLiteral extends NodeBase {
  readonly kind: 'double'
  readonly text: string
}
/** Unescaped; U&'…' decoded. */
export interface StringLiteral extends NodeBase {
  readonly kind: 'string'
  readonly value: string
}
export interface BinaryLiteral extends NodeBase {
  readonly kind: 'binary'
  /** Upper-case hex digits, even in number. */
  readonly hex: string
}
/** TYPE 'text': DATE '2021-10-25', TIMESTAMP '…', DECIMAL '1.5', IPADDRESS '10.0.0.1', JSON '{}', BIGINT '1', CHAR 'x', REAL '1'. */
export interface GenericLiteral extends NodeBase {
  readonly kind: 'generic-literal'
  readonly type: TypeNode
  readonly value: string
}
export type IntervalField = 'year' | 'month' | 'day' | 'hour' | 'minute' | 'second'
export interface IntervalLiteral extends NodeBase {
  readonly kind: 'interval'
  readonly value: string
  readonly negative: boolean
  readonly from: IntervalField
  readonly to: IntervalField | undefined
}
/** `?`; `index` counts from 0 in the order of the text. */
export interface Parameter extends NodeBase {
  readonly kind: 'parameter'
  readonly index: number
}
/** `location` of a binary node is that of its operator's LEFT operand's start, as in Trino. */
export interface Arithmetic extends NodeBase {
  readonly kind: 'arithmetic'
  readonly operator: '+' | '-' | '*' | '/' | '%'
  readonly left: Expression
  readonly right: Expression
  /** Where the operator sign itself stands: Trino reports type errors there. */
  readonly operatorLocation: SqlLocation
}
export interface ArithmeticUnary extends NodeBase {
  readonly kind: 'arithmetic-unary'
  readonly operator: '+' | '-'
  readonly operand: Expression
}
export type ComparisonOperator = '=' | '<>' | '<' | '<=' | '>' | '>='
export interface Comparison extends NodeBase {
  readonly kind: 'comparison'
  readonly operator: ComparisonOperator
  readonly left: Expression
  readonly right: Expression
  readonly operatorLocation: SqlLocation
}
export interface QuantifiedComparison extends NodeBase {
  readonly kind: 'quantified-comparison'
  readonly operator: ComparisonOperator
  readonly quantifier: 'all' | 'any'
  readonly value: Expression
  readonly query: Query
}
/** Flattened: `a AND b AND c` is one node with three terms. */
export interface Logical extends NodeBase {
  readonly kind: 'logical'
  readonly operator: 'and' | 'or'
  readonly terms: readonly Expression[]
}
export interface Not extends NodeBase {
  readonly kind: 'not'
  readonly operand: Expression
}
/**
 * Predicates (BETWEEN, IN, LIKE, IS NULL, IS DISTINCT FROM, quantified comparisons) and AT TIME ZONE stand at their
 * own first word or sign, not at the value before it: Trino's errors name that place.
 * Negated predicates (NOT BETWEEN, NOT IN, NOT LIKE, IS NOT NULL …) are a Not around the positive node at the same place, as in Trino.
 */
export interface Between extends NodeBase {
  readonly kind: 'between'
  readonly value: Expression
  readonly min: Expression
  readonly max: Expression
}
export interface InList extends NodeBase {
  readonly kind: 'in-list'
  readonly value: Expression
  readonly items: readonly Expression[]
}
export interface InSubquery extends NodeBase {
  readonly kind: 'in-subquery'
  readonly value: Expression
  readonly query: Query
}
export interface Like extends NodeBase {
  readonly kind: 'like'
  readonly value: Expression
  readonly pattern: Expression
  readonly escape: Expression | undefined
}
export interface IsNull extends NodeBase {
  readonly kind: 'is-null'
  readonly operand: Expression
}
export interface IsDistinctFrom extends NodeBase {
  readonly kind: 'is-distinct-from'
  readonly left: Expression
  readonly right: Expression
}
export interface Exists extends NodeBase {
  readonly kind: 'exists'
  readonly query: Query
}
export interface ScalarSubquery extends NodeBase {
  readonly kind: 'scalar-subquery'
  readonly query: Query
}
/** The operator `||`; n-ary chains stay binary. `location` is that of the sign, as in Trino, where this is a call of `concat`. */
export interface Concat extends NodeBase {
  readonly kind: 'concat'
  readonly left: Expression
  readonly right: Expression
}
export interface FunctionCall extends NodeBase {
  readonly kind: 'function-call'
  readonly name: QualifiedName
  /** `count(*)`: no arguments and `star`. */
  readonly star: boolean
  readonly distinct: boolean
  readonly arguments: readonly Expression[]
  /** array_agg(x ORDER BY y), LISTAGG … WITHIN GROUP (ORDER BY y). */
  readonly orderBy: readonly SortItem[]
  readonly filter: Expression | undefined
  readonly nullTreatment: 'ignore' | 'respect' | undefined
  readonly window: WindowSpecification | WindowReference | undefined
  /** LISTAGG … ON OVERFLOW ERROR | TRUNCATE ['filler'] WITH | WITHOUT COUNT. */
  readonly overflow?: ListaggOverflow | undefined
}
export interface ListaggOverflow {
  readonly behavior: 'error' | 'truncate'
  readonly filler: string | undefined
  readonly withCount: boolean
}
export interface Lambda extends NodeBase {
  readonly kind: 'lambda'
  readonly parameters: readonly Identifier[]
  readonly body: Expression
}
export interface Cast extends NodeBase {
  readonly kind: 'cast'
  readonly operand: Expression
  readonly type: TypeNode
  /** TRY_CAST */
  readonly safe: boolean
}
export interface WhenClause extends NodeBase {
  readonly kind: 'when'
  readonly condition: Expression
  readonly result: Expression
}
export interface SearchedCase extends NodeBase {
  readonly kind: 'searched-case'
  readonly whens: readonly WhenClause[]
  readonly default: Expression | undefined
}
export interface SimpleCase extends NodeBase {
  readonly kind: 'simple-case'
  readonly operand: Expression
  readonly whens: readonly WhenClause[]
  readonly default: Expression | undefined
}
/** Trino's IF(condition, then[, else]) is syntax and not a function. */
export interface If extends NodeBase {
  readonly kind: 'if'
  readonly condition: Expression
  readonly then: Expression
  readonly else: Expression | undefined
}
export interface Coalesce extends NodeBase {
  readonly kind: 'coalesce'
  readonly operands: readonly Expression[]
}
export interface NullIf extends NodeBase {
  readonly kind: 'nullif'
  readonly first: Expression
  readonly second: Expression
}
export interface Try extends NodeBase {
  readonly kind: 'try'
  readonly operand: Expression
}
export interface Extract extends NodeBase {
  readonly kind: 'extract'
  /** Lower case: year, quarter, month, week, day, day_of_month, day_of_week, dow, day_of_year, doy, year_of_week, yow, hour, minute, second, timezone_hour, timezone_minute. */
  readonly field: string
  readonly operand: Expression
}
export interface CurrentDateTime extends NodeBase {
  readonly kind: 'current-datetime'
  readonly function: 'current_date' | 'current_time' | 'current_timestamp' | 'localtime' | 'localtimestamp'
  readonly precision: number | undefined
}
export interface SessionValue extends NodeBase {
  readonly kind: 'session-value'
  readonly function: 'current_user' | 'current_catalog' | 'current_schema' | 'current_path'
}
export interface AtTimeZone extends NodeBase {
  readonly kind: 'at-time-zone'
  readonly value: Expression
  readonly timeZone: Expression
}
export interface ArrayConstructor extends NodeBase {
  readonly kind: 'array'
  readonly elements: readonly Expression[]
}
/** ROW(a, b) and (a, b). */
export interface RowConstructor extends NodeBase {
  readonly kind: 'row'
  readonly items: readonly Expression[]
}
export interface Subscript extends NodeBase {
  readonly kind: 'subscript'
  readonly base: Expression
  readonly index: Expression
}
export interface Trim extends NodeBase {
  readonly kind: 'trim'
  readonly side: 'both' | 'leading' | 'trailing'
  readonly value: Expression
  readonly characters: Expression | undefined
}
/** JSON_EXISTS, JSON_VALUE, JSON_QUERY, JSON_OBJECT, JSON_ARRAY: SQL/JSON syntax. */
export interface JsonFunction extends NodeBase {
  readonly kind: 'json-function'
  readonly function: 'json_exists' | 'json_value' | 'json_query' | 'json_object' | 'json_array'
  /** Exists, value, query: the input. */
  readonly input: Expression | undefined
  readonly inputFormat: string | undefined
  readonly path: string | undefined
  readonly passing: readonly { readonly name: Identifier; readonly value: Expression }[]
  readonly returning: TypeNode | undefined
  /** Upper case words as written: `NULL`, `ERROR`, `EMPTY ARRAY`, `DEFAULT`. */
  readonly onEmpty: { readonly behavior: string; readonly default: Expression | undefined } | undefined
  readonly onError: { readonly behavior: string; readonly default: Expression | undefined } | undefined
  readonly wrapper: 'without' | 'conditional' | 'unconditional' | undefined
  readonly quotes: 'keep' | 'omit' | undefined
  /** Object: key and value; array: values (key undefined). */
  readonly members: readonly { readonly key: Expression | undefined; readonly value: Expression }[]
  readonly nullOnNull: boolean | undefined
  readonly uniqueKeys: boolean | undefined
}
/** GROUPING(a, b) */
export interface GroupingOperation extends NodeBase {
  readonly kind: 'grouping'
  readonly columns: readonly Expression[]
}
/** Parsed so that it can be refused by name. */
export interface UnsupportedExpression extends NodeBase {
  readonly kind: 'unsupported-expression'
  readonly name: string
}

// --------------------------------------------------------------------- types

/** A type as written; `types/resolve-type.ts` makes a TrinoType of it. */
export type TypeNode =
  | (NodeBase & {
      readonly kind: 'generic-type'
      readonly name: string
      readonly arguments: readonly (TypeNode | number)[]
    })
  | (NodeBase & {
      readonly kind: 'datetime-type'
      readonly type: 'time' | 'timestamp'
      readonly precision: number | undefined
      readonly withTimeZone: boolean
    })
  | (NodeBase & { readonly kind: 'interval-type'; readonly from: IntervalField; readonly to: IntervalField })
  | (NodeBase & {
      readonly kind: 'row-type'
      readonly fields: readonly { readonly name: string | undefined; readonly type: TypeNode }[]
    })
