import { closeSync, openSync, readSync } from 'node:fs'

/** Small enough that the packets of a piece are gone before they grow old, and their bytes are still in the processor's cache. */
const PIECE_BYTES = 1 << 18

/**
 * A regular file's bytes, piece by piece, each in memory of its own. Reading does not wait for another thread, which for a file on this
 * machine takes longer than the copy; between pieces everything else has its turn.
 */
export async function* filePieces(path: string): AsyncGenerator<Uint8Array> {
  const file = openSync(path, 'r')
  try {
    for (;;) {
      const piece = new Uint8Array(new ArrayBuffer(PIECE_BYTES))
      const length = readSync(file, piece)
      if (length === 0) return
      yield piece.subarray(0, length)
      await new Promise((resolve) => setImmediate(resolve))
    }
  } finally {
    closeSync(file)
  }
}
