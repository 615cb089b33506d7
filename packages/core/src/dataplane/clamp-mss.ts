import { IP_PROTOCOL } from '../packet/ip-protocol.ts'
import type { Packet } from '../packet/packet.ts'

const SYN = 2
const OPTION = { end: 0, noOperation: 1, maximumSegmentSize: 2 } as const
/** IP and TCP headers without options, which the maximum segment size leaves out (RFC 9293, section 3.7.1). */
const HEADERS = { 4: 40, 6: 60 } as const

/**
 * A SYN whose maximum segment size would make packets above the MTU, with the size lowered; any other packet as it is. NAT gateways,
 * transit gateways and VPC endpoints do this. Source: EC2 user guide, "Network MTU for your EC2 instance".
 */
export function clampMss(packet: Packet, mtu: number): Packet {
  if (packet.protocol !== IP_PROTOCOL.tcp || (packet.tcpFlags & SYN) === 0 || packet.fragmentOffset > 0) return packet
  const limit = mtu - HEADERS[packet.source.version]
  const at = mssPosition(packet.tcpOptions)
  if (at === undefined || readUint16(packet.tcpOptions, at) <= limit) return packet
  const tcpOptions = packet.tcpOptions.slice()
  tcpOptions[at] = limit >>> 8
  tcpOptions[at + 1] = limit & 255
  return packet.with({ tcpOptions })
}

/** The maximum segment size that a SYN announces; undefined for other packets, and where the options have none. */
export function announcedSegmentSize(packet: Packet): number | undefined {
  if (packet.protocol !== IP_PROTOCOL.tcp || (packet.tcpFlags & SYN) === 0 || packet.fragmentOffset > 0)
    return undefined
  const at = mssPosition(packet.tcpOptions)
  return at === undefined ? undefined : readUint16(packet.tcpOptions, at)
}

/** Where the two bytes of the maximum segment size stand; undefined where the options have none or break off. */
function mssPosition(options: Uint8Array): number | undefined {
  let at = 0
  while (at < options.length) {
    const kind = options[at]
    if (kind === OPTION.end) return undefined
    if (kind === OPTION.noOperation) {
      at += 1
      continue
    }
    const length = options[at + 1] ?? 0
    if (length < 2 || at + length > options.length) return undefined
    if (kind === OPTION.maximumSegmentSize && length === 4) return at + 2
    at += length
  }
  return undefined
}

function readUint16(bytes: Uint8Array, at: number): number {
  return ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0)
}
