import { readUint16, readUint24 } from '../../../packet/byte-order.ts'
import { ETHER_TYPE } from '../../../packet/ether-type.ts'
import { GENEVE_PORT } from '../../../packet/geneve.ts'
import { IP_PROTOCOL } from '../../../packet/ip-protocol.ts'
import { LINK_TYPE } from '../../../packet/link-type.ts'
import { VXLAN_HEADER_LENGTH, VXLAN_PORT } from '../../../packet/vxlan.ts'
import type { EvePacketSource } from '../../eve-event.ts'
import type { InspectedFrame } from '../../inspector.ts'
import type { InspectionCounters } from '../inspection-counters.ts'
import { INSPECTION_LIMITS } from '../inspection-limits.ts'
import { Defragmenter } from './defragmenter.ts'
import { InspectedPacket } from './inspected-packet.ts'
import { IPV6_EXTENSION } from './ipv6-extension-numbers.ts'
import { readIpv4, readIpv6 } from './read-ip.ts'
import { readTransport } from './read-transport.ts'

/** What is done with decoded packets. The packet is the decoder's own and changes after the call. */
export interface DecodedPacketHandler {
  onPacket(packet: InspectedPacket): void
  /** `event` is Suricata's name. Packets that are invalid are not inspected any further. */
  onDecodeEvent(packet: InspectedPacket, event: string): void
}

const TRUNCATED_TYPE = -1

/**
 * Frames to packets: link layer, VLAN tags, IP, fragments put together, transport; VXLAN and GENEVE are unwrapped, and what is in them
 * comes before the packet around it, as in Suricata.
 */
export class FrameDecoder {
  readonly #handler: DecodedPacketHandler
  readonly #counters: InspectionCounters
  readonly #packets: InspectedPacket[] = []
  readonly #defragmenter: Defragmenter
  #level = 0

  constructor(handler: DecodedPacketHandler, counters: InspectionCounters) {
    this.#handler = handler
    this.#counters = counters
    this.#defragmenter = new Defragmenter((packet, event) => handler.onDecodeEvent(packet, event))
  }

  decode(frame: InspectedFrame): void {
    const { data, originalLength } = frame
    this.#level = 0
    const packet = this.#next()
    packet.number = frame.number
    packet.timeMicroseconds = frame.timeSeconds * 1e6 + Math.floor(frame.timeNanoseconds / 1000)
    packet.outer = undefined
    packet.depth = 0
    packet.layers = 0
    packet.networkIdentifier = -1
    packet.packetSource = 'wire/pcap'
    packet.vlans.length = 0
    packet.bytes = data
    packet.start = 0
    packet.length = Math.max(originalLength, data.length)
    const { counters } = this.#counters
    counters.packets += 1
    counters.bytes += packet.length
    if (packet.length > counters.largestPacket) counters.largestPacket = packet.length
    this.#decodeLink(packet, frame.linkType, 0, data.length)
  }

  #next(): InspectedPacket {
    let packet = this.#packets[this.#level]
    if (!packet) {
      packet = new InspectedPacket()
      this.#packets.push(packet)
    }
    this.#level += 1
    packet.reset()
    return packet
  }

  #decodeLink(packet: InspectedPacket, linkType: number, start: number, end: number): void {
    const { bytes } = packet
    switch (linkType) {
      case LINK_TYPE.ethernet:
        this.#counters.counters.ethernet += 1
        if (end - start < 14) {
          this.#invalid(packet, 'decoder.ethernet.pkt_too_small')
          return
        }
        packet.layers += 1
        this.#decodeNetwork(packet, readUint16(bytes, start + 12), start + 14, end)
        return
      case LINK_TYPE.null:
      case LINK_TYPE.loop:
        if (end - start < 4) {
          this.#invalid(packet, 'decoder.ltnull.pkt_too_small')
          return
        }
        this.#decodeRaw(packet, start + 4, end)
        return
      case LINK_TYPE.linuxCooked:
        if (end - start < 16) {
          this.#invalid(packet, 'decoder.sll.pkt_too_small')
          return
        }
        this.#decodeNetwork(packet, readUint16(bytes, start + 14), start + 16, end)
        return
      case LINK_TYPE.linuxCooked2:
        if (end - start < 20) {
          this.#invalid(packet, 'decoder.sll.pkt_too_small')
          return
        }
        this.#decodeNetwork(packet, readUint16(bytes, start), start + 20, end)
        return
      case LINK_TYPE.raw:
      case LINK_TYPE.rawBsd:
      case LINK_TYPE.rawOpenBsd:
      case LINK_TYPE.ipv4:
      case LINK_TYPE.ipv6:
        this.#decodeRaw(packet, start, end)
        return
      default:
        this.#invalid(packet, 'flowtap.unknown_link_type')
    }
  }

  #decodeRaw(packet: InspectedPacket, start: number, end: number): void {
    const version = start < end ? (packet.bytes[start] as number) >>> 4 : TRUNCATED_TYPE
    if (version === 4) {
      this.#decodeNetwork(packet, ETHER_TYPE.ipv4, start, end)
      return
    }
    if (version === 6) {
      this.#decodeNetwork(packet, ETHER_TYPE.ipv6, start, end)
      return
    }
    this.#invalid(packet, 'decoder.ipraw.invalid_ip_version')
  }

  #decodeNetwork(packet: InspectedPacket, firstType: number, firstStart: number, end: number): void {
    const { bytes } = packet
    const { counters } = this.#counters
    let type = firstType
    let start = firstStart
    while (type === ETHER_TYPE.vlan || type === ETHER_TYPE.serviceVlan || type === ETHER_TYPE.oldServiceVlan) {
      if (end - start < 4) {
        this.#invalid(packet, 'decoder.vlan.header_too_small')
        return
      }
      if (packet.vlans.length >= INSPECTION_LIMITS.vlanLayers) {
        this.#invalid(packet, 'decoder.vlan.too_many_layers')
        return
      }
      counters.vlan += 1
      packet.vlans.push(readUint16(bytes, start) & 0xfff)
      type = readUint16(bytes, start + 2)
      start += 4
      if (this.#isTooDeep(packet)) return
    }
    if (type !== ETHER_TYPE.ipv4 && type !== ETHER_TYPE.ipv6) {
      if (type === ETHER_TYPE.arp) counters.arp += 1
      else counters.unknownEtherType += 1
      return
    }
    if (this.#isTooDeep(packet)) return
    this.#decodeIp(packet, type, start, end)
  }

  #decodeIp(packet: InspectedPacket, type: number, start: number, end: number): void {
    if (type === ETHER_TYPE.ipv4) this.#counters.counters.ipv4 += 1
    else this.#counters.counters.ipv6 += 1
    const failure = type === ETHER_TYPE.ipv4 ? readIpv4(packet, start, end) : readIpv6(packet, start, end)
    if (failure !== undefined) {
      this.#invalid(packet, failure)
      return
    }
    if (packet.isFragment) {
      this.#putTogether(packet)
      // The fragment itself is a packet, too, but belongs to no flow and has no payload that rules look at.
      packet.payloadEnd = packet.payloadStart
      if (packet.version === 6) packet.protocol = IPV6_EXTENSION.fragment
      this.#handler.onPacket(packet)
      return
    }
    this.#decodeTransport(packet)
  }

  #decodeTransport(packet: InspectedPacket): void {
    const { counters } = this.#counters
    switch (packet.protocol) {
      case IP_PROTOCOL.tcp:
        counters.tcp += 1
        break
      case IP_PROTOCOL.udp:
        counters.udp += 1
        packet.layers += 1
        break
      case IP_PROTOCOL.icmp:
        counters.icmpv4 += 1
        break
      case IP_PROTOCOL.icmpv6:
        counters.icmpv6 += 1
        break
    }
    const failure = readTransport(packet)
    if (failure !== undefined) {
      packet.hasTransport = false
      packet.sourcePort = 0
      packet.destinationPort = 0
      packet.payloadEnd = packet.payloadStart
      this.#invalid(packet, failure)
      // Rules that ask for no more than its addresses still match it.
      this.#handler.onPacket(packet)
      return
    }
    if (!packet.hasTransport) packet.payloadEnd = packet.payloadStart
    else if (packet.protocol === IP_PROTOCOL.udp) this.#unwrap(packet)
    this.#handler.onPacket(packet)
  }

  #putTogether(fragment: InspectedPacket): void {
    const { counters } = this.#counters
    if (fragment.version === 4) counters.fragments4 += 1
    else counters.fragments6 += 1
    const datagram = this.#defragmenter.add(fragment)
    if (!datagram) return
    if (fragment.version === 4) counters.reassembled4 += 1
    else counters.reassembled6 += 1
    const packet = this.#inner(fragment, 'defrag')
    packet.depth = fragment.depth
    packet.outer = fragment.outer
    packet.networkIdentifier = fragment.networkIdentifier
    packet.bytes = datagram.bytes
    packet.start = 0
    packet.length = datagram.bytes.length
    const type = fragment.version === 4 ? ETHER_TYPE.ipv4 : ETHER_TYPE.ipv6
    const failure =
      type === ETHER_TYPE.ipv4
        ? readIpv4(packet, datagram.ipStart, datagram.bytes.length)
        : readIpv6(packet, datagram.ipStart, datagram.bytes.length)
    if (failure !== undefined) this.#invalid(packet, failure)
    else if (!packet.isFragment) this.#decodeTransport(packet)
    this.#level -= 1
  }

  #unwrap(packet: InspectedPacket): void {
    if (packet.destinationPort === VXLAN_PORT) this.#unwrapVxlan(packet)
    else if (packet.destinationPort === GENEVE_PORT) this.#unwrapGeneve(packet)
  }

  #unwrapVxlan(packet: InspectedPacket): void {
    const { bytes, payloadStart, payloadEnd } = packet
    const frame = payloadStart + VXLAN_HEADER_LENGTH
    // Without its flag, or with something in its last byte, it is something else on that port.
    if (payloadEnd - frame < 14 || ((bytes[payloadStart] as number) & 0x08) === 0) return
    if (bytes[payloadStart + 7] !== 0 || this.#isTooDeep(packet)) return
    const type = readUint16(bytes, frame + 12)
    if (
      type !== ETHER_TYPE.ipv4 &&
      type !== ETHER_TYPE.ipv6 &&
      type !== ETHER_TYPE.vlan &&
      type !== ETHER_TYPE.serviceVlan
    ) {
      if (type !== ETHER_TYPE.arp) this.#handler.onDecodeEvent(packet, 'decoder.vxlan.unknown_payload_type')
      return
    }
    this.#counters.counters.vxlan += 1
    this.#decodeInner(packet, 'vxlan encapsulation', readUint24(bytes, payloadStart + 4), type, frame + 14)
  }

  #unwrapGeneve(packet: InspectedPacket): void {
    const { bytes, payloadStart, payloadEnd } = packet
    if (payloadEnd - payloadStart < 8 || (bytes[payloadStart] as number) >>> 6 !== 0) return
    let start = payloadStart + 8 + ((bytes[payloadStart] as number) & 0x3f) * 4
    let type = readUint16(bytes, payloadStart + 2)
    if (type === ETHER_TYPE.transparentEthernet) {
      if (payloadEnd - start < 14) return
      type = readUint16(bytes, start + 12)
      start += 14
    }
    if (start >= payloadEnd || this.#isTooDeep(packet)) return
    if (
      type !== ETHER_TYPE.ipv4 &&
      type !== ETHER_TYPE.ipv6 &&
      type !== ETHER_TYPE.vlan &&
      type !== ETHER_TYPE.serviceVlan
    ) {
      if (type !== ETHER_TYPE.arp) this.#handler.onDecodeEvent(packet, 'decoder.geneve.unknown_payload_type')
      return
    }
    this.#counters.counters.geneve += 1
    this.#decodeInner(packet, 'geneve encapsulation', readUint24(bytes, payloadStart + 4), type, start)
  }

  #decodeInner(outer: InspectedPacket, source: EvePacketSource, vni: number, type: number, start: number): void {
    const packet = this.#inner(outer, source)
    // What is inside is looked at by itself.
    outer.showsPayload = false
    packet.outer = outer
    packet.depth = outer.depth + 1
    packet.networkIdentifier = vni
    packet.bytes = outer.bytes
    packet.start = start
    packet.length = outer.payloadEnd - start
    this.#decodeNetwork(packet, type, start, outer.payloadEnd)
    this.#level -= 1
  }

  #inner(outer: InspectedPacket, source: EvePacketSource): InspectedPacket {
    const packet = this.#next()
    packet.number = outer.number
    packet.timeMicroseconds = outer.timeMicroseconds
    packet.layers = outer.layers
    packet.packetSource = source
    packet.vlans.length = 0
    for (const vlan of outer.vlans) packet.vlans.push(vlan)
    return packet
  }

  #isTooDeep(packet: InspectedPacket): boolean {
    packet.layers += 1
    if (packet.layers < INSPECTION_LIMITS.layers) return false
    this.#counters.counters.tooManyLayers += 1
    this.#invalid(packet, 'decoder.too_many_layers')
    return true
  }

  #invalid(packet: InspectedPacket, event: string): void {
    this.#counters.counters.invalid += 1
    this.#handler.onDecodeEvent(packet, event)
  }
}
