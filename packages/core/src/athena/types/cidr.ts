import { parseIpAddress } from './ip-address.ts'

/** A block of addresses, from its first to its last, as 16 bytes each (IPv4 as ::ffff:a.b.c.d). */
export interface CidrBlock {
  readonly first: Uint8Array
  readonly last: Uint8Array
}

/** Why a text is no block; texts and codes are those of Trino 435's `contains(varchar, ipaddress)`. */
export interface CidrProblem {
  readonly code: 'INVALID_FUNCTION_ARGUMENT' | 'GENERIC_INTERNAL_ERROR'
  readonly problem: string
}

const IPV4_BITS = 32
const IPV6_BITS = 128
const MAX_INTEGER = 2147483647

/**
 * `10.0.0.0/8`. An IPv4 block must have no bits behind its prefix (Trino refuses `10.0.0.1/8`); those of an IPv6 block are ignored, and
 * its prefix counts from the first of 128 bits even where the address is written `::ffff:10.0.0.0`.
 */
export function parseCidr(text: string): CidrBlock | CidrProblem {
  const slash = text.indexOf('/')
  if (slash < 0) return invalid('Invalid CIDR')
  const network = text.slice(0, slash)
  const base = parseIpAddress(network)
  if (!base) return invalid('Invalid network IP address')
  const prefix = text.slice(slash + 1)
  const length = Number(prefix)
  if (!/^[+-]?\d+$/.test(prefix) || length > MAX_INTEGER || length < -MAX_INTEGER - 1) {
    // Trino lets the error of Java's Integer.parseInt through.
    return { code: 'GENERIC_INTERNAL_ERROR', problem: `For input string: "${prefix}"` }
  }
  if (length < 0) return invalid('Invalid prefix length')
  const isV4 = !network.includes(':')
  if (length > (isV4 ? IPV4_BITS : IPV6_BITS)) return invalid('Invalid CIDR')
  const bits = isV4 ? IPV6_BITS - IPV4_BITS + length : length
  const first = base.map((byte, index) => byte & ~hostMask(index, bits))
  const last = base.map((byte, index) => byte | hostMask(index, bits))
  if (isV4 && compareBytes(first, base) !== 0) return invalid('Invalid CIDR')
  return { first, last }
}

/** The bits of a byte that lie behind a prefix. */
function hostMask(index: number, prefixBits: number): number {
  return 0xff >> Math.min(8, Math.max(0, prefixBits - index * 8))
}

function invalid(problem: string): CidrProblem {
  return { code: 'INVALID_FUNCTION_ARGUMENT', problem }
}

/** Whether an address, as 16 bytes, lies in a block. */
export function isInBlock(block: CidrBlock, address: Uint8Array): boolean {
  return compareBytes(block.first, address) <= 0 && compareBytes(address, block.last) <= 0
}

function compareBytes(a: Uint8Array, b: Uint8Array): number {
  for (const [index, byte] of a.entries()) {
    const difference = byte - (b[index] as number)
    if (difference !== 0) return difference
  }
  return 0
}
