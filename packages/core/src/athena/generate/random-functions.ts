import { functionName } from '../analysis/call-kinds.ts'
import type { Expression } from '../trino/nodes.ts'
import { walkExpression } from '../trino/visit-expression.ts'

/** Functions of whose calls no two answer the same. */
const RANDOM_FUNCTIONS: ReadonlySet<string> = new Set(['rand', 'random', 'shuffle', 'uuid'])

export function isRandomCall(expression: Expression): boolean {
  return expression.kind === 'function-call' && RANDOM_FUNCTIONS.has(functionName(expression) ?? '')
}

/** True for an expression that does not give the same when it is evaluated again. */
export function isRandom(expression: Expression): boolean {
  return [...walkExpression(expression)].some(isRandomCall)
}
