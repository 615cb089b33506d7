import type { Packet } from '../packet/packet.ts'
import type { NetworkInterface } from '../topology/topology.ts'
import { DROPPED } from './drop-verdicts.ts'
import type { LinkLocalPath } from './egress-path.ts'
import { HOP_DELAY } from './hop-delays.ts'
import { isRateLimited, LINK_LOCAL_PACKETS_PER_SECOND, serviceForPacket } from './link-local-service.ts'
import { PacketRate } from './packet-rate.ts'
import { isHost, isRunning } from './running.ts'
import type { Verdict } from './verdict.ts'
import type { Walk } from './walk.ts'

/** Of packets to and from such services. */
export const NOT_FILTERED: Verdict = { action: 'ACCEPT', reason: { kind: 'not-filtered' } }

/**
 * Amazon DNS, instance metadata, time, DHCP, Windows activation and the VPC's router, as a host's packets reach them and their answers
 * come back: never judged by groups or ACLs. Only the VPC's own hosts reach them, not what a gateway brings from elsewhere.
 * Source: VPC user guide, "Control traffic with security groups" and "Network ACL basics"; EC2 user guide, "DNS quotas".
 */
export class LinkLocalServices {
  readonly #walk: Walk
  readonly #rate = new PacketRate(LINK_LOCAL_PACKETS_PER_SECOND)

  constructor(walk: Walk) {
    this.#walk = walk
  }

  ask(sender: NetworkInterface, packet: Packet, timeMicroseconds: number, path: LinkLocalPath): void {
    const walk = this.#walk
    const service = serviceForPacket(path.service, packet)
    if (!service || !isHost(sender)) {
      walk.drop(sender, packet, timeMicroseconds, DROPPED.noSuchAddress)
      return
    }
    if (isRateLimited(service) && !this.#rate.admit(walk.map.scopeOf(sender), timeMicroseconds)) {
      walk.drop(sender, packet, timeMicroseconds, DROPPED.linkLocalRate)
      return
    }
    const { observer, map } = walk
    observer.capture(sender, 'egress', packet, timeMicroseconds, NOT_FILTERED, path.nextHop)
    const receiver = map.receivers.linkLocalService(service, sender)
    observer.deliver(receiver, packet, timeMicroseconds + path.delayMicroseconds)
  }

  answer(receiver: NetworkInterface, packet: Packet, timeMicroseconds: number): void {
    const { observer, map } = this.#walk
    const time = timeMicroseconds + HOP_DELAY.linkLocalService
    if (!isRunning(receiver)) {
      this.#walk.drop(receiver, packet, time, DROPPED.instanceNotRunning)
      return
    }
    observer.capture(receiver, 'ingress', packet, time, NOT_FILTERED, map.origins.link.sender)
    observer.deliver(map.receivers.networkInterface(receiver), packet, time)
  }
}
