import { createHash } from 'node:crypto'
import { IpAddress } from '../net/ip-address.ts'
import { IP_PROTOCOL } from '../packet/ip-protocol.ts'

/** What a Community ID is made of. For ICMP the ports are type and code. */
export interface CommunityIdFlow {
  readonly source: string
  readonly destination: string
  /** IANA's number. */
  readonly protocol: number
  readonly sourcePort?: number | undefined
  readonly destinationPort?: number | undefined
}

/** ICMP types that have an answer, with the type of it (Community ID Flow Hashing, version 1). */
const ICMP_ANSWERS: Readonly<Record<number, number>> = {
  8: 0,
  0: 8,
  13: 14,
  14: 13,
  15: 16,
  16: 15,
  17: 18,
  18: 17,
  10: 9,
  9: 10,
}
const ICMPV6_ANSWERS: Readonly<Record<number, number>> = {
  ...{
    128: 129,
    129: 128,
    133: 134,
    134: 133,
    135: 136,
    136: 135,
    130: 131,
    131: 130,
    144: 145,
    145: 144,
    139: 140,
    140: 139,
  },
}
const SCTP = 132

/**
 * The Community ID of a flow, version 1 with seed 0 (specification: corelight/community-id-spec), as Filebeat's Suricata module adds it
 * as `network.community_id`: the same for both directions. Undefined where an address is none.
 */
export function communityId({ source, destination, protocol, ...ports }: CommunityIdFlow): string | undefined {
  const from = addressBytes(source)
  const to = addressBytes(destination)
  if (!from || !to) return undefined
  let isOneWay = false
  let { sourcePort = 0, destinationPort = 0 } = ports
  const hasPorts = ports.sourcePort !== undefined
  if (hasPorts && (protocol === IP_PROTOCOL.icmp || protocol === IP_PROTOCOL.icmpv6)) {
    const answer = (protocol === IP_PROTOCOL.icmp ? ICMP_ANSWERS : ICMPV6_ANSWERS)[sourcePort]
    isOneWay = answer === undefined
    destinationPort = answer ?? destinationPort
  }
  const order = Buffer.compare(from, to)
  const isTurned = !isOneWay && (order > 0 || (order === 0 && sourcePort > destinationPort))
  const [first, second] = isTurned ? [to, from] : [from, to]
  if (isTurned) [sourcePort, destinationPort] = [destinationPort, sourcePort]
  const isPorted = hasPorts && PORTED.has(protocol)
  const tail = Buffer.alloc(isPorted ? 6 : 2)
  tail[0] = protocol
  if (isPorted) {
    tail.writeUInt16BE(sourcePort, 2)
    tail.writeUInt16BE(destinationPort, 4)
  }
  return `1:${createHash('sha1').update(SEED).update(first).update(second).update(tail).digest('base64')}`
}

const SEED = Buffer.alloc(2)
const PORTED: ReadonlySet<number> = new Set([
  IP_PROTOCOL.icmp,
  IP_PROTOCOL.tcp,
  IP_PROTOCOL.udp,
  IP_PROTOCOL.icmpv6,
  SCTP,
])

function addressBytes(text: string): Uint8Array | undefined {
  const address = IpAddress.parse(text)
  if (!address) return undefined
  const bytes = Buffer.alloc(16)
  bytes.writeUInt32BE(address.word0, 0)
  bytes.writeUInt32BE(address.word1, 4)
  bytes.writeUInt32BE(address.word2, 8)
  bytes.writeUInt32BE(address.word3, 12)
  return address.version === 4 ? bytes.subarray(12) : bytes
}
