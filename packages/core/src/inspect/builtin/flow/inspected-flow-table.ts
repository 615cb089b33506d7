import { readUint16 } from '../../../packet/byte-order.ts'
import { IP_PROTOCOL } from '../../../packet/ip-protocol.ts'
import type { EveTunnel } from '../../eve-event.ts'
import { FlowApplication } from '../application/flow-application.ts'
import type { InspectedPacket } from '../decode/inspected-packet.ts'
import type { InspectionCounters } from '../inspection-counters.ts'
import { INSPECTION_LIMITS } from '../inspection-limits.ts'
import { type Direction, Flow, NO_VLANS } from './flow.ts'
import { type FLOW_TIMEOUTS, timeoutsOf } from './flow-timeouts.ts'
import { icmpCounterpart } from './icmp-counterpart.ts'

const BUCKETS = 2 ** 17
/** Seconds between two looks at a flow at most. */
const WHEEL_SECONDS = 64
const SYN_ONLY = 2
const SYN_ACK = 18
/** ICMP messages that quote the packet they answer (RFC 792). */
const ICMP_ERRORS: ReadonlySet<number> = new Set([3, 4, 5, 11, 12])

export type FlowEndReason = 'timeout' | 'forced' | 'shutdown'

/**
 * The flows that are open: found by addresses, ports, protocol, VLAN and nesting, in either direction. Time is that of the packets.
 */
export class InspectedFlowTable {
  readonly #buckets: (Flow | undefined)[] = new Array<Flow | undefined>(BUCKETS).fill(undefined)
  /** Flows by the second, modulo its length, at which they are looked at next. */
  readonly #wheel: (Flow | undefined)[] = new Array<Flow | undefined>(WHEEL_SECONDS).fill(undefined)
  readonly #timeouts: typeof FLOW_TIMEOUTS
  readonly #onEnd: (flow: Flow, reason: FlowEndReason) => void
  readonly #tunnelOf: (packet: InspectedPacket) => EveTunnel | undefined
  readonly #counters: InspectionCounters
  #seconds = -1
  #size = 0
  #created = 0
  /** Of the packet that was looked up last. */
  direction: Direction = 0

  constructor(
    timeouts: typeof FLOW_TIMEOUTS,
    counters: InspectionCounters,
    tunnelOf: (packet: InspectedPacket) => EveTunnel | undefined,
    onEnd: (flow: Flow, reason: FlowEndReason) => void,
  ) {
    this.#timeouts = timeouts
    this.#counters = counters
    this.#tunnelOf = tunnelOf
    this.#onEnd = onEnd
  }

  get size(): number {
    return this.#size
  }

  /** The packet's flow, made if need be, with {@link direction} set; undefined for packets that belong to none. */
  find(packet: InspectedPacket): Flow | undefined {
    if (!packet.hasTransport) return undefined
    let sourcePort = packet.sourcePort
    let destinationPort = packet.destinationPort
    const { protocol } = packet
    if (protocol === IP_PROTOCOL.icmp || protocol === IP_PROTOCOL.icmpv6) {
      if (protocol === IP_PROTOCOL.icmp && ICMP_ERRORS.has(packet.messageType)) return this.#findQuoted(packet)
      sourcePort = packet.messageType
      destinationPort = icmpCounterpart(protocol, sourcePort)
    }
    const hash = hashOf(packet, sourcePort, destinationPort)
    const bucket = hash & (BUCKETS - 1)
    for (let flow = this.#buckets[bucket]; flow; flow = flow.next) {
      if (flow.hash !== hash || !isSame(flow, packet, sourcePort, destinationPort)) continue
      if (this.#isTimedOut(flow, Math.floor(packet.timeMicroseconds / 1e6))) {
        this.#end(flow, 'timeout')
        break
      }
      if (this.#isReuse(flow, packet)) {
        this.#counters.counters.tcpReuse += 1
        this.#end(flow, 'timeout')
        break
      }
      return flow
    }
    return this.#create(packet, hash, sourcePort, destinationPort)
  }

  /** Lets time go on to a packet's time: ends what timed out. */
  advance(timeMicroseconds: number): void {
    const seconds = Math.floor(timeMicroseconds / 1e6)
    if (seconds <= this.#seconds) return
    if (this.#seconds < 0) this.#seconds = seconds - 1
    const steps = Math.min(WHEEL_SECONDS, seconds - this.#seconds)
    this.#seconds = seconds
    for (let step = 0; step < steps; step += 1) this.#look((seconds - step) % WHEEL_SECONDS)
  }

  /** Ends all flows, the oldest first. */
  endAll(): void {
    const flows: Flow[] = []
    for (const first of this.#buckets) for (let flow = first; flow; flow = flow.next) flows.push(flow)
    // The newest first, so that each is let go of when it ends.
    flows.sort((a, b) => (b.id % 2 ** 32) - (a.id % 2 ** 32))
    this.#wheel.fill(undefined)
    for (const flow of flows) flow.wheelNext = undefined
    for (let flow = flows.pop(); flow; flow = flows.pop()) this.#end(flow, 'shutdown')
  }

  #look(slot: number): void {
    let flow = this.#wheel[slot]
    this.#wheel[slot] = undefined
    while (flow) {
      const { wheelNext } = flow
      if (!flow.isEnded) {
        if (this.#isTimedOut(flow, this.#seconds)) this.#end(flow, 'timeout')
        else this.#schedule(flow)
      }
      flow = wheelNext
    }
  }

  #schedule(flow: Flow): void {
    const due = Math.floor(flow.lastMicroseconds / 1e6) + timeoutsOf(flow.protocol, this.#timeouts)[flow.state] + 1
    const wait = Math.max(1, Math.min(due - this.#seconds, WHEEL_SECONDS - 1))
    const slot = (this.#seconds + wait) % WHEEL_SECONDS
    flow.wheelNext = this.#wheel[slot]
    this.#wheel[slot] = flow
  }

  #isTimedOut(flow: Flow, seconds: number): boolean {
    const idle = seconds - Math.floor(flow.lastMicroseconds / 1e6)
    return idle > timeoutsOf(flow.protocol, this.#timeouts)[flow.state] && idle > 0
  }

  /** A SYN with another sequence number on a connection that is over. */
  #isReuse(flow: Flow, packet: InspectedPacket): boolean {
    return (
      packet.protocol === IP_PROTOCOL.tcp &&
      (packet.flags & SYN_ACK) === SYN_ONLY &&
      flow.tcp?.isOver === true &&
      flow.tcp.client.initialSequence !== packet.sequence
    )
  }

  #end(flow: Flow, reason: FlowEndReason): void {
    flow.isEnded = true
    this.#onEnd(flow, reason)
    this.#size -= 1
    const bucket = flow.hash & (BUCKETS - 1)
    const first = this.#buckets[bucket]
    if (first === flow) this.#buckets[bucket] = flow.next
    else {
      for (let other = first; other; other = other.next) {
        if (other.next === flow) {
          other.next = flow.next
          break
        }
      }
    }
  }

  #create(packet: InspectedPacket, hash: number, sourcePort: number, destinationPort: number): Flow {
    if (this.#size >= INSPECTION_LIMITS.flows) this.#makeRoom()
    this.advance(packet.timeMicroseconds)
    this.#created += 1
    const { counters } = this.#counters
    counters.flows += 1
    if (packet.protocol === IP_PROTOCOL.tcp) counters.flowsTcp += 1
    else if (packet.protocol === IP_PROTOCOL.udp) counters.flowsUdp += 1
    else if (packet.protocol === IP_PROTOCOL.icmp) counters.flowsIcmp4 += 1
    else counters.flowsIcmp6 += 1
    const flow = new Flow({
      // Exact as a number: 20 bits of a hash, 32 bits of a count.
      id: (hash >>> 12) * 2 ** 32 + (this.#created >>> 0),
      hash,
      version: packet.version,
      protocol: packet.protocol,
      depth: packet.depth,
      vlans: packet.vlans.length === 0 ? NO_VLANS : [...packet.vlans],
      words: [
        packet.source0,
        packet.source1,
        packet.source2,
        packet.source3,
        packet.destination0,
        packet.destination1,
        packet.destination2,
        packet.destination3,
      ],
      sourcePort,
      destinationPort,
      source: packet.source,
      destination: packet.destination,
      startMicroseconds: packet.timeMicroseconds,
      tunnel: packet.outer ? this.#tunnelOf(packet) : undefined,
      applicationLayer: new FlowApplication(),
    })
    const bucket = hash & (BUCKETS - 1)
    flow.next = this.#buckets[bucket]
    this.#buckets[bucket] = flow
    this.#size += 1
    this.#schedule(flow)
    this.direction = 0
    return flow
  }

  /** Ends the flows of the wheel's next slot: those that would be looked at first. */
  #makeRoom(): void {
    for (let step = 0; step < WHEEL_SECONDS; step += 1) {
      const slot = (this.#seconds + 1 + step) % WHEEL_SECONDS
      while (this.#wheel[slot]?.isEnded) this.#wheel[slot] = this.#wheel[slot]?.wheelNext
      const flow = this.#wheel[slot]
      if (!flow) continue
      this.#wheel[slot] = flow.wheelNext
      this.#counters.counters.flowsForced += 1
      this.#end(flow, 'forced')
      return
    }
  }

  /** An ICMP error belongs to the flow of the packet that it quotes, in the other direction; it makes no flow. */
  #findQuoted(packet: InspectedPacket): Flow | undefined {
    const { bytes, payloadStart: start, payloadEnd: end } = packet
    if (end - start < 24 || (bytes[start] as number) >>> 4 !== 4) return undefined
    const protocol = bytes[start + 9] as number
    const transport = start + ((bytes[start] as number) & 15) * 4
    if (end - transport < 4 || (protocol !== IP_PROTOCOL.tcp && protocol !== IP_PROTOCOL.udp)) return undefined
    const { source3, destination3 } = packet
    const quotedDestination = (readUint16(bytes, start + 16) << 16) | readUint16(bytes, start + 18)
    // Suricata counts only what the addressed host itself sends.
    if (quotedDestination !== source3) return undefined
    packet.protocol = protocol
    packet.source3 = quotedDestination
    packet.destination3 = (readUint16(bytes, start + 12) << 16) | readUint16(bytes, start + 14)
    const sourcePort = readUint16(bytes, transport + 2)
    const destinationPort = readUint16(bytes, transport)
    const hash = hashOf(packet, sourcePort, destinationPort)
    let flow = this.#buckets[hash & (BUCKETS - 1)]
    while (flow && !(flow.hash === hash && isSame(flow, packet, sourcePort, destinationPort))) flow = flow.next
    if (flow) {
      const isForward = isForwardOf(flow, packet, sourcePort, destinationPort)
      this.direction = isForward === flow.isReversed ? 1 : 0
    }
    packet.protocol = IP_PROTOCOL.icmp
    packet.source3 = source3
    packet.destination3 = destination3
    return flow
  }

  /** Sets {@link direction} for a packet of a flow. */
  direct(flow: Flow, packet: InspectedPacket): Direction {
    if (packet.protocol === flow.protocol) {
      let { sourcePort, destinationPort } = packet
      if (packet.protocol !== IP_PROTOCOL.tcp && packet.protocol !== IP_PROTOCOL.udp) {
        sourcePort = packet.messageType
        destinationPort = icmpCounterpart(packet.protocol, sourcePort)
      }
      const isForward = isForwardOf(flow, packet, sourcePort, destinationPort)
      this.direction = isForward === flow.isReversed ? 1 : 0
    }
    return this.direction
  }
}

function isForwardOf(flow: Flow, packet: InspectedPacket, sourcePort: number, destinationPort: number): boolean {
  return (
    packet.source3 === flow.key3 &&
    packet.destination3 === flow.key7 &&
    sourcePort === flow.keySourcePort &&
    destinationPort === flow.keyDestinationPort &&
    packet.source2 === flow.key2 &&
    packet.source1 === flow.key1 &&
    packet.source0 === flow.key0 &&
    packet.destination2 === flow.key6 &&
    packet.destination1 === flow.key5 &&
    packet.destination0 === flow.key4
  )
}

function isSame(flow: Flow, packet: InspectedPacket, sourcePort: number, destinationPort: number): boolean {
  if (flow.protocol !== packet.protocol || flow.version !== packet.version || flow.depth !== packet.depth) return false
  if (flow.vlans.length !== packet.vlans.length) return false
  for (let index = 0; index < flow.vlans.length; index += 1) {
    if (flow.vlans[index] !== packet.vlans[index]) return false
  }
  return (
    isForwardOf(flow, packet, sourcePort, destinationPort) ||
    (packet.source3 === flow.key7 &&
      packet.destination3 === flow.key3 &&
      sourcePort === flow.keyDestinationPort &&
      destinationPort === flow.keySourcePort &&
      packet.source2 === flow.key6 &&
      packet.source1 === flow.key5 &&
      packet.source0 === flow.key4 &&
      packet.destination2 === flow.key2 &&
      packet.destination1 === flow.key1 &&
      packet.destination0 === flow.key0)
  )
}

/** The same for both directions. */
function hashOf(packet: InspectedPacket, sourcePort: number, destinationPort: number): number {
  let source = Math.imul(packet.source3, 0x9e3779b1) ^ Math.imul(sourcePort + 1, 0x85ebca6b)
  let destination = Math.imul(packet.destination3, 0x9e3779b1) ^ Math.imul(destinationPort + 1, 0x85ebca6b)
  if (packet.version === 6) {
    source = Math.imul(source ^ packet.source0 ^ (source >>> 15), 0xc2b2ae35) + Math.imul(packet.source1, 0x27d4eb2f)
    source = Math.imul(source ^ packet.source2 ^ (source >>> 13), 0x85ebca6b)
    destination =
      Math.imul(destination ^ packet.destination0 ^ (destination >>> 15), 0xc2b2ae35) +
      Math.imul(packet.destination1, 0x27d4eb2f)
    destination = Math.imul(destination ^ packet.destination2 ^ (destination >>> 13), 0x85ebca6b)
  }
  source ^= source >>> 15
  destination ^= destination >>> 15
  let hash = Math.imul(source + destination, 0x2c1b3c6d) ^ Math.imul(source ^ destination, 0x297a2d39)
  hash = Math.imul(hash ^ (hash >>> 15) ^ packet.protocol, 0x9e3779b1)
  return hash ^ (hash >>> 16)
}
