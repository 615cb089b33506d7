import type { IpAddress } from '../net/ip-address.ts'
import type { NetworkInterface, Topology, Vpc } from '../topology/topology.ts'
import { AddressTable } from './address-table.ts'

/** Who has an address. */
export interface AddressOwner {
  readonly networkInterface: NetworkInterface
  /** The private IPv4 or the IPv6 address. */
  readonly address: IpAddress
  /** What the internet gateway maps a private IPv4 address to; an IPv6 address stands for itself. */
  readonly publicAddress: IpAddress | undefined
}

/** Finds the interface that has an address: inside a VPC by private and IPv6 addresses, from the internet by public ones. */
export class AddressLookup {
  readonly #byVpc: ReadonlyMap<Vpc, AddressTable<AddressOwner>>
  readonly #public: AddressTable<AddressOwner>

  /** `draining`: owners of addresses that nobody has any more, as far as nobody else has them. */
  constructor(topology: Topology, draining: readonly AddressOwner[] = []) {
    const owners = new Map(
      topology.vpcs.map((vpc) => [
        vpc,
        [
          ...draining.filter(({ networkInterface }) => networkInterface.vpc === vpc),
          ...vpc.interfaces.flatMap(addressOwners),
        ],
      ]),
    )
    this.#byVpc = new Map(
      [...owners].map(([vpc, list]) => [vpc, new AddressTable(list.map((owner) => [owner.address, owner] as const))]),
    )
    this.#public = new AddressTable(
      [...owners.values()]
        .flat()
        .flatMap((owner) => (owner.publicAddress ? [[owner.publicAddress, owner] as const] : [])),
    )
  }

  /** The owner of a private IPv4 or an IPv6 address in the VPC. */
  inVpc(vpc: Vpc, address: IpAddress): AddressOwner | undefined {
    return this.#byVpc.get(vpc)?.get(address)
  }

  /** The owner of a public or elastic IPv4 address, or of an IPv6 address. */
  onInternet(address: IpAddress): AddressOwner | undefined {
    return this.#public.get(address)
  }
}

/** Whether the interface itself has the address. */
export function hasAddress(networkInterface: NetworkInterface, address: IpAddress): boolean {
  if (address.version === 4) {
    for (const own of networkInterface.addresses) if (own.address.equals(address)) return true
    return false
  }
  for (const own of networkInterface.ipv6Addresses) if (own.equals(address)) return true
  return false
}

/** The interface's primary address of an IP version: what gateways and balancers send from. */
export function primaryAddress(networkInterface: NetworkInterface, version: 4 | 6): IpAddress | undefined {
  return version === 4 ? networkInterface.addresses[0]?.address : networkInterface.ipv6Addresses[0]
}

function addressOwners(networkInterface: NetworkInterface): AddressOwner[] {
  return [
    ...networkInterface.addresses.map(({ address, publicAddress }) => ({ networkInterface, address, publicAddress })),
    ...networkInterface.ipv6Addresses.map((address) => ({ networkInterface, address, publicAddress: address })),
  ]
}
