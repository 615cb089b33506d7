import type { Packet } from '../packet/packet.ts'
import type { NetworkInterface, Topology } from '../topology/topology.ts'
import { hasAddress } from './address-lookup.ts'
import { BLOCKED } from './block-public-access.ts'
import { ConnectionTracker, type ConnectionTrackerOptions } from './connection-tracker.ts'
import { DROPPED } from './drop-verdicts.ts'
import { nextHopFor } from './egress-path.ts'
import { InterfaceVerdicts } from './interface-verdicts.ts'
import { NOT_FILTERED } from './link-local-services.ts'
import { NetworkMap } from './network-map.ts'
import type { NetworkObserver } from './network-observer.ts'
import type { Origin } from './origin.ts'
import { OriginFinder } from './origin-finder.ts'
import { ResourceNumbers } from './resource-numbers.ts'
import { ReturnPaths } from './return-paths.ts'
import { isHost, isRunning } from './running.ts'
import { failsDestinationCheck, failsSourceCheck } from './source-destination-check.ts'
import type { Verdict } from './verdict.ts'

/** Who is told what became of captured packets. */
export type JudgementObserver = Pick<NetworkObserver, 'capture' | 'drop'>

/**
 * Judges packets that were captured at interfaces of a topology, without forwarding them: by groups with connection tracking, by the
 * subnet's ACL where the packet passes the subnet's border, by Block Public Access and source/destination check. Where a packet goes to
 * follows from the routes; where it has come from from {@link OriginFinder}.
 *
 * The observer is told of each packet as a `Network`'s observer would be: captured with its verdict and next hop, or dropped where AWS
 * would not record it (from or to a foreign address while source/destination check is on, at an instance that does not run). What
 * routes lose was captured as it left. Packets of an interface come in about the order of their times.
 */
export class CapturedPacketJudge {
  readonly #map: NetworkMap
  readonly #verdicts: InterfaceVerdicts
  readonly #origins: OriginFinder
  readonly #returnPaths = new ReturnPaths()
  readonly #observer: JudgementObserver

  constructor(topology: Topology, observer: JudgementObserver, options: ConnectionTrackerOptions = {}) {
    this.#map = new NetworkMap(topology, new ResourceNumbers())
    this.#verdicts = new InterfaceVerdicts(new ConnectionTracker(topology, options))
    this.#origins = new OriginFinder(this.#map)
    this.#observer = observer
  }

  /** A packet that the interface sends. */
  leave(networkInterface: NetworkInterface, packet: Packet, timeMicroseconds: number): Verdict {
    const map = this.#map
    const router = map.routerOf(networkInterface)
    if (!isRunning(networkInterface)) {
      return this.#drop(networkInterface, packet, timeMicroseconds, DROPPED.instanceNotRunning)
    }
    if (isHost(networkInterface) && failsSourceCheck(networkInterface, packet, router)) {
      return this.#drop(networkInterface, packet, timeMicroseconds, DROPPED.sourceDestinationCheck)
    }
    // A packet to a neighbour that is not in the design was sent all the same: whoever answered for it is not known.
    const path =
      this.#returnPaths.find(map, networkInterface, packet, timeMicroseconds) ?? router.pathTo(packet.destination)
    const verdict =
      path.kind === 'link-local-service'
        ? NOT_FILTERED
        : this.#verdicts.egress(networkInterface, packet, timeMicroseconds, path, router.networkAcl)
    const nextHop = nextHopFor(path, networkInterface)
    this.#observer.capture(networkInterface, 'egress', packet, timeMicroseconds, verdict, nextHop)
    return verdict
  }

  /** A packet that has come to the interface. */
  arrive(networkInterface: NetworkInterface, packet: Packet, timeMicroseconds: number): Verdict {
    if (!isRunning(networkInterface)) {
      return this.#drop(networkInterface, packet, timeMicroseconds, DROPPED.instanceNotRunning)
    }
    const arrival = this.#origins.find(networkInterface, packet)
    const { outside, link } = this.#map.origins
    if (arrival === 'link') {
      this.#observer.capture(networkInterface, 'ingress', packet, timeMicroseconds, NOT_FILTERED, link.sender)
      return NOT_FILTERED
    }
    if (arrival === 'blocked') {
      this.#observer.capture(networkInterface, 'ingress', packet, timeMicroseconds, BLOCKED, outside.sender)
      return BLOCKED
    }
    if (failsDestinationCheck(networkInterface, packet)) {
      return this.#drop(networkInterface, packet, timeMicroseconds, DROPPED.sourceDestinationCheck)
    }
    this.#rememberWayBack(networkInterface, packet, timeMicroseconds, arrival)
    const { networkAcl } = this.#map.routerOf(networkInterface)
    const verdict = this.#verdicts.ingress(networkInterface, packet, timeMicroseconds, arrival, networkAcl)
    this.#observer.capture(networkInterface, 'ingress', packet, timeMicroseconds, verdict, arrival.sender)
    return verdict
  }

  /** What a balancer passes on with the client's address is answered through the balancer; so is a NAT gateway of a peered VPC. */
  #rememberWayBack(networkInterface: NetworkInterface, packet: Packet, timeMicroseconds: number, origin: Origin): void {
    const sender = origin.sender.networkInterface
    if (!sender || !isHost(networkInterface)) return
    const isTransparent = sender.attachment.kind === 'load-balancer' && !hasAddress(sender, packet.source)
    const isPeersNat = sender.attachment.kind === 'nat-gateway' && sender.vpc !== networkInterface.vpc
    if (isTransparent || isPeersNat) {
      this.#returnPaths.remember(this.#map, networkInterface, packet, timeMicroseconds, sender)
    }
  }

  #drop(networkInterface: NetworkInterface, packet: Packet, timeMicroseconds: number, verdict: Verdict): Verdict {
    this.#observer.drop(networkInterface, packet, timeMicroseconds, verdict)
    return verdict
  }
}
