import { ByteReader } from './byte-reader.ts'
import { Inflater } from './inflater.ts'

const COARSE_BYTES = 64 * 1024
const FINE_BYTES = 256

/**
 * Inflates damaged DEFLATE data once more, so that everything before the fault comes out.
 *
 * zlib drops what it had inflated in the call that met the fault. Here the calls get smaller towards the fault: the first
 * pass finds the 256 bytes that hold it, the second one goes through these byte by byte.
 *
 * @param again opens the data; it is read twice
 * @param known how much of the input is good for certain, and how much of the output the caller has already
 */
export async function* inflateUpToFault(
  again: () => AsyncIterable<Uint8Array>,
  known: { readonly bytesBeforeFault: number; readonly bytesDelivered: number },
): AsyncGenerator<Uint8Array, void> {
  const search = inflateInPieces(again(), known.bytesBeforeFault, FINE_BYTES)
  let step = await search.next()
  while (step.done !== true) step = await search.next()
  let delivered = known.bytesDelivered
  for await (const chunk of inflateInPieces(again(), step.value, 1)) {
    if (chunk.length > delivered) yield chunk.subarray(delivered)
    delivered -= Math.min(delivered, chunk.length)
  }
}

/** Inflates in large pieces up to `fineFrom`, then in small ones; returns where the piece began that failed. */
async function* inflateInPieces(
  input: AsyncIterable<Uint8Array>,
  fineFrom: number,
  fineBytes: number,
): AsyncGenerator<Uint8Array, number> {
  const reader = new ByteReader(input)
  const inflater = new Inflater()
  try {
    while (!(inflater.failed || inflater.finished) && (await reader.need(1))) {
      const coarse = Math.min(fineFrom - reader.offset, COARSE_BYTES)
      const piece = reader.available.subarray(0, coarse > 0 ? coarse : fineBytes)
      inflater.write(piece)
      for (let busy = true; busy; ) {
        await inflater.wait()
        const chunk = inflater.shift()
        if (chunk !== undefined) yield chunk
        busy = chunk !== undefined || (inflater.writing && !inflater.failed)
      }
      if (inflater.failed) break
      reader.take(piece.length)
    }
    return reader.offset
  } finally {
    inflater.close()
    await reader.close()
  }
}
