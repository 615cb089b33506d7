import { CAST_FUNCTIONS } from './cast-functions.ts'
import { MATH_SCALAR_FUNCTIONS } from './math.ts'
import type { ScalarFunction } from './scalar-function.ts'
import { STRING_SCALAR_FUNCTIONS } from './string.ts'

/** Every function in JavaScript that generated SQL may call, by its name there. */
export const SCALAR_FUNCTIONS: Readonly<Record<string, ScalarFunction>> = {
  ...CAST_FUNCTIONS,
  ...MATH_SCALAR_FUNCTIONS,
  ...STRING_SCALAR_FUNCTIONS,
}
