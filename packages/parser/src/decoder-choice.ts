import type { BatchDecoder } from './batch-decoder.ts'
import { KernelDecoder } from './kernel-decoder.ts'
import { TypescriptDecoder } from './typescript-decoder.ts'

/**
 * Which decoder works: `kernel` is WebAssembly and throws where that cannot be loaded, `typescript` gives the same results
 * at less speed, `auto` takes the kernel where it can.
 */
export type DecoderChoice = 'auto' | 'kernel' | 'typescript'

const OPENERS: Readonly<Record<DecoderChoice, () => BatchDecoder>> = {
  kernel: () => KernelDecoder.open(),
  typescript: () => new TypescriptDecoder(),
  auto: () => {
    try {
      return KernelDecoder.open()
    } catch {
      return new TypescriptDecoder()
    }
  },
}

export function openDecoder(choice: DecoderChoice): BatchDecoder {
  return OPENERS[choice]()
}
