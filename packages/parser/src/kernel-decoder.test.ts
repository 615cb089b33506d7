import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { openDecoder } from './decoder-choice.ts'
import { KERNEL_SOURCE_DIGEST } from './kernel.generated.ts'
import { KernelDecoder } from './kernel-decoder.ts'

it('the embedded kernel is made from the sources in assembly/; if not, run npm run build in packages/parser', () => {
  const folder = new URL('../assembly/', import.meta.url)
  const digest = createHash('sha256')
  for (const name of readdirSync(folder).sort()) {
    if (name.endsWith('.ts')) digest.update(`${name}\n`).update(readFileSync(new URL(name, folder)))
  }
  expect(KERNEL_SOURCE_DIGEST).toBe(digest.digest('hex'))
})

it('is what a parser uses where WebAssembly works', () => {
  const decoder = openDecoder('auto')
  expect(decoder).toBeInstanceOf(KernelDecoder)
  decoder.release()
})

it('gives way to the TypeScript decoder where WebAssembly is missing', async () => {
  const { WebAssembly: webAssembly } = globalThis as { WebAssembly?: unknown }
  Reflect.deleteProperty(globalThis, 'WebAssembly')
  try {
    // Decoders that were released before would still work.
    for (const decoder of Array.from({ length: 5 }, () => openDecoder('auto')).slice(-1)) {
      expect(decoder.constructor.name).toBe('TypescriptDecoder')
    }
    expect(() => openDecoder('kernel')).toThrow()
  } finally {
    Object.assign(globalThis, { WebAssembly: webAssembly })
  }
})
