/** A 48-bit MAC address (EUI-48, IEEE 802), immutable. */
export class MacAddress {
  /** The first two bytes. */
  readonly high16: number
  /** The last four bytes. */
  readonly low32: number

  private constructor(high16: number, low32: number) {
    this.high16 = high16
    this.low32 = low32
  }

  /** An address from its first two and its last four bytes as numbers; higher bits are cut off. */
  static fromBits(high16: number, low32: number): MacAddress {
    return new MacAddress(high16 & 0xffff, low32 >>> 0)
  }

  /** An address from 6 bytes at `offset`; bytes that are not there count as 0. */
  static fromBytes(bytes: Uint8Array, offset: number): MacAddress {
    const byte = (at: number): number => bytes[offset + at] ?? 0
    return new MacAddress(
      (byte(0) << 8) | byte(1),
      ((byte(2) << 24) | (byte(3) << 16) | (byte(4) << 8) | byte(5)) >>> 0,
    )
  }

  /** An address from six pairs of hexadecimal digits, separated by colons or by hyphens; `undefined` where the text is none. */
  static parse(text: string): MacAddress | undefined {
    if (!/^(?:[\da-f]{2}:){5}[\da-f]{2}$|^(?:[\da-f]{2}-){5}[\da-f]{2}$/i.test(text)) return undefined
    const digits = text.replaceAll(/[:-]/g, '')
    return new MacAddress(Number.parseInt(digits.slice(0, 4), 16), Number.parseInt(digits.slice(4), 16))
  }

  /** Like {@link MacAddress.parse}; throws a RangeError where the text is no address. For constants and tests. */
  static of(text: string): MacAddress {
    const address = MacAddress.parse(text)
    if (!address) throw new RangeError(`'${text}' is not a MAC address like 02:00:5e:10:00:01`)
    return address
  }

  equals(other: MacAddress): boolean {
    return this.low32 === other.low32 && this.high16 === other.high16
  }

  /** Writes 6 bytes; returns how many. */
  writeTo(bytes: Uint8Array, offset: number): number {
    const { high16, low32 } = this
    bytes[offset] = high16 >>> 8
    bytes[offset + 1] = high16
    bytes[offset + 2] = low32 >>> 24
    bytes[offset + 3] = low32 >>> 16
    bytes[offset + 4] = low32 >>> 8
    bytes[offset + 5] = low32
    return 6
  }

  /** Lower-case pairs with colons, as EC2 prints them. */
  toString(): string {
    const digits = this.high16.toString(16).padStart(4, '0') + this.low32.toString(16).padStart(8, '0')
    return digits.replaceAll(/..(?!$)/g, '$&:')
  }

  toJSON(): string {
    return this.toString()
  }
}
