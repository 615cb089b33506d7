import type { Packet } from '../packet/packet.ts'
import type { NetworkInterface, PeeringConnection } from '../topology/topology.ts'
import type { EgressPath } from './egress-path.ts'
import { FragmentTable } from './fragment-table.ts'
import { IdleFlows } from './idle-flows.ts'
import type { NetworkMap } from './network-map.ts'
import { LOAD_BALANCER_TCP_SECONDS } from './tracking-timers.ts'

/**
 * How long a way back is remembered: longer than NAT gateways and balancers remember connections (350 s), so that an answer that comes
 * too late still reaches them, to be refused there.
 */
const REMEMBERED_SECONDS: number = LOAD_BALANCER_TCP_SECONDS * 2

/**
 * Answers that the network brings back where the question came from, past the routes of the answering host's subnet: those to a NAT
 * gateway that reached the host over peering ("return to sender"), and those to clients whose address a balancer has kept.
 * Sources: VPC user guide, "Troubleshoot NAT gateways"; Network Load Balancer guide, "Target groups", client IP preservation.
 */
export class ReturnPaths {
  readonly #flows = new IdleFlows(REMEMBERED_SECONDS)
  /** Ways back of datagrams whose later fragments have no ports. */
  readonly #fragments = new FragmentTable<number>()
  /** Numbers of the interfaces that ever had one, so that other interfaces are not looked up. */
  readonly #hosts: Set<number> = new Set()

  /** Remembers that answers to a packet which goes to `host` belong to `gateway`. */
  remember(
    map: NetworkMap,
    host: NetworkInterface,
    packet: Packet,
    timeMicroseconds: number,
    gateway: NetworkInterface,
  ): void {
    const scope = map.scopeOf(host)
    this.#hosts.add(scope)
    this.#flows.remember(scope, packet, false, map.scopeOf(gateway), timeMicroseconds)
  }

  /** The way back for a packet that leaves `host`, where it has one. */
  find(map: NetworkMap, host: NetworkInterface, packet: Packet, timeMicroseconds: number): EgressPath | undefined {
    if (this.#hosts.size === 0) return undefined
    const scope = map.scopeOf(host)
    if (!this.#hosts.has(scope)) return undefined
    const gatewayScope = this.#scopeFor(scope, packet, timeMicroseconds)
    const gateway = gatewayScope < 0 ? undefined : map.interfaceOfScope(gatewayScope)
    if (!gateway) return undefined
    const router = map.routerOf(host)
    if (gateway.vpc === host.vpc) return router.pathBy(gateway, packet.destination)
    const peering = map.topology.peeringConnections.find((connection) => connects(connection, host, gateway))
    return peering && router.pathToPeerInterface(peering, gateway)
  }

  #scopeFor(scope: number, packet: Packet, timeMicroseconds: number): number {
    if (packet.fragmentOffset > 0) return this.#fragments.find(scope, packet, timeMicroseconds) ?? -1
    const gatewayScope = this.#flows.find(scope, packet, true, timeMicroseconds)
    if (packet.moreFragments && gatewayScope >= 0) {
      this.#fragments.remember(scope, packet, gatewayScope, timeMicroseconds)
    }
    return gatewayScope
  }
}

function connects({ requester, accepter }: PeeringConnection, one: NetworkInterface, other: NetworkInterface): boolean {
  return (requester === one.vpc && accepter === other.vpc) || (accepter === one.vpc && requester === other.vpc)
}
