import type { Packet } from '../packet/packet.ts'
import type { NetworkInterface } from '../topology/topology.ts'
import { type GroupReferences, referencesTo } from './group-path.ts'
import { HOP_DELAY } from './hop-delays.ts'
import type { NetworkMap } from './network-map.ts'
import type { NetworkObserver } from './network-observer.ts'
import type { Origin } from './origin.ts'
import { PeeringConnections } from './peering-connections.ts'
import { isHost } from './running.ts'
import { TransitGateways } from './transit-gateways.ts'
import type { Verdict } from './verdict.ts'
import type { Walk } from './walk.ts'

/** A way through so many appliances leads in a circle. */
const MOST_HOPS = 16
/** Of a packet as its sender would have sent it: enough for all hops. */
const FRESH_HOP_LIMIT = 64

const NOT_JUDGED: Verdict = { action: 'ACCEPT', reason: { kind: 'not-filtered' } }

const SILENT: NetworkObserver = {
  capture() {},
  deliver() {},
  drop() {},
  captureAtTransitGateway() {},
}

/**
 * Walks a packet from an interface by routes, peering and transit gateways alone, unjudged and unseen, to learn by which way it comes to
 * another interface. Appliances are taken to pass on what is not for them. It ends at whatever would change the packet's addresses.
 */
export class OriginProbe implements Walk {
  readonly map: NetworkMap
  readonly observer: NetworkObserver = SILENT
  readonly #transitGateways: TransitGateways
  readonly #peeringConnections: PeeringConnections
  #target: NetworkInterface | undefined
  #found: Origin | undefined
  #last: NetworkInterface | undefined
  #hops = 0

  constructor(map: NetworkMap) {
    this.map = map
    this.#transitGateways = new TransitGateways(this)
    this.#peeringConnections = new PeeringConnections(this)
  }

  /** How a packet that `sender` sends comes to `target`; undefined where it does not get there. */
  find(sender: NetworkInterface, target: NetworkInterface, packet: Packet): Origin | undefined {
    this.#target = target
    this.#found = undefined
    this.#hops = 0
    this.leave(sender, packet, 0)
    return this.#found
  }

  /** Where a packet that `sender` sends ends: the last interface that it comes to; undefined where it comes to none. */
  endOf(sender: NetworkInterface, packet: Packet): NetworkInterface | undefined {
    this.#target = undefined
    this.#last = undefined
    this.#hops = 0
    this.leave(sender, packet, 0)
    return this.#last
  }

  leave(
    networkInterface: NetworkInterface,
    packet: Packet,
    timeMicroseconds: number,
    groupReferences: GroupReferences = referencesTo(networkInterface, packet),
  ): void {
    const path = this.map.routerOf(networkInterface).pathTo(packet.destination)
    if (path.kind === 'interface') {
      const origin = this.map.origins.networkInterface(networkInterface, path.leavesSubnet, groupReferences)
      this.arrive(path.networkInterface, packet, timeMicroseconds, origin)
    } else if (path.kind === 'peering') {
      this.#peeringConnections.send(networkInterface, packet, timeMicroseconds, path)
    }
  }

  arrive(networkInterface: NetworkInterface, packet: Packet, timeMicroseconds: number, origin: Origin): void {
    this.#last = networkInterface
    if (networkInterface === this.#target) {
      this.#found ??= origin
      return
    }
    this.#hops += 1
    if (this.#hops > MOST_HOPS) return
    const { attachment } = networkInterface
    if (attachment.kind === 'transit-gateway') {
      // The packet is known as it is behind the gateway, which takes one off the hop limit.
      const sent = packet.hopLimit > 1 ? packet : packet.with({ hopLimit: FRESH_HOP_LIMIT })
      const time = timeMicroseconds + HOP_DELAY.transitGateway
      this.#transitGateways.receive(networkInterface, attachment.attachment, sent, time, origin)
    } else if (isHost(networkInterface) && !networkInterface.sourceDestinationCheck) {
      this.leave(networkInterface, packet, timeMicroseconds)
    }
  }

  judgeUnseen(): Verdict {
    return NOT_JUDGED
  }

  drop(): void {}

  tellTooBig(): void {}

  pinReturn(): void {}
}
