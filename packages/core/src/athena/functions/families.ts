import { AGGREGATE_FUNCTIONS } from './aggregate.ts'
import { BITWISE_FUNCTIONS } from './bitwise-functions.ts'
import { MATH_FUNCTIONS } from './math-functions.ts'
import type { FunctionDefinition } from './signature.ts'
import { STRING_FUNCTIONS } from './string-functions.ts'
import { WINDOW_FUNCTIONS } from './window.ts'

/** All functions, by family. */
export const FUNCTION_FAMILIES: readonly (readonly FunctionDefinition[])[] = [
  AGGREGATE_FUNCTIONS,
  BITWISE_FUNCTIONS,
  MATH_FUNCTIONS,
  STRING_FUNCTIONS,
  WINDOW_FUNCTIONS,
]
