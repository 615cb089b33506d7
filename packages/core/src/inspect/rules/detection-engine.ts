import { BufferInspector } from './buffer-inspector.ts'
import type { BufferDirection, BufferName } from './buffer-names.ts'
import { CandidateSet } from './candidate-set.ts'
import { applyFlowbits, passesFlowbits } from './flowbits.ts'
import type { MatchContext, RuleHit, TransactionView } from './match-context.ts'
import { MultiPatternMatcher, type Pattern } from './multi-pattern-matcher.ts'
import { passesPacketTests } from './packet-tests.ts'
import { prefilterContent } from './prefilter-content.ts'
import { passesHeader } from './rule-header-match.ts'
import type { ApplicationProtocol, BufferMatch, RuleProtocol, Signature, Transformation } from './signature.ts'
import { transformationKey } from './signature-draft.ts'
import { orderSignatures } from './signature-order.ts'
import { transformBuffer } from './transform-buffer.ts'

/** What packets are told apart by before any rule is looked at. */
type PacketClass = 'tcp' | 'udp' | 'icmp' | 'other'

/** The rules that a class of packets in one direction may match. */
interface PacketGroup {
  /** Patterns of the rules that look into packets, though these belong to a stream. */
  readonly ofPackets: MultiPatternMatcher | undefined
  /** Patterns of all rules on payloads. */
  readonly ofAll: MultiPatternMatcher | undefined
  /** Rules that no pattern announces. */
  readonly always: Int32Array
}

/** One buffer of transactions that patterns are looked for in. */
interface BufferGroup {
  readonly buffer: BufferName
  readonly transformations: readonly Transformation[]
  readonly matcher: MultiPatternMatcher
}

interface TransactionGroup {
  readonly buffers: readonly BufferGroup[]
  readonly always: Int32Array
}

const CLASSES: readonly PacketClass[] = ['tcp', 'udp', 'icmp', 'other']
const APPLICATIONS: readonly ApplicationProtocol[] = ['http', 'dns', 'tls', 'ssh', 'ntp']

/** Makes rules ready to be matched: grouped by protocol and direction, each announced by its rarest content. */
export function compileSignatures(signatures: readonly Signature[]): DetectionEngine {
  return new DetectionEngine(signatures)
}

/**
 * Matches packets, streams and transactions against rules. It allocates nothing for a packet that no rule matches. What is remembered
 * of flows and transactions stands in the context's own objects.
 */
export class DetectionEngine {
  /** In the order in which they are asked; a hit's `order` is the place here. */
  readonly signatures: readonly Signature[]
  /** How many there are, those in both directions counted once. */
  readonly ruleCount: number
  readonly #packetGroups = new Map<PacketClass, Readonly<Record<BufferDirection, PacketGroup>>>()
  readonly #transactionGroups = new Map<ApplicationProtocol, Readonly<Record<BufferDirection, TransactionGroup>>>()
  readonly #candidates: CandidateSet
  readonly #inspector = new BufferInspector()

  constructor(signatures: readonly Signature[]) {
    this.ruleCount = signatures.length
    this.signatures = orderSignatures(signatures.flatMap(oneWay))
    this.#candidates = new CandidateSet(this.signatures.length)
    for (const each of CLASSES) {
      this.#packetGroups.set(each, {
        toserver: this.#packetGroup(each, 'toserver'),
        toclient: this.#packetGroup(each, 'toclient'),
      })
    }
    for (const each of APPLICATIONS) {
      this.#transactionGroups.set(each, {
        toserver: this.#transactionGroup(each, 'toserver'),
        toclient: this.#transactionGroup(each, 'toclient'),
      })
    }
  }

  /** Adds a hit for each rule on packets and streams that matches the packet at hand; changes the flow's bits. */
  matchPacket(context: MatchContext, hits: RuleHit[]): void {
    const { packet, stream } = context
    if (context.flow?.action !== undefined) return
    const group = this.#packetGroups.get(classOf(packet.protocol))?.[context.direction]
    if (!group) return
    const candidates = this.#candidates
    candidates.clear()
    for (const order of group.always) candidates.add(order)
    const matcher = context.isAddedToStream ? group.ofPackets : group.ofAll
    if (matcher !== undefined && packet.payload.length > 0) matcher.scan(packet.payload, candidates)
    if (group.ofAll !== undefined && stream !== undefined && !context.isPayloadHidden)
      group.ofAll.scan(stream, candidates)
    const { count } = candidates
    const orders = candidates.sorted()
    for (let index = 0; index < count; index += 1) {
      const order = orders[index] ?? 0
      const signature = this.signatures[order]
      if (signature) this.#askPacket(signature, order, context, hits)
    }
  }

  /** Adds a hit for each rule of its application layer that matches the transaction in the packet's direction, once per transaction. */
  matchTransaction(context: MatchContext, transaction: TransactionView, hits: RuleHit[]): void {
    if (context.flow?.action !== undefined) return
    const { direction } = context
    const group = this.#transactionGroups.get(transaction.application)?.[direction]
    if (!group || (group.always.length === 0 && group.buffers.length === 0)) return
    const candidates = this.#candidates
    candidates.clear()
    for (const order of group.always) candidates.add(order)
    for (const { buffer, transformations, matcher } of group.buffers) {
      for (let index = 0; ; index += 1) {
        const bytes = transaction.buffer(buffer, direction, index)
        if (bytes === undefined) break
        matcher.scan(transformBuffer(bytes, transformations), candidates)
      }
    }
    const { count } = candidates
    const orders = candidates.sorted()
    for (let index = 0; index < count; index += 1) {
      const order = orders[index] ?? 0
      const signature = this.signatures[order]
      if (signature) this.#askTransaction(signature, order, context, transaction, hits)
    }
  }

  #askPacket(signature: Signature, order: number, context: MatchContext, hits: RuleHit[]): void {
    if (signature.kind === 'addresses' && !context.isFirstInDirection) return
    if (signature.kind === 'detection' && !context.isDetectionDone) return
    if (!passesHeader(signature, context) || !passesPacketTests(signature.packetTests, context)) return
    if (!passesFlowbits(signature.flowbits, context.flow)) return
    const payload = signature.buffers[0]
    const from = payload === undefined ? 'packet' : this.#payload(signature, payload, context)
    if (from === undefined) return
    applyFlowbits(signature.flowbits, context.flow)
    hits.push({ signature, order, from, transaction: undefined })
  }

  #askTransaction(
    signature: Signature,
    order: number,
    context: MatchContext,
    transaction: TransactionView,
    hits: RuleHit[],
  ): void {
    const mark = order * 2 + (context.direction === 'toserver' ? 0 : 1)
    const { matched, streamMatched } = transaction.memory
    if (matched.includes(mark)) return
    if (!passesHeader(signature, context) || !passesPacketTests(signature.packetTests, context)) return
    if (!passesFlowbits(signature.flowbits, context.flow)) return
    if (!passesTransactionTests(signature, transaction)) return
    let isWhole = true
    for (const match of signature.buffers) {
      if (match.buffer === 'payload') {
        if (streamMatched.includes(mark)) continue
        if (this.#payload(signature, match, context) === undefined) isWhole = false
        else streamMatched.push(mark)
      } else if (!this.#buffer(match, context.direction, transaction)) return
    }
    if (!isWhole) return
    matched.push(mark)
    applyFlowbits(signature.flowbits, context.flow)
    hits.push({ signature, order, from: 'transaction', transaction })
  }

  /** Where the tests on the payload hold: the stream comes first, then the packet where it is asked. */
  #payload(signature: Signature, { tests }: BufferMatch, context: MatchContext): 'packet' | 'stream' | undefined {
    const { payloadSource: source } = signature
    const { stream, packet } = context
    if (source !== 'packet' && stream !== undefined && this.#inspector.holds(tests, stream)) return 'stream'
    if (source === 'stream' || (source === 'stream-or-packet' && context.isAddedToStream)) return undefined
    return packet.payload.length > 0 && this.#inspector.holds(tests, packet.payload) ? 'packet' : undefined
  }

  #buffer(match: BufferMatch, direction: BufferDirection, transaction: TransactionView): boolean {
    for (let index = 0; ; index += 1) {
      const bytes = transaction.buffer(match.buffer, direction, index)
      if (bytes === undefined) return false
      if (this.#inspector.holds(match.tests, transformBuffer(bytes, match.transformations))) return true
    }
  }

  #packetGroup(packets: PacketClass, direction: BufferDirection): PacketGroup {
    const ofPackets: Pattern[] = []
    const ofAll: Pattern[] = []
    const always: number[] = []
    this.signatures.forEach((signature, order) => {
      if (signature.kind === 'transaction' || !takes(signature.protocol, packets)) return
      const isDirected = packets === 'tcp' || packets === 'udp'
      if (isDirected && !signature.directions.includes(direction)) return
      const bytes = prefilterContent(signature.buffers)?.bytes
      if (bytes === undefined) {
        always.push(order)
        return
      }
      ofAll.push({ bytes, number: order })
      if (signature.payloadSource === 'packet' || signature.payloadSource === 'stream-and-packet') {
        ofPackets.push({ bytes, number: order })
      }
    })
    return { ofPackets: matcherOf(ofPackets), ofAll: matcherOf(ofAll), always: Int32Array.from(always) }
  }

  #transactionGroup(application: ApplicationProtocol, direction: BufferDirection): TransactionGroup {
    const patterns = new Map<string, { match: BufferMatch; patterns: Pattern[] }>()
    const always: number[] = []
    this.signatures.forEach((signature, order) => {
      if (signature.kind !== 'transaction' || !signature.directions.includes(direction)) return
      if (signature.application !== undefined && signature.application !== application) return
      const found = prefilterContent(signature.buffers.filter(({ buffer }) => buffer !== 'payload'))
      if (found === undefined) {
        always.push(order)
        return
      }
      const key = `${found.match.buffer} ${transformationKey(found.match.transformations)}`
      const group = patterns.get(key) ?? { match: found.match, patterns: [] }
      patterns.set(key, group)
      group.patterns.push({ bytes: found.bytes, number: order })
    })
    const buffers = [...patterns.values()].map(({ match, patterns: each }) => ({
      buffer: match.buffer,
      transformations: match.transformations,
      matcher: new MultiPatternMatcher(each),
    }))
    return { buffers, always: Int32Array.from(always) }
  }
}

/** A rule in both directions is two, each of which may match. */
function oneWay(signature: Signature): readonly Signature[] {
  const { source, destination, isBidirectional } = signature
  if (!isBidirectional) return [signature]
  const forth = { ...signature, isBidirectional: false }
  return [forth, { ...forth, source: destination, destination: source }]
}

function matcherOf(patterns: readonly Pattern[]): MultiPatternMatcher | undefined {
  return patterns.length === 0 ? undefined : new MultiPatternMatcher(patterns)
}

function passesTransactionTests({ transactionTests }: Signature, transaction: TransactionView): boolean {
  for (const test of transactionTests) {
    if (test.kind === 'tls.version') {
      if (transaction.tlsVersion !== test.value) return false
    } else if (transaction.dnsOpcode === undefined || (transaction.dnsOpcode === test.value) === test.isNegated)
      return false
  }
  return true
}

function classOf(protocol: number): PacketClass {
  if (protocol === 6) return 'tcp'
  if (protocol === 17) return 'udp'
  return protocol === 1 || protocol === 58 ? 'icmp' : 'other'
}

/** Whether a rule's protocol can fit packets of a class. */
function takes(protocol: RuleProtocol, packets: PacketClass): boolean {
  switch (protocol) {
    case 'tcp':
    case 'tcp-pkt':
    case 'tcp-stream':
    case 'http':
    case 'tls':
    case 'ssh':
      return packets === 'tcp'
    case 'udp':
    case 'ntp':
      return packets === 'udp'
    case 'dns':
      return packets === 'udp' || packets === 'tcp'
    case 'icmp':
    case 'icmpv4':
    case 'icmpv6':
      return packets === 'icmp'
    case 'sctp':
      return packets === 'other'
    case 'ip':
    case 'ipv4':
    case 'ipv6':
    case 'pkthdr':
      return true
  }
}
