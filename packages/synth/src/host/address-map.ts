import type { IpAddress } from '@flowtap/core'

/** Values by address. */
export class AddressMap<Value> {
  readonly #version4 = new Map<number, Value>()
  readonly #version6 = new Map<string, Value>()

  get(address: IpAddress): Value | undefined {
    return address.version === 4 ? this.#version4.get(address.word3) : this.#version6.get(address.toString())
  }

  set(address: IpAddress, value: Value): void {
    if (address.version === 4) this.#version4.set(address.word3, value)
    else this.#version6.set(address.toString(), value)
  }

  delete(address: IpAddress): void {
    if (address.version === 4) this.#version4.delete(address.word3)
    else this.#version6.delete(address.toString())
  }
}
