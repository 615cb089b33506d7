import { IpAddress } from '../net/ip-address.ts'
import type { Packet } from '../packet/packet.ts'
import { icmpQueryType, isIcmp, isIcmpQuery, NO_ICMP_TYPE } from './icmp-message.ts'
import { hasPorts } from './transport-selector.ts'

/** Added to the type of ICMP queries that the ENI itself sends, so that both sides' queries with one identifier stay apart. */
const OWN_QUERY = 0x100
const UNSPECIFIED = IpAddress.fromIpv4Bits(0)

/**
 * What connection tracking knows a flow by, seen from the ENI: near and far address, the protocol, and ports for TCP and UDP or
 * identifier and query type for ICMP; addresses and protocol alone for all others (EC2 user guide, "Security group connection
 * tracking"). One object is set anew for each packet.
 */
export class TrackedFlowKey {
  near: IpAddress = UNSPECIFIED
  far: IpAddress = UNSPECIFIED
  protocol = 0
  nearPort = 0
  farPort = 0

  /** Takes the key of a packet; false for ICMP messages that belong to no flow (errors and the like). */
  set(packet: Packet, isEgress: boolean): boolean {
    const { protocol } = packet
    this.near = isEgress ? packet.source : packet.destination
    this.far = isEgress ? packet.destination : packet.source
    this.protocol = protocol
    if (hasPorts(protocol)) {
      this.nearPort = isEgress ? packet.sourcePort : packet.destinationPort
      this.farPort = isEgress ? packet.destinationPort : packet.sourcePort
      return true
    }
    this.nearPort = 0
    this.farPort = 0
    if (!isIcmp(protocol)) return true
    const queryType = icmpQueryType(packet)
    if (queryType === NO_ICMP_TYPE) return false
    this.nearPort = packet.icmpIdentifier
    this.farPort = isIcmpQuery(packet) === isEgress ? queryType | OWN_QUERY : queryType
    return true
  }
}
