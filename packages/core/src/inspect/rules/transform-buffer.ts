import { createHash } from 'node:crypto'
import { hexDigit } from './content-bytes.ts'
import type { Transformation } from './signature.ts'

/** A buffer after its transformations, one after another; the bytes themselves where there are none. */
export function transformBuffer(bytes: Uint8Array, transformations: readonly Transformation[]): Uint8Array {
  let transformed = bytes
  for (const transformation of transformations) transformed = apply(transformed, transformation)
  return transformed
}

function apply(bytes: Uint8Array, transformation: Transformation): Uint8Array {
  if (typeof transformation !== 'string') {
    const { key } = transformation
    return key.length === 0 ? bytes : bytes.map((byte, index) => byte ^ (key[index % key.length] ?? 0))
  }
  switch (transformation) {
    case 'to_lowercase':
      return bytes.map((byte) => (byte >= 0x41 && byte <= 0x5a ? byte + 32 : byte))
    case 'to_uppercase':
      return bytes.map((byte) => (byte >= 0x61 && byte <= 0x7a ? byte - 32 : byte))
    case 'strip_whitespace':
      return bytes.filter((byte) => !isBlank(byte))
    case 'compress_whitespace':
      return bytes.filter((byte, index) => !isBlank(byte) || !isBlank(bytes[index - 1] ?? 0))
    case 'to_md5':
      return createHash('md5').update(bytes).digest()
    case 'to_sha1':
      return createHash('sha1').update(bytes).digest()
    case 'to_sha256':
      return createHash('sha256').update(bytes).digest()
    case 'url_decode':
      return urlDecode(bytes)
    case 'dotprefix': {
      const prefixed = new Uint8Array(bytes.length + 1)
      prefixed[0] = 0x2e
      prefixed.set(bytes, 1)
      return prefixed
    }
  }
}

function isBlank(byte: number): boolean {
  return byte === 32 || (byte >= 9 && byte <= 13)
}

/** `%41` becomes `A`, a plus a blank; a percent sign without two hexadecimal digits stays. */
function urlDecode(bytes: Uint8Array): Uint8Array {
  const decoded = new Uint8Array(bytes.length)
  let length = 0
  for (let at = 0; at < bytes.length; at += 1) {
    const byte = bytes[at] ?? 0
    const high = byte === 0x25 ? hexDigit(bytes[at + 1] ?? 0) : -1
    const low = high < 0 ? -1 : hexDigit(bytes[at + 2] ?? 0)
    if (low >= 0) at += 2
    decoded[length] = low >= 0 ? high * 16 + low : byte === 0x2b ? 0x20 : byte
    length += 1
  }
  return decoded.subarray(0, length)
}
