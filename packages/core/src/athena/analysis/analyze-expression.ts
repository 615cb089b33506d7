import { AthenaError, locateErrors } from '../errors.ts'
import { canCast } from '../functions/cast.ts'
import {
  type ResolvedOperator,
  resolveArithmetic,
  resolveAtTimeZone,
  resolveBetween,
  resolveComparison,
  resolveConcat,
  resolveDistinctFrom,
  resolveExtract,
  resolveLike,
  resolveNegation,
  resolveRowSubscript,
  resolveSubscript,
  resolveUnaryPlus,
} from '../functions/operators.ts'
import type { Expression, ExpressionKind } from '../trino/nodes.ts'
import { commonSuperType } from '../types/coercion.ts'
import { type LiteralNode, literalType } from '../types/literal.ts'
import { resolveTypeNode } from '../types/resolve-type.ts'
import {
  arrayOf,
  BOOLEAN,
  DATE,
  formatTrinoType,
  INTEGER,
  type TrinoType,
  UNKNOWN,
  VARCHAR,
} from '../types/trino-type.ts'
import { analyzeFunctionCall } from './analyze-function-call.ts'
import { analyzeJsonFunction } from './analyze-json-function.ts'
import { analyzeDereference, analyzeIdentifier } from './analyze-name.ts'
import { analyzeInSubquery, analyzeQuantified, analyzeScalarSubquery } from './analyze-subquery.ts'
import { analyzeTrim } from './analyze-trim.ts'
import type { Analyzer } from './analyzer.ts'
import type { ExpressionContext } from './expression-context.ts'
import type { Scope } from './scope.ts'
import { semanticError } from './semantic-error.ts'
import { coerce, requireType, unify, unifyPair } from './type-unification.ts'

type ExpressionOf<K extends ExpressionKind> = Extract<Expression, { readonly kind: K }>

/** Finds the type of an expression and notes all that is found out on the way. */
export function analyzeExpression(analyzer: Analyzer, expression: Expression, scope: Scope): TrinoType {
  const context: ExpressionContext = {
    analyzer,
    scope,
    analyze: (part) => analyzeExpression(analyzer, part, scope),
  }
  const analyze = ANALYZERS[expression.kind] as (node: Expression, context: ExpressionContext) => TrinoType
  const type = analyze(expression, context)
  analyzer.notes.expressions.types.set(expression, type)
  analyzer.notes.expressions.coercions.delete(expression)
  return type
}

const literal = (node: LiteralNode, { analyzer }: ExpressionContext): TrinoType =>
  locateErrors(node.location, () => literalType(node, analyzer.settings.dialect))

/** A type that is none is called otherwise here than in CAST. */
function genericLiteral(node: ExpressionOf<'generic-literal'>, context: ExpressionContext): TrinoType {
  try {
    return literal(node, context)
  } catch (error) {
    if (!(error instanceof AthenaError) || !error.detail.startsWith('Unknown type: ')) throw error
    throw semanticError(error.code, node, error.detail.replace('type', 'resolvedType'))
  }
}

/** One entry for every kind. Source: Trino, io.trino.sql.analyzer.ExpressionAnalyzer. */
const ANALYZERS: { readonly [K in ExpressionKind]: (node: ExpressionOf<K>, context: ExpressionContext) => TrinoType } =
  {
    identifier: analyzeIdentifier,
    dereference: analyzeDereference,
    null: () => UNKNOWN,
    boolean: () => BOOLEAN,
    long: literal,
    decimal: literal,
    double: literal,
    string: literal,
    binary: literal,
    'generic-literal': genericLiteral,
    interval: literal,
    parameter: (node, { analyzer, analyze }) => {
      const { parameters } = analyzer.settings
      const value = parameters[node.index]
      if (!value) {
        const text = `Incorrect number of parameters: expected ${node.index + 1} but found ${parameters.length}`
        throw semanticError('INVALID_PARAMETER_USAGE', node, text)
      }
      analyzer.notes.expressions.parameters.set(node, value)
      return analyze(value)
    },
    arithmetic: (node, context) => {
      const { operator } = node
      return applyOperator(node, [node.left, node.right], context, ([left = UNKNOWN, right = UNKNOWN]) =>
        resolveArithmetic(operator, left, right),
      )
    },
    'arithmetic-unary': (node, context) =>
      applyOperator(node, [node.operand], context, ([type = UNKNOWN]) =>
        node.operator === '-' ? resolveNegation(type) : resolveUnaryPlus(type),
      ),
    comparison: (node, context) => {
      const { operator } = node
      return applyOperator(node, [node.left, node.right], context, ([left = UNKNOWN, right = UNKNOWN]) =>
        resolveComparison(operator, left, right),
      )
    },
    'quantified-comparison': analyzeQuantified,
    logical: (node, { analyzer, analyze }) => {
      for (const term of node.terms) {
        analyze(term)
        requireType(analyzer.notes, term, BOOLEAN, 'Logical expression term')
      }
      return BOOLEAN
    },
    not: (node, { analyzer, analyze }) => {
      analyze(node.operand)
      requireType(analyzer.notes, node.operand, BOOLEAN, 'Value of logical NOT expression')
      return BOOLEAN
    },
    between: (node, context) =>
      applyOperator(
        node,
        [node.value, node.min, node.max],
        context,
        ([value = UNKNOWN, min = UNKNOWN, max = UNKNOWN]) => resolveBetween(value, min, max),
      ),
    'in-list': (node, { analyzer, analyze }) => {
      const all = [node.value, ...node.items]
      all.forEach(analyze)
      const common = unify(analyzer.notes, all, 'IN value and list items')
      const operator = locateErrors(node.location, () => resolveComparison('=', common, common))
      analyzer.notes.expressions.operators.set(node, operator)
      return BOOLEAN
    },
    'in-subquery': analyzeInSubquery,
    like: (node, context) => {
      const { escape: escaping } = node
      const parts = escaping ? [node.value, node.pattern, escaping] : [node.value, node.pattern]
      const types = parts.map((part) => context.analyze(part))
      const [value = UNKNOWN, pattern = UNKNOWN, escapeType] = types
      const isText = (type: TrinoType): boolean =>
        type.kind === 'varchar' || type.kind === 'char' || type.kind === 'unknown'
      const culprit = parts[types.findIndex((type) => !isText(type))] ?? node.value
      const operator = locateErrors(culprit.location, () => resolveLike(value, pattern, escapeType))
      return useOperator(node, parts, operator, context)
    },
    'is-null': (node, { analyze }) => {
      analyze(node.operand)
      return BOOLEAN
    },
    'is-distinct-from': (node, context) => {
      const left = context.analyze(node.left)
      const right = context.analyze(node.right)
      if (!commonSuperType(left, right)) {
        const text = `Cannot check if ${formatTrinoType(left)} is distinct from ${formatTrinoType(right)}`
        throw semanticError('TYPE_MISMATCH', node, text)
      }
      const operator = locateErrors(node.location, () => resolveDistinctFrom(left, right))
      return useOperator(node, [node.left, node.right], operator, context)
    },
    exists: (node, { analyzer, scope }) => {
      analyzer.analyzeQuery(analyzer, node.query, scope)
      return BOOLEAN
    },
    'scalar-subquery': analyzeScalarSubquery,
    concat: (node, context) =>
      applyOperator(node, [node.left, node.right], context, ([left = UNKNOWN, right = UNKNOWN]) =>
        resolveConcat(left, right),
      ),
    'function-call': analyzeFunctionCall,
    lambda: (node) => {
      throw semanticError('TYPE_MISMATCH', node, 'Lambda expression should always be used inside a function')
    },
    cast: (node, { analyze }) => {
      const to = locateErrors(node.location, () => resolveTypeNode(node.type, node.location))
      const from = analyze(node.operand)
      if (!canCast(from, to)) {
        throw semanticError('TYPE_MISMATCH', node, `Cannot cast ${formatTrinoType(from)} to ${formatTrinoType(to)}`)
      }
      return to
    },
    'searched-case': (node, { analyzer, analyze }) => {
      for (const { condition } of node.whens) {
        analyze(condition)
        requireType(analyzer.notes, condition, BOOLEAN, 'CASE WHEN clause')
      }
      return unifyResults(node, analyzer, analyze)
    },
    'simple-case': (node, { analyzer, analyze }) => {
      const { notes } = analyzer
      const operand = analyze(node.operand)
      let common = operand
      for (const { condition } of node.whens) {
        const type = analyze(condition)
        const wider = commonSuperType(common, type)
        if (!wider) {
          const text = `CASE operand type does not match WHEN clause operand type: ${formatTrinoType(operand)} vs ${formatTrinoType(type)}`
          throw semanticError('TYPE_MISMATCH', condition, text)
        }
        common = wider
      }
      for (const part of [node.operand, ...node.whens.map(({ condition }) => condition)]) coerce(notes, part, common)
      notes.expressions.operators.set(
        node,
        locateErrors(node.location, () => resolveComparison('=', common, common)),
      )
      return unifyResults(node, analyzer, analyze)
    },
    if: (node, { analyzer, analyze }) => {
      analyze(node.condition)
      requireType(analyzer.notes, node.condition, BOOLEAN, 'IF condition')
      const type = analyze(node.then)
      if (!node.else) return type
      analyze(node.else)
      return unifyPair(analyzer.notes, node, 'Result types for IF must be the same', node.then, node.else)
    },
    coalesce: (node, { analyzer, analyze }) => {
      node.operands.forEach(analyze)
      return unify(analyzer.notes, node.operands, 'All COALESCE operands')
    },
    nullif: (node, { analyzer, analyze }) => {
      const first = analyze(node.first)
      const second = analyze(node.second)
      const common = commonSuperType(first, second)
      if (!common) {
        const text = `Types are not comparable with NULLIF: ${formatTrinoType(first)} vs ${formatTrinoType(second)}`
        throw semanticError('TYPE_MISMATCH', node, text)
      }
      const operator = locateErrors(node.location, () => resolveComparison('=', common, common))
      analyzer.notes.expressions.operators.set(node, operator)
      return first
    },
    try: (node, { analyze }) => analyze(node.operand),
    extract: (node, context) => {
      const type = context.analyze(node.operand)
      const operator = locateErrors(node.operand.location, () => resolveExtract(node.field, type))
      return useOperator(node, [node.operand], operator, context)
    },
    'current-datetime': (node) => {
      const precision = node.precision ?? 3
      switch (node.function) {
        case 'current_date':
          return DATE
        case 'current_time':
          return { kind: 'time with time zone', precision }
        case 'current_timestamp':
          return { kind: 'timestamp with time zone', precision }
        case 'localtime':
          return { kind: 'time', precision }
        case 'localtimestamp':
          return { kind: 'timestamp', precision }
      }
    },
    'session-value': (node, { analyzer }) => {
      const values = {
        current_user: analyzer.settings.user,
        current_catalog: analyzer.settings.catalogName,
        current_schema: analyzer.database,
        current_path: '',
      } as const
      analyzer.notes.expressions.sessionValues.set(node, values[node.function])
      return VARCHAR
    },
    'at-time-zone': (node, context) => {
      const value = context.analyze(node.value)
      const zone = context.analyze(node.timeZone)
      const operator = locateErrors(node.value.location, () => resolveAtTimeZone(value, zone))
      return useOperator(node, [node.value, node.timeZone], operator, context)
    },
    array: (node, { analyzer, analyze }) => {
      node.elements.forEach(analyze)
      return arrayOf(unify(analyzer.notes, node.elements, 'All ARRAY elements'))
    },
    row: (node, { analyze }) => ({ kind: 'row', fields: node.items.map((item) => ({ type: analyze(item) })) }),
    subscript: (node, context) => {
      const base = context.analyze(node.base)
      const index = context.analyze(node.index)
      if (base.kind !== 'row') {
        const operator = locateErrors(node.location, () => resolveSubscript(base, index))
        return useOperator(node, [node.base, node.index], operator, context)
      }
      if (node.index.kind !== 'long') {
        throw semanticError('TYPE_MISMATCH', node.index, 'Subscript expression on ROW requires a constant index')
      }
      if (index.kind !== INTEGER.kind) {
        const text = `Subscript expression on ROW requires integer index, actual type is ${formatTrinoType(index)}`
        throw semanticError('TYPE_MISMATCH', node.index, text)
      }
      const position = Number(node.index.value)
      const operator = locateErrors(node.index.location, () => resolveRowSubscript(base, position))
      return useOperator(node, [node.base], operator, context)
    },
    trim: analyzeTrim,
    'json-function': analyzeJsonFunction,
    grouping: (node, { analyze }) => {
      if (node.columns.length > 63) {
        throw semanticError('TOO_MANY_ARGUMENTS', node, 'GROUPING supports up to 63 column arguments')
      }
      node.columns.forEach(analyze)
      return node.columns.length <= 31 ? INTEGER : { kind: 'bigint' }
    },
    'unsupported-expression': (node) => {
      throw semanticError('NOT_SUPPORTED', node, `${node.name} is not supported`)
    },
  }

/** Analyzes the operands, finds the operator for their types and notes it. */
function applyOperator(
  node: Expression,
  operands: readonly Expression[],
  context: ExpressionContext,
  resolve: (types: readonly TrinoType[]) => ResolvedOperator,
): TrinoType {
  const types = operands.map((operand) => context.analyze(operand))
  try {
    return useOperator(node, operands, resolve(types), context)
  } catch (error) {
    throw error instanceof AthenaError && !error.location
      ? semanticError(error.code, node, error.detail, error.remedy)
      : error
  }
}

function useOperator(
  node: Expression,
  operands: readonly Expression[],
  operator: ResolvedOperator,
  { analyzer }: ExpressionContext,
): TrinoType {
  operands.forEach((operand, index) => {
    const to = operator.operandTypes[index]
    if (to) coerce(analyzer.notes, operand, to)
  })
  analyzer.notes.expressions.operators.set(node, operator)
  return operator.resultType
}

function unifyResults(
  node: ExpressionOf<'searched-case' | 'simple-case'>,
  { notes }: Analyzer,
  analyze: (expression: Expression) => TrinoType,
): TrinoType {
  const results = [...node.whens.map(({ result }) => result), ...(node.default ? [node.default] : [])]
  results.forEach(analyze)
  return unify(notes, results, 'All CASE results')
}
