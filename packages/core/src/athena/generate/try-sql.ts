import { evaluateOnce } from '../functions/emit-call.ts'
import type { Expression, Try } from '../trino/nodes.ts'
import { queriesOf, walkExpression } from '../trino/visit-expression.ts'
import type { ExpressionEmitter } from './expression-emitter.ts'

/**
 * TRY(x): NULL where x fails. DuckDB's own TRY takes no subqueries, whose errors are not Trino's TRY's to swallow either:
 * they are evaluated outside. Nor does it take what is not deterministic: there, what raises errors answers NULL itself.
 */
export function trySql(node: Try, emitter: ExpressionEmitter): string {
  const parts = [...walkExpression(node.operand)]
  const { functions } = emitter.generator.analysis.expressions
  const isVolatile = parts.some((part) => functions.get(part)?.deterministic === false)
  if (isVolatile) return emitter.inTry().emit(node.operand)
  const subqueries = parts.filter((part) => queriesOf(part).length > 0)
  const outside = subqueries.map((subquery) => emitter.emitUncoerced(subquery))
  return evaluateOnce(outside, emitter.context, (names) => {
    const byNode = new Map<Expression, string | undefined>(subqueries.map((part, index) => [part, names[index]]))
    return `TRY(${emitter.inTry((part) => byNode.get(part)).emit(node.operand)})`
  })
}
