import { IP_PROTOCOL } from '../packet/ip-protocol.ts'
import type { Packet } from '../packet/packet.ts'
import { INVALID_TCP_FLAG_COMBINATIONS, TCP_FLAGS_OF_OTHER_PROTOCOLS } from './record-assumptions.ts'

const FIN = 1
const SYN = 2
const RST = 4
const ACK = 16

/** Stands in a flow's OR-ed flags for "cannot be computed"; above every flag that is recorded. */
export const TCP_FLAGS_NOT_COMPUTABLE = 128

/**
 * What a packet adds to `tcp-flags`, by its flag byte: FIN 1, SYN 2, RST 4, and 16 for ACK only together with SYN, so 18. Flags that are
 * not supported (PSH, URG, ECE, CWR, ACK alone) add nothing; a combination that is invalid makes the field incomputable.
 * Source: VPC user guide, "Flow log records", tcp-flags.
 */
const CONTRIBUTION: Uint8Array = Uint8Array.from({ length: 256 }, (_, flags) => {
  if (INVALID_TCP_FLAG_COMBINATIONS.some((invalid) => (flags & invalid) === invalid)) return TCP_FLAGS_NOT_COMPUTABLE
  return (flags & (FIN | SYN | RST)) | ((flags & (SYN | ACK)) === (SYN | ACK) ? ACK : 0)
})

/** What a packet adds, by OR, to the `tcp-flags` of its flow. Later fragments have no TCP header. */
export function tcpFlagsOf(packet: Packet): number {
  if (packet.protocol !== IP_PROTOCOL.tcp) return TCP_FLAGS_OF_OTHER_PROTOCOLS
  return packet.fragmentOffset > 0 ? 0 : (CONTRIBUTION[packet.tcpFlags & 0xff] ?? 0)
}
