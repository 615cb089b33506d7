import { IP_PROTOCOL } from '../packet/ip-protocol.ts'
import type { Packet } from '../packet/packet.ts'
import type { FlowDirection } from '../topology/topology.ts'
import type { GroupPath } from './group-path.ts'
import { isIcmp, isIcmpQuery } from './icmp-message.ts'
import type { SecurityGroupRules } from './security-group-verdict.ts'
import { opensConnection, TCP_FLAG } from './tcp-connection-state.ts'
import { hasPorts, lacksSelector, selectorOf } from './transport-selector.ts'
import type { Verdict } from './verdict.ts'

/**
 * Whether AWS tracks a TCP connection from a packet that is not its first: unpublished. It must not where an untracked flow was cut by a
 * rule change, or the server's next segment would bring it back; so only a SYN starts tracking, and what a rule allows of an unknown
 * connection passes by that rule alone.
 */
export const TRACK_TCP_FROM_MIDSTREAM = false

/**
 * The verdict of groups on a packet of no tracked connection: allowed by which rule, and whether its connection is tracked from now on;
 * undefined where no rule allows it.
 *
 * Left untracked is a TCP or UDP flow that a rule allows from or to everywhere (0.0.0.0/0, or ::/0 in IPv6) when a rule of the other
 * direction allows everything on all ports; automatic tracking overrides that, and ICMP and other protocols are always tracked (EC2 user
 * guide, "Untracked connections" and "Automatically tracked connections"). Where several rules allow a packet, the widest counts. A
 * packet that may be the answer of such a flow is left untracked as well, since what is not tracked is known by nothing else.
 */
export function judgeByRules(
  rules: SecurityGroupRules,
  direction: FlowDirection,
  packet: Packet,
  path: GroupPath,
  automaticTracking: boolean,
  trackTcpFromMidstream: boolean,
): Verdict | undefined {
  const { protocol } = packet
  const isIngress = direction === 'ingress'
  const farAddress = isIngress ? packet.source : packet.destination
  const { version } = farAddress
  const list = rules.list(direction, version, protocol)
  if (lacksSelector(packet)) return list.findUnlimited(farAddress, path)?.untracked
  if (hasPorts(protocol) && !automaticTracking) {
    const opposite = rules.list(isIngress ? 'egress' : 'ingress', version, protocol)
    const asRequest = opposite.everything && list.findEverywhere(packet.destinationPort)
    if (asRequest) return asRequest.untracked
    const mayBeAnswer = protocol !== IP_PROTOCOL.tcp || !opensConnection(packet.tcpFlags)
    if (mayBeAnswer && list.everything && opposite.findEverywhere(packet.sourcePort)) return list.everything.untracked
  }
  const rule = list.find(selectorOf(packet), packet.icmpCode, farAddress, path)
  return startsTracking(packet, trackTcpFromMidstream) ? rule?.tracked : rule?.untracked
}

/** Whether a packet can be the first of a tracked connection. ICMP errors and stray answers begin nothing. */
function startsTracking(packet: Packet, trackTcpFromMidstream: boolean): boolean {
  const { protocol, tcpFlags } = packet
  if (protocol === IP_PROTOCOL.tcp) {
    return opensConnection(tcpFlags) || (trackTcpFromMidstream && (tcpFlags & TCP_FLAG.rst) === 0)
  }
  return !isIcmp(protocol) || isIcmpQuery(packet)
}
