/**
 * The operators of Trino's SQL, each bound to the types of its operands. A mismatch throws TYPE_MISMATCH in Trino's words without a
 * place; the analyzer, who has the node, adds it.
 */
export type { ArithmeticOperator, ResolvedOperator } from './operator.ts'
export { resolveArithmetic, resolveNegation, resolveUnaryPlus } from './operator-arithmetic.ts'
export { comparisonKey, resolveBetween, resolveComparison, resolveDistinctFrom } from './operator-comparison.ts'
export { resolveExtract } from './operator-extract.ts'
export { resolveRowSubscript, resolveSubscript } from './operator-subscript.ts'
export { resolveConcat, resolveLike } from './operator-text.ts'
export { resolveAtTimeZone } from './operator-time-zone.ts'
