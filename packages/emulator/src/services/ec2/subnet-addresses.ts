import { CidrBlock, IpAddress } from '@flowtap/core'
import type { IdSource } from '../../identity/id-source.ts'
import { ServiceError } from '../../wire/service-error.ts'
import { invalidValue } from './ec2-errors.ts'
import type { SubnetRow } from './ec2-rows.ts'
import type { Ec2Tables } from './ec2-tables.ts'

/** Addresses that AWS keeps at a subnet's start and end. Source: VPC user guide, "Subnet sizing". */
const RESERVED_AT_START = 4
const RESERVED_AT_END = 1

/** How many IPv4 addresses of a subnet nobody has. */
export function freeAddressCount(tables: Ec2Tables, subnet: SubnetRow): number {
  if (subnet.cidrBlock === undefined) return 0
  let used = 0
  for (const { subnetId, privateIpAddresses } of tables.networkInterfaces.values()) {
    if (subnetId === subnet.subnetId) used += privateIpAddresses.length
  }
  return CidrBlock.of(subnet.cidrBlock).size - RESERVED_AT_START - RESERVED_AT_END - used
}

/** Gives out a subnet's addresses; made for one request, as it does not see the ENIs that come later. */
export class SubnetAddresses {
  readonly #subnet: SubnetRow
  readonly #ids: IdSource
  readonly #used = new Set<string>()

  constructor(tables: Ec2Tables, ids: IdSource, subnet: SubnetRow) {
    this.#subnet = subnet
    this.#ids = ids
    for (const row of tables.networkInterfaces.values()) {
      if (row.subnetId !== subnet.subnetId) continue
      for (const { privateIpAddress } of row.privateIpAddresses) this.#used.add(privateIpAddress)
      for (const address of row.ipv6Addresses) this.#used.add(address)
    }
  }

  /** Takes the address that a request names. @throws ServiceError where it cannot be had. */
  take(text: string): string {
    const { subnetId, cidrBlock, ipv6CidrBlockAssociation } = this.#subnet
    const address = IpAddress.parse(text)
    if (!address) throw invalidValue(`Invalid value '${text}' for address. Invalid IP address`)
    const blockText = address.version === 4 ? cidrBlock : ipv6CidrBlockAssociation?.cidrBlock
    const block = blockText === undefined ? undefined : CidrBlock.of(blockText)
    if (!block?.contains(address)) throw invalidValue("Address does not fall within the subnet's address range")
    const isReserved =
      address.equals(block.last) ||
      Array.from({ length: RESERVED_AT_START }, (_, at) => block.network.plus(at)).some((each) => address.equals(each))
    if (isReserved) throw invalidValue("Address is in subnet's reserved address range")
    const canonical = address.toString()
    if (this.#used.has(canonical)) {
      throw new ServiceError(
        'InvalidIPAddress.InUse',
        `The specified address is already in use: ${canonical} in the subnet ${subnetId}`,
      )
    }
    this.#used.add(canonical)
    return canonical
  }

  /** Takes any free IPv4 address. @throws ServiceError where there is none. */
  next(): string {
    const { subnetId, cidrBlock } = this.#subnet
    const block = CidrBlock.of(cidrBlock ?? '')
    const count = block.size - RESERVED_AT_START - RESERVED_AT_END
    const start = Number.parseInt(this.#ids.hex('private-address', 8), 16) % count
    for (let tries = 0; tries < count; tries++) {
      const address = block.network.plus(RESERVED_AT_START + ((start + tries) % count)).toString()
      if (this.#used.has(address)) continue
      this.#used.add(address)
      return address
    }
    throw new ServiceError(
      'InsufficientFreeAddressesInSubnet',
      `There are not enough free addresses in subnet '${subnetId}' to satisfy the requested number of instances.`,
    )
  }

  /** Takes any free IPv6 address. @throws ServiceError where the subnet has no IPv6 block. */
  nextIpv6(): string {
    const text = this.#subnet.ipv6CidrBlockAssociation?.cidrBlock
    if (text === undefined) {
      throw invalidValue(`The subnet '${this.#subnet.subnetId}' has no IPv6 CIDR block associated with it.`)
    }
    const { network } = CidrBlock.of(text)
    for (;;) {
      // 48 bits: far below the 64 of a subnet's interface part, and exact as a number.
      const offset = Number.parseInt(this.#ids.hex('ipv6-address', 12), 16)
      const address = network.plus(RESERVED_AT_START + offset).toString()
      if (this.#used.has(address)) continue
      this.#used.add(address)
      return address
    }
  }
}
