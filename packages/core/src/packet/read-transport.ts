import { decodeIcmp, ICMP_HEADER_LENGTH, ICMP_TYPE, isFragmentationNeeded, isIcmpError } from './icmp.ts'
import { ICMPV6_TYPE, isIcmpv6Error } from './icmpv6.ts'
import { IP_PROTOCOL } from './ip-protocol.ts'
import type { PacketDraft } from './packet-draft.ts'
import { type PacketIssue, packetIssue, truncatedIssue } from './packet-issue.ts'
import { decodeTcp, tcpHeaderLength } from './tcp.ts'
import { checksumOffset, unseenSumOf } from './transport-checksum.ts'
import { decodeUdp, UDP_HEADER_LENGTH } from './udp.ts'

/** Where a transport header ends. */
export interface TransportEnd {
  readonly kind: 'transport'
  /** Where the payload starts, or the quote of an ICMP error. */
  readonly payloadOffset: number
  /** Bytes of the quote on the wire; 0 without one. */
  readonly quoteLength: number
}

/** What routers quote of a packet at least behind its IP header (RFC 792). */
const LEAST_QUOTE = 8
const LONGEST_TCP_HEADER = 60
/** Place of a TCP header's length, and the value of a header without options. */
const TCP_OFFSET_BYTE = 12
const TCP_NO_OPTIONS = 0x50

/**
 * Reads the header from `start` into the draft; the bytes to `end` are here, the IP packet goes to `wanted`. Fragments behind the first
 * have none, nor have protocols that are not known.
 */
export function readTransport(
  draft: PacketDraft,
  bytes: Uint8Array,
  start: number,
  end: number,
  wanted: number,
  isQuote: boolean,
): TransportEnd | PacketIssue {
  const { protocol, moreFragments } = draft
  const place = checksumOffset(protocol)
  if (draft.fragmentOffset > 0 || place === undefined) return transportEnd(start)
  if (isQuote && end - start < LEAST_QUOTE) {
    return truncatedIssue(layerOf(protocol), 'a quoted header', start, LEAST_QUOTE, end - start)
  }
  const header = readHeader(draft, bytes, start, end, wanted, isQuote)
  if (header.kind === 'issue') return header
  if (header.payloadOffset > wanted) {
    const message = `the header ends at byte ${header.payloadOffset}, the IP packet at byte ${wanted}`
    return packetIssue('invalid-length', layerOf(protocol), start, message)
  }
  // A checksum over more than is here is kept by what is missing, even if its second byte is cut off, which counts as 0 then.
  const isPart = moreFragments || end < wanted
  if (isPart && start + place < end && draft.hasUdpChecksum) {
    const length = draft.udpLength > 0 ? Math.min(wanted - start, draft.udpLength) : wanted - start
    const covered = Math.min(end, start + length)
    draft.unseenSum = unseenSumOf(bytes, start, covered, protocol, draft.source, draft.destination, length)
  }
  return header
}

function transportEnd(payloadOffset: number, quoteLength = 0): TransportEnd {
  return { kind: 'transport', payloadOffset, quoteLength }
}

function readHeader(
  draft: PacketDraft,
  bytes: Uint8Array,
  start: number,
  end: number,
  wanted: number,
  isQuote: boolean,
): TransportEnd | PacketIssue {
  if (draft.protocol === IP_PROTOCOL.tcp) return readTcp(draft, bytes, start, end, isQuote)
  if (draft.protocol === IP_PROTOCOL.udp) return readUdp(draft, bytes, start, end, wanted)
  return readIcmp(draft, bytes, start, end, wanted)
}

function readTcp(
  draft: PacketDraft,
  bytes: Uint8Array,
  start: number,
  end: number,
  isQuote: boolean,
): TransportEnd | PacketIssue {
  const quoted = isQuote ? completedTcpHeader(bytes, start, end) : undefined
  const layer = quoted ? decodeTcp(quoted, 0, quoted.length) : decodeTcp(bytes, start, end)
  if (layer.kind === 'issue') return layer
  draft.sourcePort = layer.sourcePort
  draft.destinationPort = layer.destinationPort
  draft.tcpFlags = layer.flags
  draft.tcpSequence = layer.sequence
  draft.tcpAcknowledgment = layer.acknowledgment
  draft.tcpWindow = layer.window
  draft.tcpOptions = layer.options
  return transportEnd(start + tcpHeaderLength(layer))
}

/** A quoted header with zeros for what is cut; without options where its length is cut, too. */
function completedTcpHeader(bytes: Uint8Array, start: number, end: number): Uint8Array {
  const header = new Uint8Array(LONGEST_TCP_HEADER)
  header.set(bytes.subarray(start, Math.min(end, start + LONGEST_TCP_HEADER)))
  if (end - start <= TCP_OFFSET_BYTE) header[TCP_OFFSET_BYTE] = TCP_NO_OPTIONS
  return header
}

function readUdp(
  draft: PacketDraft,
  bytes: Uint8Array,
  start: number,
  end: number,
  wanted: number,
): TransportEnd | PacketIssue {
  const layer = decodeUdp(bytes, start, end)
  if (layer.kind === 'issue') return layer
  const { length = 0 } = layer
  if (length > wanted - start && !draft.moreFragments) {
    const message = `the UDP length is ${length}, the IP packet has ${wanted - start} bytes for it`
    return packetIssue('invalid-length', 'udp', start + 4, message)
  }
  draft.sourcePort = layer.sourcePort
  draft.destinationPort = layer.destinationPort
  if (length !== wanted - start) draft.udpLength = length
  draft.hasUdpChecksum = layer.checksum !== 0
  return transportEnd(start + UDP_HEADER_LENGTH)
}

function readIcmp(
  draft: PacketDraft,
  bytes: Uint8Array,
  start: number,
  end: number,
  wanted: number,
): TransportEnd | PacketIssue {
  const layer = decodeIcmp(bytes, start, end)
  if (layer.kind === 'issue') return { ...layer, layer: layerOf(draft.protocol) }
  const { type, code, identifier, sequence } = layer
  const isV4 = draft.protocol === IP_PROTOCOL.icmp
  draft.icmpType = type
  draft.icmpCode = code
  if (isV4 && isFragmentationNeeded(type, code)) {
    draft.icmpIdentifier = identifier
    draft.icmpMtu = sequence
  } else if (!isV4 && type === ICMPV6_TYPE.packetTooBig) {
    draft.icmpMtu = identifier * 0x10000 + sequence
  } else {
    draft.icmpIdentifier = identifier
    draft.icmpSequence = sequence
  }
  const payloadOffset = start + ICMP_HEADER_LENGTH
  const quotes = (isV4 ? isIcmpError(type) : isIcmpv6Error(type)) && !draft.moreFragments
  return transportEnd(payloadOffset, quotes ? quoteLength(type, isV4, identifier, wanted - payloadOffset) : 0)
}

/** Bytes of the quote: all that is left, unless the message says that extensions follow it (RFC 4884 sections 4.1 to 5.4). */
function quoteLength(type: number, isV4: boolean, identifier: number, available: number): number {
  const mayExtend = isV4
    ? type === ICMP_TYPE.destinationUnreachable ||
      type === ICMP_TYPE.timeExceeded ||
      type === ICMP_TYPE.parameterProblem
    : type === ICMPV6_TYPE.destinationUnreachable || type === ICMPV6_TYPE.timeExceeded
  const length = isV4 ? (identifier & 0xff) * 4 : (identifier >>> 8) * 8
  return mayExtend && length > 0 ? Math.min(length, available) : available
}

function layerOf(protocol: number): 'tcp' | 'udp' | 'icmp' | 'icmpv6' {
  if (protocol === IP_PROTOCOL.tcp) return 'tcp'
  if (protocol === IP_PROTOCOL.udp) return 'udp'
  return protocol === IP_PROTOCOL.icmp ? 'icmp' : 'icmpv6'
}
