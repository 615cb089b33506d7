import type { DuckDBConnection } from '@duckdb/node-api'
import { prepareConnection } from '../../src/athena/duckdb/scalar-functions.ts'
import { AthenaError } from '../../src/athena/errors.ts'
import { createValueFormatter } from '../../src/athena/format/value-text.ts'
import { canCast, emitCast, emitCoercion } from '../../src/athena/functions/cast.ts'
import { NO_MODIFIERS, resolvedFunction } from '../../src/athena/functions/emit-call.ts'
import { FUNCTION_FAMILIES } from '../../src/athena/functions/families.ts'
import type {
  AggregateModifiers,
  ArgumentType,
  EmitContext,
  EmittedArgument,
  SqlDialect,
} from '../../src/athena/functions/function-definition.ts'
import * as operators from '../../src/athena/functions/operators.ts'
import { resolveOverload } from '../../src/athena/functions/resolve-overload.ts'
import { errorFromDuckDb } from '../../src/athena/functions/runtime-errors.ts'
import { quoteText } from '../../src/athena/functions/sql-text.ts'
import type {
  Expression,
  FunctionCall,
  Lambda,
  QuerySpecification,
  Relation,
  SortItem,
  WindowSpecification,
} from '../../src/athena/trino/nodes.ts'
import { parseStatement } from '../../src/athena/trino/parse.ts'
import { commonSuperType } from '../../src/athena/types/coercion.ts'
import { parseLiteral } from '../../src/athena/types/literal.ts'
import { physicalType } from '../../src/athena/types/physical-type.ts'
import { resolveTypeNode } from '../../src/athena/types/resolve-type.ts'
import { BOOLEAN, formatTrinoType, type TrinoType } from '../../src/athena/types/trino-type.ts'

/**
 * A small evaluator of SELECT over VALUES that knows nothing of the analyzer and the generator: it puts the types, literals,
 * operators, casts and aggregates together in the plainest way, so that they can be compared with a real Trino's answers.
 */

export interface Answer {
  readonly types: readonly string[]
  readonly rows: readonly (readonly (string | null)[])[]
}

interface Typed {
  readonly type: TrinoType
  readonly sql: string
  readonly constant?: EmittedArgument['constant']
}

type Scope = ReadonlyMap<string, Typed>

const FUNCTIONS = new Map(FUNCTION_FAMILIES.flat().map((one) => [one.name, one]))

/** `columns`: literals of a SELECT without FROM come from a table, so that DuckDB cannot compute with them ahead. */
export type LiteralMode = 'constants' | 'columns'

/** Runs a query of the recorded kind. Throws AthenaError as the engine would, without places. */
export async function evaluateQuery(
  connection: DuckDBConnection,
  sql: string,
  dialect: SqlDialect,
  mode: LiteralMode = 'constants',
): Promise<Answer> {
  const statement = parseStatement(sql)
  if (statement.kind !== 'query-statement' || statement.query.body.kind !== 'query-specification')
    throw new Error('not a SELECT')
  const evaluator = new Evaluator(dialect, mode)
  const { text, types } = evaluator.select(statement.query.body, statement.query.orderBy)
  try {
    await prepareConnection(connection, text)
    const result = await connection.run(text)
    const formatters = types.map((type) => createValueFormatter(type, dialect))
    const rows: (string | null)[][] = []
    for (const chunk of await result.fetchAllChunks()) {
      for (const row of chunk.getRows()) rows.push(row.map((value, index) => formatters[index]?.(value) ?? null))
    }
    return { types: types.map(formatTrinoType), rows }
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    throw errorFromDuckDb(message) ?? new Error(`${message}\n${text}`)
  }
}

class Evaluator {
  readonly #context: EmitContext
  #literals: string[] | undefined
  #names = 0

  constructor(dialect: SqlDialect, mode: LiteralMode) {
    this.#literals = mode === 'columns' ? [] : undefined
    this.#context = {
      dialect,
      sessionTimeZone: 'UTC',
      nowMicros: 1_795_430_000_000_000n,
      inTry: false,
      quote: quoteText,
      freshName: (stem) => `${stem}${++this.#names}`,
    }
  }

  select(body: QuerySpecification, outer: readonly SortItem[]): { text: string; types: readonly TrinoType[] } {
    // The literals of VALUES are a table's already.
    if (body.from) this.#literals = undefined
    const { from, scope } = body.from ? this.#relation(body.from) : { from: '', scope: new Map() }
    const items = body.items.map((item) => {
      if (item.kind !== 'single-column') throw new Error('only expressions')
      return this.#expression(item.expression, scope)
    })
    const columns = items
      .map((item, index) => `CAST(${item.sql} AS ${physicalType(item.type)}) AS c${index}`)
      .join(', ')
    const grouping =
      body.groupBy?.elements.flatMap((element) => (element.kind === 'simple-group-by' ? element.expressions : [])) ?? []
    const keys = grouping.map((key) => this.#expression(key, scope).sql)
    const groupBy = keys.length === 0 ? '' : ` GROUP BY ${keys.join(', ')}`
    const having = body.having ? ` HAVING ${this.#expression(body.having, scope).sql}` : ''
    const where = body.where ? ` WHERE ${this.#expression(body.where, scope).sql}` : ''
    const order = this.#orderBy(outer.length > 0 ? outer : body.orderBy, scope)
    const table = from || this.#literalTable()
    return {
      text: `SELECT ${columns}${table}${where}${groupBy}${having}${order}`,
      types: items.map((item) => item.type),
    }
  }

  #literalTable(): string {
    if (!this.#literals || this.#literals.length === 0) return ''
    return ` FROM (VALUES (${this.#literals.join(', ')}), (${this.#literals.map(() => 'NULL').join(', ')})) v(${this.#literals.map((_, index) => `l${index}`).join(', ')}) LIMIT 1`
  }

  #literal(literal: Typed): Typed {
    if (!this.#literals) return literal
    this.#literals.push(literal.sql)
    return { ...literal, sql: `l${this.#literals.length - 1}` }
  }

  #orderBy(items: readonly SortItem[], scope: Scope): string {
    if (items.length === 0) return ''
    const keys = items.map((item) => {
      const key = this.#expression(item.key, scope)
      const nulls = item.nulls === 'first' ? 'NULLS FIRST' : 'NULLS LAST'
      return `${operators.comparisonKey(key.type, key.sql)} ${item.descending ? 'DESC' : 'ASC'} ${nulls}`
    })
    return ` ORDER BY ${keys.join(', ')}`
  }

  #relation(relation: Relation): { from: string; scope: Scope } {
    if (relation.kind === 'subquery-relation') {
      return this.#subquery(relation.query.body as QuerySpecification, undefined)
    }
    if (relation.kind !== 'aliased-relation') throw new Error(`no ${relation.kind}`)
    const names = relation.columnAliases?.map((alias) => alias.text.toLowerCase())
    const inner = relation.relation
    if (inner.kind === 'values-relation') return this.#values(inner.rows, names ?? [])
    if (inner.kind === 'unnest') {
      const list = this.#expression(inner.expressions[0] as Expression, new Map())
      const element = list.type.kind === 'array' ? list.type.element : list.type
      const name = names?.[0] ?? ''
      return {
        from: ` FROM (SELECT unnest(${list.sql}) AS "${name}")`,
        scope: new Map([[name, { type: element, sql: `"${name}"` }]]),
      }
    }
    if (inner.kind === 'subquery-relation') {
      if (inner.query.body.kind === 'values') return this.#values(inner.query.body.rows, names ?? [])
      return this.#subquery(inner.query.body as QuerySpecification, names)
    }
    throw new Error(`no ${inner.kind}`)
  }

  #subquery(body: QuerySpecification, names: readonly string[] | undefined): { from: string; scope: Scope } {
    const { text, types } = this.select(body, [])
    const own = body.items.map((item) =>
      item.kind === 'single-column' && item.expression.kind === 'identifier' ? item.expression.text.toLowerCase() : '_',
    )
    const scope = new Map(types.map((type, index) => [names?.[index] ?? own[index] ?? '_', { type, sql: `c${index}` }]))
    return { from: ` FROM (${text})`, scope }
  }

  #values(rows: readonly Expression[], names: readonly string[]): { from: string; scope: Scope } {
    const table = rows.map((row) =>
      (row.kind === 'row' ? row.items : [row]).map((item) => this.#expression(item, new Map())),
    )
    const types = names.map((_, column) =>
      table.map((row) => (row[column] as Typed).type).reduce((a, b) => commonSuperType(a, b) ?? a),
    )
    const texts = table.map(
      (row) =>
        `(${row.map((value, column) => `CAST(${this.#to(value, types[column] as TrinoType)} AS ${physicalType(types[column] as TrinoType)})`).join(', ')})`,
    )
    const scope = new Map(names.map((name, index) => [name, { type: types[index] as TrinoType, sql: `"${name}"` }]))
    return { from: ` FROM (VALUES ${texts.join(', ')}) t(${names.map((name) => `"${name}"`).join(', ')})`, scope }
  }

  #to(value: Typed, type: TrinoType): string {
    return emitCoercion(value.sql, value.type, type, this.#context)
  }

  #apply(resolved: operators.ResolvedOperator, values: readonly Typed[]): Typed {
    const args = resolved.operandTypes.map((type, index) => this.#to(values[index] as Typed, type))
    return { type: resolved.resultType, sql: resolved.emit(args, this.#context) }
  }

  #common(values: readonly Typed[]): TrinoType {
    return values
      .map((value) => value.type)
      .reduce((a, b) => {
        const common = commonSuperType(a, b)
        if (!common) throw new AthenaError('TYPE_MISMATCH', 'no common type')
        return common
      })
  }

  #coalesced(values: readonly Typed[]): TrinoType {
    let type: TrinoType = { kind: 'unknown' }
    for (const value of values) {
      const common = commonSuperType(type, value.type)
      if (!common) {
        const [a, b] = [formatTrinoType(type), formatTrinoType(value.type)]
        const rule = 'All COALESCE operands must be the same type or coercible to a common type.'
        throw new AthenaError(
          'TYPE_MISMATCH',
          `${rule} Cannot find common type between ${a} and ${b}, all types (without duplicates): [${a}, ${b}]`,
        )
      }
      type = common
    }
    return type
  }

  #expression(node: Expression, scope: Scope): Typed {
    const at = (child: Expression): Typed => this.#expression(child, scope)
    switch (node.kind) {
      case 'null':
      case 'boolean':
      case 'long':
      case 'decimal':
      case 'double':
      case 'string':
      case 'binary':
      case 'interval':
      case 'generic-literal':
        return this.#literal(parseLiteral(node, this.#context.dialect))
      case 'identifier': {
        const column = scope.get(node.text.toLowerCase())
        if (!column) throw new AthenaError('COLUMN_NOT_FOUND', `Column '${node.text}' cannot be resolved`)
        return column
      }
      case 'arithmetic': {
        const operands = [at(node.left), at(node.right)] as const
        return this.#apply(operators.resolveArithmetic(node.operator, operands[0].type, operands[1].type), operands)
      }
      case 'arithmetic-unary': {
        const value = at(node.operand)
        if (node.operator === '-' && typeof value.constant === 'bigint' && node.operand.kind === 'long') {
          return this.#literal(parseLiteral({ ...node.operand, value: -value.constant }, this.#context.dialect))
        }
        const resolve = node.operator === '-' ? operators.resolveNegation : operators.resolveUnaryPlus
        const negated = this.#apply(resolve(value.type), [value])
        return typeof value.constant === 'number' ? { ...negated, constant: -value.constant } : negated
      }
      case 'comparison': {
        const operands = [at(node.left), at(node.right)] as const
        return this.#apply(operators.resolveComparison(node.operator, operands[0].type, operands[1].type), operands)
      }
      case 'is-distinct-from': {
        const operands = [at(node.left), at(node.right)] as const
        return this.#apply(operators.resolveDistinctFrom(operands[0].type, operands[1].type), operands)
      }
      case 'between': {
        const operands = [at(node.value), at(node.min), at(node.max)] as const
        return this.#apply(operators.resolveBetween(operands[0].type, operands[1].type, operands[2].type), operands)
      }
      case 'in-list': {
        const values = [node.value, ...node.items].map(at)
        const type = this.#common(values)
        const [value, ...items] = values.map((one) => ({ type, sql: this.#to(one, type) }))
        const tests = items.map(
          (item) => this.#apply(operators.resolveComparison('=', type, type), [value as Typed, item]).sql,
        )
        return { type: BOOLEAN, sql: `(${tests.join(' OR ')})` }
      }
      case 'not':
        return { type: BOOLEAN, sql: `(NOT ${at(node.operand).sql})` }
      case 'is-null':
        return { type: BOOLEAN, sql: `(${at(node.operand).sql} IS NULL)` }
      case 'like': {
        const operands = [node.value, node.pattern, ...(node.escape ? [node.escape] : [])].map(at)
        const [value, pattern, escapeType] = operands.map((one) => one.type)
        return this.#apply(operators.resolveLike(value as TrinoType, pattern as TrinoType, escapeType), operands)
      }
      case 'concat': {
        const operands = [at(node.left), at(node.right)] as const
        return this.#apply(operators.resolveConcat(operands[0].type, operands[1].type), operands)
      }
      case 'subscript': {
        const operands = [at(node.base), at(node.index)] as const
        const [base, index] = operands
        if (base.type.kind === 'row')
          return this.#apply(operators.resolveRowSubscript(base.type, Number(index.constant)), [base])
        return this.#apply(operators.resolveSubscript(base.type, index.type), operands)
      }
      case 'extract': {
        const value = at(node.operand)
        return this.#apply(operators.resolveExtract(node.field, value.type), [value])
      }
      case 'dereference': {
        const base = at(node.base)
        const fields = base.type.kind === 'row' ? base.type.fields : []
        const index = fields.findIndex((field) => field.name === node.field.text.toLowerCase())
        return { type: fields[index]?.type as TrinoType, sql: `struct_extract(${base.sql}, 'f${index}')` }
      }
      case 'if': {
        const values = [at(node.then), ...(node.else ? [at(node.else)] : [])]
        const type = this.#common(values)
        const [then, otherwise = 'NULL'] = values.map((value) => this.#to(value, type))
        return { type, sql: `(CASE WHEN ${at(node.condition).sql} THEN ${then} ELSE ${otherwise} END)` }
      }
      case 'searched-case': {
        const values = [...node.whens.map((when) => at(when.result)), ...(node.default ? [at(node.default)] : [])]
        const type = this.#common(values)
        const branches = node.whens.map(
          (when) => `WHEN ${at(when.condition).sql} THEN ${this.#to(at(when.result), type)}`,
        )
        const otherwise = node.default ? this.#to(at(node.default), type) : 'NULL'
        return { type, sql: `(CASE ${branches.join(' ')} ELSE ${otherwise} END)` }
      }
      case 'at-time-zone': {
        const operands = [at(node.value), at(node.timeZone)] as const
        return this.#apply(operators.resolveAtTimeZone(operands[0].type, operands[1].type), operands)
      }
      case 'coalesce': {
        const values = node.operands.map(at)
        const type = this.#coalesced(values)
        return { type, sql: `COALESCE(${values.map((value) => this.#to(value, type)).join(', ')})` }
      }
      case 'try': {
        const value = at(node.operand)
        return { type: value.type, sql: `TRY(${value.sql})` }
      }
      case 'cast': {
        const value = at(node.operand)
        const type = resolveTypeNode(node.type)
        if (!canCast(value.type, type)) {
          throw new AthenaError(
            'TYPE_MISMATCH',
            `Cannot cast ${formatTrinoType(value.type)} to ${formatTrinoType(type)}`,
          )
        }
        return { type, sql: emitCast(value.sql, value.type, type, { safe: node.safe }, this.#context) }
      }
      case 'array': {
        const values = node.elements.map(at)
        const element = values.length === 0 ? ({ kind: 'unknown' } as const) : this.#common(values)
        const type: TrinoType = { kind: 'array', element }
        return {
          type,
          sql: `CAST([${values.map((value) => this.#to(value, element)).join(', ')}] AS ${physicalType(type)})`,
        }
      }
      case 'row': {
        const values = node.items.map(at)
        const fields = values.map((value) => ({ type: value.type }))
        return {
          type: { kind: 'row', fields },
          sql: `struct_pack(${values.map((value, index) => `f${index} := ${value.sql}`).join(', ')})`,
        }
      }
      case 'function-call':
        return this.#call(node, scope)
      case 'trim': {
        const name = { both: 'trim', leading: 'ltrim', trailing: 'rtrim' }[node.side]
        return this.#call(
          functionCall(name, node.characters ? [node.value, node.characters] : [node.value], node),
          scope,
        )
      }
      default:
        throw new Error(`no ${node.kind}`)
    }
  }

  #call(node: FunctionCall, scope: Scope): Typed {
    const name = node.name.parts.map((part) => part.text.toLowerCase()).join('.')
    const definition = FUNCTIONS.get(name)
    if (!definition) throw new AthenaError('FUNCTION_NOT_FOUND', `Function '${name}' not registered`)
    if (definition.status.kind === 'not-supported') throw new AthenaError('NOT_SUPPORTED', name)
    const values = node.arguments.map((argument) =>
      argument.kind === 'lambda' ? undefined : this.#expression(argument, scope),
    )
    const match = resolveOverload(
      definition,
      node.arguments.map((argument, index) =>
        argument.kind === 'lambda' ? this.#lambdaArgument(argument, scope) : (values[index] as Typed).type,
      ),
    )
    const args = match.parameterTypes.map((type, index): EmittedArgument => {
      const argument = node.arguments[index]
      if (argument?.kind === 'lambda') return this.#emittedLambda(argument, type, scope)
      const value = values[index] as Typed
      const constant =
        typeof value.constant === 'bigint' && type.kind === 'double' ? Number(value.constant) : value.constant
      return {
        type,
        sql: this.#to(value, type),
        constant: type.kind === 'double' && typeof constant === 'string' ? Number(constant) : constant,
      }
    })
    const modifiers = definition.kind === 'scalar' ? NO_MODIFIERS : this.#modifiers(node, scope)
    const sql = resolvedFunction(definition, match).emit(args, this.#context, modifiers)
    return { type: match.returnType, sql }
  }

  #lambdaArgument(node: Lambda, scope: Scope): ArgumentType {
    return {
      kind: 'lambda',
      parameterCount: node.parameters.length,
      bind: (types) => this.#expression(node.body, this.#lambdaScope(node, types, types.map(String), scope)).type,
    }
  }

  #emittedLambda(node: Lambda, type: TrinoType, scope: Scope): EmittedArgument {
    if (type.kind !== 'function') throw new Error('not a function')
    const lambda = (parameters: readonly string[]): string =>
      this.#to(this.#expression(node.body, this.#lambdaScope(node, type.parameters, parameters, scope)), type.result)
    return { type, sql: '', lambda }
  }

  #lambdaScope(node: Lambda, types: readonly TrinoType[], names: readonly string[], scope: Scope): Scope {
    if (node.parameters.length !== types.length) {
      const text = `Expected a lambda that takes ${types.length} argument(s) but got ${node.parameters.length}`
      throw new AthenaError('INVALID_PARAMETER_USAGE', text)
    }
    const own = node.parameters.map(
      (name, index) =>
        [name.text.toLowerCase(), { type: types[index] as TrinoType, sql: names[index] as string }] as const,
    )
    return new Map([...scope, ...own])
  }

  #modifiers(node: FunctionCall, scope: Scope): AggregateModifiers {
    const filter = node.filter ? ` FILTER (WHERE ${this.#expression(node.filter, scope).sql})` : ''
    const window = node.window?.kind === 'window-specification' ? ` OVER (${this.#window(node.window, scope)})` : ''
    return {
      distinct: node.distinct ? 'DISTINCT ' : '',
      orderBy: this.#orderBy(node.orderBy, scope),
      suffix: `${filter}${window}`,
      ignoreNulls: node.nullTreatment === 'ignore',
    }
  }

  #window(window: WindowSpecification, scope: Scope): string {
    const partition = window.partitionBy.map((key) => this.#expression(key, scope).sql)
    const parts = [
      partition.length > 0 ? `PARTITION BY ${partition.join(', ')}` : '',
      this.#orderBy(window.orderBy, scope),
    ]
    if (window.frame) {
      const bound = (side: typeof window.frame.start): string =>
        side.value ? `${this.#expression(side.value, scope).sql} ${side.bound}` : side.bound.replaceAll('-', ' ')
      const { unit, start, end } = window.frame
      parts.push(end ? `${unit} BETWEEN ${bound(start)} AND ${bound(end)}` : `${unit} ${bound(start)}`)
    }
    return parts.filter((part) => part !== '').join(' ')
  }
}

/** A plain call: some syntax is a function under another name. */
function functionCall(name: string, args: readonly Expression[], { location }: Expression): FunctionCall {
  const identifier = { kind: 'identifier', text: name, quoted: false, location } as const
  return {
    kind: 'function-call',
    name: { kind: 'qualified-name', parts: [identifier], location },
    star: false,
    distinct: false,
    arguments: args,
    orderBy: [],
    filter: undefined,
    nullTreatment: undefined,
    window: undefined,
    location,
  }
}
