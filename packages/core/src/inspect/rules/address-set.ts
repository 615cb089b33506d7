import { IpAddress } from '../../net/ip-address.ts'
import { walkList } from './expression-list.ts'
import { refuse } from './rule-fault.ts'
import { short } from './rule-text.ts'

/** Addresses from `first` to `last`, both included and of one IP version. */
export interface AddressRange {
  readonly first: IpAddress
  readonly last: IpAddress
}

const ALL_4: AddressRange = { first: IpAddress.of('0.0.0.0'), last: IpAddress.of('255.255.255.255') }
const ALL_6: AddressRange = { first: IpAddress.of('::'), last: IpAddress.of('ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff') }

/**
 * The addresses of a rule's header: `any`, an address, a network (also `10.0.0.0/255.0.0.0`), a range of IPv4 addresses, `$NAME`, and
 * lists of these with `!`. Sorted, disjoint ranges; undefined for `any`. What is negated alone means all others of the same IP version,
 * so that `!10.0.0.0/8` holds for no IPv6 address (Suricata 7). Throws a RuleFault.
 */
export function parseAddresses(
  text: string,
  variables: Readonly<Record<string, string>>,
): readonly AddressRange[] | undefined {
  if (text.toLowerCase() === 'any') return undefined
  const asked: AddressRange[] = []
  const negated: AddressRange[] = []
  let isAny = false
  walkList(
    'address',
    text,
    (name) => (Object.hasOwn(variables, name) ? variables[name] : undefined),
    (item, isNegated) => {
      if (item.toLowerCase() === 'any') {
        if (isNegated) refuse(`the address '${short(text)}' leaves nothing: it says 'not any'`)
        isAny = true
        asked.push(ALL_4, ALL_6)
      } else {
        ;(isNegated ? negated : asked).push(parseRange(item))
      }
    },
  )
  if (isAny && negated.length === 0) return undefined
  const ranges: AddressRange[] = []
  for (const all of [ALL_4, ALL_6]) {
    const version = all.first.version
    const positive = asked.filter(({ first }) => first.version === version)
    const negative = negated.filter(({ first }) => first.version === version)
    if (positive.length === 0 && negative.length > 0) positive.push(all)
    ranges.push(...subtract(merge(positive), merge(negative)))
  }
  if (ranges.length === 0) refuse(`the address '${short(text)}' leaves no address: all that it names is negated`)
  return ranges
}

function parseRange(item: string): AddressRange {
  const slash = item.indexOf('/')
  if (slash >= 0) {
    const address = IpAddress.parse(item.slice(0, slash))
    const bits = prefixLength(item.slice(slash + 1), address?.version)
    if (!address || bits === undefined) return refuseAddress(item)
    return network(address, bits)
  }
  const dash = item.indexOf('-')
  const first = IpAddress.parse(dash < 0 ? item : item.slice(0, dash))
  const last = dash < 0 ? first : IpAddress.parse(item.slice(dash + 1))
  if (!first || !last || (dash >= 0 && (first.version !== 4 || last.version !== 4)) || first.compare(last) > 0) {
    return refuseAddress(item)
  }
  return { first, last }
}

function refuseAddress(item: string): never {
  refuse(
    `'${short(item)}' is no address; allowed are any, 10.0.0.1, 10.0.0.0/8, 10.0.0.1-10.0.0.9, 2001:db8::/32, $NAME, and lists of them in brackets, each with ! before it where it is negated`,
  )
}

function prefixLength(text: string, version: 4 | 6 | undefined): number | undefined {
  if (/^[0-9]{1,3}$/.test(text)) return Number(text) <= (version === 4 ? 32 : 128) ? Number(text) : undefined
  const mask = version === 4 ? IpAddress.parse(text) : undefined
  if (!mask) return undefined
  const bits = Math.clz32(~mask.word3)
  return mask.word3 === (bits === 0 ? 0 : (0xffffffff << (32 - bits)) >>> 0) ? bits : undefined
}

function network(address: IpAddress, bits: number): AddressRange {
  if (address.version === 4) {
    const [first, last] = bounds(address.word3, bits)
    return { first: IpAddress.fromIpv4Bits(first), last: IpAddress.fromIpv4Bits(last) }
  }
  const words = [address.word0, address.word1, address.word2, address.word3].map((word, index) =>
    bounds(word, Math.max(0, Math.min(32, bits - 32 * index))),
  )
  const side = (end: 0 | 1): IpAddress =>
    IpAddress.fromIpv6Words(words[0]?.[end] ?? 0, words[1]?.[end] ?? 0, words[2]?.[end] ?? 0, words[3]?.[end] ?? 0)
  return { first: side(0), last: side(1) }
}

function bounds(word: number, bits: number): [number, number] {
  const mask = bits === 0 ? 0 : (0xffffffff << (32 - bits)) >>> 0
  return [(word & mask) >>> 0, (word | ~mask) >>> 0]
}

function merge(ranges: readonly AddressRange[]): AddressRange[] {
  const merged: AddressRange[] = []
  for (const range of ranges.toSorted((a, b) => a.first.compare(b.first))) {
    const previous = merged.at(-1)
    if (previous && range.first.compare(previous.last) <= 0) {
      if (range.last.compare(previous.last) > 0) merged[merged.length - 1] = { first: previous.first, last: range.last }
    } else {
      merged.push(range)
    }
  }
  return merged
}

function subtract(ranges: readonly AddressRange[], holes: readonly AddressRange[]): AddressRange[] {
  const left: AddressRange[] = []
  for (const range of ranges) {
    let { first } = range
    let isGone = false
    for (const hole of holes) {
      if (hole.last.compare(first) < 0 || hole.first.compare(range.last) > 0) continue
      if (hole.first.compare(first) > 0) left.push({ first, last: before(hole.first) })
      isGone = hole.last.compare(range.last) >= 0
      if (isGone) break
      first = after(hole.last)
    }
    if (!isGone) left.push({ first, last: range.last })
  }
  return left
}

function before(address: IpAddress): IpAddress {
  return neighbour(address, -1n)
}

function after(address: IpAddress): IpAddress {
  return neighbour(address, 1n)
}

function neighbour(address: IpAddress, step: bigint): IpAddress {
  if (address.version === 4) return IpAddress.fromIpv4Bits(address.word3 + Number(step))
  const bits =
    (BigInt(address.word0) << 96n) |
    (BigInt(address.word1) << 64n) |
    (BigInt(address.word2) << 32n) |
    BigInt(address.word3)
  const moved = BigInt.asUintN(128, bits + step)
  const word = (shift: bigint): number => Number((moved >> shift) & 0xffffffffn)
  return IpAddress.fromIpv6Words(word(96n), word(64n), word(32n), word(0n))
}

/** Whether an address lies in one of the sorted ranges; always in `undefined`, which is `any`. */
export function containsAddress(ranges: readonly AddressRange[] | undefined, address: IpAddress): boolean {
  if (ranges === undefined) return true
  for (const { first, last } of ranges) {
    if (first.compare(address) <= 0 && last.compare(address) >= 0) return true
  }
  return false
}
