import { IpAddress } from '../net/ip-address.ts'
import { readUint16, readUint32, writeUint16, writeUint32 } from './byte-order.ts'
import {
  decodeIpv6Extensions,
  encodeIpv6Extensions,
  firstNextHeader,
  type Ipv6Extension,
  ipv6ExtensionsLength,
} from './ipv6-extension.ts'
import { type PacketIssue, packetIssue, truncatedIssue } from './packet-issue.ts'

//  Internet Protocol, version 6 (RFC 8200 section 3):
//
//   0                   1                   2                   3
//   0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
//  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//  |Version| Traffic class |           Flow label                  |
//  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//  |         Payload length        |  Next header  |   Hop limit   |
//  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//  |                       Source address (16)                     |
//  |                    Destination address (16)                   |
//  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+

/** An IPv6 header with its extension headers. */
export interface Ipv6Layer {
  readonly kind: 'ipv6'
  readonly source: IpAddress
  readonly destination: IpAddress
  readonly trafficClass: number
  /** 20 bits. */
  readonly flowLabel: number
  readonly hopLimit: number
  /** In the order of the wire. */
  readonly extensions: readonly Ipv6Extension[]
  /** IANA number of what follows the extension headers. */
  readonly protocol: number
  /** Bytes behind the fixed header, extension headers included. On encoding, counted unless given. */
  readonly payloadLength?: number
}

/** Without extension headers. */
export const IPV6_HEADER_LENGTH = 40

/** Bytes of the header with its extension headers. */
export function ipv6HeaderLength(layer: Ipv6Layer): number {
  return IPV6_HEADER_LENGTH + ipv6ExtensionsLength(layer.extensions)
}

/** The headers alone: whether as many bytes follow as `payloadLength` says is for the caller to check. */
export function decodeIpv6(bytes: Uint8Array, start: number, end: number): Ipv6Layer | PacketIssue {
  const available = end - start
  if (available < IPV6_HEADER_LENGTH) {
    return truncatedIssue('ipv6', 'an IPv6 header', start, IPV6_HEADER_LENGTH, available)
  }
  const first = readUint32(bytes, start)
  if (first >>> 28 !== 6) {
    return packetIssue('invalid-value', 'ipv6', start, `the version of an IPv6 header is 6, not ${first >>> 28}`)
  }
  const payloadLength = readUint16(bytes, start + 4)
  const payloadStart = start + IPV6_HEADER_LENGTH
  // 0: no payload, segmentation offload, or a jumbogram (RFC 2675), which `decodePacket` tells apart.
  const payloadEnd = payloadLength === 0 ? end : Math.min(end, payloadStart + payloadLength)
  const chain = decodeIpv6Extensions(bytes, payloadStart, payloadEnd, bytes[start + 6] as number)
  if ('kind' in chain) return chain
  return {
    kind: 'ipv6',
    source: IpAddress.fromBytes(bytes, start + 8, 6),
    destination: IpAddress.fromBytes(bytes, start + 24, 6),
    trafficClass: (first >>> 20) & 0xff,
    flowLabel: first & 0xfffff,
    hopLimit: bytes[start + 7] as number,
    extensions: chain.extensions,
    protocol: chain.protocol,
    payloadLength,
  }
}

/** Writes the headers in front of a payload that ends at `end`. */
export function encodeIpv6(layer: Ipv6Layer, bytes: Uint8Array, at: number, end: number): void {
  writeIpv6Header(
    bytes,
    at,
    layer.source,
    layer.destination,
    firstNextHeader(layer.extensions, layer.protocol),
    layer.payloadLength ?? end - at - IPV6_HEADER_LENGTH,
    layer.trafficClass,
    layer.flowLabel,
    layer.hopLimit,
  )
  encodeIpv6Extensions(layer.extensions, layer.protocol, bytes, at + IPV6_HEADER_LENGTH)
}

/** The fragment header, where there is one. */
export function ipv6Fragment(layer: Ipv6Layer): Extract<Ipv6Extension, { kind: 'fragment' }> | undefined {
  for (const extension of layer.extensions) if (extension.kind === 'fragment') return extension
  return undefined
}

/** Writes a fixed header; returns its length. */
export function writeIpv6Header(
  bytes: Uint8Array,
  at: number,
  source: IpAddress,
  destination: IpAddress,
  nextHeader: number,
  payloadLength: number,
  trafficClass: number,
  flowLabel: number,
  hopLimit: number,
): number {
  if (payloadLength > 0xffff) throw new RangeError(`an IPv6 payload has at most 65,535 bytes, not ${payloadLength}`)
  writeUint32(bytes, at, (0x60000000 | (trafficClass << 20) | (flowLabel & 0xfffff)) >>> 0)
  writeUint16(bytes, at + 4, payloadLength)
  bytes[at + 6] = nextHeader
  bytes[at + 7] = hopLimit
  source.writeTo(bytes, at + 8)
  destination.writeTo(bytes, at + 24)
  return IPV6_HEADER_LENGTH
}
