import type { BlockPublicAccessMode, NetworkInterface } from '../topology/topology.ts'
import type { Verdict } from './verdict.ts'

export const BLOCKED: Verdict = { action: 'REJECT', reason: { kind: 'block-public-access' } }

/**
 * Whether VPC Block Public Access stops an interface's traffic with an internet gateway, in either direction: `bidirectional` stops
 * all, `ingress` all but that of NAT gateways, so that an instance with a public address cannot even send.
 * Source: VPC user guide, "Block public access to VPCs and subnets", advanced example, scenarios 2 and 3.
 */
export function isInternetGatewayBlocked(networkInterface: NetworkInterface): boolean {
  const mode: BlockPublicAccessMode = networkInterface.subnet.blockPublicAccess
  return mode === 'bidirectional' || (mode === 'ingress' && networkInterface.attachment.kind !== 'nat-gateway')
}

/** The same for an egress-only internet gateway, which lets only answers in and so works in `ingress` mode. */
export function isEgressOnlyGatewayBlocked(networkInterface: NetworkInterface): boolean {
  return networkInterface.subnet.blockPublicAccess === 'bidirectional'
}
