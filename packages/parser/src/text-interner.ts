import { TextDictionary } from './column-batch.ts'

const FIRST_SLOTS = 256
const FIRST_BYTES = 4096

/** Gives every distinct text of a column its index: an open-addressing hash table over bytes, without a string per row. */
export class TextInterner {
  #slots: Int32Array = new Int32Array(FIRST_SLOTS)
  #hashes: Int32Array = new Int32Array(FIRST_SLOTS)
  #offsets: Int32Array = new Int32Array(FIRST_SLOTS)
  #bytes: Uint8Array = new Uint8Array(FIRST_BYTES)
  #size = 0

  get textBytes(): number {
    return this.#offsets[this.#size] ?? 0
  }

  /** The index of the text `bytes[start, end)`, or -1 when it is not known yet. */
  find(bytes: Uint8Array, start: number, end: number): number {
    const hash = hashOf(bytes, start, end)
    const mask = this.#slots.length - 1
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const index = (this.#slots[slot] ?? 0) - 1
      if (index < 0) return -1
      if (this.#hashes[slot] === hash && this.#equals(index, bytes, start, end)) return index
    }
  }

  /** Adds a text that {@link find} did not find, and gives its index. */
  add(bytes: Uint8Array, start: number, end: number): number {
    const index = this.#size
    const from = this.textBytes
    const to = from + end - start
    if (to > this.#bytes.length) this.#bytes = grown(this.#bytes, to)
    this.#bytes.set(bytes.subarray(start, end), from)
    this.#size += 1
    if (this.#size >= this.#offsets.length) this.#offsets = grown(this.#offsets, this.#size + 1)
    this.#offsets[this.#size] = to
    if (this.#size * 2 > this.#slots.length) this.#rehash()
    this.#insert(hashOf(bytes, start, end), index)
    return index
  }

  /** The texts so far; the table is empty afterwards. */
  take(): TextDictionary {
    const dictionary = new TextDictionary(this.#offsets.slice(0, this.#size + 1), this.#bytes.slice(0, this.textBytes))
    this.#slots.fill(0)
    this.#size = 0
    return dictionary
  }

  #equals(index: number, bytes: Uint8Array, start: number, end: number): boolean {
    let from = this.#offsets[index] ?? 0
    if ((this.#offsets[index + 1] ?? 0) - from !== end - start) return false
    for (let at = start; at < end; at += 1) {
      if (this.#bytes[from] !== bytes[at]) return false
      from += 1
    }
    return true
  }

  #insert(hash: number, index: number): void {
    const mask = this.#slots.length - 1
    let slot = hash & mask
    while (this.#slots[slot] !== 0) slot = (slot + 1) & mask
    this.#slots[slot] = index + 1
    this.#hashes[slot] = hash
  }

  #rehash(): void {
    const { length } = this.#slots
    const [slots, hashes] = [this.#slots, this.#hashes]
    this.#slots = new Int32Array(length * 2)
    this.#hashes = new Int32Array(length * 2)
    slots.forEach((entry, slot) => {
      if (entry !== 0) this.#insert(hashes[slot] ?? 0, entry - 1)
    })
  }
}

/** FNV-1a with a last mix, so that the low bits depend on every byte. */
function hashOf(bytes: Uint8Array, start: number, end: number): number {
  let hash = 0x811c9dc5
  for (let at = start; at < end; at += 1) hash = Math.imul(hash ^ (bytes[at] ?? 0), 0x01000193)
  hash ^= hash >>> 15
  return Math.imul(hash, 0x2c1b3c6d)
}

function grown<Values extends Int32Array | Uint8Array>(values: Values, needed: number): Values {
  const larger = new (values.constructor as new (length: number) => Values)(Math.max(values.length * 2, needed))
  larger.set(values)
  return larger
}
