import type { IpAddress } from '../net/ip-address.ts'

// Places, powers of two: few where few correspondents are met, and never more than what a scan of the internet deserves.
const FIRST_PLACES = 256
const MOST_PLACES = 32_768

/**
 * What `load` says about an address, remembered for the addresses met last. Memory is bounded whatever traffic comes: an address
 * takes one of two places, and drives out the one that was there before.
 */
export class AddressCache<Value> {
  readonly #load: (address: IpAddress) => Value
  #keys: (IpAddress | undefined)[] = []
  #values: (Value | undefined)[] = []
  #mask = -1
  #loads = 0

  constructor(load: (address: IpAddress) => Value) {
    this.#load = load
  }

  get(address: IpAddress): Value {
    const place = address.hash & this.#mask
    const key = this.#keys[place]
    if (key?.equals(address)) return this.#values[place] as Value
    const neighbour = this.#keys[place ^ 1]
    if (neighbour?.equals(address)) return this.#values[place ^ 1] as Value
    const value = this.#load(address)
    this.#remember(address, value)
    return value
  }

  #remember(address: IpAddress, value: Value): void {
    if (++this.#loads > this.#keys.length && this.#keys.length < MOST_PLACES) this.#clear(this.#keys.length * 2)
    const place = address.hash & this.#mask
    this.#keys[place ^ 1] = this.#keys[place]
    this.#values[place ^ 1] = this.#values[place]
    this.#keys[place] = address
    this.#values[place] = value
  }

  #clear(places: number): void {
    const length = Math.max(places, FIRST_PLACES)
    this.#keys = new Array(length).fill(undefined)
    this.#values = new Array(length).fill(undefined)
    this.#mask = length - 1
    this.#loads = 0
  }
}
