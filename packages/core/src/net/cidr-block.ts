import { IpAddress, type IpVersion } from './ip-address.ts'

/** An IPv4 or IPv6 address block in CIDR notation, immutable and canonical: the bits behind the prefix are 0. */
export class CidrBlock {
  /** The first address. */
  readonly network: IpAddress
  /** 0 to 32 or 0 to 128. */
  readonly prefixLength: number
  readonly #masks: readonly [number, number, number, number]

  private constructor(network: IpAddress, prefixLength: number) {
    this.prefixLength = prefixLength
    const bits = network.version === 4 ? prefixLength + 96 : prefixLength
    this.#masks = [mask(bits), mask(bits - 32), mask(bits - 64), mask(bits - 96)]
    const [mask0, mask1, mask2, mask3] = this.#masks
    this.network =
      network.version === 4
        ? IpAddress.fromIpv4Bits(network.word3 & mask3)
        : IpAddress.fromIpv6Words(
            network.word0 & mask0,
            network.word1 & mask1,
            network.word2 & mask2,
            network.word3 & mask3,
          )
  }

  /** A block around an address. Bits behind the prefix are cleared, as EC2 stores blocks. */
  static from(address: IpAddress, prefixLength: number): CidrBlock {
    if (!Number.isInteger(prefixLength) || prefixLength < 0 || prefixLength > (address.version === 4 ? 32 : 128)) {
      throw new RangeError(`a prefix length of ${prefixLength} does not fit an IPv${address.version} address`)
    }
    return new CidrBlock(address, prefixLength)
  }

  /** A block from `address/length`; `undefined` where the text is none. */
  static parse(text: string): CidrBlock | undefined {
    const slash = text.lastIndexOf('/')
    if (slash < 0) return undefined
    const address = IpAddress.parse(text.slice(0, slash))
    const length = text.slice(slash + 1)
    if (!address || !/^\d{1,3}$/.test(length) || Number(length) > (address.version === 4 ? 32 : 128)) return undefined
    return new CidrBlock(address, Number(length))
  }

  /** Like {@link CidrBlock.parse}; throws a RangeError where the text is no block. For constants and tests. */
  static of(text: string): CidrBlock {
    const block = CidrBlock.parse(text)
    if (!block) throw new RangeError(`'${text}' is not a CIDR block`)
    return block
  }

  get version(): IpVersion {
    return this.network.version
  }

  /** How many addresses the block has; exact up to 2^53, a power of two in any case. */
  get size(): number {
    return 2 ** ((this.version === 4 ? 32 : 128) - this.prefixLength)
  }

  contains(address: IpAddress): boolean {
    const { network } = this
    if (address.version !== network.version) return false
    const [mask0, mask1, mask2, mask3] = this.#masks
    if (((address.word3 ^ network.word3) & mask3) !== 0) return false
    return (
      network.version === 4 ||
      (((address.word0 ^ network.word0) & mask0) === 0 &&
        ((address.word1 ^ network.word1) & mask1) === 0 &&
        ((address.word2 ^ network.word2) & mask2) === 0)
    )
  }

  /** Whether every address of the other block lies in this one. */
  containsBlock(other: CidrBlock): boolean {
    return other.prefixLength >= this.prefixLength && this.contains(other.network)
  }

  overlaps(other: CidrBlock): boolean {
    return this.containsBlock(other) || other.containsBlock(this)
  }

  equals(other: CidrBlock): boolean {
    return this.prefixLength === other.prefixLength && this.network.equals(other.network)
  }

  /** The last address of the block, for IPv4 the broadcast address. */
  get last(): IpAddress {
    const [mask0, mask1, mask2, mask3] = this.#masks
    const { network } = this
    return network.version === 4
      ? IpAddress.fromIpv4Bits(network.word3 | ~mask3)
      : IpAddress.fromIpv6Words(
          network.word0 | ~mask0,
          network.word1 | ~mask1,
          network.word2 | ~mask2,
          network.word3 | ~mask3,
        )
  }

  toString(): string {
    return `${this.network}/${this.prefixLength}`
  }

  toJSON(): string {
    return this.toString()
  }
}

/** 32 bits of which the first `bits` are 1; any number is cut to 0 to 32. */
function mask(bits: number): number {
  return bits <= 0 ? 0 : bits >= 32 ? -1 : -1 << (32 - bits)
}
