import { IpAddress } from '../../net/ip-address.ts'
import { FrameDecoder } from '../builtin/decode/frame-decoder.ts'
import type { InspectedPacket } from '../builtin/decode/inspected-packet.ts'
import { protocolName, tunnelOf } from '../builtin/events/event-header.ts'
import { InspectionCounters } from '../builtin/inspection-counters.ts'
import type { EveEvent, EveTunnel } from '../eve-event.ts'
import type { InspectedFrame } from '../inspector.ts'
import { NumberRuns } from './number-runs.ts'

/** Flows whose tunnels are kept; events of those after them come without. */
const FLOWS_KEPT = 1_000_000

/** Changes of the tunnel that are kept of a flow, e.g. when both of its ends are mirrored. */
const CHANGES_KEPT = 64

/** A flow's packets came through this tunnel from this time on. */
interface TunnelChange {
  readonly fromMicroseconds: number
  readonly tunnel: number
}

/**
 * Which tunnel an event's packet came through: Suricata writes no network identifier, and no tunnel at all but in alerts and anomalies.
 * Events that have the outer packet's number are joined by it; others by addresses, ports and time, which name one packet as long as no
 * two copies of it have the same time.
 */
export class TunnelJoin {
  readonly #decoder: FrameDecoder
  readonly #tunnels: EveTunnel[] = []
  readonly #indexByText = new Map<string, number>()
  readonly #byNumber = new NumberRuns()
  readonly #byFlow = new Map<string, TunnelChange[]>()
  readonly #mirrorSession: ((vni: number) => string | undefined) | undefined
  #number = 0

  constructor(mirrorSession: ((vni: number) => string | undefined) | undefined) {
    this.#mirrorSession = mirrorSession
    this.#decoder = new FrameDecoder(
      { onPacket: (packet) => this.#note(packet), onDecodeEvent: (packet) => this.#note(packet) },
      new InspectionCounters(),
    )
  }

  /** A frame of the capture; `number` as Suricata counts it. */
  add(frame: InspectedFrame, number: number): void {
    this.#number = number
    this.#decoder.decode(frame)
  }

  /** The event with its tunnel, its identifier and mirror session; the event itself where there is none. `number`s are Suricata's. */
  join(event: EveEvent): EveEvent {
    if (this.#tunnels.length === 0 || event.event_type === 'stats') return event
    const own = event.tunnel
    if (own) {
      const found = own.pcap_cnt !== undefined && own.depth < 2 ? this.#byNumber.at(own.pcap_cnt) : undefined
      const tunnel = this.#tunnels[found ?? this.#ofFlow(event) ?? -1]
      if (!tunnel) return event
      const { vni, mirror_session } = tunnel
      return {
        ...event,
        tunnel: { ...own, ...(vni !== undefined && { vni }), ...(mirror_session !== undefined && { mirror_session }) },
      }
    }
    if (event.pkt_src === 'wire/pcap') return event
    const tunnel = this.#tunnels[this.#ofFlow(event) ?? -1]
    return tunnel ? { ...event, tunnel: { ...tunnel } } : event
  }

  #note(packet: InspectedPacket): void {
    const { outer } = packet
    if (!outer || packet.networkIdentifier < 0 || packet.ipStart < 0) return
    const tunnel = this.#index(packet, outer)
    if (packet.depth < 2) this.#byNumber.add(this.#number, tunnel)
    const key = packetKey(packet)
    const changes = this.#byFlow.get(key)
    if (!changes) {
      if (this.#byFlow.size < FLOWS_KEPT) {
        this.#byFlow.set(key, [{ fromMicroseconds: packet.timeMicroseconds, tunnel }])
      }
    } else if (changes.at(-1)?.tunnel !== tunnel && changes.length < CHANGES_KEPT) {
      changes.push({ fromMicroseconds: packet.timeMicroseconds, tunnel })
    }
  }

  #index(packet: InspectedPacket, outer: InspectedPacket): number {
    const text = `${packet.networkIdentifier} ${packet.depth} ${outer.packetSource} ${packetKey(outer, true)}`
    let index = this.#indexByText.get(text)
    const tunnel = index === undefined ? tunnelOf(packet, this.#mirrorSession) : undefined
    if (index === undefined && tunnel) {
      const { pcap_cnt: _, ...common } = tunnel
      index = this.#tunnels.push(common) - 1
      this.#indexByText.set(text, index)
    }
    return index ?? -1
  }

  #ofFlow(event: Exclude<EveEvent, { event_type: 'stats' }>): number | undefined {
    const key = eventKey(event)
    const changes = key === undefined ? undefined : this.#byFlow.get(key)
    if (!changes) return undefined
    // A flow's event has the time of its end; its first packet is what counts.
    const time = microsecondsOf(event.event_type === 'flow' ? event.flow.start : event.timestamp)
    let found = changes[0]
    for (const change of changes) if (change.fromMicroseconds <= time) found = change
    return found?.tunnel
  }
}

/** Protocol, addresses and ports, the same in both directions unless asked. */
function packetKey(packet: InspectedPacket, isDirected = false): string {
  const { version, protocol, isIcmp } = packet
  const source =
    version === 4
      ? `${packet.source3 >>> 0}`
      : `${packet.source0 >>> 0}.${packet.source1 >>> 0}.${packet.source2 >>> 0}.${packet.source3 >>> 0}`
  const destination =
    version === 4
      ? `${packet.destination3 >>> 0}`
      : `${packet.destination0 >>> 0}.${packet.destination1 >>> 0}.${packet.destination2 >>> 0}.${packet.destination3 >>> 0}`
  const from = isIcmp ? `${source}:0` : `${source}:${packet.sourcePort}`
  const to = isIcmp ? `${destination}:0` : `${destination}:${packet.destinationPort}`
  return joinKey(protocolName(protocol), from, to, isDirected)
}

function eventKey(event: Exclude<EveEvent, { event_type: 'stats' }>): string | undefined {
  const { src_ip, dest_ip, proto } = event
  if (src_ip === undefined || dest_ip === undefined || proto === undefined) return undefined
  const source = addressWords(src_ip)
  const destination = addressWords(dest_ip)
  if (source === undefined || destination === undefined) return undefined
  return joinKey(proto, `${source}:${event.src_port ?? 0}`, `${destination}:${event.dest_port ?? 0}`, false)
}

function joinKey(protocol: string, from: string, to: string, isDirected: boolean): string {
  return isDirected || from < to ? `${protocol} ${from} ${to}` : `${protocol} ${to} ${from}`
}

function addressWords(text: string): string | undefined {
  const address = IpAddress.parse(text)
  if (!address) return undefined
  const { word0, word1, word2, word3 } = address
  return address.version === 4 ? `${word3 >>> 0}` : `${word0 >>> 0}.${word1 >>> 0}.${word2 >>> 0}.${word3 >>> 0}`
}

/** `2023-11-14T22:13:20.001000+0000` in microseconds since 1970, exact. NaN for other texts. */
function microsecondsOf(text: string): number {
  return Date.parse(`${text.slice(0, 19)}Z`) * 1000 + Number(text.slice(20, 26))
}
