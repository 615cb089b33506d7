import { IP_PROTOCOL } from '../../packet/ip-protocol.ts'
import type { EveTunnel } from '../eve-event.ts'
import type { EveEventHandler, InspectedFrame, Inspector } from '../inspector.ts'
import type { DetectionEngine } from '../rules/detection-engine.ts'
import { ApplicationLayer } from './application/application-layer.ts'
import type { FileHash } from './application/extracted-file.ts'
import { HttpTransaction } from './application/http/http-transaction.ts'
import { FrameDecoder } from './decode/frame-decoder.ts'
import { InspectedPacket } from './decode/inspected-packet.ts'
import { Detection } from './detection.ts'
import { EventLog } from './event-log.ts'
import { eveTime, tunnelOf } from './events/event-header.ts'
import { flowEvent } from './events/flow-event.ts'
import type { Direction, Flow } from './flow/flow.ts'
import { FLOW_TIMEOUTS } from './flow/flow-timeouts.ts'
import { type FlowEndReason, InspectedFlowTable } from './flow/inspected-flow-table.ts'
import { InspectionCounters } from './inspection-counters.ts'
import { BytePool } from './stream/byte-pool.ts'
import type { TcpStream } from './stream/tcp-stream.ts'
import { TcpTracker } from './stream/tcp-tracker.ts'

/** How the builtin inspector inspects. */
export interface BuiltinInspectorOptions {
  /** Called for every event, in order. */
  readonly onEvent: EveEventHandler
  /** Compiled rules; none unless given. */
  readonly rules?: DetectionEngine | undefined
  /** Alerts of one packet at most; 15 unless given, as Suricata's `packet-alert-max`. */
  readonly packetAlerts?: number
  /** Picks up connections whose start was not captured, as Suricata's `stream.midstream` does; not unless asked. */
  readonly midstream?: boolean
  /**
   * Follows connections of which one direction alone is captured, as Suricata does with `stream.async-oneside` and midstream.
   * `mirrored`, the default: within VXLAN and GENEVE only, since a mirror session may copy one direction alone.
   */
  readonly oneSided?: boolean | 'mirrored'
  /** Digests of files; sha256 unless given. Suricata's own default is none. */
  readonly fileHashes?: readonly FileHash[]
  /** Flow timeouts in seconds; Suricata's unless given. */
  readonly flowTimeouts?: typeof FLOW_TIMEOUTS
  /** The id of the traffic mirror session with a VXLAN network identifier, for `tunnel.mirror_session`. */
  readonly mirrorSession?: (vni: number) => string | undefined
}

const ACK = 16

/**
 * The builtin inspector: what Suricata 7 in its IDS mode would say of the packets, in the same events. It runs in this process, in time
 * given by the packets, and holds bounded memory whatever comes ({@link INSPECTION_LIMITS}). See docs/inspection.md for what it leaves out.
 */
export class BuiltinInspector implements Inspector {
  readonly #onEvent: EveEventHandler
  readonly #counters = new InspectionCounters()
  readonly #pool = new BytePool()
  readonly #decoder: FrameDecoder
  readonly #flows: InspectedFlowTable
  readonly #tracker: TcpTracker
  readonly #applications: ApplicationLayer
  readonly #detection: Detection | undefined
  readonly #log: EventLog
  readonly #rules: DetectionEngine | undefined
  readonly #pseudo = new InspectedPacket()
  #firstMicroseconds = Number.NaN
  #nowMicroseconds = 0
  #isEnded = false

  constructor(options: BuiltinInspectorOptions) {
    const { onEvent, rules, mirrorSession } = options
    const tunnel = (packet: InspectedPacket): EveTunnel | undefined => tunnelOf(packet, mirrorSession)
    this.#onEvent = onEvent
    this.#rules = rules
    this.#log = new EventLog(this.#counters, tunnel, onEvent)
    this.#detection = rules && new Detection(rules, this.#counters, mirrorSession, onEvent, options.packetAlerts)
    this.#applications = new ApplicationLayer(this.#counters, this.#pool, options.fileHashes ?? ['sha256'])
    this.#flows = new InspectedFlowTable(
      options.flowTimeouts ?? FLOW_TIMEOUTS,
      this.#counters,
      tunnel,
      (flow, reason) => this.#endFlow(flow, reason),
    )
    const streams = { midstream: options.midstream ?? false, oneSided: options.oneSided ?? 'mirrored' }
    this.#tracker = new TcpTracker(streams, this.#counters, this.#pool, {
      onStreamEvent: (flow, packet, event) => this.#log.streamAnomaly(packet, flow, event),
      onStreamData: (flow, direction, stream, end) => this.#takeStream(flow, direction, stream, end),
      onStreamGap: (flow, direction, length) => this.#applications.skipStream(flow, direction, length),
      onClose: (flow) => this.#applications.close(flow),
    })
    this.#decoder = new FrameDecoder(
      {
        onPacket: (packet) => this.#inspect(packet),
        onDecodeEvent: (packet, event) => this.#log.decodeAnomaly(packet, event),
      },
      this.#counters,
    )
  }

  push(frame: InspectedFrame): void {
    if (this.#isEnded) throw new Error('the inspector has ended: packets cannot follow; make a new one')
    this.#decoder.decode(frame)
  }

  /** Time goes on without packets: flows whose time is over end. Microseconds since 1970; nothing happens where it is not later. */
  advance(timeMicroseconds: number): void {
    if (this.#isEnded || timeMicroseconds <= this.#nowMicroseconds) return
    this.#nowMicroseconds = timeMicroseconds
    this.#flows.advance(timeMicroseconds)
  }

  end(): void {
    if (this.#isEnded) return
    this.#isEnded = true
    this.#flows.endAll()
    const uptime = Number.isNaN(this.#firstMicroseconds)
      ? 0
      : Math.max(0, Math.floor((this.#nowMicroseconds - this.#firstMicroseconds) / 1e6))
    this.#onEvent({
      timestamp: eveTime(this.#nowMicroseconds),
      event_type: 'stats',
      stats: this.#counters.toEve(uptime, this.#rules?.ruleCount ?? 0),
    })
  }

  #inspect(packet: InspectedPacket): void {
    const { timeMicroseconds } = packet
    if (Number.isNaN(this.#firstMicroseconds)) this.#firstMicroseconds = timeMicroseconds
    // Packets that come too late do not turn time back.
    if (timeMicroseconds > this.#nowMicroseconds) this.#nowMicroseconds = timeMicroseconds
    this.#flows.advance(timeMicroseconds)
    const flow = this.#flows.find(packet)
    if (!flow) {
      this.#detection?.inspect(packet, undefined, 0, false, false)
      return
    }
    let direction = this.#flows.direct(flow, packet)
    this.#count(flow, packet, direction)
    flow.isEstablished =
      flow.protocol === IP_PROTOCOL.tcp ? flow.state !== 'new' : flow.packetsToServer > 0 && flow.packetsToClient > 0
    if (flow.isPayloadHidden) packet.showsPayload = false
    let isAdded = false
    if (packet.protocol === IP_PROTOCOL.tcp) {
      flow.applicationLayer.beginPacket(direction)
      direction = this.#tracker.handle(flow, packet, direction)
      isAdded = this.#tracker.isAdded
    } else {
      if (packet.protocol === IP_PROTOCOL.udp) {
        const mayAnswerFirst = this.#tracker.isOneSidedAllowed(packet)
        direction = this.#applications.takeDatagram(flow, packet, direction, mayAnswerFirst)
      }
      // An ICMP error on a flow of another protocol is no answer.
      if (packet.protocol === flow.protocol && flow.packetsToServer > 0 && flow.packetsToClient > 0)
        flow.state = 'established'
    }
    if (direction === 0) packet.useAddresses(flow.client, flow.server)
    else if (packet.protocol === flow.protocol) packet.useAddresses(flow.server, flow.client)
    this.#look(flow, packet, direction, isAdded, false)
  }

  /** Rules, then the events of transactions, then what is not needed any more goes. */
  #look(flow: Flow, packet: InspectedPacket, direction: Direction, isAdded: boolean, isPseudo: boolean): void {
    this.#detection?.inspect(packet, flow, direction, isAdded, isPseudo)
    if (flow.applicationLayer.parser) {
      this.#log.logTransactions(packet, flow, direction, isPseudo)
      this.#forget(flow, direction)
    }
    const { tcp } = flow
    if (!tcp) return
    if (!this.#detection) {
      tcp.client.isRawDone = true
      tcp.server.isRawDone = true
    } else if (flow.isPayloadHidden) {
      // What was there before the encryption was inspected by now, or will not be.
      const stream = direction === 0 ? tcp.client : tcp.server
      stream.isRawDone = true
    }
    tcp.client.discard(this.#pool)
    tcp.server.discard(this.#pool)
  }

  #count(flow: Flow, packet: InspectedPacket, direction: Direction): void {
    if (packet.timeMicroseconds > flow.lastMicroseconds) flow.lastMicroseconds = packet.timeMicroseconds
    if (direction === 0) {
      flow.packetsToServer += 1
      flow.bytesToServer += packet.length
      if (flow.packetsToServer === 1 && packet.isIcmp) {
        flow.messageType = packet.messageType
        flow.messageCode = packet.messageCode
      }
    } else {
      flow.packetsToClient += 1
      flow.bytesToClient += packet.length
      if (flow.packetsToClient === 1 && packet.isIcmp) {
        flow.responseType = packet.messageType
        flow.responseCode = packet.messageCode
      }
    }
  }

  #takeStream(flow: Flow, direction: Direction, stream: TcpStream, end: number): void {
    this.#applications.takeStream(flow, direction, stream, end)
    const { parser } = flow.applicationLayer
    if (!parser || !this.#detection) return
    // Rules on the stream look at once where a transaction's side is there (Suricata's raw reassembly trigger).
    for (const transaction of parser.transactions) {
      const isReady = direction === 0 ? transaction.isReadyToServer : transaction.isReadyToClient
      if (isReady) {
        stream.isRawTriggered = true
        break
      }
    }
  }

  /** Rules of this direction have seen what is new; transactions that are over go. */
  #forget(flow: Flow, direction: Direction): void {
    const { parser } = flow.applicationLayer
    if (!parser) return
    const { transactions } = parser
    let isAnyDone = false
    for (const transaction of transactions) {
      if (direction === 0) {
        if (transaction.isNewToServer) transaction.settle()
        transaction.isNewToServer = false
      } else {
        if (transaction.isNewToClient) transaction.settle()
        transaction.isNewToClient = false
      }
      isAnyDone ||= this.#isDone(transaction)
    }
    // The transactions of TLS and SSH last as long as their flows.
    if (!isAnyDone || parser.name === 'tls' || parser.name === 'ssh') return
    let kept = 0
    for (const transaction of transactions) {
      if (this.#isDone(transaction)) {
        if (transaction instanceof HttpTransaction) transaction.release()
      } else {
        transactions[kept] = transaction
        kept += 1
      }
    }
    transactions.length = kept
  }

  #isDone(transaction: {
    isComplete: boolean
    isLogged: boolean
    isNewToServer: boolean
    isNewToClient: boolean
    files: readonly { isLogged: boolean }[]
  }): boolean {
    return (
      transaction.isComplete &&
      transaction.isLogged &&
      (!this.#detection || (!transaction.isNewToServer && !transaction.isNewToClient)) &&
      transaction.files.every(isLoggedFile)
    )
  }

  #endFlow(flow: Flow, reason: FlowEndReason): void {
    this.#tracker.flush(flow)
    this.#applications.finish(flow)
    for (const direction of [0, 1] as const) {
      if (this.#hasMore(flow, direction)) this.#look(flow, this.#pseudoPacket(flow, direction), direction, false, true)
    }
    this.#tracker.close(flow)
    for (const transaction of flow.applicationLayer.parser?.transactions ?? []) {
      if (transaction instanceof HttpTransaction) transaction.release()
    }
    this.#onEvent(flowEvent(flow, reason, this.#nowMicroseconds))
    // The flow may stand in the table's wheel for a while.
    flow.tcp = undefined
    flow.applicationLayer.parser = undefined
  }

  #hasMore(flow: Flow, direction: Direction): boolean {
    const stream = direction === 0 ? flow.tcp?.client : flow.tcp?.server
    if (stream && this.#detection && !stream.isRawDone && stream.rawProgress < stream.receivedEnd) return true
    const { parser } = flow.applicationLayer
    if (!parser) return false
    if (parser.anomalies.length > 0) return true
    return parser.transactions.some(
      (transaction) =>
        !transaction.isLogged ||
        transaction.anomalies.length > 0 ||
        (direction === 0 ? transaction.isNewToServer : transaction.isNewToClient) ||
        transaction.files.some((file) => !file.isLogged),
    )
  }

  /** A packet without bytes of its own, by which what is left of a flow is inspected. */
  #pseudoPacket(flow: Flow, direction: Direction): InspectedPacket {
    const packet = this.#pseudo
    packet.reset()
    packet.timeMicroseconds = this.#nowMicroseconds
    packet.version = flow.version
    packet.protocol = flow.protocol
    packet.hasTransport = true
    packet.ipStart = 0
    packet.depth = flow.depth
    packet.flags = ACK
    packet.ttl = 64
    packet.sourcePort = direction === 0 ? flow.clientPort : flow.serverPort
    packet.destinationPort = direction === 0 ? flow.serverPort : flow.clientPort
    packet.vlans.length = 0
    for (const vlan of flow.vlans) packet.vlans.push(vlan)
    if (direction === 0) packet.useAddresses(flow.client, flow.server)
    else packet.useAddresses(flow.server, flow.client)
    return packet
  }
}

function isLoggedFile({ isLogged }: { readonly isLogged: boolean }): boolean {
  return isLogged
}
