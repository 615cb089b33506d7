import type { BufferDirection } from './buffer-names.ts'
import { DEFAULT_PRIORITY } from './classifications.ts'
import { refuse } from './rule-fault.ts'
import type { HeaderText } from './rule-text.ts'
import type {
  InspectionKind,
  NumberTest,
  PacketTest,
  PayloadSource,
  RuleAction,
  RuleEndpoint,
  RuleProtocol,
  Signature,
} from './signature.ts'
import { type DraftBuffer, type DraftContent, directionsOf, type SignatureDraft } from './signature-draft.ts'

/** What the rule's header says, resolved. */
export interface RuleHeader {
  readonly action: RuleAction
  readonly protocol: RuleProtocol
  readonly source: RuleEndpoint
  readonly destination: RuleEndpoint
  readonly isBidirectional: boolean
  readonly text: HeaderText
}

/** Where the rule stands, and its text. */
export interface RulePlace {
  readonly file: string
  readonly line: number
  readonly index: number
  readonly text: string
}

const BOTH: readonly BufferDirection[] = ['toserver', 'toclient']
/** Tests that look at one packet, and so cannot stand with tests on streams or transactions. */
const PER_PACKET: ReadonlySet<PacketTest['kind']> = new Set<PacketTest['kind']>([
  'dsize',
  'flags',
  'ttl',
  'seq',
  'ack',
  'window',
  'itype',
  'icode',
  'icmp_id',
  'sameip',
  'id',
  'tos',
  'fragbits',
  'fragoffset',
])

/** The rule as a whole: what it lacks or contradicts is refused by a RuleFault; otherwise the signature, with defaults filled in. */
export function finishSignature(draft: SignatureDraft, header: RuleHeader, place: RulePlace): Signature {
  draft.endSticky()
  const { sid } = draft
  if (sid === undefined) return refuse('the rule has no sid; every rule needs its own number, as sid:1000001;')
  const buffers = draft.buffers.filter(({ tests }) => tests.length > 0)
  for (const buffer of buffers) checkBuffer(buffer)
  checkLengths(draft, buffers)
  const perPacket = draft.packetTests.find(({ kind }) => PER_PACKET.has(kind))
  const ofTransaction = buffers.some(({ buffer }) => buffer !== 'payload') || draft.transactionTests.length > 0
  checkKinds(draft, header, ofTransaction, perPacket)
  const payload = buffers.find(({ buffer }) => buffer === 'payload')
  const classification =
    draft.classtype !== undefined && Object.hasOwn(draft.classifications, draft.classtype)
      ? draft.classifications[draft.classtype]
      : undefined
  return {
    file: place.file,
    line: place.line,
    index: place.index,
    text: place.text,
    action: header.action,
    protocol: header.protocol,
    application: draft.application,
    source: header.source,
    destination: header.destination,
    isBidirectional: header.isBidirectional && !isSymmetric(header.text),
    gid: draft.gid ?? 1,
    sid,
    rev: draft.rev ?? 0,
    msg: draft.msg ?? '',
    category: classification?.description ?? '',
    classtype: draft.classtype,
    priority: draft.priority ?? classification?.priority ?? DEFAULT_PRIORITY,
    references: draft.references,
    metadata: draft.metadata,
    target: draft.target,
    flow: draft.flow,
    flowbits: draft.flowbits,
    threshold: draft.threshold,
    detectionFilter: draft.detectionFilter,
    isNoalert: draft.isNoalert,
    packetTests: draft.packetTests,
    transactionTests: draft.transactionTests,
    kind: kindOf(draft, header, buffers.length > 0, ofTransaction),
    payloadSource: payloadSourceOf(draft, header, payload, perPacket),
    directions: directions(draft, buffers),
    buffers: buffers.map(({ buffer, transformations, tests }) => ({ buffer, transformations, tests })),
    variableCount: draft.variables.size,
  }
}

/** Both directions are one where the two sides are the same. */
function isSymmetric({ sourceAddress, sourcePort, destinationAddress, destinationPort }: HeaderText): boolean {
  return sourceAddress === destinationAddress && sourcePort === destinationPort
}

function kindOf(
  draft: SignatureDraft,
  header: RuleHeader,
  hasBuffers: boolean,
  ofTransaction: boolean,
): InspectionKind {
  if (ofTransaction) return 'transaction'
  const others = draft.packetTests.filter(({ kind }) => kind !== 'app-layer-protocol')
  const isBare = !hasBuffers && draft.flow === undefined && draft.application === undefined
  const onlySets = draft.flowbits.every(({ action }) => action === 'set')
  if (isBare && others.length === 0 && draft.packetTests.length > 0 && draft.flowbits.length === 0) return 'detection'
  const isAddressable = draft.packetTests.every(({ kind }) => kind === 'ip_proto') && onlySets
  // A negated address needs all packets: Suricata keeps such rules out of its table of addresses.
  const isNegated = `${header.text.sourceAddress}${header.text.destinationAddress}`.includes('!')
  return isBare && isAddressable && !isNegated ? 'addresses' : 'packet'
}

function payloadSourceOf(
  draft: SignatureDraft,
  { protocol }: RuleHeader,
  payload: DraftBuffer | undefined,
  perPacket: PacketTest | undefined,
): PayloadSource {
  if (perPacket || protocol === 'tcp-pkt' || draft.flow?.stream === 'none') return 'packet'
  if (draft.flow?.stream === 'only') return 'stream'
  if (protocol === 'tcp-stream') return 'stream-or-packet'
  const isPlaced = payload?.tests.some((test) => test.kind === 'content' && test.hasOffsetOrDepth) ?? false
  return isPlaced ? 'stream-and-packet' : 'stream-or-packet'
}

function checkKinds(
  draft: SignatureDraft,
  { protocol }: RuleHeader,
  ofTransaction: boolean,
  perPacket: PacketTest | undefined,
): void {
  const name =
    perPacket?.kind ??
    (protocol === 'tcp-pkt' ? 'the protocol tcp-pkt' : draft.flow?.stream === 'none' ? 'flow:no_stream' : undefined)
  if (name === undefined) return
  if (ofTransaction) refuse(`${name} looks at single packets and cannot stand with keywords of an application layer`)
  if (protocol === 'tcp-stream' || draft.flow?.stream === 'only') {
    refuse(`${name} looks at single packets and cannot stand with tcp-stream or flow:only_stream`)
  }
}

function directions(draft: SignatureDraft, buffers: readonly DraftBuffer[]): readonly BufferDirection[] {
  let left = draft.flow?.direction ? [draft.flow.direction] : BOTH
  for (const { buffer } of buffers) {
    const possible = directionsOf(buffer)
    left = left.filter((direction) => possible.includes(direction))
    if (buffer === 'http.header.raw' && draft.flow?.direction === undefined && left.length > 1) {
      refuse('http.header.raw needs a direction: add flow:to_server or flow:to_client')
    }
  }
  if (left.length === 0)
    refuse('the rule looks at what the client sends and at what the server sends; one rule has one direction')
  return left
}

function checkBuffer({ buffer, transformations, tests }: DraftBuffer): void {
  for (const test of tests) {
    if (test.kind !== 'content') continue
    // A transformation may bring capitals back.
    const isLowerCase = buffer === 'http.host' && transformations.length === 0
    if (isLowerCase && (test.isNocase || test.bytes.some(isUpper))) {
      refuse('http.host holds the host in lower case: its contents are in lower case and without nocase')
    }
    if (buffer === 'http.method' && (isBlank(test.bytes[0]) || isBlank(test.bytes.at(-1)))) {
      refuse('http.method holds the method alone: its contents begin and end without blanks')
    }
    if (buffer === 'tls.cert_fingerprint')
      checkHash(test, 59, 'tls.cert_fingerprint', '20 pairs of digits with colons between')
    if (buffer === 'ja3.hash' || buffer === 'ja3s.hash') checkHash(test, 32, buffer, '32 hexadecimal digits')
    if (buffer === 'tls.cert_serial')
      test.bytes = test.bytes.map((byte) => (byte >= 0x61 && byte <= 0x66 ? byte - 32 : byte))
    for (const transformation of transformations) checkAgainst(test, transformation)
  }
  const length = requiredLength(tests.filter((test) => test.kind === 'content'))
  for (const test of tests) {
    if (test.kind === 'bsize') checkSize(length, test.test)
  }
}

function checkHash(test: DraftContent, length: number, buffer: string, form: string): void {
  if (test.bytes.length !== length)
    refuse(`${buffer} holds ${form}: its contents have ${length} characters, not ${test.bytes.length}`)
  test.bytes = test.bytes.map((byte) => (isUpper(byte) ? byte + 32 : byte))
}

function checkAgainst(test: DraftContent, transformation: DraftBuffer['transformations'][number]): void {
  const text = new TextDecoder().decode(test.bytes)
  const isSpoilt =
    (transformation === 'to_lowercase' && test.bytes.some(isUpper)) ||
    (transformation === 'to_uppercase' && test.bytes.some((byte) => byte >= 0x61 && byte <= 0x7a)) ||
    (transformation === 'strip_whitespace' && /\s/.test(text)) ||
    (transformation === 'compress_whitespace' && /\s\s/.test(text))
  if (isSpoilt) refuse(`the content '${text}' can never stand in a buffer after ${String(transformation)}`)
}

function isBlank(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x09
}

function isUpper(byte: number): boolean {
  return byte >= 0x41 && byte <= 0x5a
}

/** How many bytes the contents need at least; for `dsize` Suricata counts negated ones too. */
function requiredLength(contents: readonly DraftContent[], withNegated = false): number {
  let end = 0
  let needed = 0
  for (const { bytes, isNegated, offset, distance, within } of contents) {
    if (isNegated && !withNegated) continue
    const isRelative = distance !== undefined || within !== undefined
    const start = isRelative
      ? end + (typeof distance === 'number' ? distance : 0)
      : typeof offset === 'number'
        ? offset
        : 0
    end = Math.max(0, start) + bytes.length
    needed = Math.max(needed, end)
  }
  return needed
}

function checkSize(length: number, { low, high, isNegated }: NumberTest): void {
  if (isNegated) return
  // Suricata compares with the number that stands in the rule, which is one more than the largest length of `<N` and `a<>b`.
  const most = low === high ? high : high + 1
  if (length > most) refuse(`bsize or urilen allows ${high} bytes, and the contents of the buffer need ${length}`)
}

function checkLengths(draft: SignatureDraft, buffers: readonly DraftBuffer[]): void {
  const payload = buffers.find(({ buffer }) => buffer === 'payload')
  const contents = payload?.tests.filter((test) => test.kind === 'content') ?? []
  const length = requiredLength(contents, true)
  for (const test of draft.packetTests) {
    if (test.kind !== 'dsize') continue
    const { low, high } = test.test
    if (low !== high && high === 65_535) continue
    // As for bsize, and also for `!N`: Suricata compares with the number that stands in the rule.
    if (length > (low === high ? high : high + 1)) refuse(`dsize: the contents need ${length} bytes, which never fit`)
  }
}
