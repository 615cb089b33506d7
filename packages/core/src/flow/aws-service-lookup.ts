import { CidrBlock } from '../net/cidr-block.ts'
import type { ServiceRange } from '../topology/topology.ts'
import type { AddressWords } from './address-words.ts'
import { LEAST_SPECIFIC_SERVICE } from './record-assumptions.ts'

/** Addresses that are not public, for which records name no AWS service (RFC 1918, 6598, 3927, 1122, 4193, 4291). */
const NOT_PUBLIC: readonly CidrBlock[] = [
  '10.0.0.0/8',
  '172.16.0.0/12',
  '192.168.0.0/16',
  '100.64.0.0/10',
  '169.254.0.0/16',
  '127.0.0.0/8',
  'fc00::/7',
  'fe80::/10',
].map((text) => CidrBlock.of(text))

const ZERO = 0
const ONE = 1
/** Number + 1 of the service whose range ends at a node. */
const SERVICE = 2
const NODE_WORDS = 3

/**
 * Which AWS service an address belongs to: of the ranges that hold it the most specific one that is not AMAZON, which stands for all of
 * AWS. A binary trie over the bits of the ranges. Source: VPC user guide, "Flow log records", pkt-src-aws-service.
 */
export class AwsServiceLookup {
  readonly #services: string[] = []
  #nodes: Int32Array = new Int32Array(64 * NODE_WORDS)
  /** Nodes 0 and 1 are the roots of IPv4 and IPv6. */
  #count = 2

  constructor(ranges: readonly ServiceRange[]) {
    const numbers = new Map<string, number>()
    for (const { block, service } of ranges) {
      if (NOT_PUBLIC.some((own) => own.containsBlock(block))) continue
      const number = numbers.get(service) ?? numbers.size
      numbers.set(service, number)
      const at = this.#nodeOf(block) * NODE_WORDS
      // AMAZON gives way to another service with the same range, in whatever order they come.
      if (this.#nodes[at + SERVICE] === 0 || service !== LEAST_SPECIFIC_SERVICE) this.#nodes[at + SERVICE] = number + 1
    }
    this.#services.push(...numbers.keys())
  }

  /** The code of a service, such as `S3`; undefined where no range holds the address. */
  serviceOf(address: AddressWords): string | undefined {
    const nodes = this.#nodes
    const bits = address.version === 4 ? 32 : 128
    let node = address.version === 4 ? 0 : 1
    let found: string | undefined
    for (let bit = 0; ; bit += 1) {
      const number = nodes[node * NODE_WORDS + SERVICE] as number
      if (number !== 0) {
        const service = this.#services[number - 1]
        if (service !== LEAST_SPECIFIC_SERVICE || found === undefined) found = service
      }
      if (bit === bits) return found
      node = nodes[node * NODE_WORDS + (bitOf(address, bit) === 1 ? ONE : ZERO)] as number
      if (node === 0) return found
    }
  }

  #nodeOf({ network, prefixLength }: CidrBlock): number {
    let node = network.version === 4 ? 0 : 1
    for (let bit = 0; bit < prefixLength; bit += 1) {
      const at = node * NODE_WORDS + (bitOf(network, bit) === 1 ? ONE : ZERO)
      node = this.#nodes[at] as number
      if (node !== 0) continue
      node = this.#count
      this.#count += 1
      this.#nodes[at] = node
      if (this.#count * NODE_WORDS > this.#nodes.length) {
        const wider = new Int32Array(this.#nodes.length * 2)
        wider.set(this.#nodes)
        this.#nodes = wider
      }
    }
    return node
  }
}

/** A bit of an address, the most significant first. */
function bitOf(address: AddressWords, bit: number): number {
  if (address.version === 4) return (address.word3 >>> (31 - bit)) & 1
  const word = bit < 32 ? address.word0 : bit < 64 ? address.word1 : bit < 96 ? address.word2 : address.word3
  return (word >>> (31 - (bit & 31))) & 1
}
