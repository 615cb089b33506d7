import type { IpAddress } from '../net/ip-address.ts'

/** A map from addresses to values that is made once and then only read: open addressing over the addresses' own hashes. */
export class AddressTable<Value> {
  readonly #keys: (IpAddress | undefined)[]
  readonly #values: (Value | undefined)[]
  readonly #mask: number

  /** Where an address comes twice, its first value stays. */
  constructor(entries: readonly (readonly [IpAddress, Value])[]) {
    let capacity = 8
    while (capacity < entries.length * 2) capacity *= 2
    this.#mask = capacity - 1
    this.#keys = new Array(capacity).fill(undefined)
    this.#values = new Array(capacity).fill(undefined)
    for (const [address, value] of entries) {
      const slot = this.#slotOf(address)
      if (this.#keys[slot] !== undefined) continue
      this.#keys[slot] = address
      this.#values[slot] = value
    }
  }

  get(address: IpAddress): Value | undefined {
    return this.#values[this.#slotOf(address)]
  }

  /** The slot that holds the address, or the empty one where it would stand. */
  #slotOf(address: IpAddress): number {
    let slot = address.hash & this.#mask
    for (;;) {
      const key = this.#keys[slot]
      if (key === undefined || key.equals(address)) return slot
      slot = (slot + 1) & this.#mask
    }
  }
}
