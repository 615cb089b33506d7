import { readUint16, readUint32, writeUint16, writeUint32 } from './byte-order.ts'
import { type PacketIssue, packetIssue, truncatedIssue } from './packet-issue.ts'

//  Transmission Control Protocol (RFC 9293 section 3.1):
//
//   0                   1                   2                   3
//   0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
//  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//  |          Source port          |       Destination port        |
//  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//  |                        Sequence number                        |
//  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//  |                    Acknowledgment number                      |
//  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//  | Offset|  Rsrvd|C|E|U|A|P|R|S|F|            Window             |
//  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//  |           Checksum            |         Urgent pointer        |
//  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//  |                    Options, padded                            |
//  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+

/** A TCP header. */
export interface TcpLayer {
  readonly kind: 'tcp'
  readonly sourcePort: number
  readonly destinationPort: number
  readonly sequence: number
  readonly acknowledgment: number
  /** {@link TCP_FLAG} bits; the four reserved bits above them. */
  readonly flags: number
  readonly window: number
  readonly urgentPointer: number
  /** As on the wire, a multiple of 4 bytes, at most 40; `decodeTcpOptions` takes them apart. */
  readonly options: Uint8Array
  /** On encoding, computed unless given. */
  readonly checksum?: number
}

/** Bits of the control field (RFC 9293 section 3.1). */
export const TCP_FLAG = { fin: 1, syn: 2, rst: 4, psh: 8, ack: 16, urg: 32, ece: 64, cwr: 128 } as const

/** Without options. */
export const TCP_HEADER_LENGTH = 20
/** Place of the checksum in the header. */
export const TCP_CHECKSUM_OFFSET = 16
const MOST_OPTIONS = 40

/** Bytes of the header with its options. */
export function tcpHeaderLength(layer: TcpLayer): number {
  return TCP_HEADER_LENGTH + layer.options.length
}

/** The header from `start`, or where it is malformed. */
export function decodeTcp(bytes: Uint8Array, start: number, end: number): TcpLayer | PacketIssue {
  const available = end - start
  if (available < TCP_HEADER_LENGTH) return truncatedIssue('tcp', 'a TCP header', start, TCP_HEADER_LENGTH, available)
  const offsetAndFlags = readUint16(bytes, start + 12)
  const headerLength = (offsetAndFlags >>> 12) * 4
  if (headerLength < TCP_HEADER_LENGTH) {
    return packetIssue('invalid-length', 'tcp', start + 12, `a TCP header has at least 20 bytes, not ${headerLength}`)
  }
  if (available < headerLength) return truncatedIssue('tcp', 'the TCP header', start, headerLength, available)
  return {
    kind: 'tcp',
    sourcePort: readUint16(bytes, start),
    destinationPort: readUint16(bytes, start + 2),
    sequence: readUint32(bytes, start + 4),
    acknowledgment: readUint32(bytes, start + 8),
    flags: offsetAndFlags & 0xfff,
    window: readUint16(bytes, start + 14),
    urgentPointer: readUint16(bytes, start + 18),
    options: bytes.slice(start + TCP_HEADER_LENGTH, start + headerLength),
    checksum: readUint16(bytes, start + TCP_CHECKSUM_OFFSET),
  }
}

/** Writes the header with the checksum field as given, or 0. */
export function encodeTcp(layer: TcpLayer, bytes: Uint8Array, at: number): void {
  writeTcpHeader(
    bytes,
    at,
    layer.sourcePort,
    layer.destinationPort,
    layer.sequence,
    layer.acknowledgment,
    layer.flags,
    layer.window,
    layer.urgentPointer,
    layer.options,
  )
  writeUint16(bytes, at + TCP_CHECKSUM_OFFSET, layer.checksum ?? 0)
}

/** Writes a header with checksum 0; returns its length. */
export function writeTcpHeader(
  bytes: Uint8Array,
  at: number,
  sourcePort: number,
  destinationPort: number,
  sequence: number,
  acknowledgment: number,
  flags: number,
  window: number,
  urgentPointer: number,
  options: Uint8Array,
): number {
  if (options.length > MOST_OPTIONS || (options.length & 3) !== 0) {
    throw new RangeError(`TCP options are a multiple of 4 bytes, at most 40; these are ${options.length}`)
  }
  const headerLength = TCP_HEADER_LENGTH + options.length
  writeUint16(bytes, at, sourcePort)
  writeUint16(bytes, at + 2, destinationPort)
  writeUint32(bytes, at + 4, sequence)
  writeUint32(bytes, at + 8, acknowledgment)
  writeUint16(bytes, at + 12, (headerLength << 10) | (flags & 0xfff))
  writeUint16(bytes, at + 14, window)
  writeUint16(bytes, at + TCP_CHECKSUM_OFFSET, 0)
  writeUint16(bytes, at + 18, urgentPointer)
  // So few bytes are faster one by one than by a call of `set`.
  for (let index = 0; index < options.length; index += 1) {
    bytes[at + TCP_HEADER_LENGTH + index] = options[index] as number
  }
  return headerLength
}
