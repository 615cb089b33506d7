import { IP_PROTOCOL } from '../packet/ip-protocol.ts'
import type { Packet } from '../packet/packet.ts'
import type {
  LoadBalancerListener,
  LoadBalancerTarget,
  NetworkInterface,
  NetworkLoadBalancer,
} from '../topology/topology.ts'
import { flowHash } from './flow-hash.ts'

/** The listener that takes a packet to the balancer. */
export function listenerFor(loadBalancer: NetworkLoadBalancer, packet: Packet): LoadBalancerListener | undefined {
  return loadBalancer.listeners.find(
    ({ protocol, port }) => port === packet.destinationPort && PROTOCOLS[protocol].includes(packet.protocol),
  )
}

/**
 * The target for a new flow: by a hash of the 5-tuple (and of the TCP sequence number) among the healthy targets of the balancer's zone,
 * or of all zones with cross-zone balancing. Where no target of any zone is healthy, all are used ("fail open"); a zone without a
 * healthy target, while others have some, gets nothing.
 * Source: Network Load Balancer guide, "What is a Network Load Balancer", "Health checks", "Cross-zone load balancing".
 */
export function chooseTarget(
  loadBalancer: NetworkLoadBalancer,
  node: NetworkInterface,
  listener: LoadBalancerListener,
  packet: Packet,
): LoadBalancerTarget | undefined {
  const candidates = usableTargets(listener.targetGroup.targets, node, loadBalancer.crossZone)
  if (candidates.length === 0) return undefined
  const hash = flowHash(packet, packet.protocol === IP_PROTOCOL.tcp ? packet.tcpSequence : 0)
  return candidates[hash % candidates.length]
}

/** Whether a target may be used: it is healthy, or none is. */
export function isUsable(listener: LoadBalancerListener, target: LoadBalancerTarget): boolean {
  return healthyTargets(listener.targetGroup.targets).includes(target)
}

/** IANA numbers by the words of listeners. */
export const PROTOCOLS: Readonly<Record<LoadBalancerListener['protocol'], readonly number[]>> = {
  TCP: [IP_PROTOCOL.tcp],
  TLS: [IP_PROTOCOL.tcp],
  UDP: [IP_PROTOCOL.udp],
  TCP_UDP: [IP_PROTOCOL.tcp, IP_PROTOCOL.udp],
}

/** The targets that a balancer's interface may choose from: the healthy ones (all, where none is), of its zone unless cross-zone. */
export function usableTargets(
  targets: readonly LoadBalancerTarget[],
  node: NetworkInterface,
  crossZone: boolean,
): readonly LoadBalancerTarget[] {
  const healthy = healthyTargets(targets)
  if (crossZone) return healthy
  const zone = node.subnet.availabilityZone.name
  return healthy.filter((target) => isInZone(target, zone))
}

function healthyTargets(targets: readonly LoadBalancerTarget[]): readonly LoadBalancerTarget[] {
  const healthy = targets.filter((target) => target.healthy)
  return healthy.length > 0 ? healthy : targets
}

/** Addresses outside of the VPC are registered for all zones. */
function isInZone(target: LoadBalancerTarget, zone: string): boolean {
  return target.networkInterface === undefined || target.networkInterface.subnet.availabilityZone.name === zone
}
