import { HIVE_TEXT_FUNCTIONS } from '../../scan/hive-text-functions.ts'
import { BINARY_SCALAR_FUNCTIONS } from './binary.ts'
import { CAST_FUNCTIONS } from './cast-functions.ts'
import { COLLECTION_SCALAR_FUNCTIONS } from './collections.ts'
import { CONVERSION_SCALAR_FUNCTIONS } from './conversion.ts'
import { DATETIME_SCALAR_FUNCTIONS } from './datetime.ts'
import { JSON_SCALAR_FUNCTIONS } from './json.ts'
import { MATH_SCALAR_FUNCTIONS } from './math.ts'
import { REGEXP_SCALAR_FUNCTIONS } from './regexp.ts'
import type { ScalarFunction } from './scalar-function.ts'
import { STRING_SCALAR_FUNCTIONS } from './string.ts'
import { URL_SCALAR_FUNCTIONS } from './url.ts'

/** Every function in JavaScript that generated SQL may call, by its name there. */
export const SCALAR_FUNCTIONS: Readonly<Record<string, ScalarFunction>> = {
  ...BINARY_SCALAR_FUNCTIONS,
  ...CAST_FUNCTIONS,
  ...COLLECTION_SCALAR_FUNCTIONS,
  ...CONVERSION_SCALAR_FUNCTIONS,
  ...DATETIME_SCALAR_FUNCTIONS,
  ...HIVE_TEXT_FUNCTIONS,
  ...JSON_SCALAR_FUNCTIONS,
  ...MATH_SCALAR_FUNCTIONS,
  ...REGEXP_SCALAR_FUNCTIONS,
  ...STRING_SCALAR_FUNCTIONS,
  ...URL_SCALAR_FUNCTIONS,
}
