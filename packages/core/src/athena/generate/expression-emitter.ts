import { emitCast, emitCoercion } from '../functions/cast.ts'
import { evaluateOnce } from '../functions/emit-call.ts'
import type { AggregateModifiers, EmitContext, EmittedArgument } from '../functions/function-definition.ts'
import { comparisonKey, type ResolvedOperator } from '../functions/operators.ts'
import { quoteText } from '../functions/sql-text.ts'
import type { Expression, ExpressionKind, FunctionCall, Lambda } from '../trino/nodes.ts'
import { type LiteralNode, parseLiteral } from '../types/literal.ts'
import { physicalType } from '../types/physical-type.ts'
import type { TrinoType } from '../types/trino-type.ts'
import { coalesceSql } from './coalesce-sql.ts'
import { constantOf } from './constant.ts'
import { currentDateTimeSql } from './current-datetime.ts'
import type { Generator } from './generator.ts'
import { logicalSql } from './logical-sql.ts'
import { rowFieldSql, rowSql } from './row-sql.ts'
import { sortItemSql } from './sort-item.ts'
import { inSubquerySql, quantifiedSql, scalarSubquerySql } from './subquery-sql.ts'
import { trySql } from './try-sql.ts'
import { windowSql } from './window-sql.ts'

type ExpressionOf<K extends ExpressionKind> = Extract<Expression, { readonly kind: K }>

/** Gives the SQL that stands for an expression that was computed before: a group's key, an aggregate. */
export type Replacement = (expression: Expression) => string | undefined

const NOTHING_REPLACED: Replacement = () => undefined

export const NO_MODIFIERS: AggregateModifiers = { distinct: '', orderBy: '', suffix: '', ignoreNulls: false }

/** Writes the DuckDB SQL of analyzed expressions, from whitelisted forms only. */
export class ExpressionEmitter {
  readonly generator: Generator
  readonly context: EmitContext
  readonly #replacement: Replacement

  constructor(generator: Generator, context: EmitContext, replacement: Replacement = NOTHING_REPLACED) {
    this.generator = generator
    this.context = context
    this.#replacement = replacement
  }

  /** The same within TRY. */
  inTry(replacement: Replacement = NOTHING_REPLACED): ExpressionEmitter {
    const either: Replacement = (expression) => replacement(expression) ?? this.#replacement(expression)
    return new ExpressionEmitter(this.generator, { ...this.context, inTry: true }, either)
  }

  /** True for an expression that was computed before. */
  isReplaced(expression: Expression): boolean {
    return this.#replacement(expression) !== undefined
  }

  /** SQL of an expression, coerced to the type that its place wants. */
  emit(expression: Expression): string {
    const sql = this.emitUncoerced(expression)
    const to = this.generator.analysis.expressions.coercions.get(expression)
    return to ? emitCoercion(sql, this.ownType(expression), to, this.context) : sql
  }

  emitUncoerced(expression: Expression): string {
    const replaced = this.#replacement(expression)
    if (replaced !== undefined) return replaced
    const write = WRITERS[expression.kind] as (node: Expression, emitter: ExpressionEmitter) => string
    return write(expression, this)
  }

  /** SQL of an expression as a value of a type. */
  emitAs(expression: Expression, to: TrinoType): string {
    return emitCoercion(this.emit(expression), this.typeOf(expression), to, this.context)
  }

  /** The type of an expression where it stands. */
  typeOf(expression: Expression): TrinoType {
    return this.generator.analysis.expressions.coercions.get(expression) ?? this.ownType(expression)
  }

  ownType(expression: Expression): TrinoType {
    const type = this.generator.analysis.expressions.types.get(expression)
    if (!type) throw new Error(`${expression.kind} was not analyzed`)
    return type
  }

  operator(node: Expression): ResolvedOperator {
    const operator = this.generator.analysis.expressions.operators.get(node)
    if (!operator) throw new Error(`${node.kind} has no operator`)
    return operator
  }

  apply(node: Expression, operands: readonly Expression[]): string {
    return this.operator(node).emit(
      operands.map((operand) => this.emit(operand)),
      this.context,
    )
  }

  argument(expression: Expression): EmittedArgument {
    if (expression.kind === 'lambda') return this.#lambdaArgument(expression)
    const constant = constantOf(expression, this.generator.analysis)
    return { type: this.typeOf(expression), sql: this.emit(expression), constant }
  }

  #lambdaArgument(node: Lambda): EmittedArgument {
    const fields = this.generator.analysis.expressions.lambdaParameters.get(node) ?? []
    return {
      type: this.ownType(node),
      sql: '',
      lambda: (parameters) => {
        this.generator.bindAll(fields, parameters)
        return this.emit(node.body)
      },
    }
  }

  /** A call with its clauses in their places; `over` is empty or ` OVER (…)`. */
  call(node: FunctionCall, over: string): string {
    const resolved = this.generator.analysis.expressions.functions.get(node)
    if (!resolved) throw new Error(`${node.name.parts.map((part) => part.text).join('.')} was not resolved`)
    const keys = node.orderBy.map((item) => sortItemSql(item, this.typeOf(item.key), this.emit(item.key)))
    const filter = node.filter ? ` FILTER (WHERE ${this.emit(node.filter)})` : ''
    const modifiers: AggregateModifiers = {
      distinct: node.distinct ? 'DISTINCT ' : '',
      orderBy: keys.length > 0 ? ` ORDER BY ${keys.join(', ')}` : '',
      suffix: `${filter}${over}`,
      ignoreNulls: node.nullTreatment === 'ignore',
    }
    const args = node.arguments.map((argument) => this.argument(argument))
    return resolved.emit(args, this.context, modifiers)
  }
}

const literal = (node: LiteralNode, { context }: ExpressionEmitter): string => parseLiteral(node, context.dialect).sql

const column = (node: ExpressionOf<'identifier' | 'dereference'>, emitter: ExpressionEmitter): string | undefined => {
  const field = emitter.generator.analysis.expressions.columns.get(node)
  return field && emitter.generator.sqlOf(field)
}

/** Types whose equality DuckDB tells with its own `=`. */
function hasPlainEquality(type: TrinoType): boolean {
  switch (type.kind) {
    case 'array':
    case 'map':
    case 'row':
    case 'real':
    case 'double':
    case 'char':
      return false
    default:
      return comparisonKey(type, 'x') === 'x'
  }
}

/** One entry for every kind. */
const WRITERS: { readonly [K in ExpressionKind]: (node: ExpressionOf<K>, emitter: ExpressionEmitter) => string } = {
  identifier: (node, emitter) => column(node, emitter) ?? unresolved(node),
  dereference: (node, emitter) => {
    const sql = column(node, emitter)
    if (sql !== undefined) return sql
    const index = emitter.generator.analysis.expressions.rowFields.get(node)
    return index === undefined ? unresolved(node) : rowFieldSql(emitter.emit(node.base), index)
  },
  null: literal,
  boolean: literal,
  long: literal,
  decimal: literal,
  double: literal,
  string: literal,
  binary: literal,
  'generic-literal': literal,
  interval: literal,
  parameter: (node, emitter) => {
    const value = emitter.generator.analysis.expressions.parameters.get(node)
    return value ? emitter.emit(value) : unresolved(node)
  },
  arithmetic: (node, emitter) => emitter.apply(node, [node.left, node.right]),
  'arithmetic-unary': (node, emitter) => emitter.apply(node, [node.operand]),
  comparison: (node, emitter) => emitter.apply(node, [node.left, node.right]),
  'quantified-comparison': quantifiedSql,
  logical: logicalSql,
  not: (node, emitter) => `(NOT ${emitter.emit(node.operand)})`,
  between: (node, emitter) => emitter.apply(node, [node.value, node.min, node.max]),
  'in-list': (node, emitter) => {
    const operator = emitter.operator(node)
    const value = emitter.emit(node.value)
    const items = node.items.map((item) => emitter.emit(item))
    if (hasPlainEquality(emitter.typeOf(node.value))) return `(${value} IN (${items.join(', ')}))`
    return evaluateOnce([value], emitter.context, ([once = value]) => {
      return `(${items.map((item) => operator.emit([once, item], emitter.context)).join(' OR ')})`
    })
  },
  'in-subquery': inSubquerySql,
  like: (node, emitter) => {
    const operands = node.escape ? [node.value, node.pattern, node.escape] : [node.value, node.pattern]
    return emitter.apply(node, operands)
  },
  'is-null': (node, emitter) => `(${emitter.emit(node.operand)} IS NULL)`,
  'is-distinct-from': (node, emitter) => emitter.apply(node, [node.left, node.right]),
  exists: (node, { generator }) => {
    const columns = generator.freshColumns(generator.analysis.queries.outputs.get(node.query)?.length ?? 0)
    return `(EXISTS (${generator.querySql(node.query, columns)}))`
  },
  'scalar-subquery': scalarSubquerySql,
  concat: (node, emitter) => emitter.apply(node, [node.left, node.right]),
  'function-call': (node, emitter) => {
    return emitter.call(node, node.window ? ` OVER (${windowSql(node, emitter)})` : '')
  },
  lambda: unresolved,
  cast: (node, emitter) => {
    const { operand, safe } = node
    return emitCast(emitter.emit(operand), emitter.typeOf(operand), emitter.ownType(node), { safe }, emitter.context)
  },
  'searched-case': (node, emitter) => {
    const whens = node.whens.map(
      ({ condition, result }) => `WHEN ${emitter.emit(condition)} THEN ${emitter.emit(result)}`,
    )
    return caseSql(whens, node.default, emitter)
  },
  'simple-case': (node, emitter) => {
    const operand = emitter.emit(node.operand)
    const operator = emitter.operator(node)
    return evaluateOnce([operand], emitter.context, ([once = operand]) => {
      const whens = node.whens.map(({ condition, result }) => {
        return `WHEN ${operator.emit([once, emitter.emit(condition)], emitter.context)} THEN ${emitter.emit(result)}`
      })
      return caseSql(whens, node.default, emitter)
    })
  },
  if: (node, emitter) => {
    return caseSql([`WHEN ${emitter.emit(node.condition)} THEN ${emitter.emit(node.then)}`], node.else, emitter)
  },
  coalesce: coalesceSql,
  nullif: (node, emitter) => {
    const operator = emitter.operator(node)
    const first = emitter.emit(node.first)
    const type = emitter.typeOf(node.first)
    return evaluateOnce([first], emitter.context, ([once = first]) => {
      const common = operator.operandTypes[0] ?? type
      const left = emitCoercion(once, type, common, emitter.context)
      const isEqual = operator.emit([left, emitter.emitAs(node.second, common)], emitter.context)
      return `(CASE WHEN ${isEqual} THEN CAST(NULL AS ${physicalType(type)}) ELSE ${once} END)`
    })
  },
  try: trySql,
  extract: (node, emitter) => emitter.apply(node, [node.operand]),
  'current-datetime': (node, { context }) => currentDateTimeSql(node, context),
  'session-value': (node, { generator }) => quoteText(generator.analysis.expressions.sessionValues.get(node) ?? ''),
  'at-time-zone': (node, emitter) => emitter.apply(node, [node.value, node.timeZone]),
  array: (node, emitter) => {
    const items = node.elements.map((element) => emitter.emit(element)).join(', ')
    return node.elements.length > 0 ? `[${items}]` : `CAST([] AS ${physicalType(emitter.ownType(node))})`
  },
  row: (node, emitter) => rowSql(node.items.map((item) => emitter.emit(item))),
  subscript: (node, emitter) => {
    const isRow = emitter.ownType(node.base).kind === 'row'
    return emitter.apply(node, isRow ? [node.base] : [node.base, node.index])
  },
  trim: (node, emitter) => {
    const resolved = emitter.generator.analysis.expressions.functions.get(node)
    if (!resolved) return unresolved(node)
    const operands = node.characters ? [node.value, node.characters] : [node.value]
    const args = operands.map((operand) => emitter.argument(operand))
    return resolved.emit(args, emitter.context, NO_MODIFIERS)
  },
  'json-function': unresolved,
  grouping: unresolved,
  'unsupported-expression': unresolved,
}

function caseSql(whens: readonly string[], otherwise: Expression | undefined, emitter: ExpressionEmitter): string {
  return `(CASE ${whens.join(' ')}${otherwise ? ` ELSE ${emitter.emit(otherwise)}` : ''} END)`
}

function unresolved(node: Expression): never {
  throw new Error(`the analyzer let ${node.kind} through without resolving it`)
}
