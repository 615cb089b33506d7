import { type FiveTuple, Packet, type PacketFields } from '@flowtap/core'
import fc from 'fast-check'
import { type FiveTupleConstraints, fiveTuple } from './five-tuple.ts'

/** Limits of {@link packet}. */
export interface PacketConstraints extends FiveTupleConstraints {
  /** Bytes of transport payload; 1,460 unless given. */
  readonly maxPayloadLength?: number
  /** Whether fragments are among them; false unless given. */
  readonly fragments?: boolean
  /** Whether ICMP errors that quote a packet are among them; false unless given. */
  readonly icmpErrors?: boolean
}

const uint32 = fc.nat({ max: 0xffff_ffff })
const uint16 = fc.nat({ max: 0xffff })
const TCP = 6
const ICMP = 1
const ICMPV6 = 58

/** Maximum segment size, and the options of a Linux SYN. */
const TCP_OPTIONS: readonly Uint8Array[] = [
  new Uint8Array(0),
  Uint8Array.of(2, 4, 0x05, 0xb4),
  Uint8Array.of(2, 4, 0x22, 0xe9, 4, 2, 8, 10, 0, 0, 0, 1, 0, 0, 0, 0, 1, 3, 3, 7),
  Uint8Array.of(1, 1, 8, 10, 0, 0, 0, 2, 0, 0, 0, 1),
]

/** A well-formed IP packet: its fields fit each other, its payload is real bytes or only a length. It shrinks towards short ones. */
export function packet(constraints: PacketConstraints = {}): fc.Arbitrary<Packet> {
  return fiveTuple(constraints).chain((tuple) => {
    const plain = fieldsOf(tuple, constraints.maxPayloadLength ?? 1_460).map((fields) => new Packet(fields))
    const choices = [plain]
    if (constraints.fragments) choices.push(plain.chain(fragmentOf))
    if (constraints.icmpErrors) choices.push(plain.chain(errorAbout))
    return fc.oneof(...choices)
  })
}

function fieldsOf(tuple: FiveTuple, maxPayloadLength: number): fc.Arbitrary<PacketFields> {
  const payload = fc.oneof(
    fc.uint8Array({ maxLength: Math.min(maxPayloadLength, 64) }).map((bytes) => ({ payload: bytes })),
    fc.nat({ max: maxPayloadLength }).map((payloadLength) => ({ payloadLength })),
  )
  return fc
    .tuple(
      fc.record({
        hopLimit: fc.integer({ min: 1, max: 255 }),
        trafficClass: fc.nat({ max: 255 }),
        identification: uint16,
        dontFragment: fc.boolean(),
      }),
      transportFields(tuple),
      payload,
    )
    .map(([common, transport, content]) => {
      // IPv6 has neither an identification nor a "don't fragment" bit outside of fragments.
      const header =
        tuple.source.version === 4 ? common : { hopLimit: common.hopLimit, trafficClass: common.trafficClass }
      return { ...tuple, ...header, ...transport, ...content }
    })
}

function transportFields({ protocol }: FiveTuple): fc.Arbitrary<Partial<PacketFields>> {
  if (protocol === TCP) {
    return fc.record({
      tcpFlags: fc.oneof(fc.constantFrom(2, 18, 16, 24, 17, 4, 20), fc.nat({ max: 255 })),
      tcpSequence: uint32,
      tcpAcknowledgment: uint32,
      tcpWindow: uint16,
      tcpOptions: fc.constantFrom(...TCP_OPTIONS),
    })
  }
  if (protocol === ICMP || protocol === ICMPV6) {
    const [request, reply] = protocol === ICMP ? [8, 0] : [128, 129]
    return fc.record({
      icmpType: fc.constantFrom(request, reply),
      icmpIdentifier: uint16,
      icmpSequence: uint16,
    })
  }
  return fc.constant({})
}

/** One piece of a datagram: the first, one in the middle, or the last. */
function fragmentOf(whole: Packet): fc.Arbitrary<Packet> {
  return fc
    .record({ offset: fc.nat({ max: 180 }), moreFragments: fc.boolean(), identification: uint16 })
    .map(({ offset, moreFragments, identification }) => {
      const fragmentOffset = offset * 8
      const changes = { identification, fragmentOffset, dontFragment: false }
      // The pieces but the last carry a multiple of 8 bytes, the transport header included in the first.
      const length = whole.with({ ...changes, moreFragments: true }).length
      const ip = whole.source.version === 4 ? 20 : 48
      const isLast = !moreFragments && fragmentOffset > 0
      const cut = isLast ? 0 : (length - ip) % 8
      if (cut > whole.payloadLength) return whole
      return whole.with({ ...changes, moreFragments: !isLast, payloadLength: whole.payloadLength - cut })
    })
}

/** An ICMP error that the packet's destination sends about it. */
function errorAbout(quoted: Packet): fc.Arbitrary<Packet> {
  const { source, destination } = quoted
  const kinds =
    source.version === 4
      ? [
          { icmpType: 3, icmpCode: 3 },
          { icmpType: 3, icmpCode: 4, icmpMtu: 1_500 },
          { icmpType: 11, icmpCode: 0 },
        ]
      : [
          { icmpType: 1, icmpCode: 4 },
          { icmpType: 2, icmpCode: 0, icmpMtu: 1_500 },
          { icmpType: 3, icmpCode: 0 },
        ]
  return fc.constantFrom(...kinds).map(
    (kind) =>
      new Packet({
        source: destination,
        destination: source,
        protocol: source.version === 4 ? ICMP : ICMPV6,
        ...kind,
        quoted,
      }),
  )
}
