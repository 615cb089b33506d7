import type { FlowView, MatchContext, PacketView } from './match-context.ts'
import { passes } from './number-test.ts'
import type { BitMode, PacketTest } from './signature.ts'

/** Whether all tests on headers hold for the packet at hand. */
export function passesPacketTests(tests: readonly PacketTest[], context: MatchContext): boolean {
  for (const test of tests) if (!passesTest(test, context)) return false
  return true
}

function passesTest(test: PacketTest, context: MatchContext): boolean {
  if (test.kind === 'app-layer-protocol') {
    return context.isDetectionDone && isApplication(context.flow, test.protocol) !== test.isNegated
  }
  return !context.isPseudo && passesHeaderTest(test, context.packet)
}

/** Whether the flow's application layer was detected as this one. */
export function isApplication(flow: FlowView | undefined, protocol: string): boolean {
  return flow !== undefined && flow.application === protocol
}

function passesHeaderTest(test: Exclude<PacketTest, { kind: 'app-layer-protocol' }>, packet: PacketView): boolean {
  switch (test.kind) {
    case 'flags':
      return packet.tcpFlags !== undefined && passesBits(packet.tcpFlags & ~test.ignored & 0xff, test.value, test.mode)
    case 'ttl':
      return passes(test.test, packet.ttl)
    case 'dsize':
      return passes(test.test, packet.payload.length)
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
      return passesBits(packet.fragmentBits, test.value, test.mode)
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
