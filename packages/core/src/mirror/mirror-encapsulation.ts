import { primaryAddress } from '../dataplane/address-lookup.ts'
import { symmetricFlowHash } from '../dataplane/flow-hash.ts'
import { MTU } from '../dataplane/path-mtu.ts'
import type { IpAddress } from '../net/ip-address.ts'
import { writeUint16 } from '../packet/byte-order.ts'
import { encodeIpPacket, encodePacket } from '../packet/encode-packet.ts'
import { ETHERNET_HEADER_LENGTH, type EthernetAddresses } from '../packet/ethernet.ts'
import { checksumOf, onesComplementSum } from '../packet/internet-checksum.ts'
import { IP_PROTOCOL } from '../packet/ip-protocol.ts'
import { IPV4_CHECKSUM_OFFSET, IPV4_HEADER_LENGTH } from '../packet/ipv4.ts'
import { IPV6_HEADER_LENGTH } from '../packet/ipv6.ts'
import { Packet } from '../packet/packet.ts'
import { UDP_HEADER_LENGTH } from '../packet/udp.ts'
import { encodeVxlan, VXLAN_HEADER_LENGTH, VXLAN_PORT } from '../packet/vxlan.ts'
import type { NetworkInterface } from '../topology/topology.ts'

/**
 * Header fields of the packets that carry mirrored frames, as a capture at a mirror target of 2019 shows them: besides, Don't Fragment is
 * not set, the identification is 0, and the UDP checksum is left out.
 */
export const MIRROR_OUTER_HEADER = { hopLimit: 255, trafficClass: 0, identification: 0 } as const

/**
 * Source ports of such packets: the first, and how many. AWS documents a hash over the original packet's 5-tuple for TCP, UDP and ICMP and
 * over a 3-tuple for others; the capture shows 65408 to 65535, the same port for both directions of a flow, and the first for all answers
 * of the Amazon resolver. The hash itself is not known. Source: Traffic Mirroring guide, "Understanding traffic mirror packet format".
 */
export const MIRROR_SOURCE_PORTS = { first: 65_408, count: 128 } as const

/**
 * Bytes by which a packet has to be smaller than the target's MTU for its copy not to be cut, by the IP version of the copy. This is AWS's
 * number, 4 more than the headers have. Source: Traffic Mirroring guide, "MTU and packet length limitations".
 */
export const MIRROR_OVERHEAD: Readonly<Record<4 | 6, number>> = { 4: 54, 6: 74 }

/** Bytes that are mirrored of each packet at the least, by the packet's IP version. Source: as above. */
export const MIRROR_LEAST_LENGTH: Readonly<Record<4 | 6, number>> = { 4: 35, 6: 55 }

/** Bytes of each packet for a load balancer unless the session says less. Source: EC2 API reference, CreateTrafficMirrorSession. */
export const MIRROR_BALANCED_LENGTH = 8_500

/** What the copies of a session have in common. */
export interface EncapsulationOptions {
  readonly source: IpAddress
  /** Of the source's IP version. */
  readonly destination: IpAddress
  readonly virtualNetworkId: number
  /** Bytes of each frame after the VXLAN header; all unless given. */
  readonly packetLength?: number | undefined
}

/** Wraps packets into VXLAN as traffic mirroring does. The copies' bytes are made only where they are wanted. */
export class MirrorEncapsulation {
  readonly packetLength: number
  readonly #header = new Uint8Array(VXLAN_HEADER_LENGTH)
  readonly #template: Packet
  /** IP, UDP and VXLAN header of all copies, their lengths, the source port and the IPv4 checksum 0. */
  readonly #outer: Uint8Array
  /** Of the IPv4 header without its length. */
  readonly #outerSum: number

  constructor({ source, destination, virtualNetworkId, packetLength }: EncapsulationOptions) {
    this.packetLength = packetLength ?? Number.POSITIVE_INFINITY
    encodeVxlan({ kind: 'vxlan', virtualNetworkId }, this.#header, 0)
    this.#template = new Packet({
      ...MIRROR_OUTER_HEADER,
      source,
      destination,
      protocol: IP_PROTOCOL.udp,
      sourcePort: MIRROR_SOURCE_PORTS.first,
      destinationPort: VXLAN_PORT,
      hasUdpChecksum: false,
    })
    this.#outer = outerHeader(this.#template, this.#header)
    this.#outerSum = onesComplementSum(this.#outer, 0, IPV4_HEADER_LENGTH)
  }

  /**
   * The copy of a packet in its Ethernet frame. `isOffloaded`: the host behind the ENI has sent it and leaves checksums to its network
   * card, which does not compute them where the copy is cut.
   */
  wrap(packet: Packet, macs: EthernetAddresses, sourcePort: number, isOffloaded: boolean): Packet {
    const whole = ETHERNET_HEADER_LENGTH + packet.length
    const length = Math.min(whole, this.#mostOf(packet))
    const lacksChecksums = isOffloaded && length < whole
    return this.#template.carrying({ header: this.#header, packet, macs, length, lacksChecksums }, sourcePort)
  }

  /**
   * Writes the bytes of what `wrap` gives, an IP packet, at `at`; returns how many. Where the frame is not cut, no packet is made for it.
   * RangeError where they do not fit the buffer, or an IP header.
   */
  write(
    packet: Packet,
    macs: EthernetAddresses,
    sourcePort: number,
    isOffloaded: boolean,
    into: Uint8Array,
    at: number,
  ): number {
    const outer = this.#outer
    const frame = ETHERNET_HEADER_LENGTH + packet.length
    const length = outer.length + frame
    if (frame > this.#mostOf(packet) || length > 0xffff || at + length > into.length) {
      return encodeIpPacket(this.wrap(packet, macs, sourcePort, isOffloaded), into, at)
    }
    into.set(outer, at)
    let udp = at + IPV4_HEADER_LENGTH
    if (this.#template.source.version === 4) {
      writeUint16(into, at + 2, length)
      writeUint16(into, at + IPV4_CHECKSUM_OFFSET, checksumOf(this.#outerSum + length))
    } else {
      writeUint16(into, at + 4, length - IPV6_HEADER_LENGTH)
      udp = at + IPV6_HEADER_LENGTH
    }
    writeUint16(into, udp, sourcePort)
    writeUint16(into, udp + 4, UDP_HEADER_LENGTH + VXLAN_HEADER_LENGTH + frame)
    encodePacket(packet, into, at + outer.length, macs)
    return length
  }

  #mostOf(packet: Packet): number {
    return Math.max(this.packetLength, MIRROR_LEAST_LENGTH[packet.source.version])
  }
}

function outerHeader(template: Packet, header: Uint8Array): Uint8Array {
  const empty = template.with({ sourcePort: 0, payload: header, payloadLength: header.length })
  const bytes = new Uint8Array(empty.length)
  encodeIpPacket(empty, bytes, 0)
  const isIpv4 = template.source.version === 4
  const udp = isIpv4 ? IPV4_HEADER_LENGTH : IPV6_HEADER_LENGTH
  writeUint16(bytes, isIpv4 ? 2 : 4, 0)
  if (isIpv4) writeUint16(bytes, IPV4_CHECKSUM_OFFSET, 0)
  writeUint16(bytes, udp + 4, 0)
  return bytes
}

/** The source port of a packet's copy; answers of the Amazon resolver have the first. */
export function mirrorSourcePort(packet: Packet): number {
  return MIRROR_SOURCE_PORTS.first + (symmetricFlowHash(packet) % MIRROR_SOURCE_PORTS.count)
}

/** Addresses of the copies from one ENI to another: IPv4 where both have it, as every source has. */
export function outerAddresses(
  source: NetworkInterface,
  target: NetworkInterface,
): Readonly<{ source: IpAddress; destination: IpAddress }> | undefined {
  for (const version of [4, 6] as const) {
    const from = primaryAddress(source, version)
    const to = primaryAddress(target, version)
    if (from && to) return { source: from, destination: to }
  }
  return undefined
}

/** Bytes of a frame whose copy a target's ENI takes whole: the rest is cut. */
export function longestFrame(version: 4 | 6, mtu: number = MTU.networkInterface): number {
  return ETHERNET_HEADER_LENGTH + mtu - MIRROR_OVERHEAD[version]
}
