import { hashNumber, hexDigits, type IdScope } from '../aws/resource-id.ts'
import { CidrBlock } from '../net/cidr-block.ts'
import { IpAddress } from '../net/ip-address.ts'
import type { Keys, VpcOwned } from './design-entry.ts'
import type { DesignIndex } from './design-index.ts'
import type { DesignIssueCode } from './design-issue.ts'
import type { AddressRequest, InterfacePlan } from './interface-plan.ts'
import type { SubnetDesign } from './vpc-design.ts'

/** Addresses at the start of a subnet that AWS keeps: network, router, DNS, future use. Source: VPC user guide, "Subnet sizing". */
export const RESERVED_AT_START = 4
/** Addresses at the end of a subnet that AWS keeps: the broadcast address. */
export const RESERVED_AT_END = 1

/**
 * Where public addresses come from that a design asks for without naming them: blocks that are nobody's, so that no example ever shows
 * a stranger's address (RFC 5737 documentation blocks, then RFC 2544 benchmarking block).
 */
export const PUBLIC_ADDRESS_POOL: readonly string[] = [
  '198.51.100.0/24',
  '203.0.113.0/24',
  '192.0.2.0/24',
  '198.18.0.0/15',
]

/** Addresses tried from a name's own place on, before the lowest free one is taken. */
const HASHED_TRIES = 32

/** The addresses that an ENI gets. */
export interface PlannedAddresses {
  readonly addresses: readonly Readonly<{ address: IpAddress; publicAddress: IpAddress | undefined }>[]
  readonly ipv6Addresses: readonly IpAddress[]
}

/** Told of each address that cannot be given. */
export type ReportAddressIssue = (code: DesignIssueCode, keys: Keys, message: string, awsErrorCode?: string) => void

/**
 * Gives every ENI its addresses: those that the design names first, then free ones by a hash of the ENI's name, so that an ENI keeps its
 * address when others come and go (but where two names meet in one address).
 */
export function planAddresses(
  index: DesignIndex,
  plans: readonly InterfacePlan[],
  report: ReportAddressIssue,
): ReadonlyMap<InterfacePlan, PlannedAddresses> {
  const planner = new AddressPlanner(index, report)
  for (const plan of plans) planner.reserve(plan)
  const sorted = [...plans].sort((left, right) => (left.name < right.name ? -1 : left.name > right.name ? 1 : 0))
  for (const plan of sorted) planner.allocate(plan)
  return new Map(plans.map((plan) => [plan, planner.planned(plan)]))
}

class AddressPlanner {
  readonly #scope: IdScope
  readonly #report: ReportAddressIssue
  /** Private addresses by subnet, each with the ENI that has it. */
  readonly #used = new Map<VpcOwned<SubnetDesign>, Map<string, string>>()
  readonly #publicAddresses = new Map<string, string>()
  readonly #given = new Map<unknown, IpAddress>()
  readonly #publicGiven = new Map<AddressRequest, IpAddress>()
  /** By subnet: how many addresses from the first on are known to be taken. */
  readonly #lowestFree = new Map<VpcOwned<SubnetDesign>, number>()
  /** The same for the pools of public addresses, one after the other. */
  readonly #lowestPublic: number[] = PUBLIC_ADDRESS_POOL.map(() => 0)

  constructor(index: DesignIndex, report: ReportAddressIssue) {
    this.#scope = index
    this.#report = report
    for (const host of index.internetHosts.values()) {
      for (const text of host.value.addresses) {
        const address = IpAddress.parse(text)
        if (address) this.#publicAddresses.set(address.toString(), `the internet host ${host.name}`)
      }
    }
  }

  /** Takes the addresses that the design names. */
  reserve(plan: InterfacePlan): void {
    for (const request of plan.ipv4) {
      if (request.address !== undefined) this.#take(plan, request, request.address, request.keys)
      if (typeof request.publicIp === 'string') this.#takePublic(plan, request, request.publicIp)
    }
    for (const request of plan.ipv6) {
      if (request.address !== undefined) this.#take(plan, request, request.address, request.keys)
    }
  }

  /** Finds free addresses for the rest. */
  allocate(plan: InterfacePlan): void {
    plan.ipv4.forEach((request, at) => {
      if (request.address === undefined) this.#allocateIpv4(plan, request, at)
      if (request.publicIp === true) this.#allocatePublic(plan, request, at)
    })
    plan.ipv6.forEach((request, at) => {
      if (request.address === undefined) this.#allocateIpv6(plan, request, at)
    })
  }

  planned(plan: InterfacePlan): PlannedAddresses {
    const addresses = plan.ipv4.flatMap((request) => {
      const address = this.#given.get(request)
      return address ? [{ address, publicAddress: this.#publicGiven.get(request) }] : []
    })
    const ipv6Addresses = plan.ipv6.flatMap((request) => this.#given.get(request) ?? [])
    return { addresses, ipv6Addresses }
  }

  #take(plan: InterfacePlan, request: object, text: string, keys: Keys): void {
    const address = IpAddress.parse(text)
    if (!address) return
    const { subnet } = plan
    const blockText = address.version === 4 ? subnet.value.cidrBlock : subnet.value.ipv6CidrBlock
    const block = blockText === undefined ? undefined : CidrBlock.parse(blockText)
    if (!block) {
      const family = `IPv${address.version}`
      this.#report(
        'address-outside',
        keys,
        `${address} cannot stand in the subnet ${subnet.name}, which has no ${family} block. Give the subnet one, or leave the address out.`,
        'InvalidParameterValue',
      )
    } else if (!block.contains(address)) {
      this.#report(
        'address-outside',
        keys,
        `${address} lies outside of the subnet ${subnet.name} (${block}). Choose an address in that block.`,
        'InvalidParameterValue',
      )
    } else if (isReserved(block, address)) {
      const first = block.network.plus(RESERVED_AT_START)
      this.#report(
        'address-reserved',
        keys,
        `${address} is reserved by AWS: the first four addresses and the last of each subnet. Choose one from ${first} on.`,
        'InvalidParameterValue',
      )
    } else {
      const used = this.#usedIn(subnet)
      const holder = used.get(address.toString())
      if (holder !== undefined) {
        this.#report(
          'address-in-use',
          keys,
          `${address} is taken by the network interface ${holder} already. Choose another address.`,
          'InvalidIPAddress.InUse',
        )
      } else {
        used.set(address.toString(), plan.name)
        this.#given.set(request, address)
      }
    }
  }

  #takePublic(plan: InterfacePlan, request: AddressRequest, text: string): void {
    const address = IpAddress.parse(text)
    if (!address) return
    const holder = this.#publicAddresses.get(address.toString())
    if (holder !== undefined) {
      this.#report(
        'address-in-use',
        request.publicIpKeys,
        `The public address ${address} is taken by ${holder} already. Choose another address.`,
        'Resource.AlreadyAssociated',
      )
      return
    }
    this.#publicAddresses.set(address.toString(), `the network interface ${plan.name}`)
    this.#publicGiven.set(request, address)
  }

  #allocateIpv4(plan: InterfacePlan, request: AddressRequest, at: number): void {
    const block = CidrBlock.parse(plan.subnet.value.cidrBlock ?? '')
    if (!block) return
    const free = block.size - RESERVED_AT_START - RESERVED_AT_END
    const used = this.#usedIn(plan.subnet)
    const start = hashNumber(this.#scope, ['address', plan.name, String(at)]) % free
    const take = (offset: number): boolean => {
      const address = block.network.plus(RESERVED_AT_START + offset)
      if (used.has(address.toString())) return false
      used.set(address.toString(), plan.name)
      this.#given.set(request, address)
      return true
    }
    for (let tries = 0; tries < HASHED_TRIES; tries++) if (take((start + tries) % free)) return
    // In a subnet that is nearly full the lowest free address: the cursor never goes back.
    let lowest = this.#lowestFree.get(plan.subnet) ?? 0
    while (lowest < free && !take(lowest)) lowest++
    this.#lowestFree.set(plan.subnet, lowest)
    if (lowest < free) return
    this.#report(
      'no-free-address',
      plan.keys,
      `The subnet ${plan.subnet.name} (${block}) has no free address for it. Make the subnet larger, or move something.`,
      'InsufficientFreeAddressesInSubnet',
    )
  }

  #allocateIpv6(plan: InterfacePlan, request: Readonly<{ keys: Keys }>, at: number): void {
    const block = CidrBlock.parse(plan.subnet.value.ipv6CidrBlock ?? '')
    if (!block) {
      this.#report(
        'no-ipv6',
        request.keys,
        `The subnet ${plan.subnet.name} has no IPv6 block. Give it ipv6CidrBlock, or ask for no IPv6 addresses.`,
        'InvalidParameterValue',
      )
      return
    }
    const used = this.#usedIn(plan.subnet)
    // 48 bits: far below the 64 of a subnet's interface part, and exact as a number.
    let offset = Number.parseInt(hexDigits(this.#scope, ['ipv6', plan.name, String(at)], 12), 16)
    let address = block.network.plus(RESERVED_AT_START + offset)
    while (used.has(address.toString())) address = block.network.plus(RESERVED_AT_START + ++offset)
    used.set(address.toString(), plan.name)
    this.#given.set(request, address)
  }

  #allocatePublic(plan: InterfacePlan, request: AddressRequest, at: number): void {
    const hash = hashNumber(this.#scope, ['public', plan.name, String(at)])
    for (const [place, text] of PUBLIC_ADDRESS_POOL.entries()) {
      const pool = CidrBlock.of(text)
      // Neither the network's nor the broadcast address.
      const size = pool.size - 2
      const take = (offset: number): boolean => {
        const address = pool.network.plus(1 + offset)
        if (this.#publicAddresses.has(address.toString())) return false
        this.#publicAddresses.set(address.toString(), `the network interface ${plan.name}`)
        this.#publicGiven.set(request, address)
        return true
      }
      for (let tries = 0; tries < HASHED_TRIES; tries++) if (take((hash + tries) % size)) return
      let lowest = this.#lowestPublic[place] ?? 0
      while (lowest < size && !take(lowest)) lowest++
      this.#lowestPublic[place] = lowest
      if (lowest < size) return
    }
    this.#report(
      'no-free-address',
      request.publicIpKeys,
      `The pool of public addresses (${PUBLIC_ADDRESS_POOL.join(', ')}) is used up. Name addresses in publicIp.`,
      'InsufficientAddressCapacity',
    )
  }

  #usedIn(subnet: VpcOwned<SubnetDesign>): Map<string, string> {
    let used = this.#used.get(subnet)
    if (!used) {
      used = new Map()
      this.#used.set(subnet, used)
    }
    return used
  }
}

/** Whether AWS keeps an address of a subnet for itself: the first four and the last. */
export function isReserved(block: CidrBlock, address: IpAddress): boolean {
  if (address.equals(block.last)) return true
  for (let offset = 0; offset < RESERVED_AT_START; offset++) {
    if (address.equals(block.network.plus(offset))) return true
  }
  return false
}
