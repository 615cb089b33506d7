const encoder = new TextEncoder()
const decoder = new TextDecoder('utf-8', { ignoreBOM: true, fatal: true })

/** Bytes that are no UTF-8 stand in texts as these lone surrogates, so that they come out again as they were. */
const RAW_BYTE = 0xdc00

/** A character that stands for a byte by itself. */
export function rawByte(byte: number): string {
  return byte < 128 ? String.fromCharCode(byte) : String.fromCharCode(RAW_BYTE + byte)
}

/** A text's bytes in UTF-8. */
export function toBytes(text: string): Uint8Array {
  if (!/[\udc80-\udcff]/.test(text)) return encoder.encode(text)
  const parts: Uint8Array[] = []
  // Only surrogates without the other half are bytes.
  for (const piece of text.split(/((?<![\ud800-\udbff])[\udc80-\udcff]+)/)) {
    const isRaw = /^[\udc80-\udcff]/.test(piece)
    parts.push(
      isRaw ? Uint8Array.from(piece, (character) => character.charCodeAt(0) - RAW_BYTE) : encoder.encode(piece),
    )
  }
  return joinBytes(parts)
}

/** Bytes read as UTF-8; bytes that are none become characters of {@link rawByte}. */
export function toText(bytes: Uint8Array): string {
  try {
    return decoder.decode(bytes)
  } catch {
    return decodeLoosely(bytes)
  }
}

function decodeLoosely(bytes: Uint8Array): string {
  let text = ''
  let at = 0
  while (at < bytes.length) {
    const first = bytes[at] as number
    const length = first < 0x80 ? 1 : first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : first >= 0xc2 ? 2 : 0
    const piece = bytes.subarray(at, at + length)
    let decoded: string | undefined
    if (length > 0 && piece.length === length) {
      try {
        decoded = decoder.decode(piece)
      } catch {
        decoded = undefined
      }
    }
    text += decoded ?? rawByte(first)
    at += decoded === undefined ? 1 : length
  }
  return text
}

/** One after the other, in new memory unless there is only one. */
export function joinBytes(parts: readonly Uint8Array[]): Uint8Array {
  if (parts.length === 1) return parts[0] as Uint8Array
  let length = 0
  for (const part of parts) length += part.length
  const joined = new Uint8Array(length)
  let at = 0
  for (const part of parts) {
    joined.set(part, at)
    at += part.length
  }
  return joined
}
