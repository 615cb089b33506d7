import { bindOnce } from '../functions/emit-call.ts'
import type { Expression, Try } from '../trino/nodes.ts'
import { childrenOf, queriesOf } from '../trino/visit-expression.ts'
import type { ExpressionEmitter } from './expression-emitter.ts'
import { isRandomCall } from './random-functions.ts'

/**
 * TRY(x): NULL where x fails. It stands in a lambda, as DuckDB's optimizer moves what comes twice in a query out of a TRY,
 * where it fails, but not out of a lambda. Columns are given to the lambda: it could not see those of a query around it.
 *
 * Subqueries, window functions and aggregates are evaluated outside: DuckDB takes none of them in a lambda, and their
 * errors are not for Trino's TRY to swallow either. Random functions are too, as DuckDB's TRY does not take them; where
 * they stand in a lambda there is no TRY, and what raises errors answers NULL itself.
 */
export function trySql(node: Try, emitter: ExpressionEmitter): string {
  const parts = partsOf(node.operand, emitter)
  if (parts.isRandom) return emitter.inTry().emit(node.operand)
  const values = parts.outside.map((part) => emitter.emitUncoerced(part))
  return bindOnce(values, emitter.context, (names) => {
    const byNode = new Map<Expression, string | undefined>(parts.outside.map((part, index) => [part, names[index]]))
    return `TRY(${emitter.inTry((part) => byNode.get(part)).emit(node.operand)})`
  })
}

interface Parts {
  /** What is there before the expression is evaluated. */
  readonly outside: Expression[]
  /** True where the rest is random. */
  isRandom: boolean
}

function partsOf(operand: Expression, emitter: ExpressionEmitter): Parts {
  const { columns } = emitter.generator.analysis.expressions
  const parts: Parts = { outside: [], isRandom: false }
  const pending = [{ part: operand, isInLambda: false }]
  for (let next = pending.pop(); next; next = pending.pop()) {
    const { part } = next
    const isInLambda = next.isInLambda || part.kind === 'lambda'
    const field = columns.get(part)
    const isColumn = field !== undefined && !field.isLambdaParameter
    const isWindowCall = part.kind === 'function-call' && part.window !== undefined
    const isSubquery = queriesOf(part).length > 0
    if (isColumn || isWindowCall || isSubquery || emitter.isReplaced(part)) parts.outside.push(part)
    else if (isRandomCall(part) && !isInLambda) parts.outside.push(part)
    else {
      parts.isRandom ||= isRandomCall(part)
      pending.push(...childrenOf(part).map((child) => ({ part: child, isInLambda })))
    }
  }
  return parts
}
