import type { NextHop } from '../dataplane/next-hop.ts'
import type { AddressWords, MutableAddress } from './address-words.ts'

/** 32-bit words of a flow: a cache line. Packets and bytes are doubles at words 8 and 10. */
const FLOW_WORDS = 16
/** The observer's number. */
const OBSERVER = 0
const ASPECT = 1
const SOURCE = 2
const DESTINATION = 3
const PORTS = 4
/** Protocol in the low byte, IP version above it, TCP flags from bit 16 on. */
const PROTOCOL = 5
const FIRST = 6
const LAST = 7
/** Of the doubles. */
const PACKETS = 4
const BYTES = 5
const HASH = 12
/** Where the high words of IPv6 addresses are. */
const HIGH_WORDS = 13

const KEY_OF_PROTOCOL = 0xffff
const TCP_FLAGS_SHIFT = 16
const HIGH_WORDS_PER_FLOW = 6
/** Places. */
const SMALLEST_INDEX = 1024

/**
 * The flows of one aggregation interval: an open-addressing hash table with 32-bit words as keys. Its places hold hashes and numbers of
 * flows, and the flows lie one behind the other in the order of their first packets, so that those which packets come for at one time
 * lie close together. Nothing is allocated for a packet or a flow; the table doubles when it is half full and gives memory back after
 * intervals that need an eighth of it.
 *
 * A flow's key is two numbers of the caller's (`observer`, `aspect`: which ENI, which direction and action), the two addresses, the ports
 * in one word, and the protocol. Times are microseconds since the interval's start, below 2^31. Counters are doubles, exact below 2^53:
 * 600 seconds at 100 Gbit/s are 2^43 bytes. Flows are numbered from 0 to `count` - 1.
 */
export class FlowSlots {
  /** How many flows there are. */
  count = 0
  readonly #extraCounters: number
  /** Pairs of hash and flow + 1, 0 where the place is empty. */
  #index: Int32Array = new Int32Array(0)
  #mask = 0
  #words: Int32Array = new Int32Array(0)
  #doubles: Float64Array = new Float64Array(0)
  #highWords: Int32Array = new Int32Array(0)
  #highCount = 0
  #extra: Float64Array = new Float64Array(0)
  readonly #nextHops: (NextHop | undefined)[] = []

  /** @param extraCounters How many counters each flow has besides packets and bytes. */
  constructor(extraCounters = 0) {
    this.#extraCounters = extraCounters
    this.#allocate(SMALLEST_INDEX)
  }

  /** The number of a flow, or -1. `hash` is what {@link flowHash} gives for the key. */
  find(
    hash: number,
    observer: number,
    aspect: number,
    source: AddressWords,
    destination: AddressWords,
    ports: number,
    protocol: number,
  ): number {
    const index = this.#index
    const mask = this.#mask
    for (let place = hash & mask; ; place = (place + 1) & mask) {
      const flow = (index[2 * place + 1] as number) - 1
      if (flow < 0) return -1
      if (index[2 * place] !== hash) continue
      if (this.#is(flow, observer, aspect, source, destination, ports, protocol)) return flow
    }
  }

  /** A new flow without packets that {@link find} did not find. */
  insert(
    hash: number,
    observer: number,
    aspect: number,
    source: AddressWords,
    destination: AddressWords,
    ports: number,
    protocol: number,
    nextHop: NextHop | undefined,
  ): number {
    if (this.count * 2 > this.#mask) this.#grow()
    const flow = this.count
    this.count += 1
    this.#place(hash, flow)
    this.#nextHops[flow] = nextHop
    const words = this.#words
    const at = flow * FLOW_WORDS
    words[at + OBSERVER] = observer
    words[at + ASPECT] = aspect
    words[at + SOURCE] = source.word3
    words[at + DESTINATION] = destination.word3
    words[at + PORTS] = ports
    words[at + PROTOCOL] = protocol | (source.version << 8)
    words[at + FIRST] = 0x7fff_ffff
    words[at + LAST] = 0
    words[at + HASH] = hash
    words[at + HIGH_WORDS] = source.version === 6 ? this.#addHighWords(source, destination) : 0
    this.#doubles[at / 2 + PACKETS] = 0
    this.#doubles[at / 2 + BYTES] = 0
    if (this.#extraCounters > 0) {
      this.#extra.fill(0, flow * this.#extraCounters, (flow + 1) * this.#extraCounters)
    }
    return flow
  }

  /** Counts packets into a flow; the times are of the first and the last of them. */
  add(flow: number, packets: number, bytes: number, first: number, last: number, tcpFlags: number): void {
    const words = this.#words
    const doubles = this.#doubles
    const at = flow * FLOW_WORDS
    const half = flow * (FLOW_WORDS / 2)
    doubles[half + PACKETS] = (doubles[half + PACKETS] as number) + packets
    doubles[half + BYTES] = (doubles[half + BYTES] as number) + bytes
    if (first < (words[at + FIRST] as number)) words[at + FIRST] = first
    if (last > (words[at + LAST] as number)) words[at + LAST] = last
    words[at + PROTOCOL] = (words[at + PROTOCOL] as number) | (tcpFlags << TCP_FLAGS_SHIFT)
  }

  /** Adds to one of a flow's extra counters. */
  addExtra(flow: number, counter: number, amount: number): void {
    const at = flow * this.#extraCounters + counter
    this.#extra[at] = (this.#extra[at] as number) + amount
  }

  extra(flow: number, counter: number): number {
    return this.#extra[flow * this.#extraCounters + counter] as number
  }

  hash(flow: number): number {
    return this.#words[flow * FLOW_WORDS + HASH] as number
  }

  observer(flow: number): number {
    return this.#words[flow * FLOW_WORDS + OBSERVER] as number
  }

  aspect(flow: number): number {
    return this.#words[flow * FLOW_WORDS + ASPECT] as number
  }

  ports(flow: number): number {
    return this.#words[flow * FLOW_WORDS + PORTS] as number
  }

  protocol(flow: number): number {
    return (this.#words[flow * FLOW_WORDS + PROTOCOL] as number) & 0xff
  }

  packets(flow: number): number {
    return this.#doubles[flow * (FLOW_WORDS / 2) + PACKETS] as number
  }

  bytes(flow: number): number {
    return this.#doubles[flow * (FLOW_WORDS / 2) + BYTES] as number
  }

  /** Microseconds since the interval's start. */
  first(flow: number): number {
    return this.#words[flow * FLOW_WORDS + FIRST] as number
  }

  /** Microseconds since the interval's start. */
  last(flow: number): number {
    return this.#words[flow * FLOW_WORDS + LAST] as number
  }

  tcpFlags(flow: number): number {
    return (this.#words[flow * FLOW_WORDS + PROTOCOL] as number) >>> TCP_FLAGS_SHIFT
  }

  nextHop(flow: number): NextHop | undefined {
    return this.#nextHops[flow]
  }

  /** Writes a flow's addresses into two objects. */
  addresses(flow: number, source: MutableAddress, destination: MutableAddress): void {
    const words = this.#words
    const at = flow * FLOW_WORDS
    const isIpv6 = (((words[at + PROTOCOL] as number) >>> 8) & 0xff) === 6
    const high = this.#highWords
    const from = words[at + HIGH_WORDS] as number
    source.version = destination.version = isIpv6 ? 6 : 4
    source.word0 = isIpv6 ? (high[from] as number) >>> 0 : 0
    source.word1 = isIpv6 ? (high[from + 1] as number) >>> 0 : 0
    source.word2 = isIpv6 ? (high[from + 2] as number) >>> 0 : 0
    source.word3 = (words[at + SOURCE] as number) >>> 0
    destination.word0 = isIpv6 ? (high[from + 3] as number) >>> 0 : 0
    destination.word1 = isIpv6 ? (high[from + 4] as number) >>> 0 : 0
    destination.word2 = isIpv6 ? (high[from + 5] as number) >>> 0 : 0
    destination.word3 = (words[at + DESTINATION] as number) >>> 0
  }

  /** Takes all flows out. */
  clear(): void {
    const { count } = this
    const places = this.#mask + 1
    if (count * 8 < places / 2 && places > SMALLEST_INDEX) {
      this.#allocate(places / 2)
      this.#highWords = new Int32Array(0)
    } else {
      this.#index.fill(0)
    }
    this.#nextHops.length = 0
    this.#highCount = 0
    this.count = 0
  }

  #is(
    flow: number,
    observer: number,
    aspect: number,
    source: AddressWords,
    destination: AddressWords,
    ports: number,
    protocol: number,
  ): boolean {
    const words = this.#words
    const at = flow * FLOW_WORDS
    return (
      words[at + SOURCE] === (source.word3 | 0) &&
      words[at + DESTINATION] === (destination.word3 | 0) &&
      words[at + PORTS] === ports &&
      words[at + OBSERVER] === observer &&
      words[at + ASPECT] === aspect &&
      ((words[at + PROTOCOL] as number) & KEY_OF_PROTOCOL) === (protocol | (source.version << 8)) &&
      (source.version === 4 || this.#hasHighWords(words[at + HIGH_WORDS] as number, source, destination))
    )
  }

  #hasHighWords(at: number, source: AddressWords, destination: AddressWords): boolean {
    const high = this.#highWords
    return (
      high[at] === (source.word0 | 0) &&
      high[at + 1] === (source.word1 | 0) &&
      high[at + 2] === (source.word2 | 0) &&
      high[at + 3] === (destination.word0 | 0) &&
      high[at + 4] === (destination.word1 | 0) &&
      high[at + 5] === (destination.word2 | 0)
    )
  }

  #addHighWords(source: AddressWords, destination: AddressWords): number {
    const at = this.#highCount
    this.#highCount += HIGH_WORDS_PER_FLOW
    if (this.#highCount > this.#highWords.length) {
      const wider = new Int32Array(Math.max(SMALLEST_INDEX, this.#highWords.length * 2))
      wider.set(this.#highWords)
      this.#highWords = wider
    }
    const high = this.#highWords
    high[at] = source.word0
    high[at + 1] = source.word1
    high[at + 2] = source.word2
    high[at + 3] = destination.word0
    high[at + 4] = destination.word1
    high[at + 5] = destination.word2
    return at
  }

  #place(hash: number, flow: number): void {
    const index = this.#index
    const mask = this.#mask
    let place = hash & mask
    while (index[2 * place + 1] !== 0) place = (place + 1) & mask
    index[2 * place] = hash
    index[2 * place + 1] = flow + 1
  }

  #grow(): void {
    const words = this.#words
    const extra = this.#extra
    this.#allocate((this.#mask + 1) * 2)
    this.#words.set(words)
    this.#extra.set(extra)
    for (let flow = 0; flow < this.count; flow += 1) this.#place(this.hash(flow), flow)
  }

  /** New, empty arrays for half so many flows as there are places, a power of two. */
  #allocate(places: number): void {
    this.#index = new Int32Array(places * 2)
    this.#mask = places - 1
    this.#words = new Int32Array((places / 2) * FLOW_WORDS)
    this.#doubles = new Float64Array(this.#words.buffer)
    this.#extra = new Float64Array((places / 2) * this.#extraCounters)
  }
}
