import type { Expression } from '../trino/nodes.ts'
import type { TrinoType } from '../types/trino-type.ts'
import type { Analyzer } from './analyzer.ts'
import type { Scope } from './scope.ts'

/** Where an expression is analyzed; with `analyze`, its parts are. */
export interface ExpressionContext {
  readonly analyzer: Analyzer
  readonly scope: Scope
  analyze(expression: Expression): TrinoType
}
