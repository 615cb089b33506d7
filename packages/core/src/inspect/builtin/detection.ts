import type { EveEventHandler } from '../inspector.ts'
import type { BufferDirection } from '../rules/buffer-names.ts'
import type { DetectionEngine } from '../rules/detection-engine.ts'
import { finishAlerts } from '../rules/finish-alerts.ts'
import type { FlowView, MatchContext, RuleHit } from '../rules/match-context.ts'
import { ThresholdTable } from '../rules/threshold-table.ts'
import type { Transaction } from './application/transaction.ts'
import type { InspectedPacket } from './decode/inspected-packet.ts'
import { alertEvent } from './events/alert-event.ts'
import { tunnelOf } from './events/event-header.ts'
import type { Direction, Flow } from './flow/flow.ts'
import type { InspectionCounters } from './inspection-counters.ts'
import { INSPECTION_LIMITS } from './inspection-limits.ts'
import type { TcpStream } from './stream/tcp-stream.ts'

/** The context of the packet at hand: one object, filled anew for each. */
class PacketContext implements MatchContext {
  packet: InspectedPacket
  direction: BufferDirection = 'toserver'
  flow: FlowView | undefined = undefined
  isFirstInDirection = true
  stream: Uint8Array | undefined = undefined
  isPayloadHidden = false
  isAddedToStream = false
  isPseudo = false
  isReassembled = false
  isDetectionDone = false
  detectedApplication: string | undefined = undefined
  timeMicroseconds = 0

  constructor(packet: InspectedPacket) {
    this.packet = packet
  }
}

/** Shows packets, streams and transactions to the rules when Suricata does, and makes alerts of what matched. */
export class Detection {
  readonly #engine: DetectionEngine
  readonly #counters: InspectionCounters
  readonly #onEvent: EveEventHandler
  readonly #mirrorSession: ((vni: number) => string | undefined) | undefined
  readonly #packetAlerts: number | undefined
  readonly #hits: RuleHit[] = []
  readonly #thresholds = new ThresholdTable()
  #context: PacketContext | undefined

  constructor(
    engine: DetectionEngine,
    counters: InspectionCounters,
    mirrorSession: ((vni: number) => string | undefined) | undefined,
    onEvent: EveEventHandler,
    packetAlerts: number | undefined,
  ) {
    this.#engine = engine
    this.#packetAlerts = packetAlerts
    this.#counters = counters
    this.#mirrorSession = mirrorSession
    this.#onEvent = onEvent
  }

  /** Inspects a packet, and what it made ready of its direction's stream and transactions. */
  inspect(
    packet: InspectedPacket,
    flow: Flow | undefined,
    direction: Direction,
    isAddedToStream: boolean,
    isPseudo: boolean,
  ): void {
    const context = this.#prepare(packet, flow, direction, isPseudo)
    const hits = this.#hits
    if (hits.length > 0) hits.length = 0
    const stream = direction === 0 ? flow?.tcp?.client : flow?.tcp?.server
    context.isAddedToStream = isAddedToStream
    context.stream = flow && stream ? readyBytes(flow, stream, isPseudo) : undefined
    if (flow?.action !== undefined) return
    this.#engine.matchPacket(context, hits)
    // Only what is left of the stream is inspected at its end: there is no packet.
    if (isPseudo) keepStreamHits(hits)
    const transactions = flow?.applicationLayer.parser?.transactions
    if (transactions) {
      for (const transaction of transactions) {
        if (direction === 0 ? !transaction.isNewToServer : !transaction.isNewToClient) continue
        this.#engine.matchTransaction(context, transaction, hits)
      }
    }
    if (hits.length === 0) return
    for (const hit of finishAlerts(hits, context, this.#thresholds, this.#packetAlerts))
      this.#alert(hit, packet, flow, direction, isPseudo)
  }

  #prepare(packet: InspectedPacket, flow: Flow | undefined, direction: Direction, isPseudo: boolean): PacketContext {
    this.#context ??= new PacketContext(packet)
    const context = this.#context
    context.packet = packet
    context.flow = flow
    context.direction = direction === 0 ? 'toserver' : 'toclient'
    context.isFirstInDirection =
      !isPseudo && (!flow || (direction === 0 ? flow.packetsToServer === 1 : flow.packetsToClient === 1))
    context.isPseudo = isPseudo
    context.isPayloadHidden = !packet.showsPayload
    context.isReassembled = packet.packetSource === 'defrag'
    context.isDetectionDone = !isPseudo && flow?.applicationLayer.isFirstAfterDetection === true
    context.detectedApplication = flow?.applicationLayer.nameOf(direction)
    context.timeMicroseconds = packet.timeMicroseconds
    return context
  }

  #alert(hit: RuleHit, packet: InspectedPacket, flow: Flow | undefined, direction: Direction, isPseudo: boolean): void {
    this.#counters.counters.alerts += 1
    if (flow) flow.isAlerted = true
    const transactions = flow?.applicationLayer.parser?.transactions ?? []
    const own = hit.transaction as Transaction | undefined
    // A match in the stream belongs to the first transaction that is not over; so does one of an application's rule in a datagram.
    const isGuessed = own === undefined && hit.from === 'stream'
    const isOfDatagram = hit.signature.application !== undefined && flow !== undefined && flow.tcp === undefined
    const transaction = isGuessed || isOfDatagram ? (own ?? transactions[0]) : own
    const tunnel = tunnelOf(packet, this.#mirrorSession)
    this.#onEvent(alertEvent(hit, { packet, flow, direction, tunnel, isPseudo, transaction, isGuessed }))
  }
}

function keepStreamHits(hits: RuleHit[]): void {
  let kept = 0
  for (const hit of hits) {
    if (hit.from !== 'stream') continue
    hits[kept] = hit
    kept += 1
  }
  hits.length = kept
}

/** Acknowledged bytes of a stream that are to be inspected now (Suricata's raw reassembly), which count as inspected then. */
function readyBytes(flow: Flow, stream: TcpStream, isPseudo: boolean): Uint8Array | undefined {
  const session = flow.tcp
  const beforeGap = stream.takeBeforeGap()
  if (beforeGap) return beforeGap
  const { buffer } = stream
  if (!session || !buffer || stream.isRawDone) return undefined
  const isAll = isPseudo || session.isOneSided || session.state === 'closed'
  const end = isAll ? stream.receivedEnd : Math.min(stream.acknowledgedEnd, stream.receivedEnd)
  const start = stream.rawProgress
  if (end <= start) return undefined
  const isDue =
    stream.isRawTriggered ||
    isPseudo ||
    session.isFlushing ||
    stream.isDepthReached ||
    // What was received counts, acknowledged or not.
    stream.offsetOf(stream.nextSequence) - start >= INSPECTION_LIMITS.rawChunk
  if (!isDue) return undefined
  stream.isRawTriggered = false
  stream.rawProgress = end
  if (stream.isDepthReached) stream.isRawDone = true
  return buffer.subarray(start - stream.bufferStart, end - stream.bufferStart)
}
