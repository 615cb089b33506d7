import { crc32 } from 'node:zlib'
import { ByteReader } from './byte-reader.ts'
import { DecompressionBudget, type DecompressionLimits } from './decompression-budget.ts'
import { skipToGzipHeader, takeGzipHeader } from './gzip-header.ts'
import { inflateUpToFault } from './inflate-up-to-fault.ts'
import { Inflater } from './inflater.ts'

/** Input goes to the inflater in pieces of this size. */
const INPUT_SLICE_BYTES = 64 * 1024
/** Compressed bytes of a member that are kept, so that a damaged one can be inflated again up to the fault. */
const MAX_RETAINED_BYTES = 4 * 1024 * 1024
/** Faults in one file before the rest of it is given up. */
const MAX_FAULTS = 100
const TRAILER_BYTES = 8

/** What is wrong with a gzip stream. */
export interface GunzipProblem {
  readonly code: 'truncated-gzip' | 'invalid-gzip' | 'decompression-limit'
  readonly message: string
  /** The data before may have lost its end, so that its last line is not to be trusted. */
  readonly isCut: boolean
}

export interface GunzipOptions {
  readonly limits?: Partial<DecompressionLimits>
  /** Called after all bytes before the fault were delivered, and before any that follow it. */
  readonly onProblem: (problem: GunzipProblem) => void
  /** Opens the compressed bytes once more; without it, up to 256 KiB before a fault is lost in a member of more than 4 MiB. */
  readonly reopen?: () => AsyncIterable<Uint8Array>
}

/**
 * Decompresses gzip (RFC 1952): any number of members one after another, in chunks of up to 256 KiB.
 *
 * Faults do not throw. A truncated or damaged member gives all bytes up to the fault, then a problem; then the next
 * member is looked for. Zeros after a member are padding, anything else is a problem. A limit ends everything.
 */
export async function* gunzip(
  compressed: AsyncIterable<Uint8Array>,
  options: GunzipOptions,
): AsyncGenerator<Uint8Array, void> {
  const reader = new ByteReader(compressed)
  const budget = new DecompressionBudget(options.limits)
  let faults = 0
  try {
    while (await skipPadding(reader)) {
      const problem = yield* decompressMember(reader, budget, options)
      if (problem === undefined) continue
      options.onProblem(problem)
      faults += 1
      if (faults > MAX_FAULTS || budget.exceeded !== undefined || !(await skipToGzipHeader(reader))) return
    }
  } finally {
    await reader.close()
  }
}

async function skipPadding(reader: ByteReader): Promise<boolean> {
  while (await reader.need(1)) {
    const padding = reader.available.findIndex((byte) => byte !== 0)
    if (padding === 0) return true
    reader.take(padding === -1 ? reader.available.length : padding)
  }
  return false
}

type MemberBytes = AsyncGenerator<Uint8Array, GunzipProblem | undefined>

async function* decompressMember(reader: ByteReader, budget: DecompressionBudget, options: GunzipOptions): MemberBytes {
  const member = reader.offset
  const invalid = (fault: string, isCut = false): GunzipProblem => ({
    code: 'invalid-gzip',
    message: `Invalid gzip: ${fault} (in the data from byte ${member} on).`,
    isCut,
  })
  const truncated: GunzipProblem = {
    code: 'truncated-gzip',
    message: `Truncated gzip: the file ends within the data that begins at byte ${member}.`,
    isCut: true,
  }
  const header = await takeGzipHeader(reader)
  if (header === 'truncated') return truncated
  if (header === 'not-a-header') return invalid('there is no gzip header where one should be')

  const data = reader.offset
  const sum = { crc: 0, length: 0 }
  const outcome = yield* inflate(reader, budget, sum)
  if (outcome.kind === 'limit') return { code: 'decompression-limit', message: outcome.message, isCut: true }
  if (outcome.kind === 'truncated') return truncated
  if (outcome.kind === 'damaged') {
    const { reopen } = options
    const again = outcome.retained ?? (reopen && (() => skip(reopen(), data)))
    if (again !== undefined) {
      yield* inflateUpToFault(again, { bytesBeforeFault: reader.offset - data, bytesDelivered: sum.length })
    }
    return invalid('the compressed data is damaged', true)
  }

  if (!(await reader.need(TRAILER_BYTES))) return truncated
  const trailer = reader.take(TRAILER_BYTES)
  const view = new DataView(trailer.buffer, trailer.byteOffset)
  if (view.getUint32(0, true) !== sum.crc) return invalid('the checksum of the decompressed data is another')
  if (view.getUint32(4, true) !== sum.length % 2 ** 32) return invalid('the length of the decompressed data is another')
  return undefined
}

type InflateOutcome =
  | { readonly kind: 'complete' }
  | { readonly kind: 'truncated' }
  | { readonly kind: 'limit'; readonly message: string }
  /** `retained`: all input so far with the piece that holds the fault, if it was not too much. */
  | { readonly kind: 'damaged'; readonly retained: (() => AsyncIterable<Uint8Array>) | undefined }

/** Inflates a member's data. On damage the reader stands before the piece of input that holds the fault. */
async function* inflate(
  reader: ByteReader,
  budget: DecompressionBudget,
  sum: { crc: number; length: number },
): AsyncGenerator<Uint8Array, InflateOutcome> {
  const start = reader.offset
  const inflater = new Inflater()
  const retained = new RetainedInput()
  let slice: Uint8Array | undefined
  try {
    for (;;) {
      if (!(inflater.writing || inflater.failed || inflater.finished)) {
        if (slice !== undefined) retained.add(reader.take(slice.length))
        slice = undefined
        // Written before the chunk at hand is yielded, so that both threads have work.
        if (reader.available.length > 0) {
          slice = reader.available.subarray(0, INPUT_SLICE_BYTES)
          inflater.write(slice)
        }
      }
      const chunk = inflater.shift()
      if (chunk !== undefined) {
        const allowed = budget.spend(chunk, start + inflater.bytesConsumed)
        sum.crc = crc32(allowed, sum.crc)
        sum.length += allowed.length
        yield allowed
        if (budget.exceeded !== undefined) return { kind: 'limit', message: budget.exceeded }
      } else if (inflater.failed) {
        return { kind: 'damaged', retained: retained.with(slice) }
      } else if (inflater.finished) {
        reader.take(start + inflater.bytesConsumed - reader.offset)
        return { kind: 'complete' }
      } else if (inflater.writing) {
        await inflater.wait()
      } else if (!(await reader.need(1))) {
        return { kind: 'truncated' }
      }
    }
  } finally {
    inflater.close()
  }
}

/** The last input of a member, as long as it is not too much. */
class RetainedInput {
  #slices: Uint8Array[] | undefined = []
  #length = 0

  add(slice: Uint8Array): void {
    this.#length += slice.length
    if (this.#length > MAX_RETAINED_BYTES) this.#slices = undefined
    this.#slices?.push(slice)
  }

  with(slice: Uint8Array | undefined): (() => AsyncIterable<Uint8Array>) | undefined {
    if (this.#slices === undefined || slice === undefined) return undefined
    const slices = [...this.#slices, slice]
    return async function* () {
      yield* slices
    }
  }
}

async function* skip(source: AsyncIterable<Uint8Array>, count: number): AsyncGenerator<Uint8Array> {
  let left = count
  for await (const chunk of source) {
    if (chunk.length > left) yield chunk.subarray(left)
    left -= Math.min(chunk.length, left)
  }
}
