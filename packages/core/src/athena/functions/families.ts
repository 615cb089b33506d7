import { AGGREGATE_FUNCTIONS } from './aggregate.ts'
import { ARRAY_FUNCTIONS } from './array-functions.ts'
import { BINARY_FUNCTIONS } from './binary-functions.ts'
import { BITWISE_FUNCTIONS } from './bitwise-functions.ts'
import { COMPARISON_FUNCTIONS } from './comparison-functions.ts'
import { CONVERSION_FUNCTIONS } from './conversion-functions.ts'
import { DATE_FORMAT_FUNCTIONS } from './date-format-functions.ts'
import { DATETIME_FUNCTIONS } from './datetime-functions.ts'
import { JSON_FUNCTIONS } from './json-functions.ts'
import { MAP_FUNCTIONS } from './map-functions.ts'
import { MATH_FUNCTIONS } from './math-functions.ts'
import { REGEXP_FUNCTIONS } from './regexp-functions.ts'
import type { FunctionDefinition } from './signature.ts'
import { STRING_FUNCTIONS } from './string-functions.ts'
import { URL_FUNCTIONS } from './url-functions.ts'
import { WINDOW_FUNCTIONS } from './window.ts'

/** All functions, by family. */
export const FUNCTION_FAMILIES: readonly (readonly FunctionDefinition[])[] = [
  AGGREGATE_FUNCTIONS,
  ARRAY_FUNCTIONS,
  BINARY_FUNCTIONS,
  BITWISE_FUNCTIONS,
  COMPARISON_FUNCTIONS,
  CONVERSION_FUNCTIONS,
  DATE_FORMAT_FUNCTIONS,
  DATETIME_FUNCTIONS,
  JSON_FUNCTIONS,
  MAP_FUNCTIONS,
  MATH_FUNCTIONS,
  REGEXP_FUNCTIONS,
  STRING_FUNCTIONS,
  URL_FUNCTIONS,
  WINDOW_FUNCTIONS,
]
