import type { FunctionDefinition } from './signature.ts'
import { STRING_FUNCTIONS } from './string-functions.ts'

/** All functions, by family. */
export const FUNCTION_FAMILIES: readonly (readonly FunctionDefinition[])[] = [STRING_FUNCTIONS]
