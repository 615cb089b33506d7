import { IP_PROTOCOL } from '../../../packet/ip-protocol.ts'
import type { FlowState } from './flow.ts'

/** Seconds without packets after which a flow ends, by its state. */
export type StateTimeouts = Readonly<Record<FlowState, number>>

/** Suricata's `flow-timeouts` as its configuration file has them (suricata.yaml of 7.0). */
export const FLOW_TIMEOUTS: Readonly<Record<'default' | 'tcp' | 'udp' | 'icmp', StateTimeouts>> = {
  default: { new: 30, established: 300, closed: 0 },
  tcp: { new: 60, established: 600, closed: 60 },
  udp: { new: 30, established: 300, closed: 0 },
  icmp: { new: 30, established: 300, closed: 0 },
}

/** The timeouts of a protocol. */
export function timeoutsOf(protocol: number, timeouts: typeof FLOW_TIMEOUTS = FLOW_TIMEOUTS): StateTimeouts {
  switch (protocol) {
    case IP_PROTOCOL.tcp:
      return timeouts.tcp
    case IP_PROTOCOL.udp:
      return timeouts.udp
    case IP_PROTOCOL.icmp:
    case IP_PROTOCOL.icmpv6:
      return timeouts.icmp
    default:
      return timeouts.default
  }
}
