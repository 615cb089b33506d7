import type { GatewayEndpoint, InternetGateway, NetworkInterface, PeeringConnection } from '../topology/topology.ts'
import type { GroupPath } from './group-path.ts'
import type { LinkLocalService } from './network-observer.ts'
import type { NextHop } from './next-hop.ts'
import type { Verdict, VerdictReason } from './verdict.ts'

/** Where a subnet's router sends packets to an address. One object per kind of way, so that none is allocated per packet. */
export type EgressPath =
  | InterfacePath
  | PeeringPath
  | InternetGatewayPath
  | EgressOnlyGatewayPath
  | GatewayEndpointPath
  | LinkLocalPath
  | NowherePath
  | AbsentPath

interface PathFields extends GroupPath {
  /** What records show; `nitroNextHop` where the sender is a Nitro instance. */
  readonly nextHop: NextHop
  readonly nitroNextHop: NextHop
  /** The packet passes the subnet's border, so that its ACL judges it. */
  readonly leavesSubnet: boolean
  readonly delayMicroseconds: number
}

/** To an interface of the same VPC: the owner of the address, or the target of a route (appliance, NAT or transit gateway). */
export interface InterfacePath extends PathFields {
  readonly kind: 'interface'
  readonly networkInterface: NetworkInterface
}

export interface PeeringPath extends PathFields {
  readonly kind: 'peering'
  readonly networkInterface: NetworkInterface
  readonly peering: PeeringConnection
}

/**
 * What lies behind an internet gateway: a host on the internet, a public address of the same network, where the packet turns round, or
 * an address that no host on the internet has.
 */
export type BeyondGateway = 'internet' | 'own-network' | 'nothing'

export interface InternetGatewayPath extends PathFields {
  readonly kind: 'internet-gateway'
  readonly gateway: InternetGateway
  readonly beyond: BeyondGateway
}

export interface EgressOnlyGatewayPath extends PathFields {
  readonly kind: 'egress-only-internet-gateway'
  readonly beyond: BeyondGateway
}

export interface GatewayEndpointPath extends PathFields {
  readonly kind: 'gateway-endpoint'
  readonly endpoint: GatewayEndpoint
}

/** To a service on the link, never filtered and never logged. */
export interface LinkLocalPath extends PathFields {
  readonly kind: 'link-local-service'
  readonly service: LinkLocalService
}

/** The packet leaves the interface, is recorded, and is lost: no route, a blackhole, an address without owner. */
export interface NowherePath extends PathFields {
  readonly kind: 'nowhere'
  readonly verdict: Verdict
}

/** Nobody on the link answers ARP or neighbour discovery for the address, so the packet never leaves the host. */
export interface AbsentPath extends PathFields {
  readonly kind: 'absent'
}

const SAME_FIELDS = {
  leavesSubnet: true,
  automaticTracking: false,
  throughLoadBalancer: false,
  groupReferences: 'none',
  delayMicroseconds: 0,
} as const

/** Fields of a path, all paths having the same ones in the same order. */
export function pathFields(nextHop: NextHop, changes: Partial<Omit<PathFields, 'nextHop'>> = {}): Readonly<PathFields> {
  return { nextHop, nitroNextHop: nextHop, ...SAME_FIELDS, ...changes }
}

export function nowhere(nextHop: NextHop, reason: VerdictReason): NowherePath {
  return { kind: 'nowhere', ...pathFields(nextHop), verdict: { action: 'ACCEPT', reason } }
}

/** What a record tells of the way: the instance's kind decides between two values of `traffic-path`. */
export function nextHopFor(path: EgressPath, sender: NetworkInterface): NextHop {
  return sender.attachment.kind === 'instance' && sender.attachment.instance.isNitro ? path.nitroNextHop : path.nextHop
}
