import { hasAddress } from '../dataplane/address-lookup.ts'
import { isLinkScopeSource } from '../dataplane/link-local-service.ts'
import { CidrBlock } from '../net/cidr-block.ts'
import type { IpAddress } from '../net/ip-address.ts'
import { ETHERNET_HEADER_LENGTH } from '../packet/ethernet.ts'
import { LINK_TYPE } from '../packet/link-type.ts'
import type { Packet } from '../packet/packet.ts'
import type { NetworkInterface } from '../topology/topology.ts'
import type { InterfaceDirectory } from './interface-directory.ts'

/** Broadcast and multicast, which stay on their link: no ENI of another subnet has them, and no flow log. */
const LINK_DESTINATIONS: readonly CidrBlock[] = ['255.255.255.255/32', '224.0.0.0/4', 'ff00::/8', 'fe80::/10'].map(
  (text) => CidrBlock.of(text),
)
const SOURCE_MAC_AT = 6

/** Why a packet is at no ENI. */
export type Misplacement = 'unknown-address' | 'not-at-interface' | 'ambiguous-address' | 'link-only'

/** At which ENIs a captured packet was: the one that sent it, and the one that it came to. */
export class PacketPlacement {
  source: NetworkInterface | undefined = undefined
  destination: NetworkInterface | undefined = undefined
  readonly #directory: InterfaceDirectory

  constructor(directory: InterfaceDirectory) {
    this.#directory = directory
  }

  /**
   * Places a packet that was captured at an ENI: the frame's MAC addresses tell its direction, else its IP addresses do. What has neither
   * of the ENI's addresses is misplaced.
   */
  atInterface(
    networkInterface: NetworkInterface,
    packet: Packet,
    frame: Uint8Array,
    linkType: number,
  ): Misplacement | undefined {
    this.source = this.destination = undefined
    if (linkType === LINK_TYPE.ethernet && frame.length >= ETHERNET_HEADER_LENGTH) {
      if (this.#directory.hasMacAddress(networkInterface, frame, SOURCE_MAC_AT)) {
        this.source = networkInterface
        return undefined
      }
      if (this.#directory.hasMacAddress(networkInterface, frame, 0)) {
        this.destination = networkInterface
        return undefined
      }
    }
    if (hasAddress(networkInterface, packet.source)) this.source = networkInterface
    else if (hasAddress(networkInterface, packet.destination)) this.destination = networkInterface
    else return isLinkOnly(packet) ? 'link-only' : 'not-at-interface'
    return undefined
  }

  /** Places a packet by its addresses alone: it was sent by the ENI with its source, and came to the one with its destination. */
  byAddresses(packet: Packet, frame: Uint8Array, linkType: number): Misplacement | undefined {
    const sources = this.#directory.withAddress(packet.source)
    const destinations = this.#directory.withAddress(packet.destination)
    this.source = sources[0]
    this.destination = destinations[0]
    if (sources.length > 1 || destinations.length > 1) {
      const isEthernet = linkType === LINK_TYPE.ethernet && frame.length >= ETHERNET_HEADER_LENGTH
      this.source = this.#choose(sources, destinations, isEthernet ? frame : undefined, SOURCE_MAC_AT)
      this.destination = this.#choose(destinations, sources, isEthernet ? frame : undefined, 0)
      if (!this.source && !this.destination) return 'ambiguous-address'
    }
    if (this.source || this.destination) return undefined
    return isLinkOnly(packet) ? 'link-only' : 'unknown-address'
  }

  /** Of several ENIs with the same address, the one with the frame's MAC address, or the one in the VPC of the other side. */
  #choose(
    candidates: readonly NetworkInterface[],
    others: readonly NetworkInterface[],
    frame: Uint8Array | undefined,
    macAt: number,
  ): NetworkInterface | undefined {
    if (candidates.length <= 1) return candidates[0]
    const byMac = frame && candidates.find((candidate) => this.#directory.hasMacAddress(candidate, frame, macAt))
    if (byMac) return byMac
    const near = candidates.filter(({ vpc }) => others.some((other) => other.vpc === vpc))
    return near.length === 1 ? near[0] : undefined
  }
}

function isLinkOnly({ source, destination }: Packet): boolean {
  return isLinkScopeSource(source) || isLinkDestination(destination)
}

function isLinkDestination(address: IpAddress): boolean {
  return LINK_DESTINATIONS.some((block) => block.contains(address))
}
