import type { Analysis } from '../analysis/analysis.ts'
import { functionName } from '../analysis/call-kinds.ts'
import type { Expression } from '../trino/nodes.ts'
import { walkExpression } from '../trino/visit-expression.ts'
import type { TrinoType } from '../types/trino-type.ts'
import { INTEGER_KINDS } from '../types/type-families.ts'

/** Functions that answer whatever the values of their arguments. */
const TOTAL_FUNCTIONS: ReadonlySet<string> = new Set([
  'length',
  'lower',
  'upper',
  'trim',
  'ltrim',
  'rtrim',
  'reverse',
  'replace',
  'concat',
  'strpos',
  'starts_with',
  'substr',
  'substring',
  'cardinality',
  'year',
  'month',
  'day',
  'hour',
  'minute',
  'second',
  'day_of_week',
  'date_trunc',
  'bitwise_and',
  'bitwise_or',
  'bitwise_xor',
  'now',
  'typeof',
])

const INTEGERS = [...INTEGER_KINDS]

/** True unless no value of any column can make the evaluation fail. */
export function mayFail(expression: Expression, analysis: Analysis): boolean {
  return [...walkExpression(expression)].some((part) => partMayFail(part, analysis))
}

function partMayFail(part: Expression, analysis: Analysis): boolean {
  switch (part.kind) {
    case 'arithmetic':
    case 'arithmetic-unary':
    case 'subscript':
    case 'at-time-zone':
    case 'scalar-subquery':
    case 'json-function':
      return true
    case 'cast': {
      const from = analysis.expressions.types.get(part.operand)
      const to = analysis.expressions.types.get(part)
      return !part.safe && !(from && to && isTotalCast(from, to))
    }
    case 'function-call': {
      const name = functionName(part)
      return part.window === undefined && !(name !== undefined && TOTAL_FUNCTIONS.has(name))
    }
    default:
      return false
  }
}

function isTotalCast(from: TrinoType, to: TrinoType): boolean {
  if (to.kind === 'varchar') return to.length === undefined && from.kind !== 'json'
  if (to.kind === 'double') return INTEGERS.includes(from.kind)
  return INTEGERS.includes(from.kind) && INTEGERS.indexOf(to.kind) >= INTEGERS.indexOf(from.kind)
}
