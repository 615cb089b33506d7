import { formatExpression, formatName } from '../trino/format-expression.ts'
import type { FunctionCall, QuerySpecification } from '../trino/nodes.ts'
import { sortExpressions } from './aggregation.ts'
import type { OrderingAnalysis, SelectOutput } from './analysis.ts'
import type { Analyzer } from './analyzer.ts'
import { windowCallsIn } from './call-kinds.ts'
import { semanticError } from './semantic-error.ts'

/** The window calls of SELECT and ORDER BY, checked as Trino does at the end of the analysis of a SELECT. */
export function checkWindowCalls(
  analyzer: Analyzer,
  node: QuerySpecification,
  outputs: readonly SelectOutput[],
  ordering: OrderingAnalysis,
): readonly FunctionCall[] {
  const selected = outputs.flatMap((output) => (output.kind === 'expression' ? [output.expression] : []))
  const calls = [...selected, ...sortExpressions(ordering)].flatMap(windowCallsIn)
  for (const call of calls) checkWindowCall(analyzer, node, call)
  return calls
}

function checkWindowCall({ notes }: Analyzer, node: QuerySpecification, call: FunctionCall): void {
  // Trino places what it does not support at the SELECT.
  if (call.filter) throw semanticError('NOT_SUPPORTED', node, 'FILTER is not yet supported for window functions')
  if (call.orderBy.length > 0) {
    throw semanticError('NOT_SUPPORTED', call, 'Window function with ORDER BY is not supported')
  }
  const [nested] = call.arguments.flatMap(windowCallsIn)
  if (nested) {
    const text = 'Cannot nest window functions or row pattern measures inside window function arguments'
    throw semanticError('NESTED_WINDOW', nested, text)
  }
  if (call.distinct) {
    const text = `DISTINCT in window function parameters not yet supported: ${formatExpression(call)}`
    throw semanticError('NOT_SUPPORTED', node, text)
  }
  if (notes.expressions.functions.get(call)?.kind === 'scalar') {
    throw semanticError('FUNCTION_NOT_WINDOW', node, `Not a window function: ${formatName(call.name)}`)
  }
}
