import type { IpAddress } from '../net/ip-address.ts'
import { readUint16, writeUint16 } from './byte-order.ts'
import { ICMP_CHECKSUM_OFFSET } from './icmp.ts'
import { checksumOf, fold, onesComplementSum, pseudoHeaderSum } from './internet-checksum.ts'
import { IP_PROTOCOL } from './ip-protocol.ts'
import { TCP_CHECKSUM_OFFSET } from './tcp.ts'
import { UDP_CHECKSUM_OFFSET, udpChecksumField } from './udp.ts'

/** Place of the checksum in the header of a protocol that has one here; `undefined` for others. */
export function checksumOffset(protocol: number): number | undefined {
  switch (protocol) {
    case IP_PROTOCOL.tcp:
      return TCP_CHECKSUM_OFFSET
    case IP_PROTOCOL.udp:
      return UDP_CHECKSUM_OFFSET
    case IP_PROTOCOL.icmp:
    case IP_PROTOCOL.icmpv6:
      return ICMP_CHECKSUM_OFFSET
    default:
      return undefined
  }
}

/**
 * Computes the checksum of a message of `length` bytes from `start`, whose field is 0, and writes it. Bytes from `end` on are 0, so they
 * need not be read. `unseenSum` is what counts besides: `Packet.unseenSum`. ICMP has no pseudo-header (RFC 792), ICMPv6 has (RFC 4443
 * section 2.3).
 */
export function writeTransportChecksum(
  bytes: Uint8Array,
  start: number,
  end: number,
  protocol: number,
  source: IpAddress,
  destination: IpAddress,
  length: number,
  unseenSum = 0,
): void {
  const offset = checksumOffset(protocol)
  if (offset === undefined) return
  const pseudo = protocol === IP_PROTOCOL.icmp ? 0 : pseudoHeaderSum(source, destination, protocol, length)
  const checksum = checksumOf(onesComplementSum(bytes, start, end, pseudo + unseenSum))
  writeUint16(bytes, start + offset, protocol === IP_PROTOCOL.udp ? udpChecksumField(checksum) : checksum)
}

/** Whether the checksum fits the message. A UDP checksum of 0 was not computed and fits (RFC 768; over IPv6 RFC 6935). */
export function hasValidChecksum(
  bytes: Uint8Array,
  start: number,
  end: number,
  protocol: number,
  source: IpAddress,
  destination: IpAddress,
): boolean {
  if (protocol === IP_PROTOCOL.udp && readUint16(bytes, start + UDP_CHECKSUM_OFFSET) === 0) return true
  const pseudo = protocol === IP_PROTOCOL.icmp ? 0 : pseudoHeaderSum(source, destination, protocol, end - start)
  return fold(onesComplementSum(bytes, start, end, pseudo)) === 0xffff
}

/**
 * `Packet.unseenSum` of a message of `length` bytes, of which those from `start` to `end` are here: what has to be added to their sum for
 * the checksum to fit. 0 where it fits as it is.
 */
export function unseenSumOf(
  bytes: Uint8Array,
  start: number,
  end: number,
  protocol: number,
  source: IpAddress,
  destination: IpAddress,
  length: number,
): number {
  const pseudo = protocol === IP_PROTOCOL.icmp ? 0 : pseudoHeaderSum(source, destination, protocol, length)
  return checksumOf(onesComplementSum(bytes, start, end, pseudo))
}
