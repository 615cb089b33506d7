import type { FlowLogFile } from './flow-log-file.ts'

/** Content is handed on in pieces of this size, so that its records are made by and by. */
const PIECE_SIZE = 256 * 1024

/** Text that is in memory. */
export function textFile(text: string): FlowLogFile {
  return {
    canReopen: true,
    async *open() {
      for (let at = 0; at < text.length; ) {
        let end = at + PIECE_SIZE
        // A surrogate pair is not split, as its halves have no UTF-8 form.
        if (/[\ud800-\udbff]/.test(text.charAt(end - 1))) end += 1
        yield text.slice(at, end)
        at = end
      }
    },
  }
}

/** Bytes that are in memory. */
export function bytesFile(bytes: Uint8Array): FlowLogFile {
  return {
    canReopen: true,
    async *open() {
      for (let at = 0; at < bytes.length; at += PIECE_SIZE) yield bytes.subarray(at, at + PIECE_SIZE)
    },
    async randomAccess() {
      return { byteLength: bytes.length, read: async (start, end) => bytes.subarray(start, end) }
    },
  }
}
