import type { NextHop } from '../dataplane/next-hop.ts'
import type { AddressWords, MutableAddress } from './address-words.ts'

/**
 * 32-bit words of a slot. What every packet touches are the first twelve, 48 bytes, so that they lie in one cache line also where the
 * allocator begins the array 16 bytes after a line's start. Packets and bytes are doubles at words 8 and 10.
 */
const SLOT_WORDS = 16
/** The observer's number + 1; 0 in an empty slot. */
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
/** How many flows were there before it. */
const PLACE = 12
const HASH = 13
/** Where the high words of IPv6 addresses are. */
const HIGH_WORDS = 14

const KEY_OF_PROTOCOL = 0xffff
const TCP_FLAGS_SHIFT = 16
const HIGH_WORDS_PER_FLOW = 6
const SMALLEST_CAPACITY = 1024

/**
 * The flows of one aggregation interval: an open-addressing hash table with 32-bit words as keys. Nothing is allocated for a packet or a
 * flow; the table doubles when it is half full and gives memory back after intervals that need an eighth of it.
 *
 * A flow's key is two numbers of the caller's (`observer`, `aspect`: which ENI, which direction and action), the two addresses, the ports
 * in one word, and the protocol. Times are microseconds since the interval's start, below 2^31. Counters are doubles, exact below 2^53:
 * 600 seconds at 100 Gbit/s are 2^43 bytes. A slot's number holds until the next insert.
 */
export class FlowSlots {
  /** How many flows there are. */
  count = 0
  readonly #extraCounters: number
  #capacity = 0
  #words: Int32Array = new Int32Array(0)
  #doubles: Float64Array = new Float64Array(0)
  /** The slots in order of their first packets. */
  #order: Int32Array = new Int32Array(0)
  #highWords: Int32Array = new Int32Array(0)
  #highCount = 0
  #extra: Float64Array = new Float64Array(0)
  readonly #nextHops: (NextHop | undefined)[] = []

  /** @param extraCounters How many counters each flow has besides packets and bytes. */
  constructor(extraCounters = 0) {
    this.#extraCounters = extraCounters
    this.#allocate(SMALLEST_CAPACITY)
  }

  /** The slot of a flow, or -1. `hash` is what {@link flowHash} gives for the key. */
  find(
    hash: number,
    observer: number,
    aspect: number,
    source: AddressWords,
    destination: AddressWords,
    ports: number,
    protocol: number,
  ): number {
    const words = this.#words
    const mask = this.#capacity - 1
    const tag = protocol | (source.version << 8)
    const sourceWord = source.word3 | 0
    const destinationWord = destination.word3 | 0
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const at = slot * SLOT_WORDS
      const occupant = words[at] as number
      if (occupant === 0) return -1
      if (
        words[at + SOURCE] === sourceWord &&
        words[at + DESTINATION] === destinationWord &&
        words[at + PORTS] === ports &&
        occupant === observer + 1 &&
        words[at + ASPECT] === aspect &&
        ((words[at + PROTOCOL] as number) & KEY_OF_PROTOCOL) === tag &&
        (source.version === 4 || this.#hasHighWords(words[at + HIGH_WORDS] as number, source, destination))
      ) {
        return slot
      }
    }
  }

  /** A new slot without packets for a flow that {@link find} did not find. */
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
    if (this.count * 2 >= this.#capacity) this.#grow()
    const slot = this.#emptySlot(hash)
    const place = this.count
    this.count += 1
    this.#order[place] = slot
    this.#nextHops[place] = nextHop
    const words = this.#words
    const at = slot * SLOT_WORDS
    words[at + OBSERVER] = observer + 1
    words[at + ASPECT] = aspect
    words[at + SOURCE] = source.word3
    words[at + DESTINATION] = destination.word3
    words[at + PORTS] = ports
    words[at + PROTOCOL] = protocol | (source.version << 8)
    words[at + FIRST] = 0x7fff_ffff
    words[at + LAST] = 0
    words[at + PLACE] = place
    words[at + HASH] = hash
    words[at + HIGH_WORDS] = source.version === 6 ? this.#addHighWords(source, destination) : 0
    this.#doubles[at / 2 + PACKETS] = 0
    this.#doubles[at / 2 + BYTES] = 0
    if (this.#extraCounters > 0) {
      this.#extra.fill(0, place * this.#extraCounters, (place + 1) * this.#extraCounters)
    }
    return slot
  }

  /** Counts packets into a flow; the times are of the first and the last of them. */
  add(slot: number, packets: number, bytes: number, first: number, last: number, tcpFlags: number): void {
    const words = this.#words
    const doubles = this.#doubles
    const at = slot * SLOT_WORDS
    const half = slot * (SLOT_WORDS / 2)
    doubles[half + PACKETS] = (doubles[half + PACKETS] as number) + packets
    doubles[half + BYTES] = (doubles[half + BYTES] as number) + bytes
    if (first < (words[at + FIRST] as number)) words[at + FIRST] = first
    if (last > (words[at + LAST] as number)) words[at + LAST] = last
    words[at + PROTOCOL] = (words[at + PROTOCOL] as number) | (tcpFlags << TCP_FLAGS_SHIFT)
  }

  /** The slot of a flow by its place in the order of first packets, 0 to `count` - 1. */
  slotAt(place: number): number {
    return this.#order[place] as number
  }

  /** Adds to one of a flow's extra counters. */
  addExtra(slot: number, counter: number, amount: number): void {
    const at = this.#place(slot) * this.#extraCounters + counter
    this.#extra[at] = (this.#extra[at] as number) + amount
  }

  extra(slot: number, counter: number): number {
    return this.#extra[this.#place(slot) * this.#extraCounters + counter] as number
  }

  hash(slot: number): number {
    return this.#words[slot * SLOT_WORDS + HASH] as number
  }

  observer(slot: number): number {
    return (this.#words[slot * SLOT_WORDS + OBSERVER] as number) - 1
  }

  aspect(slot: number): number {
    return this.#words[slot * SLOT_WORDS + ASPECT] as number
  }

  ports(slot: number): number {
    return this.#words[slot * SLOT_WORDS + PORTS] as number
  }

  protocol(slot: number): number {
    return (this.#words[slot * SLOT_WORDS + PROTOCOL] as number) & 0xff
  }

  packets(slot: number): number {
    return this.#doubles[slot * (SLOT_WORDS / 2) + PACKETS] as number
  }

  bytes(slot: number): number {
    return this.#doubles[slot * (SLOT_WORDS / 2) + BYTES] as number
  }

  /** Microseconds since the interval's start. */
  first(slot: number): number {
    return this.#words[slot * SLOT_WORDS + FIRST] as number
  }

  /** Microseconds since the interval's start. */
  last(slot: number): number {
    return this.#words[slot * SLOT_WORDS + LAST] as number
  }

  tcpFlags(slot: number): number {
    return (this.#words[slot * SLOT_WORDS + PROTOCOL] as number) >>> TCP_FLAGS_SHIFT
  }

  nextHop(slot: number): NextHop | undefined {
    return this.#nextHops[this.#place(slot)]
  }

  /** Writes a flow's addresses into two objects. */
  addresses(slot: number, source: MutableAddress, destination: MutableAddress): void {
    const words = this.#words
    const at = slot * SLOT_WORDS
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
    if (count * 8 < this.#capacity / 2 && this.#capacity > SMALLEST_CAPACITY) {
      this.#allocate(this.#capacity / 2)
      this.#highWords = new Int32Array(0)
    } else {
      const words = this.#words
      for (let place = 0; place < count; place += 1) words[this.slotAt(place) * SLOT_WORDS] = 0
    }
    this.#nextHops.length = 0
    this.#highCount = 0
    this.count = 0
  }

  #place(slot: number): number {
    return this.#words[slot * SLOT_WORDS + PLACE] as number
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
      const wider = new Int32Array(Math.max(SMALLEST_CAPACITY, this.#highWords.length * 2))
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

  #emptySlot(hash: number): number {
    const words = this.#words
    const mask = this.#capacity - 1
    let slot = hash & mask
    while (words[slot * SLOT_WORDS] !== 0) slot = (slot + 1) & mask
    return slot
  }

  #grow(): void {
    const words = this.#words
    const order = this.#order
    const extra = this.#extra
    this.#allocate(this.#capacity * 2)
    this.#extra.set(extra)
    for (let place = 0; place < this.count; place += 1) {
      const from = (order[place] as number) * SLOT_WORDS
      const slot = this.#emptySlot(words[from + HASH] as number)
      this.#words.set(words.subarray(from, from + SLOT_WORDS), slot * SLOT_WORDS)
      this.#order[place] = slot
    }
  }

  /** New, empty arrays for half so many flows; a power of two. */
  #allocate(capacity: number): void {
    this.#capacity = capacity
    this.#words = new Int32Array(capacity * SLOT_WORDS)
    this.#doubles = new Float64Array(this.#words.buffer)
    this.#order = new Int32Array(capacity / 2)
    this.#extra = new Float64Array((capacity / 2) * this.#extraCounters)
  }
}
