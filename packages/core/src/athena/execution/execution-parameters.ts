import { nodesBelow } from '../analysis/nodes-below.ts'
import { AthenaError } from '../errors.ts'
import type { Expression, ExpressionKind, Query } from '../trino/nodes.ts'
import { parseExpression } from '../trino/parse.ts'

/** What makes a text something else than a constant expression. */
const NOT_CONSTANT: ReadonlySet<ExpressionKind> = new Set<ExpressionKind>([
  'identifier',
  'dereference',
  'parameter',
  'scalar-subquery',
  'exists',
  'in-subquery',
  'quantified-comparison',
  'lambda',
  'unsupported-expression',
])

/**
 * The expressions that stand for the `?` of a query. A text that is an expression without columns is that expression, any
 * other is a string; texts for a query that has no `?` are ignored.
 * Source: measured on Amazon Athena, ExecutionParameters of StartQueryExecution (facts of the athena-local project).
 *
 * @throws AthenaError INVALID_PARAMETER_USAGE where their number is another.
 */
export function bindParameters(query: Query, given: readonly (string | Expression)[]): readonly Expression[] {
  let expected = 0
  for (const node of nodesBelow(query)) if (node.kind === 'parameter') expected += 1
  if (expected === 0) return []
  if (given.length !== expected) {
    throw new AthenaError(
      'INVALID_PARAMETER_USAGE',
      `Incorrect number of parameters: expected ${expected} but found ${given.length}`,
      { location: query.location },
    )
  }
  return given.map((value) => (typeof value === 'string' ? parameterExpression(value) : value))
}

function parameterExpression(text: string): Expression {
  try {
    const expression = parseExpression(text)
    for (const node of nodesBelow(expression)) {
      if (NOT_CONSTANT.has(node.kind as ExpressionKind)) return stringLiteral(text)
    }
    return expression
  } catch (error) {
    if (error instanceof AthenaError) return stringLiteral(text)
    throw error
  }
}

function stringLiteral(value: string): Expression {
  return { kind: 'string', value, location: { line: 1, column: 1 } }
}
