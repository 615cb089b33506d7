import { createHash, createHmac } from 'node:crypto'
import { crc32 } from 'node:zlib'
import { murmur3, xxhash64 } from './hashes.ts'
import { invalidArgument, type ScalarFunction, scalarFunction, TrinoRuntimeError } from './scalar-function.ts'

const HASHES: Readonly<Record<string, (bytes: Uint8Array) => Uint8Array>> = {
  md5: (bytes) => createHash('md5').update(bytes).digest(),
  sha1: (bytes) => createHash('sha1').update(bytes).digest(),
  sha256: (bytes) => createHash('sha256').update(bytes).digest(),
  sha512: (bytes) => createHash('sha512').update(bytes).digest(),
  murmur3,
  xxhash64,
}

function hash(bytes: Uint8Array, name: string): Uint8Array {
  const digest = HASHES[name]
  if (!digest) throw new Error(`no hash "${name}"`)
  return digest(bytes)
}

function hmac(bytes: Uint8Array, key: Uint8Array, algorithm: string): Uint8Array {
  // Java refuses a key of no bytes.
  if (key.length === 0) throw new TrinoRuntimeError('GENERIC_INTERNAL_ERROR', 'Empty key')
  return createHmac(algorithm, key).update(bytes).digest()
}

// --------------------------------------------------------------- encodings

function fromHex(text: string): Uint8Array {
  const bytes = Buffer.from(text)
  if (bytes.length % 2 !== 0) throw invalidArgument(`invalid input length ${bytes.length}`)
  const bad = /[^0-9a-fA-F]/.exec(text)
  if (bad) throw invalidArgument(`not a hexadecimal digit: "${bad[0]}" = ${bad[0].charCodeAt(0)}`)
  return Buffer.from(text, 'hex')
}

/** As java.util.Base64's decoders read it: padding may be missing but not be wrong, and nothing may stand behind it. */
function fromBase64(text: string, letters: string): Uint8Array {
  const source = Buffer.from(text)
  if (source.length === 1) throw invalidArgument('Input byte[] should at least have 2 bytes for base64 bytes')
  const alphabet = `ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789${letters}`
  const bytes: number[] = []
  let at = 0
  let digits = 0
  let value = 0
  while (at < source.length) {
    const code = source[at] as number
    at += 1
    const character = String.fromCharCode(code)
    if (character === '=') {
      if (digits === 0 || (digits === 2 && source[at++] !== code)) {
        throw invalidArgument('Input byte array has wrong 4-byte ending unit')
      }
      break
    }
    const digit = alphabet.indexOf(character)
    // Java's bytes have a sign.
    if (digit < 0) throw invalidArgument(`Illegal base64 character ${((code << 24) >> 24).toString(16)}`)
    value = (value << 6) | digit
    digits += 1
    if (digits < 4) continue
    bytes.push((value >> 16) & 0xff, (value >> 8) & 0xff, value & 0xff)
    digits = 0
    value = 0
  }
  if (digits === 1) throw invalidArgument('Last unit does not have enough valid bits')
  if (digits === 2) bytes.push((value >> 4) & 0xff)
  if (digits === 3) bytes.push((value >> 10) & 0xff, (value >> 2) & 0xff)
  if (at < source.length) throw invalidArgument(`Input byte array has incorrect ending byte at ${at}`)
  return Uint8Array.from(bytes)
}

const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'

function toBase32(bytes: Uint8Array): string {
  let text = ''
  let bits = 0
  let value = 0
  for (const byte of bytes) {
    value = (value << 8) | byte
    for (bits += 8; bits >= 5; bits -= 5) text += BASE32[(value >>> (bits - 5)) & 31]
    value &= 0xff
  }
  if (bits > 0) text += BASE32[(value << (5 - bits)) & 31]
  return text.padEnd(Math.ceil(text.length / 8) * 8, '=')
}

function fromBase32(text: string): Uint8Array {
  const body = text.replace(/=+$/, '')
  if ([1, 3, 6].includes(body.length % 8)) throw invalidArgument(`Invalid input length ${body.length}`)
  const bytes: number[] = []
  let bits = 0
  let value = 0
  for (const character of body) {
    const digit = BASE32.indexOf(character)
    if (digit < 0) throw invalidArgument(`Unrecognized character: ${shown(character)}`)
    value = ((value << 5) | digit) & 0xffff
    bits += 5
    if (bits < 8) continue
    bits -= 8
    bytes.push((value >>> bits) & 0xff)
  }
  return Uint8Array.from(bytes)
}

const utf8 = new TextDecoder('utf-8', { ignoreBOM: true })
const strictUtf8 = new TextDecoder('utf-8', { ignoreBOM: true, fatal: true })

/** A character as Guava's errors show it. */
function shown(character: string): string {
  const code = character.charCodeAt(0)
  return code <= 0x20 || code === 0x7f ? `0x${code.toString(16)}` : character
}

/** UTF-8 with each invalid sequence replaced, by one character or by nothing. */
function fromUtf8(bytes: Uint8Array, replacement: string): string {
  if ([...replacement].length > 1) {
    throw invalidArgument('Replacement character string must empty or a single character')
  }
  try {
    return strictUtf8.decode(bytes)
  } catch {
    return replaceInvalid(bytes, replacement)
  }
}

function replaceInvalid(bytes: Uint8Array, replacement: string): string {
  let text = ''
  let from = 0
  for (let at = 0; at < bytes.length; ) {
    const { size, isValid } = sequenceAt(bytes, at)
    if (!isValid) {
      text += utf8.decode(bytes.subarray(from, at)) + replacement
      from = at + size
    }
    at += size
  }
  return text + utf8.decode(bytes.subarray(from))
}

/**
 * The sequence that starts here. One that is well-formed but stands for no character (a surrogate, a longer form than needed, more than
 * four bytes) is invalid as a whole; one that breaks off is invalid up to there.
 */
function sequenceAt(bytes: Uint8Array, at: number): { size: number; isValid: boolean } {
  const first = bytes[at] as number
  if (first < 0x80) return { size: 1, isValid: true }
  const length =
    first < 0xc0 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : first < 0xf8 ? 4 : first < 0xfc ? 5 : first < 0xfe ? 6 : 1
  let size = 1
  while (size < length && ((bytes[at + size] ?? 0) & 0xc0) === 0x80) size += 1
  if (size < length || length === 1 || length > 4) return { size, isValid: false }
  const sequence = bytes.subarray(at, at + size)
  return { size, isValid: !utf8.decode(sequence).includes('\uFFFD') || (size === 3 && sequence[0] === 0xef) }
}

/** The character that stands for invalid sequences, from its code point. */
function replacementCharacter(point: bigint): string {
  if (point > 0x10ffffn || (point >= 0xd800n && point <= 0xdfffn))
    throw invalidArgument('Invalid replacement character')
  if (point < 0n) {
    const text = BigInt.asUintN(32, point).toString(16).toUpperCase().padStart(8, '0')
    throw new TrinoRuntimeError('GENERIC_INTERNAL_ERROR', `Invalid code point 0x${text}`)
  }
  return String.fromCodePoint(Number(point))
}

// ----------------------------------------------------------------- numbers

function view(bytes: Uint8Array, size: number, text: string): DataView {
  if (bytes.length !== size) throw invalidArgument(text)
  return new DataView(bytes.buffer, bytes.byteOffset, size)
}

function written(size: number, write: (view: DataView) => void): Uint8Array {
  const bytes = new Uint8Array(size)
  write(new DataView(bytes.buffer))
  return bytes
}

const bigEndian = (bytes: Uint8Array, size: number): string =>
  `expected ${size}-byte input, but got instead: ${bytes.length}`
const ieee754 = (bits: number): string => `Input floating-point value must be exactly ${bits / 8} bytes long`

export const BINARY_SCALAR_FUNCTIONS: Readonly<Record<string, ScalarFunction>> = {
  ft_crc32: scalarFunction(['BLOB'], 'BIGINT', (bytes) => BigInt(crc32(bytes))),
  ft_from_base32: scalarFunction(['VARCHAR'], 'BLOB', fromBase32),
  ft_from_base64: scalarFunction(['VARCHAR'], 'BLOB', (text) => fromBase64(text, '+/')),
  ft_from_base64url: scalarFunction(['VARCHAR'], 'BLOB', (text) => fromBase64(text, '-_')),
  ft_from_big_endian_32: scalarFunction(['BLOB'], 'INTEGER', (bytes) =>
    view(bytes, 4, bigEndian(bytes, 4)).getInt32(0),
  ),
  ft_from_big_endian_64: scalarFunction(['BLOB'], 'BIGINT', (bytes) =>
    view(bytes, 8, bigEndian(bytes, 8)).getBigInt64(0),
  ),
  ft_from_hex: scalarFunction(['VARCHAR'], 'BLOB', fromHex),
  ft_from_ieee754_32: scalarFunction(['BLOB'], 'REAL', (bytes) => view(bytes, 4, ieee754(32)).getFloat32(0)),
  ft_from_ieee754_64: scalarFunction(['BLOB'], 'DOUBLE', (bytes) => view(bytes, 8, ieee754(64)).getFloat64(0)),
  ft_from_utf8: scalarFunction(['BLOB', 'VARCHAR'], 'VARCHAR', fromUtf8),
  ft_replacement_character: scalarFunction(['BIGINT'], 'VARCHAR', replacementCharacter),
  ft_hash: scalarFunction(['BLOB', 'VARCHAR'], 'BLOB', hash),
  ft_hmac: scalarFunction(['BLOB', 'BLOB', 'VARCHAR'], 'BLOB', hmac),
  ft_to_base32: scalarFunction(['BLOB'], 'VARCHAR', toBase32),
  ft_to_big_endian_32: scalarFunction(['INTEGER'], 'BLOB', (value) => written(4, (to) => to.setInt32(0, value))),
  ft_to_big_endian_64: scalarFunction(['BIGINT'], 'BLOB', (value) => written(8, (to) => to.setBigInt64(0, value))),
  ft_to_ieee754_32: scalarFunction(['REAL'], 'BLOB', (value) => written(4, (to) => to.setFloat32(0, value))),
  ft_to_ieee754_64: scalarFunction(['DOUBLE'], 'BLOB', (value) => written(8, (to) => to.setFloat64(0, value))),
}
