import type { ByteReader } from './byte-reader.ts'

/** A file that begins with these bytes is gzip, whatever its name (RFC 1952, 2.3.1). */
export function isGzip(start: Uint8Array): boolean {
  return start[0] === 0x1f && start[1] === 0x8b
}

/** What was found where a member's header should be. */
export type GzipHeader = 'header' | 'truncated' | 'not-a-header'

const FHCRC = 0x02
const FEXTRA = 0x04
const FNAME = 0x08
const FCOMMENT = 0x10
const RESERVED = 0xe0
const DEFLATE = 8
/** No writer makes a file name or comment as long as this. */
const MAX_TEXT_BYTES = 64 * 1024

/**
 * Takes a member's header (RFC 1952, 2.3).
 *
 * ```
 * +---+---+---+---+---+---+---+---+---+---+ [XLEN, extra] [name, 0] [comment, 0] [CRC16]
 * |ID1|ID2|CM |FLG|     MTIME     |XFL|OS |
 * +---+---+---+---+---+---+---+---+---+---+
 * ```
 */
export async function takeGzipHeader(reader: ByteReader): Promise<GzipHeader> {
  if (!(await reader.need(10))) return isGzip(reader.available) ? 'truncated' : 'not-a-header'
  if (!looksLikeGzipHeader(reader.available, 0)) return 'not-a-header'
  const flags = reader.take(10)[3] ?? 0
  if ((flags & FEXTRA) !== 0) {
    if (!(await reader.need(2))) return 'truncated'
    const [low = 0, high = 0] = reader.take(2)
    const length = low | (high << 8)
    if (!(await reader.need(length))) return 'truncated'
    reader.take(length)
  }
  for (const flag of [FNAME, FCOMMENT]) {
    if ((flags & flag) === 0) continue
    const text = await takeText(reader)
    if (text !== 'header') return text
  }
  if ((flags & FHCRC) !== 0) {
    if (!(await reader.need(2))) return 'truncated'
    reader.take(2)
  }
  return 'header'
}

async function takeText(reader: ByteReader): Promise<GzipHeader> {
  for (let length = 0; length < MAX_TEXT_BYTES; length++) {
    if (!(await reader.need(1))) return 'truncated'
    if (reader.take(1)[0] === 0) return 'header'
  }
  return 'not-a-header'
}

function looksLikeGzipHeader(bytes: Uint8Array, at: number): boolean {
  const flags = bytes[at + 3] ?? RESERVED
  return bytes[at] === 0x1f && bytes[at + 1] === 0x8b && bytes[at + 2] === DEFLATE && (flags & RESERVED) === 0
}

/** Header bytes that every common writer uses; by chance they stand once in about 2^38 bytes. */
function looksLikeUsualHeader(bytes: Uint8Array, at: number): boolean {
  const [extraFlags = 1, system = 254] = bytes.subarray(at + 8, at + 10)
  return looksLikeGzipHeader(bytes, at) && [0, 2, 4].includes(extraFlags) && (system <= 13 || system === 255)
}

/** Takes bytes up to the next member's header; false if there is none. */
export async function skipToGzipHeader(reader: ByteReader): Promise<boolean> {
  while (await reader.need(10)) {
    const bytes = reader.available
    const last = bytes.length - 10
    let at = bytes.indexOf(0x1f)
    while (at !== -1 && at <= last && !looksLikeUsualHeader(bytes, at)) at = bytes.indexOf(0x1f, at + 1)
    if (at !== -1 && at <= last) {
      reader.take(at)
      return true
    }
    reader.take(last + 1)
  }
  return false
}
