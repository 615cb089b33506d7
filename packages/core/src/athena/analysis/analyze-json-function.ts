import type { JsonFunction } from '../trino/nodes.ts'
import type { TrinoType } from '../types/trino-type.ts'
import type { ExpressionContext } from './expression-context.ts'
import { semanticError } from './semantic-error.ts'

/** The SQL/JSON functions (JSON_VALUE and its like) have a path language of their own, which this engine does not have. */
export function analyzeJsonFunction(node: JsonFunction, _context: ExpressionContext): TrinoType {
  const name = node.function.toUpperCase()
  throw semanticError('NOT_SUPPORTED', node, `${name} is not supported`, 'Use json_extract_scalar or json_extract.')
}
