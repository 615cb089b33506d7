import type { Design } from '../design/design.ts'
import type { IpAddress } from '../net/ip-address.ts'
import { IP_PROTOCOL } from '../packet/ip-protocol.ts'
import type { Packet, PacketFields } from '../packet/packet.ts'
import { resolveDesign } from '../topology/resolve-design.ts'
import type { FlowDirection, NetworkInterface, TransitGatewayAttachment } from '../topology/topology.ts'
import { Network } from './network.ts'
import type { NetworkObserver, Receiver } from './network-observer.ts'
import type { NextHop } from './next-hop.ts'
import { packetBetween } from './tracking-fixture.ts'
import type { Verdict } from './verdict.ts'

// A network for tests, with everything that happens in it written down in words.

/** What an observer is told of a packet. */
export interface SeenPacket {
  readonly packet: Packet
  readonly timeMicroseconds: number
}

/** A packet at an interface. */
export interface SeenCapture extends SeenPacket {
  readonly networkInterface: NetworkInterface
  readonly direction: FlowDirection
  readonly verdict: Verdict
  readonly nextHop: NextHop
}

/** A packet at its receiver. */
export interface SeenDelivery extends SeenPacket {
  readonly receiver: Receiver
}

/** Writes down what happens, in words and as it was told. */
export class RecordingObserver implements NetworkObserver {
  readonly captures: SeenCapture[] = []
  readonly deliveries: SeenDelivery[] = []
  readonly times: number[] = []
  readonly #log: string[] = []

  capture(
    networkInterface: NetworkInterface,
    direction: FlowDirection,
    packet: Packet,
    timeMicroseconds: number,
    verdict: Verdict,
    nextHop: NextHop,
  ): void {
    this.captures.push({ networkInterface, direction, packet, timeMicroseconds, verdict, nextHop })
    this.times.push(timeMicroseconds)
    const hop = labelOf(nextHop.networkInterface)
    const way = direction === 'egress' ? `to ${hop} path ${nextHop.trafficPath || '-'}` : `from ${hop}`
    const reason = verdict.action === 'REJECT' ? ` ${verdict.reason.kind}` : ''
    this.#log.push(`${labelOf(networkInterface)} ${direction} ${verdict.action}${reason}: ${inWords(packet)} ${way}`)
  }

  deliver(receiver: Receiver, packet: Packet, timeMicroseconds: number): void {
    this.deliveries.push({ receiver, packet, timeMicroseconds })
    this.times.push(timeMicroseconds)
    this.#log.push(`delivered to ${receiverName(receiver)}: ${inWords(packet)}`)
  }

  drop(at: NetworkInterface | undefined, packet: Packet, timeMicroseconds: number, verdict: Verdict): void {
    this.times.push(timeMicroseconds)
    this.#log.push(`dropped at ${labelOf(at)}, ${verdict.reason.kind}: ${inWords(packet)}`)
  }

  captureAtTransitGateway(
    source: TransitGatewayAttachment,
    sourceInterface: NetworkInterface,
    out: TransitGatewayAttachment | undefined,
    outInterface: NetworkInterface | undefined,
    packet: Packet,
    timeMicroseconds: number,
    loss: string,
  ): void {
    this.times.push(timeMicroseconds)
    const way = `${source.name}: ${labelOf(sourceInterface)} -> ${out?.name ?? '-'}: ${labelOf(outInterface)}`
    this.#log.push(`transit gateway ${way}, loss ${loss}: ${inWords(packet)}`)
  }

  /** What was written down since the last call. */
  take(): readonly string[] {
    return this.#log.splice(0)
  }
}

/** A network made from a design, with a recorder. Interfaces go by the names that {@link labelOf} gives them. */
export class TestNetwork {
  readonly observer: RecordingObserver = new RecordingObserver()
  readonly network: Network

  constructor(design: Design) {
    const random = seededRandom(1)
    this.network = new Network({ topology: resolveDesign(design), random, observer: this.observer })
  }

  networkInterface(host: string): NetworkInterface {
    const { interfaces } = this.network.topology
    const found = interfaces.find((one) => labelOf(one) === host)
    if (!found) throw new RangeError(`no interface '${host}' among ${interfaces.map(labelOf).join(', ')}`)
    return found
  }

  /** A host sends; what happened is returned. */
  send(host: string, packet: Packet, timeMicroseconds = 0): readonly string[] {
    this.network.send(this.networkInterface(host), packet, timeMicroseconds)
    return this.observer.take()
  }

  sendFromInternet(packet: Packet, timeMicroseconds = 0): readonly string[] {
    this.network.sendFromInternet(packet, timeMicroseconds)
    return this.observer.take()
  }

  /** The receiver of the last packet that was delivered sends the answer to it. */
  answer(fields: Partial<PacketFields> = {}, timeMicroseconds = 1_000): readonly string[] {
    const last = this.observer.deliveries.at(-1)
    if (!last) throw new RangeError('nothing was delivered yet')
    this.network.sendFromService(last.receiver, answerTo(last.packet, fields), timeMicroseconds)
    return this.observer.take()
  }

  update(design: Design, timeMicroseconds: number): void {
    this.network.update(resolveDesign(design), timeMicroseconds)
  }
}

/** TCP from `address:port` to `address:port`, a SYN unless flags are given. */
export function tcp(source: string, destination: string, fields: Partial<PacketFields> = {}): Packet {
  return packetBetween(source, destination, IP_PROTOCOL.tcp, { tcpFlags: 2, ...fields })
}

export function udp(source: string, destination: string, fields: Partial<PacketFields> = {}): Packet {
  return packetBetween(source, destination, IP_PROTOCOL.udp, fields)
}

/** An echo request as `ping` sends it: 84 bytes over IPv4. */
export function ping(source: string, destination: string, fields: Partial<PacketFields> = {}): Packet {
  const isIpv6 = source.includes('::')
  return packetBetween(source, destination, isIpv6 ? IP_PROTOCOL.icmpv6 : IP_PROTOCOL.icmp, {
    icmpType: isIpv6 ? 128 : 8,
    icmpIdentifier: 7,
    payloadLength: 56,
    ...fields,
  })
}

/** The other side's answer: SYN gets SYN-ACK, other TCP gets ACK, an echo request its reply. */
export function answerTo(packet: Packet, fields: Partial<PacketFields> = {}): Packet {
  const { source, destination, sourcePort, destinationPort, protocol, icmpIdentifier } = packet
  const isEcho = protocol === IP_PROTOCOL.icmp || protocol === IP_PROTOCOL.icmpv6
  return packet.with({
    source: destination,
    destination: source,
    sourcePort: destinationPort,
    destinationPort: sourcePort,
    hopLimit: 64,
    ...(protocol === IP_PROTOCOL.tcp && { tcpFlags: packet.tcpFlags === 2 ? 18 : 16 }),
    ...(isEcho && { icmpType: protocol === IP_PROTOCOL.icmp ? 0 : 129, icmpIdentifier }),
    ...fields,
  })
}

/** A fixed sequence of numbers (xorshift32). */
export function seededRandom(seed: number): { nextUint32(): number } {
  let state = seed
  return {
    nextUint32: () => {
      state ^= state << 13
      state ^= state >>> 17
      state ^= state << 5
      return state >>> 0
    },
  }
}

/** e.g. `tcp S 10.0.1.5:40000 > 203.0.113.9:80`, `icmp 3/4 10.0.1.1 > 10.0.1.5`. */
export function inWords(packet: Packet): string {
  const { protocol, source, destination, sourcePort, destinationPort, tcpFlags, icmpType, icmpCode } = packet
  const way = `${endpoint(source, sourcePort)} > ${endpoint(destination, destinationPort)}`
  const fragment = packet.fragmentOffset > 0 || packet.moreFragments ? ` fragment at ${packet.fragmentOffset}` : ''
  switch (protocol) {
    case IP_PROTOCOL.tcp:
      return `tcp ${flagLetters(tcpFlags)} ${way}${fragment}`
    case IP_PROTOCOL.udp:
      return `udp ${way}${fragment}`
    case IP_PROTOCOL.icmp:
    case IP_PROTOCOL.icmpv6:
      return `icmp ${icmpType}/${icmpCode} ${way}${fragment}`
    default:
      return `protocol ${protocol} ${way}${fragment}`
  }
}

function flagLetters(flags: number): string {
  const letters = [...'FSRPA'].filter((_, bit) => (flags & (1 << bit)) !== 0)
  return letters.length > 0 ? letters.join('') : '-'
}

function endpoint(address: IpAddress, port: number): string {
  if (port === 0) return address.toString()
  return address.version === 4 ? `${address}:${port}` : `[${address}]:${port}`
}

function receiverName(receiver: Receiver): string {
  switch (receiver.kind) {
    case 'interface':
      return labelOf(receiver.networkInterface)
    case 'internet':
      return 'internet'
    case 'gateway-endpoint':
      return `gateway endpoint ${receiver.endpoint.name}`
    case 'endpoint-service':
      return `service ${receiver.serviceName}`
    case 'link-local-service':
      return `${receiver.service} of ${labelOf(receiver.networkInterface)}`
  }
}

/** The name of what an interface belongs to, with the letter of its zone where there is one per zone. */
export function labelOf(networkInterface: NetworkInterface | undefined): string {
  if (!networkInterface) return '-'
  const { attachment, name } = networkInterface
  const zone = networkInterface.subnet.availabilityZone.name.at(-1)
  switch (attachment.kind) {
    case 'instance':
      return attachment.instance.interfaces.length === 1 ? attachment.instance.name : name
    case 'nat-gateway':
      return attachment.gateway.name
    case 'transit-gateway':
      return `${attachment.attachment.name}-${zone}`
    case 'interface-endpoint':
      return `${attachment.endpoint.name}-${zone}`
    case 'load-balancer':
      return `${attachment.loadBalancer.name}-${zone}`
    case 'gateway-load-balancer':
      return `${attachment.gatewayLoadBalancer.name}-${zone}`
    case 'gateway-load-balancer-endpoint':
      return attachment.endpoint.name
    case 'none':
      return name
  }
}
