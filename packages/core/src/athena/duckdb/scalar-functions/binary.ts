import { createHash, createHmac } from 'node:crypto'
import { crc32 } from 'node:zlib'
import { murmur3, xxhash64 } from './hashes.ts'
import { invalidArgument, type ScalarFunction, scalarFunction } from './scalar-function.ts'

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
  if (key.length === 0) throw invalidArgument('Empty key')
  return createHmac(algorithm, key).update(bytes).digest()
}

// --------------------------------------------------------------- encodings

function fromHex(text: string): Uint8Array {
  if (text.length % 2 !== 0) {
    throw invalidArgument('expected an even number of bytes or characters')
  }
  const bad = /[^0-9a-fA-F]/.exec(text)
  if (bad) throw invalidArgument(`invalid hex character: ${bad[0]}`)
  return Buffer.from(text, 'hex')
}

function fromBase64(text: string, alphabet: 'base64' | 'base64url'): Uint8Array {
  const letters = alphabet === 'base64' ? '+/' : '-_'
  const body = text.replace(/={1,2}$/, '')
  for (const character of body) {
    if (!/[A-Za-z0-9]/.test(character) && !letters.includes(character)) {
      throw invalidArgument(`Illegal base64 character ${(character.codePointAt(0) as number).toString(16)}`)
    }
  }
  const hasPadding = body.length !== text.length
  if (body.length % 4 === 1) throw invalidArgument('Last unit does not have enough valid bits')
  if (hasPadding && text.length % 4 !== 0) throw invalidArgument('Input byte array has wrong 4-byte ending unit')
  return Buffer.from(body, alphabet)
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
  const bytes: number[] = []
  let bits = 0
  let value = 0
  for (const character of body) {
    const digit = BASE32.indexOf(character)
    if (digit < 0) throw invalidArgument(`Unrecognized character: ${character}`)
    value = ((value << 5) | digit) & 0xffff
    bits += 5
    if (bits < 8) continue
    bits -= 8
    bytes.push((value >>> bits) & 0xff)
  }
  if ([1, 3, 6].includes(body.length % 8)) throw invalidArgument(`Invalid input length ${body.length}`)
  return Uint8Array.from(bytes)
}

/** UTF-8 with each invalid sequence replaced, by one character or by nothing. */
function fromUtf8(bytes: Uint8Array, replacement: string): string {
  if ([...replacement].length > 1) {
    throw invalidArgument('Replacement character string must empty or a single character')
  }
  const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes)
  return replacement === '\uFFFD' || !text.includes('\uFFFD') ? text : replaceInvalid(bytes, replacement)
}

/** The text may hold U+FFFD of its own, which stays. */
function replaceInvalid(bytes: Uint8Array, replacement: string): string {
  const own = Buffer.from([0xef, 0xbf, 0xbd])
  const parts: string[] = []
  let from = 0
  const buffer = Buffer.from(bytes)
  for (let at = buffer.indexOf(own); ; at = buffer.indexOf(own, from)) {
    const end = at < 0 ? buffer.length : at
    const part = new TextDecoder('utf-8', { ignoreBOM: true }).decode(buffer.subarray(from, end))
    parts.push(part.replaceAll('\uFFFD', () => replacement))
    if (at < 0) return parts.join('\uFFFD')
    from = at + own.length
  }
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

const bigEndian = (size: number): string => `expected ${size}-byte input`
const ieee754 = (bits: number): string => `Input floating-point value must be exactly ${bits / 8} bytes long`

export const BINARY_SCALAR_FUNCTIONS: Readonly<Record<string, ScalarFunction>> = {
  ft_crc32: scalarFunction(['BLOB'], 'BIGINT', (bytes) => BigInt(crc32(bytes))),
  ft_from_base32: scalarFunction(['VARCHAR'], 'BLOB', fromBase32),
  ft_from_base64: scalarFunction(['VARCHAR'], 'BLOB', (text) => fromBase64(text, 'base64')),
  ft_from_base64url: scalarFunction(['VARCHAR'], 'BLOB', (text) => fromBase64(text, 'base64url')),
  ft_from_big_endian_32: scalarFunction(['BLOB'], 'INTEGER', (bytes) => view(bytes, 4, bigEndian(4)).getInt32(0)),
  ft_from_big_endian_64: scalarFunction(['BLOB'], 'BIGINT', (bytes) => view(bytes, 8, bigEndian(8)).getBigInt64(0)),
  ft_from_hex: scalarFunction(['VARCHAR'], 'BLOB', fromHex),
  ft_from_ieee754_32: scalarFunction(['BLOB'], 'REAL', (bytes) => view(bytes, 4, ieee754(32)).getFloat32(0)),
  ft_from_ieee754_64: scalarFunction(['BLOB'], 'DOUBLE', (bytes) => view(bytes, 8, ieee754(64)).getFloat64(0)),
  ft_from_utf8: scalarFunction(['BLOB', 'VARCHAR'], 'VARCHAR', fromUtf8),
  ft_hash: scalarFunction(['BLOB', 'VARCHAR'], 'BLOB', hash),
  ft_hmac: scalarFunction(['BLOB', 'BLOB', 'VARCHAR'], 'BLOB', hmac),
  ft_to_base32: scalarFunction(['BLOB'], 'VARCHAR', toBase32),
  ft_to_big_endian_32: scalarFunction(['INTEGER'], 'BLOB', (value) => written(4, (to) => to.setInt32(0, value))),
  ft_to_big_endian_64: scalarFunction(['BIGINT'], 'BLOB', (value) => written(8, (to) => to.setBigInt64(0, value))),
  ft_to_ieee754_32: scalarFunction(['REAL'], 'BLOB', (value) => written(4, (to) => to.setFloat32(0, value))),
  ft_to_ieee754_64: scalarFunction(['DOUBLE'], 'BLOB', (value) => written(8, (to) => to.setFloat64(0, value))),
}
