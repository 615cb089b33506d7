/** A cyclic redundancy check as S3 uses them: reflected, beginning and ending with all bits inverted. */
export interface CrcKind {
  /** Bits. */
  readonly width: 32 | 64
  /** Reflected. */
  readonly polynomial: bigint
}

/** Source: RFC 1952, section 8. */
export const CRC32: CrcKind = { width: 32, polynomial: 0xedb88320n }
/** Source: RFC 3720, section 12.1. */
export const CRC32C: CrcKind = { width: 32, polynomial: 0x82f63b78n }
/** Source: NVM Express NVM Command Set Specification, "64b CRC polynomials". */
export const CRC64NVME: CrcKind = { width: 64, polynomial: 0x9a6c9329ac4bc9b5n }

/** For each of eight places of a byte before the end of an octet, the low and the high half of what the byte does. */
type CrcTables = readonly { readonly low: Uint32Array; readonly high: Uint32Array }[]

const tables = new Map<CrcKind, CrcTables>()

/** A check that is reckoned as bytes come, eight at a time. */
export class Crc {
  readonly #width: number
  readonly #tables: CrcTables
  #low = 0xffffffff
  #high: number

  constructor(kind: CrcKind) {
    this.#width = kind.width
    this.#high = kind.width === 64 ? 0xffffffff : 0
    this.#tables = tablesOf(kind)
  }

  update(bytes: Uint8Array): void {
    const [t0, t1, t2, t3, t4, t5, t6, t7] = this.#tables as [Half, Half, Half, Half, Half, Half, Half, Half]
    let low = this.#low
    let high = this.#high
    let index = 0
    for (const end = bytes.length - 7; index < end; index += 8) {
      low ^=
        (bytes[index] as number) |
        ((bytes[index + 1] as number) << 8) |
        ((bytes[index + 2] as number) << 16) |
        ((bytes[index + 3] as number) << 24)
      high ^=
        (bytes[index + 4] as number) |
        ((bytes[index + 5] as number) << 8) |
        ((bytes[index + 6] as number) << 16) |
        ((bytes[index + 7] as number) << 24)
      const a = low & 255
      const b = (low >>> 8) & 255
      const c = (low >>> 16) & 255
      const d = low >>> 24
      const e = high & 255
      const f = (high >>> 8) & 255
      const g = (high >>> 16) & 255
      const h = high >>> 24
      low = at(t7.low, a) ^ at(t6.low, b) ^ at(t5.low, c) ^ at(t4.low, d)
      low ^= at(t3.low, e) ^ at(t2.low, f) ^ at(t1.low, g) ^ at(t0.low, h)
      high = at(t7.high, a) ^ at(t6.high, b) ^ at(t5.high, c) ^ at(t4.high, d)
      high ^= at(t3.high, e) ^ at(t2.high, f) ^ at(t1.high, g) ^ at(t0.high, h)
    }
    for (; index < bytes.length; index += 1) {
      const byte = (low ^ (bytes[index] as number)) & 255
      low = ((low >>> 8) | (high << 24)) ^ at(t0.low, byte)
      high = (high >>> 8) ^ at(t0.high, byte)
    }
    this.#low = low
    this.#high = high
  }

  /** Big-endian, 4 or 8 bytes. */
  digest(): Uint8Array {
    const bytes = new Uint8Array(this.#width / 8)
    const view = new DataView(bytes.buffer)
    view.setUint32(bytes.length - 4, ~this.#low >>> 0)
    if (this.#width === 64) view.setUint32(0, ~this.#high >>> 0)
    return bytes
  }
}

/** The check of two stretches of bytes after each other, from the check of each and the length of the second, in bytes. */
export function combineCrc(kind: CrcKind, first: bigint, second: bigint, secondLength: number): bigint {
  return multiply(kind, first, powerOfX(kind, BigInt(secondLength) * 8n)) ^ second
}

type Half = CrcTables[number]

function at(table: Uint32Array, index: number): number {
  return table[index] as number
}

function tablesOf(kind: CrcKind): CrcTables {
  let made = tables.get(kind)
  if (!made) {
    made = makeTables(kind)
    tables.set(kind, made)
  }
  return made
}

function makeTables({ polynomial }: CrcKind): CrcTables {
  const made = Array.from({ length: 8 }, () => ({ low: new Uint32Array(256), high: new Uint32Array(256) }))
  const single: bigint[] = []
  for (let byte = 0; byte < 256; byte += 1) {
    let crc = BigInt(byte)
    for (let bit = 0; bit < 8; bit += 1) crc = crc & 1n ? (crc >> 1n) ^ polynomial : crc >> 1n
    single.push(crc)
  }
  for (let byte = 0; byte < 256; byte += 1) {
    let crc = single[byte] as bigint
    for (const { low, high } of made) {
      low[byte] = Number(crc & 0xffffffffn)
      high[byte] = Number(crc >> 32n)
      crc = (crc >> 8n) ^ (single[Number(crc & 255n)] as bigint)
    }
  }
  return made
}

/** x to a power, modulo the polynomial; the highest bit of a reflected value is x to the power of 0. */
function powerOfX(kind: CrcKind, exponent: bigint): bigint {
  let result = 1n << BigInt(kind.width - 1)
  let square = 1n << BigInt(kind.width - 2)
  for (let rest = exponent; rest > 0n; rest >>= 1n) {
    if (rest & 1n) result = multiply(kind, result, square)
    square = multiply(kind, square, square)
  }
  return result
}

/** The product of two reflected polynomials, modulo the kind's. */
function multiply({ width, polynomial }: CrcKind, left: bigint, right: bigint): bigint {
  let product = 0n
  let shifted = right
  for (let bit = BigInt(width - 1); bit >= 0n; bit -= 1n) {
    if ((left >> bit) & 1n) product ^= shifted
    shifted = shifted & 1n ? (shifted >> 1n) ^ polynomial : shifted >> 1n
  }
  return product
}
