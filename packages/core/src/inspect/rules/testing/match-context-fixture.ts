import { IpAddress } from '../../../net/ip-address.ts'
import type { BufferName } from '../buffer-names.ts'
import {
  type FlowView,
  type MatchContext,
  type PacketView,
  TransactionMemory,
  type TransactionView,
} from '../match-context.ts'
import type { ApplicationProtocol } from '../signature.ts'

/** A TCP packet from 10.0.0.1:40000 to 10.0.0.2:80, or as given. */
export function packetView(given: Partial<PacketView> = {}): PacketView {
  return {
    source: IpAddress.of('10.0.0.1'),
    destination: IpAddress.of('10.0.0.2'),
    protocol: 6,
    sourcePort: 40_000,
    destinationPort: 80,
    ttl: 64,
    ipId: 1,
    tos: 0,
    fragmentBits: 2,
    fragmentOffset: 0,
    tcpFlags: 0x18,
    tcpSequence: 1,
    tcpAcknowledgment: 1,
    tcpWindow: 8192,
    icmpType: undefined,
    icmpCode: undefined,
    icmpId: undefined,
    icmpSequence: undefined,
    payload: new Uint8Array(0),
    payloadLength: given.payload?.length ?? 0,
    ...given,
  }
}

/** An established flow without application layer, or as given. */
export function flowView(given: Partial<FlowView> = {}): FlowView {
  return { isEstablished: true, application: undefined, flowbits: undefined, action: undefined, ...given }
}

/** A packet to the server that belongs to no stream, or as given. */
export function matchContext(given: Partial<MatchContext> = {}): MatchContext {
  return {
    packet: packetView(),
    direction: 'toserver',
    flow: flowView(),
    isFirstInDirection: false,
    stream: undefined,
    isPayloadHidden: false,
    isAddedToStream: false,
    isPseudo: false,
    isReassembled: false,
    isDetectionDone: false,
    detectedApplication: undefined,
    timeMicroseconds: 0,
    ...given,
  }
}

/** A transaction with the given buffers, the same in both directions. */
export function transactionView(
  application: ApplicationProtocol,
  buffers: Partial<Record<BufferName, readonly Uint8Array[]>>,
): TransactionView {
  return {
    application,
    memory: new TransactionMemory(),
    dnsOpcode: undefined,
    tlsVersion: undefined,
    buffer: (name, _direction, index) => buffers[name]?.[index],
  }
}

/** The bytes of a text, one per character. */
export function latin1(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0))
}
