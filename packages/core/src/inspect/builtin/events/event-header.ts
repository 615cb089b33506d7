import { IP_PROTOCOL } from '../../../packet/ip-protocol.ts'
import type { EveHeader, EveTunnel } from '../../eve-event.ts'
import { eveAddress, type InspectedPacket } from '../decode/inspected-packet.ts'
import type { Direction, Flow } from '../flow/flow.ts'

/** A time as EVE writes it, in UTC. */
export function eveTime(timeMicroseconds: number): string {
  const seconds = Math.floor(timeMicroseconds / 1e6)
  const micros = timeMicroseconds - seconds * 1e6
  return `${secondText(seconds)}.${String(micros).padStart(6, '0')}+0000`
}

let knownSeconds = Number.NaN
let knownText = ''

function secondText(seconds: number): string {
  if (seconds !== knownSeconds) {
    // Beyond the years that Date has, as a broken capture may claim, the epoch stands in.
    const milliseconds = Math.abs(seconds) <= 8.64e12 ? seconds * 1000 : 0
    knownText = new Date(milliseconds).toISOString().slice(0, 19)
    knownSeconds = seconds
  }
  return knownText
}

const PROTOCOL_NAMES: Readonly<Record<number, string>> = {
  [IP_PROTOCOL.icmp]: 'ICMP',
  [IP_PROTOCOL.tcp]: 'TCP',
  [IP_PROTOCOL.udp]: 'UDP',
  2: 'IGMP',
  4: 'IPIP',
  41: 'IPv6',
  44: 'IPv6-Frag',
  47: 'GRE',
  50: 'ESP',
  51: 'AH',
  89: 'OSPF',
  132: 'SCTP',
  [IP_PROTOCOL.icmpv6]: 'IPv6-ICMP',
}

/** A protocol as EVE names it. */
export function protocolName(protocol: number): string {
  return PROTOCOL_NAMES[protocol] ?? String(protocol).padStart(3, '0')
}

/** Whether EVE tells ports of a protocol. */
export function hasPorts(protocol: number): boolean {
  return protocol === IP_PROTOCOL.tcp || protocol === IP_PROTOCOL.udp
}

/** The packet around an unwrapped one, as events carry it. */
export function tunnelOf(
  packet: InspectedPacket,
  mirrorSession: ((vni: number) => string | undefined) | undefined,
): EveTunnel | undefined {
  const { outer } = packet
  if (!outer) return undefined
  const session = packet.networkIdentifier < 0 ? undefined : mirrorSession?.(packet.networkIdentifier)
  return {
    src_ip: eveAddress(outer.source),
    ...(hasPorts(outer.protocol) && { src_port: outer.sourcePort }),
    dest_ip: eveAddress(outer.destination),
    ...(hasPorts(outer.protocol) && { dest_port: outer.destinationPort }),
    proto: protocolName(outer.protocol),
    depth: packet.depth,
    pcap_cnt: outer.number,
    pkt_src: outer.packetSource,
    ...(packet.networkIdentifier >= 0 && { vni: packet.networkIdentifier }),
    ...(session !== undefined && { mirror_session: session }),
  }
}

/** An event's head as the packet's own addresses have it. `eventType` stands where Suricata has it. */
export function packetHeader<T extends string>(
  packet: InspectedPacket,
  flow: Flow | undefined,
  eventType: T,
  isPseudo: boolean,
): EveHeader & { event_type: T } {
  const withPorts = hasPorts(packet.protocol)
  return {
    timestamp: eveTime(packet.timeMicroseconds),
    ...(flow && { flow_id: flow.id }),
    ...(hasCaptureNumber(packet, isPseudo) && { pcap_cnt: packet.number }),
    event_type: eventType,
    ...(packet.vlans.length > 0 && { vlan: [...packet.vlans] }),
    src_ip: eveAddress(packet.source),
    ...(withPorts && { src_port: packet.sourcePort }),
    dest_ip: eveAddress(packet.destination),
    ...(withPorts && { dest_port: packet.destinationPort }),
    proto: protocolName(packet.protocol),
    ...(packet.isIcmp && { icmp_type: packet.messageType, icmp_code: packet.messageCode }),
    pkt_src: isPseudo ? 'stream (flow timeout)' : packet.packetSource,
  }
}

/** The head of an event of a flow's transaction: from the client to the server, unless turned round. */
export function transactionHeader<T extends string>(
  packet: InspectedPacket,
  flow: Flow,
  eventType: T,
  isPseudo: boolean,
  direction: Direction = 0,
): EveHeader & { event_type: T } {
  const isToServer = direction === 0
  // Field by field, in the order in which Suricata has them: conditional spreads take several times as long.
  const header = { timestamp: eveTime(packet.timeMicroseconds), flow_id: flow.id } as EveHeader & { event_type: T }
  if (hasCaptureNumber(packet, isPseudo)) header.pcap_cnt = packet.number
  header.event_type = eventType
  if (flow.vlans.length > 0) header.vlan = flow.vlans
  header.src_ip = eveAddress(isToServer ? flow.client : flow.server)
  header.src_port = isToServer ? flow.clientPort : flow.serverPort
  header.dest_ip = eveAddress(isToServer ? flow.server : flow.client)
  header.dest_port = isToServer ? flow.serverPort : flow.clientPort
  header.proto = protocolName(flow.protocol)
  header.pkt_src = isPseudo ? 'stream (flow timeout)' : packet.packetSource
  return header
}

function hasCaptureNumber(packet: InspectedPacket, isPseudo: boolean): boolean {
  return !isPseudo && packet.packetSource === 'wire/pcap'
}
