import ipaddr from 'ipaddr.js'

/** The version of the Internet Protocol. */
export type IpVersion = 4 | 6

/**
 * An IPv4 or IPv6 address, immutable. It keeps its bits as four unsigned 32-bit words, so that prefix tests and hash keys need
 * neither text nor bigint; an IPv4 address stands in `word3`, the others being 0.
 */
export class IpAddress {
  readonly version: IpVersion
  readonly word0: number
  readonly word1: number
  readonly word2: number
  readonly word3: number
  /** A signed 32-bit hash of version and bits, for open-addressing tables. */
  readonly hash: number
  #text: string | undefined

  private constructor(version: IpVersion, word0: number, word1: number, word2: number, word3: number) {
    this.version = version
    this.word0 = word0
    this.word1 = word1
    this.word2 = word2
    this.word3 = word3
    let hash = Math.imul(word3 ^ version, 0x9e3779b1)
    if (version === 6) {
      hash = Math.imul(hash ^ word0 ^ (hash >>> 15), 0x85ebca6b)
      hash = Math.imul(hash ^ word1 ^ (hash >>> 13), 0xc2b2ae35)
      hash = Math.imul(hash ^ word2 ^ (hash >>> 16), 0x27d4eb2f)
    }
    this.hash = hash ^ (hash >>> 15)
  }

  /** An IPv4 address from its 32 bits, e.g. `0x0a000165` for 10.0.1.101. */
  static fromIpv4Bits(bits: number): IpAddress {
    return new IpAddress(4, 0, 0, 0, bits >>> 0)
  }

  /** An IPv6 address from four 32-bit words, the most significant first. */
  static fromIpv6Words(word0: number, word1: number, word2: number, word3: number): IpAddress {
    return new IpAddress(6, word0 >>> 0, word1 >>> 0, word2 >>> 0, word3 >>> 0)
  }

  /** An address from 4 or 16 bytes in network order at `offset` of a packet. */
  static fromBytes(bytes: Uint8Array, offset: number, version: IpVersion): IpAddress {
    const word = (at: number): number =>
      (((bytes[at] ?? 0) << 24) | ((bytes[at + 1] ?? 0) << 16) | ((bytes[at + 2] ?? 0) << 8) | (bytes[at + 3] ?? 0)) >>>
      0
    if (version === 4) return new IpAddress(4, 0, 0, 0, word(offset))
    return new IpAddress(6, word(offset), word(offset + 4), word(offset + 8), word(offset + 12))
  }

  /**
   * An address from its text: dotted decimal with four parts, or RFC 4291 section 2.2. `undefined` where the text is neither; an IPv6
   * zone (`%eth0`) is refused.
   */
  static parse(text: string): IpAddress | undefined {
    if (ipaddr.IPv4.isValidFourPartDecimal(text)) {
      const [a = 0, b = 0, c = 0, d = 0] = ipaddr.IPv4.parse(text).octets
      return IpAddress.fromIpv4Bits((a << 24) | (b << 16) | (c << 8) | d)
    }
    if (!text.includes(':') || text.includes('%')) return undefined
    const hexadecimal = withoutDottedEnd(text)
    if (hexadecimal === undefined || !ipaddr.IPv6.isValid(hexadecimal)) return undefined
    return IpAddress.fromBytes(Uint8Array.from(ipaddr.IPv6.parse(hexadecimal).toByteArray()), 0, 6)
  }

  /** Like {@link IpAddress.parse}; throws a RangeError where the text is no address. For constants and tests. */
  static of(text: string): IpAddress {
    const address = IpAddress.parse(text)
    if (!address) throw new RangeError(`'${text}' is not an IPv4 or IPv6 address`)
    return address
  }

  equals(other: IpAddress): boolean {
    return (
      this === other ||
      (this.word3 === other.word3 &&
        this.version === other.version &&
        this.word2 === other.word2 &&
        this.word1 === other.word1 &&
        this.word0 === other.word0)
    )
  }

  /** Negative, zero or positive as this address sorts before, with or after the other: IPv4 before IPv6, then by bits. */
  compare(other: IpAddress): number {
    return (
      this.version - other.version ||
      this.word0 - other.word0 ||
      this.word1 - other.word1 ||
      this.word2 - other.word2 ||
      this.word3 - other.word3
    )
  }

  /** The address `count` places further; it wraps at the end of its 32-bit (IPv4) or low 64-bit (IPv6) range. */
  plus(count: number): IpAddress {
    if (this.version === 4) return IpAddress.fromIpv4Bits((this.word3 + (count % 2 ** 32)) % 2 ** 32)
    const low =
      (BigInt.asUintN(64, (BigInt(this.word2) << 32n) | BigInt(this.word3)) + BigInt(count)) & 0xffff_ffff_ffff_ffffn
    return IpAddress.fromIpv6Words(this.word0, this.word1, Number(low >> 32n), Number(low & 0xffff_ffffn))
  }

  /** 4 or 16 bytes in network order. */
  toBytes(): Uint8Array {
    const bytes = new Uint8Array(this.version === 4 ? 4 : 16)
    this.writeTo(bytes, 0)
    return bytes
  }

  /** Writes 4 or 16 bytes in network order; returns how many. */
  writeTo(bytes: Uint8Array, offset: number): number {
    let at = offset
    if (this.version === 6) {
      at = writeWord(bytes, at, this.word0)
      at = writeWord(bytes, at, this.word1)
      at = writeWord(bytes, at, this.word2)
    }
    return writeWord(bytes, at, this.word3) - offset
  }

  /** Dotted decimal, or the canonical text of RFC 5952. */
  toString(): string {
    this.#text ??=
      this.version === 4
        ? `${this.word3 >>> 24}.${(this.word3 >>> 16) & 255}.${(this.word3 >>> 8) & 255}.${this.word3 & 255}`
        : new ipaddr.IPv6([...this.toBytes()]).toRFC5952String()
    return this.#text
  }

  toJSON(): string {
    return this.toString()
  }
}

/** An IPv6 address with its last 32 bits in hexadecimal: ipaddr.js reads `::1.2.3.4` as `::ffff:1.2.3.4`. */
function withoutDottedEnd(text: string): string | undefined {
  if (!text.includes('.')) return text
  const end = text.lastIndexOf(':') + 1
  const dotted = text.slice(end)
  if (!ipaddr.IPv4.isValidFourPartDecimal(dotted)) return undefined
  const [a = 0, b = 0, c = 0, d = 0] = ipaddr.IPv4.parse(dotted).octets
  return `${text.slice(0, end)}${((a << 8) | b).toString(16)}:${((c << 8) | d).toString(16)}`
}

function writeWord(bytes: Uint8Array, at: number, word: number): number {
  bytes[at] = word >>> 24
  bytes[at + 1] = word >>> 16
  bytes[at + 2] = word >>> 8
  bytes[at + 3] = word
  return at + 4
}
