import { AddressTable } from '../dataplane/address-table.ts'
import { nearestName } from '../design/nearest-name.ts'
import type { IpAddress } from '../net/ip-address.ts'
import { MacAddress } from '../net/mac-address.ts'
import type { NetworkInterface, Topology } from '../topology/topology.ts'

const NOBODY: readonly NetworkInterface[] = []

/**
 * The ENI with an id or a name, or the only one of an instance with it. Throws a RangeError that says what there is where nothing has it.
 */
export function interfaceNamed(topology: Topology, word: string): NetworkInterface {
  return new InterfaceDirectory(topology).get(word)
}

/** Finds ENIs of a topology by what captures know of them. */
export class InterfaceDirectory {
  readonly #byWord = new Map<string, NetworkInterface>()
  readonly #byAddress: AddressTable<readonly NetworkInterface[]>
  readonly #macAddresses: readonly MacAddress[]
  readonly #names: readonly string[]

  constructor({ interfaces, instances }: Topology) {
    this.#names = interfaces.map(({ name }) => name)
    for (const instance of instances) {
      const [only, ...others] = instance.interfaces
      if (!only || others.length > 0) continue
      this.#byWord.set(instance.name, only)
      this.#byWord.set(instance.id, only)
    }
    for (const networkInterface of interfaces) this.#byWord.set(networkInterface.name, networkInterface)
    for (const networkInterface of interfaces) this.#byWord.set(networkInterface.id, networkInterface)
    const owners = new Map<string, { readonly address: IpAddress; readonly interfaces: NetworkInterface[] }>()
    for (const networkInterface of interfaces) {
      const own = [...networkInterface.addresses.map(({ address }) => address), ...networkInterface.ipv6Addresses]
      for (const address of own) {
        const entry = owners.get(`${address}`) ?? { address, interfaces: [] }
        entry.interfaces.push(networkInterface)
        owners.set(`${address}`, entry)
      }
    }
    this.#byAddress = new AddressTable([...owners.values()].map((entry) => [entry.address, entry.interfaces]))
    this.#macAddresses = interfaces.map(({ macAddress }) => MacAddress.of(macAddress))
  }

  /** By id or name, or by those of an instance that has no other ENI; undefined where there is none. */
  named(word: string): NetworkInterface | undefined {
    return this.#byWord.get(word)
  }

  /** As {@link InterfaceDirectory.named}; a RangeError that says what there is for a name that nothing has. */
  get(word: string): NetworkInterface {
    const found = this.#byWord.get(word)
    if (found) return found
    const near = nearestName(word, this.#byWord.keys())
    const remedy = near === undefined ? `there are ${this.#names.join(', ')}` : `did you mean ${near}?`
    throw new RangeError(`the design has no network interface "${word}"; ${remedy}`)
  }

  /** Those that have a private IPv4 or an IPv6 address: several where VPCs have the same addresses. */
  withAddress(address: IpAddress): readonly NetworkInterface[] {
    return this.#byAddress.get(address) ?? NOBODY
  }

  /** Whether the six bytes from `at` are the ENI's MAC address. */
  hasMacAddress({ index }: NetworkInterface, bytes: Uint8Array, at: number): boolean {
    const own = this.#macAddresses[index] as MacAddress
    return (
      bytes[at + 5] === (own.low32 & 0xff) &&
      bytes[at + 4] === ((own.low32 >>> 8) & 0xff) &&
      bytes[at + 3] === ((own.low32 >>> 16) & 0xff) &&
      bytes[at + 2] === own.low32 >>> 24 &&
      bytes[at + 1] === (own.high16 & 0xff) &&
      bytes[at] === own.high16 >>> 8
    )
  }
}
