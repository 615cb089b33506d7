import { IpAddress } from '../net/ip-address.ts'
import { readUint16, writeUint16 } from './byte-order.ts'
import { checksumOf, onesComplementSum } from './internet-checksum.ts'
import { type PacketIssue, packetIssue, truncatedIssue } from './packet-issue.ts'

//  Internet Protocol, version 4 (RFC 791 section 3.1, RFC 2474 and RFC 3168 for the second byte):
//
//   0                   1                   2                   3
//   0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
//  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//  |Version|  IHL  |   DSCP    |ECN|          Total length         |
//  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//  |         Identification        |0|D|M|     Fragment offset     |
//  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//  |  Time to live |    Protocol   |         Header checksum       |
//  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//  |                       Source address                          |
//  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//  |                    Destination address                        |
//  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//  |                    Options, padded                            |
//  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+

/** An IPv4 header. */
export interface Ipv4Layer {
  readonly kind: 'ipv4'
  readonly source: IpAddress
  readonly destination: IpAddress
  /** DSCP and ECN. */
  readonly trafficClass: number
  readonly identification: number
  /** The flag that must be 0. */
  readonly reservedFlag: boolean
  readonly dontFragment: boolean
  readonly moreFragments: boolean
  /** Bytes, a multiple of 8. */
  readonly fragmentOffset: number
  readonly hopLimit: number
  /** IANA number of the payload's protocol. */
  readonly protocol: number
  /** As on the wire, a multiple of 4 bytes, at most 40; `decodeIpv4Options` takes them apart. */
  readonly options: Uint8Array
  /** Bytes of header and payload. On encoding, counted unless given. */
  readonly totalLength?: number
  /** On encoding, computed unless given. */
  readonly checksum?: number
}

/** Without options. */
export const IPV4_HEADER_LENGTH = 20
/** Place of the checksum in the header. */
export const IPV4_CHECKSUM_OFFSET = 10
const MOST_OPTIONS = 40
const RESERVED = 0x8000
const DONT_FRAGMENT = 0x4000
const MORE_FRAGMENTS = 0x2000

/** Bytes of the header with its options. */
export function ipv4HeaderLength(layer: Ipv4Layer): number {
  return IPV4_HEADER_LENGTH + layer.options.length
}

/** The header alone: whether as many bytes follow as `totalLength` says is for the caller to check. */
export function decodeIpv4(bytes: Uint8Array, start: number, end: number): Ipv4Layer | PacketIssue {
  const available = end - start
  if (available < IPV4_HEADER_LENGTH) {
    return truncatedIssue('ipv4', 'an IPv4 header', start, IPV4_HEADER_LENGTH, available)
  }
  const first = bytes[start] as number
  if (first >>> 4 !== 4) {
    return packetIssue('invalid-value', 'ipv4', start, `the version of an IPv4 header is 4, not ${first >>> 4}`)
  }
  const headerLength = (first & 15) * 4
  if (headerLength < IPV4_HEADER_LENGTH) {
    return packetIssue('invalid-length', 'ipv4', start, `an IPv4 header has at least 20 bytes, not ${headerLength}`)
  }
  if (available < headerLength) return truncatedIssue('ipv4', 'the IPv4 header', start, headerLength, available)
  const totalLength = readUint16(bytes, start + 2)
  // 0: the capture saw the packet before the network card cut it up (segmentation offload).
  if (totalLength !== 0 && totalLength < headerLength) {
    return packetIssue(
      'invalid-length',
      'ipv4',
      start + 2,
      `a total length of ${totalLength} bytes is less than the header's ${headerLength}`,
    )
  }
  const fragment = readUint16(bytes, start + 6)
  return {
    kind: 'ipv4',
    source: IpAddress.fromBytes(bytes, start + 12, 4),
    destination: IpAddress.fromBytes(bytes, start + 16, 4),
    trafficClass: bytes[start + 1] as number,
    identification: readUint16(bytes, start + 4),
    reservedFlag: (fragment & RESERVED) !== 0,
    dontFragment: (fragment & DONT_FRAGMENT) !== 0,
    moreFragments: (fragment & MORE_FRAGMENTS) !== 0,
    fragmentOffset: (fragment & 0x1fff) * 8,
    hopLimit: bytes[start + 8] as number,
    protocol: bytes[start + 9] as number,
    options: bytes.slice(start + IPV4_HEADER_LENGTH, start + headerLength),
    totalLength,
    checksum: readUint16(bytes, start + 10),
  }
}

/** Writes the header in front of a payload that ends at `end`. */
export function encodeIpv4(layer: Ipv4Layer, bytes: Uint8Array, at: number, end: number): void {
  writeIpv4Header(
    bytes,
    at,
    layer.source,
    layer.destination,
    layer.protocol,
    layer.totalLength ?? end - at,
    layer.trafficClass,
    layer.identification,
    ipv4FragmentField(layer.dontFragment, layer.moreFragments, layer.fragmentOffset) |
      (layer.reservedFlag ? RESERVED : 0),
    layer.hopLimit,
    layer.options,
  )
  if (layer.checksum !== undefined) writeUint16(bytes, at + 10, layer.checksum)
}

/** The 16 bits of flags and fragment offset. */
export function ipv4FragmentField(dontFragment: boolean, moreFragments: boolean, fragmentOffset: number): number {
  return (dontFragment ? DONT_FRAGMENT : 0) | (moreFragments ? MORE_FRAGMENTS : 0) | (fragmentOffset >>> 3)
}

/** Writes a header with its checksum; returns its length. */
export function writeIpv4Header(
  bytes: Uint8Array,
  at: number,
  source: IpAddress,
  destination: IpAddress,
  protocol: number,
  totalLength: number,
  trafficClass: number,
  identification: number,
  fragmentField: number,
  hopLimit: number,
  options: Uint8Array,
): number {
  const headerLength = IPV4_HEADER_LENGTH + options.length
  if (options.length > MOST_OPTIONS || (options.length & 3) !== 0) {
    throw new RangeError(`IPv4 options are a multiple of 4 bytes, at most 40; these are ${options.length}`)
  }
  if (totalLength > 0xffff) throw new RangeError(`an IPv4 packet has at most 65,535 bytes, not ${totalLength}`)
  bytes[at] = 0x40 | (headerLength >>> 2)
  bytes[at + 1] = trafficClass
  writeUint16(bytes, at + 2, totalLength)
  writeUint16(bytes, at + 4, identification)
  writeUint16(bytes, at + 6, fragmentField)
  bytes[at + 8] = hopLimit
  bytes[at + 9] = protocol
  writeUint16(bytes, at + 10, 0)
  source.writeTo(bytes, at + 12)
  destination.writeTo(bytes, at + 16)
  // Added up from the fields, which is faster than from the bytes.
  let sum =
    ((bytes[at] as number) << 8) +
    (trafficClass & 0xff) +
    totalLength +
    (identification & 0xffff) +
    (fragmentField & 0xffff) +
    ((hopLimit & 0xff) << 8) +
    (protocol & 0xff) +
    wordSum(source) +
    wordSum(destination)
  if (options.length > 0) {
    bytes.set(options, at + IPV4_HEADER_LENGTH)
    sum = onesComplementSum(bytes, at + IPV4_HEADER_LENGTH, at + headerLength, sum)
  }
  writeUint16(bytes, at + 10, checksumOf(sum))
  return headerLength
}

function wordSum({ word3 }: IpAddress): number {
  return (word3 >>> 16) + (word3 & 0xffff)
}
