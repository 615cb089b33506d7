import { formatExpression } from '../trino/format-expression.ts'
import type { Expression, FunctionCall, GroupingOperation } from '../trino/nodes.ts'
import { walkExpression } from '../trino/visit-expression.ts'
import type { AnalyzerSettings } from './analyzer.ts'
import { semanticError } from './semantic-error.ts'

/** The name under which a call's function is looked up; undefined where it is qualified by what is no home of functions. */
export function functionName(call: FunctionCall): string | undefined {
  const parts = call.name.parts.map((part) => part.text.toLowerCase())
  const [name, ...qualifier] = parts.toReversed()
  const isBuiltin = qualifier.length === 0 || qualifier.toReversed().join('.') === 'system.builtin'
  return isBuiltin ? name : undefined
}

export function isAggregateCall(call: FunctionCall, settings: AnalyzerSettings): boolean {
  const name = functionName(call)
  return call.window === undefined && name !== undefined && settings.functionKind(name) === 'aggregate'
}

export function aggregateCallsIn(expression: Expression, settings: AnalyzerSettings): readonly FunctionCall[] {
  return callsIn(expression, (call) => isAggregateCall(call, settings))
}

export function windowCallsIn(expression: Expression): readonly FunctionCall[] {
  return callsIn(expression, (call) => call.window !== undefined)
}

export function groupingsIn(expression: Expression): readonly GroupingOperation[] {
  return [...walkExpression(expression)].filter((node) => node.kind === 'grouping')
}

function callsIn(expression: Expression, wanted: (call: FunctionCall) => boolean): readonly FunctionCall[] {
  return [...walkExpression(expression)].filter((node) => node.kind === 'function-call').filter(wanted)
}

/** `WHERE clause cannot contain aggregations, …: [sum(bytes)]`. */
export function forbidAggregates(expression: Expression, settings: AnalyzerSettings, clause: string): void {
  const found = [...aggregateCallsIn(expression, settings), ...windowCallsIn(expression), ...groupingsIn(expression)]
  if (found.length === 0) return
  const list = found.map(formatExpression).join(', ')
  const text = `${clause} cannot contain aggregations, window functions or grouping operations: [${list}]`
  throw semanticError('EXPRESSION_NOT_SCALAR', expression, text)
}
