import type { CidrBlock } from '../net/cidr-block.ts'
import type { IpAddress } from '../net/ip-address.ts'

/** The addresses that a rule is about. */
export interface AddressMatcher {
  matches(address: IpAddress): boolean
}

/** The addresses of a CIDR block, compared by words. It is asked about addresses of its own version alone. */
export class BlockMatcher implements AddressMatcher {
  readonly #isIpv4: boolean
  readonly #network0: number
  readonly #network1: number
  readonly #network2: number
  readonly #network3: number
  readonly #mask0: number
  readonly #mask1: number
  readonly #mask2: number
  readonly #mask3: number

  constructor(block: CidrBlock) {
    const { network } = block
    const bits = network.version === 4 ? block.prefixLength + 96 : block.prefixLength
    this.#isIpv4 = network.version === 4
    this.#network0 = network.word0 | 0
    this.#network1 = network.word1 | 0
    this.#network2 = network.word2 | 0
    this.#network3 = network.word3 | 0
    this.#mask0 = maskOf(bits)
    this.#mask1 = maskOf(bits - 32)
    this.#mask2 = maskOf(bits - 64)
    this.#mask3 = maskOf(bits - 96)
  }

  matches(address: IpAddress): boolean {
    return (
      ((address.word3 ^ this.#network3) & this.#mask3) === 0 &&
      (this.#isIpv4 ||
        (((address.word0 ^ this.#network0) & this.#mask0) === 0 &&
          ((address.word1 ^ this.#network1) & this.#mask1) === 0 &&
          ((address.word2 ^ this.#network2) & this.#mask2) === 0))
    )
  }
}

/** A set of single addresses of both versions: what a reference to a security group means. */
export class AddressSet implements AddressMatcher {
  readonly #addresses: Map<number, IpAddress[]> = new Map()

  constructor(addresses: Iterable<IpAddress>) {
    for (const address of addresses) {
      const sameHash = this.#addresses.get(address.hash)
      if (sameHash) sameHash.push(address)
      else this.#addresses.set(address.hash, [address])
    }
  }

  matches(address: IpAddress): boolean {
    const sameHash = this.#addresses.get(address.hash)
    if (sameHash === undefined) return false
    for (const candidate of sameHash) if (candidate.equals(address)) return true
    return false
  }
}

/** 32 bits of which the first `bits` are 1; any number is cut to 0 to 32. */
function maskOf(bits: number): number {
  return bits <= 0 ? 0 : bits >= 32 ? -1 : -1 << (32 - bits)
}
