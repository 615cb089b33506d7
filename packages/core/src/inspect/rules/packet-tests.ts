import type { MatchContext, PacketView } from './match-context.ts'
import { passes } from './number-test.ts'
import type { BitMode, NumberTest, PacketTest } from './signature.ts'

/** Whether all tests on headers hold for the packet at hand. */
export function passesPacketTests(tests: readonly PacketTest[], context: MatchContext): boolean {
  for (const test of tests) if (!passesTest(test, context)) return false
  return true
}

function passesTest(test: PacketTest, context: MatchContext): boolean {
  if (test.kind === 'app-layer-protocol') {
    const { detectedApplication: detected } = context
    return detected !== undefined && (detected === test.protocol) !== test.isNegated
  }
  if (context.isPseudo) return false
  return test.kind === 'dsize' ? passesDsize(test.test, context) : passesHeaderTest(test, context.packet)
}

/** The payload's length. Where it has to be none nothing of the stream may be there either; other than `<N`, a test needs bytes to look at. */
function passesDsize(test: NumberTest, { packet, stream }: MatchContext): boolean {
  if (!passes(test, packet.payloadLength)) return false
  const hasBytes = packet.payload.length > 0 || stream !== undefined
  if (test.isNegated || test.low > 0) return hasBytes
  return test.high > 0 || !hasBytes
}

function passesHeaderTest(
  test: Exclude<PacketTest, { kind: 'app-layer-protocol' | 'dsize' }>,
  packet: PacketView,
): boolean {
  switch (test.kind) {
    case 'flags':
      return packet.tcpFlags !== undefined && passesBits(packet.tcpFlags & ~test.ignored & 0xff, test.value, test.mode)
    case 'ttl':
      return passes(test.test, packet.ttl)
    case 'itype':
      return packet.icmpType !== undefined && passes(test.test, packet.icmpType)
    case 'icode':
      return packet.icmpCode !== undefined && passes(test.test, packet.icmpCode)
    case 'icmp_id':
      return packet.icmpId === test.value
    case 'icmp_seq':
      return packet.icmpSequence === test.value
    case 'seq':
      return packet.tcpSequence === test.value
    case 'ack':
      return packet.tcpAcknowledgment === test.value
    case 'window':
      return packet.tcpWindow !== undefined && (packet.tcpWindow === test.value) !== test.isNegated
    case 'id':
      return packet.ipId === test.value
    case 'tos':
      return packet.tos !== undefined && (packet.tos === test.value) !== test.isNegated
    case 'fragbits':
      // Suricata has this of IPv4 alone.
      return packet.ipId !== undefined && passesBits(packet.fragmentBits, test.value, test.mode)
    case 'fragoffset':
      return packet.fragmentOffset >= test.low && packet.fragmentOffset <= test.high
    case 'ip_proto':
      return comparesProtocol(packet.protocol, test.comparison, test.value)
    case 'sameip':
      return packet.source.equals(packet.destination)
  }
}

function passesBits(bits: number, asked: number, mode: BitMode): boolean {
  switch (mode) {
    case 'exactly':
      return bits === asked
    case 'all':
      return (bits & asked) === asked
    case 'any':
      return (bits & asked) !== 0
    case 'not':
      return (bits & asked) !== asked
  }
}

function comparesProtocol(protocol: number, comparison: '=' | '<' | '>' | '!', value: number): boolean {
  switch (comparison) {
    case '=':
      return protocol === value
    case '!':
      return protocol !== value
    case '<':
      return protocol < value
    case '>':
      return protocol > value
  }
}
