import type { IpAddress } from '../net/ip-address.ts'

/** Scopes are numbers from 0 to this one: 22 bits, so that scope, IP version and protocol share a 32-bit word. */
export const MAXIMUM_SCOPE = 0x3f_ffff

// A record of 8 words, all that a packet of IPv4 needs: hash (the next free entry in a free record) · scope, version, protocol (-1 in a
// free record) · ports · value · deadline (64 bits) · last words of the addresses. The other words of IPv6 addresses lie apart.
const RECORD_WORDS = 8
const SCOPE_WORD = 1
const PORTS_WORD = 2
const VALUE_WORD = 3
const DEADLINE_DOUBLE = 2
const FIRST_WORD = 6
const SECOND_WORD = 7
const IPV6_WORDS = 6
const FREE = -1
const INITIAL_ENTRIES = 64

/**
 * An exact hash table from 5-tuples in a scope (an ENI, a direction, an address of a gateway) to small entry numbers: open addressing
 * with linear probing over typed arrays, at most half full, removal by backward shift. Nothing is allocated per call, memory follows the
 * largest number of entries held at one time. Entry numbers are dense from 0 and reused after removal, so that an owner keeps what it
 * knows of an entry in arrays by entry number, or in the `value` and `deadline` that lie next to the key. Tuples are directed: the owner
 * says what `first` and `second` mean; both addresses are of one version.
 */
export class FiveTupleTable {
  #records: Int32Array = new Int32Array(INITIAL_ENTRIES * RECORD_WORDS)
  /** The same bytes as `#records`. */
  #doubles: Float64Array = new Float64Array(this.#records.buffer)
  /** Six words for each entry, once there is one of IPv6. */
  #ipv6Words: Int32Array = new Int32Array(0)
  /** Pairs of hash and entry number plus 1, 0 where the slot is empty. */
  #slots: Int32Array = new Int32Array(INITIAL_ENTRIES * 4)
  #mask: number = INITIAL_ENTRIES * 2 - 1
  #free = FREE
  #entryBound = 0
  #size = 0

  /** Entries held. */
  get size(): number {
    return this.#size
  }

  /** Every entry number ever given is below it. */
  get entryBound(): number {
    return this.#entryBound
  }

  /** The entry of a tuple, -1 where there is none. Ports are 16 bits, the protocol 8. */
  find(
    scope: number,
    protocol: number,
    firstPort: number,
    secondPort: number,
    first: IpAddress,
    second: IpAddress,
  ): number {
    const scopeWord = scopeWordOf(scope, protocol, first)
    const ports = (firstPort << 16) | secondPort
    const hash = hashOf(scopeWord, ports, first, second)
    const slots = this.#slots
    for (let slot = hash & this.#mask; ; slot = (slot + 1) & this.#mask) {
      const entry = (slots[2 * slot + 1] as number) - 1
      if (entry < 0) return -1
      if (slots[2 * slot] === hash && this.#holds(entry, scopeWord, ports, first, second)) return entry
    }
  }

  /** Adds a tuple that the table does not hold; returns its entry, whose value and deadline are 0. */
  insert(
    scope: number,
    protocol: number,
    firstPort: number,
    secondPort: number,
    first: IpAddress,
    second: IpAddress,
  ): number {
    if (!(scope >= 0 && scope <= MAXIMUM_SCOPE))
      throw new RangeError(`scope ${scope} is not within 0..${MAXIMUM_SCOPE}`)
    const scopeWord = scopeWordOf(scope, protocol, first)
    const ports = (firstPort << 16) | secondPort
    const hash = hashOf(scopeWord, ports, first, second)
    const entry = this.#takeEntry()
    const records = this.#records
    const at = entry * RECORD_WORDS
    records[at] = hash
    records[at + SCOPE_WORD] = scopeWord
    records[at + PORTS_WORD] = ports
    records[at + VALUE_WORD] = 0
    this.#doubles[at / 2 + DEADLINE_DOUBLE] = 0
    records[at + FIRST_WORD] = first.word3
    records[at + SECOND_WORD] = second.word3
    if (first.version === 6) this.#writeIpv6Words(entry, first, second)
    this.#place(hash, entry)
    this.#size++
    return entry
  }

  /** Removes an entry that the table holds; its number is free for another tuple. */
  remove(entry: number): void {
    const slots = this.#slots
    const mask = this.#mask
    const at = entry * RECORD_WORDS
    let hole = (this.#records[at] as number) & mask
    while (slots[2 * hole + 1] !== entry + 1) hole = (hole + 1) & mask
    // What was pushed behind its own place by the removed entry moves up, so that no tombstone is needed.
    for (let next = (hole + 1) & mask; slots[2 * next + 1] !== 0; next = (next + 1) & mask) {
      const hash = slots[2 * next] as number
      if (((next - hash) & mask) < ((next - hole) & mask)) continue
      slots[2 * hole] = hash
      slots[2 * hole + 1] = slots[2 * next + 1] as number
      hole = next
    }
    slots[2 * hole + 1] = 0
    this.#records[at] = this.#free
    this.#records[at + SCOPE_WORD] = FREE
    this.#free = entry
    this.#size--
  }

  /** Whether an entry number below `entryBound` is in use. */
  has(entry: number): boolean {
    return this.#records[entry * RECORD_WORDS + SCOPE_WORD] !== FREE
  }

  scope(entry: number): number {
    return (this.#records[entry * RECORD_WORDS + SCOPE_WORD] as number) >>> 9
  }

  /** 32 bits of the owner's. */
  value(entry: number): number {
    return this.#records[entry * RECORD_WORDS + VALUE_WORD] as number
  }

  setValue(entry: number, value: number): void {
    this.#records[entry * RECORD_WORDS + VALUE_WORD] = value
  }

  /** A time of the owner's, in microseconds. */
  deadline(entry: number): number {
    return this.#doubles[(entry * RECORD_WORDS) / 2 + DEADLINE_DOUBLE] as number
  }

  setDeadline(entry: number, deadlineMicroseconds: number): void {
    this.#doubles[(entry * RECORD_WORDS) / 2 + DEADLINE_DOUBLE] = deadlineMicroseconds
  }

  #holds(entry: number, scopeWord: number, ports: number, first: IpAddress, second: IpAddress): boolean {
    const records = this.#records
    const at = entry * RECORD_WORDS
    return (
      records[at + PORTS_WORD] === ports &&
      records[at + SCOPE_WORD] === scopeWord &&
      records[at + FIRST_WORD] === (first.word3 | 0) &&
      records[at + SECOND_WORD] === (second.word3 | 0) &&
      (first.version === 4 || this.#holdsIpv6Words(entry, first, second))
    )
  }

  #holdsIpv6Words(entry: number, first: IpAddress, second: IpAddress): boolean {
    const words = this.#ipv6Words
    const at = entry * IPV6_WORDS
    return (
      words[at] === (first.word2 | 0) &&
      words[at + 1] === (first.word1 | 0) &&
      words[at + 2] === (first.word0 | 0) &&
      words[at + 3] === (second.word2 | 0) &&
      words[at + 4] === (second.word1 | 0) &&
      words[at + 5] === (second.word0 | 0)
    )
  }

  #writeIpv6Words(entry: number, first: IpAddress, second: IpAddress): void {
    const at = entry * IPV6_WORDS
    if (at >= this.#ipv6Words.length) {
      const words = new Int32Array((this.#records.length / RECORD_WORDS) * IPV6_WORDS)
      words.set(this.#ipv6Words)
      this.#ipv6Words = words
    }
    const words = this.#ipv6Words
    words[at] = first.word2
    words[at + 1] = first.word1
    words[at + 2] = first.word0
    words[at + 3] = second.word2
    words[at + 4] = second.word1
    words[at + 5] = second.word0
  }

  #takeEntry(): number {
    const free = this.#free
    if (free !== FREE) {
      this.#free = this.#records[free * RECORD_WORDS] as number
      return free
    }
    if ((this.#entryBound + 1) * RECORD_WORDS > this.#records.length) this.#grow()
    return this.#entryBound++
  }

  #grow(): void {
    const records = new Int32Array(this.#records.length * 2)
    records.set(this.#records)
    this.#records = records
    this.#doubles = new Float64Array(records.buffer)
    const old = this.#slots
    this.#slots = new Int32Array(old.length * 2)
    this.#mask = this.#slots.length / 2 - 1
    for (let at = 0; at < old.length; at += 2) {
      if (old[at + 1] !== 0) this.#place(old[at] as number, (old[at + 1] as number) - 1)
    }
  }

  #place(hash: number, entry: number): void {
    const slots = this.#slots
    let slot = hash & this.#mask
    while (slots[2 * slot + 1] !== 0) slot = (slot + 1) & this.#mask
    slots[2 * slot] = hash
    slots[2 * slot + 1] = entry + 1
  }
}

function scopeWordOf(scope: number, protocol: number, address: IpAddress): number {
  return (scope << 9) | (address.version === 6 ? 256 : 0) | protocol
}

function hashOf(scopeWord: number, ports: number, first: IpAddress, second: IpAddress): number {
  let hash = Math.imul(first.hash ^ ports, 0x9e3779b1)
  hash = Math.imul(hash ^ (hash >>> 15) ^ second.hash, 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13) ^ scopeWord, 0xc2b2ae35)
  return hash ^ (hash >>> 16)
}
