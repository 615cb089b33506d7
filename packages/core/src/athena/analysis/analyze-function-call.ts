import { locateErrors } from '../errors.ts'
import type { ArgumentType, LambdaArgument, ResolvedFunction } from '../functions/function-definition.ts'
import { formatName } from '../trino/format-expression.ts'
import type { Expression, FunctionCall, Lambda } from '../trino/nodes.ts'
import { queriesOf, walkExpression } from '../trino/visit-expression.ts'
import { isComparable, isOrderable } from '../types/coercion.ts'
import { BOOLEAN, formatTrinoType, type TrinoType } from '../types/trino-type.ts'
import { analyzeWindow } from './analyze-window.ts'
import type { Analyzer } from './analyzer.ts'
import { forbidAggregates, functionName } from './call-kinds.ts'
import type { ExpressionContext } from './expression-context.ts'
import { type Field, plainField, relationScope, type Scope } from './scope.ts'
import { semanticError } from './semantic-error.ts'
import { coerce, requireType, typeOf } from './type-unification.ts'

const MAX_ARGUMENTS = 127

export function analyzeFunctionCall(node: FunctionCall, context: ExpressionContext): TrinoType {
  const { analyzer, analyze, scope } = context
  if (node.window) analyzeWindow(node, context)
  if (node.filter) {
    analyze(node.filter)
    requireType(analyzer.notes, node.filter, BOOLEAN, 'Filter expression')
  }
  for (const { key } of node.orderBy) analyze(key)
  if (node.arguments.length > MAX_ARGUMENTS) {
    const text = `Too many arguments for function call ${formatName(node.name)}()`
    throw semanticError('TOO_MANY_ARGUMENTS', node, text)
  }
  const args = node.arguments.map((argument) =>
    argument.kind === 'lambda' ? lambdaArgument(argument, analyzer, scope) : analyze(argument),
  )
  const resolved = resolve(node, args, analyzer)
  checkClauses(node, resolved, analyzer)
  node.arguments.forEach((argument, index) => {
    const to = resolved.parameterTypes[index]
    if (to) useArgument(argument, args[index], to, analyzer)
  })
  analyzer.notes.expressions.functions.set(node, resolved)
  return resolved.returnType
}

function resolve(node: FunctionCall, args: readonly ArgumentType[], { settings }: Analyzer): ResolvedFunction {
  const name = functionName(node)
  const resolved =
    name === undefined
      ? undefined
      : locateErrors(node.location, () => settings.resolveFunction(name, args, settings.dialect))
  if (resolved) return resolved
  const written = node.name.parts.map((part) => part.text.toLowerCase()).join('.')
  throw semanticError('FUNCTION_NOT_FOUND', node, `Function '${written}' not registered`)
}

function useArgument(argument: Expression, type: ArgumentType | undefined, to: TrinoType, analyzer: Analyzer): void {
  if (argument.kind !== 'lambda') {
    coerce(analyzer.notes, argument, to)
    return
  }
  if (to.kind !== 'function' || type?.kind !== 'lambda')
    return // Trying overloads has bound the body to other types in between.
  ;(type as LambdaArgument).bind(to.parameters)
  coerce(analyzer.notes, argument.body, to.result)
  analyzer.notes.expressions.types.set(argument, to)
}

function checkClauses(node: FunctionCall, resolved: ResolvedFunction, { notes }: Analyzer): void {
  const isAggregate = resolved.kind === 'aggregate'
  const notAggregate = (text: string): Error => semanticError('FUNCTION_NOT_AGGREGATE', node, text)
  if (node.distinct && !isAggregate) throw notAggregate('DISTINCT is not supported for non-aggregation functions')
  if (node.filter && !isAggregate) throw notAggregate('Filter is only valid for aggregation functions')
  if (node.orderBy.length > 0 && !isAggregate) throw notAggregate('ORDER BY is only valid for aggregation functions')
  if (resolved.kind === 'window' && !node.window) {
    const text = `Window function system.builtin.${resolved.name} requires an OVER clause`
    throw semanticError('MISSING_OVER', node, text)
  }
  if (node.distinct) {
    for (const argument of node.arguments) {
      const type = typeOf(notes, argument)
      if (isComparable(type)) continue
      const text = `DISTINCT can only be applied to comparable types (actual: ${formatTrinoType(type)})`
      throw semanticError('TYPE_MISMATCH', node, text)
    }
  }
  for (const { key } of node.orderBy) {
    const type = typeOf(notes, key)
    if (isOrderable(type)) continue
    const text = `ORDER BY can only be applied to orderable types (actual: ${formatTrinoType(type)})`
    throw semanticError('TYPE_MISMATCH', node, text)
  }
}

/** A lambda whose parameter types the signature gives: its body is analyzed when they are known. */
function lambdaArgument(node: Lambda, analyzer: Analyzer, scope: Scope): LambdaArgument {
  for (const part of walkExpression(node.body)) {
    if (queriesOf(part).length > 0) {
      throw semanticError('NOT_SUPPORTED', node.body, 'Lambda expression cannot contain subqueries')
    }
  }
  forbidAggregates(node.body, analyzer.settings, 'Lambda expression')
  return {
    kind: 'lambda',
    parameterCount: node.parameters.length,
    bind(parameterTypes) {
      if (parameterTypes.length !== node.parameters.length) {
        const text = `Expected a lambda that takes ${parameterTypes.length} argument(s) but got ${node.parameters.length}`
        throw semanticError('INVALID_PARAMETER_USAGE', node, text)
      }
      const fields = parameterTypes.map((type, index): Field => {
        const name = node.parameters[index]?.text
        return { ...plainField(name, type), isLambdaParameter: true }
      })
      analyzer.notes.expressions.lambdaParameters.set(node, fields)
      return analyzer.analyzeExpression(analyzer, node.body, relationScope(fields, scope))
    },
  }
}
