import { MIRROR_OUTCOME, type MirroredCopy } from '../mirror/mirror-outcome.ts'
import type { TrafficMirror } from '../mirror/traffic-mirror.ts'
import type { Packet } from '../packet/packet.ts'
import type { FlowDirection, NetworkInterface } from '../topology/topology.ts'
import type { NetworkObserver, Receiver } from './network-observer.ts'
import type { NextHop } from './next-hop.ts'
import type { Verdict, VerdictReason } from './verdict.ts'

/**
 * Traffic mirroring at the captures of a network: what the network tells its observer comes by here, copies are made of what sources pass
 * on, and kept until the packet's own walk has ended. While a copy is walked, what becomes of it is told once.
 */
export class MirroringObserver implements NetworkObserver {
  readonly #observer: NetworkObserver
  readonly #mirror: TrafficMirror
  readonly #waiting: MirroredCopy[] = []
  #next = 0
  #underWay: MirroredCopy | undefined
  #loss: VerdictReason | undefined

  constructor(observer: NetworkObserver, mirror: TrafficMirror) {
    this.#observer = observer
    this.#mirror = mirror
  }

  capture(
    networkInterface: NetworkInterface,
    direction: FlowDirection,
    packet: Packet,
    timeMicroseconds: number,
    verdict: Verdict,
    nextHop: NextHop,
  ): void {
    this.#observer.capture(networkInterface, direction, packet, timeMicroseconds, verdict, nextHop)
    const decision = this.#mirror.judge(networkInterface, direction, packet, timeMicroseconds, verdict)
    if (decision === undefined) return
    if (decision.kind === 'copy') this.#waiting.push(decision)
    else this.#observer.mirror?.(networkInterface, direction, packet, timeMicroseconds, decision, undefined)
  }

  deliver(receiver: Receiver, packet: Packet, timeMicroseconds: number): void {
    const copy = this.#underWay
    if (copy && receiver.kind === 'interface' && carries(packet, copy)) {
      copy.arrival = { networkInterface: receiver.networkInterface, packet, timeMicroseconds }
    }
    this.#observer.deliver(receiver, packet, timeMicroseconds)
  }

  drop(at: NetworkInterface | undefined, packet: Packet, timeMicroseconds: number, verdict: Verdict): void {
    if (this.#underWay && carries(packet, this.#underWay)) this.#loss = verdict.reason
    this.#observer.drop(at, packet, timeMicroseconds, verdict)
  }

  captureAtTransitGateway(...passage: Parameters<NetworkObserver['captureAtTransitGateway']>): void {
    this.#observer.captureAtTransitGateway(...passage)
  }

  /** Sends the copies that wait, in the order of their captures; `send` walks one to its end. */
  flush(send: (copy: MirroredCopy) => void): void {
    const waiting = this.#waiting
    if (this.#next > 0) return
    while (this.#next < waiting.length) {
      const copy = waiting[this.#next] as MirroredCopy
      this.#next += 1
      this.#underWay = copy
      this.#loss = undefined
      send(copy)
      this.#underWay = undefined
      this.#tell(copy, this.#loss)
    }
    waiting.length = 0
    this.#next = 0
  }

  #tell(copy: MirroredCopy, loss: VerdictReason | undefined): void {
    const { networkInterface, direction, original, timeMicroseconds, arrival } = copy
    const reason: VerdictReason = loss ?? { kind: 'no-listener' }
    const outcome = arrival ? MIRROR_OUTCOME.mirrored : ({ kind: 'dropped', reason } as const)
    this.#observer.mirror?.(networkInterface, direction, original, timeMicroseconds, outcome, copy)
  }
}

/** Whether a packet is a copy, or a balancer's packet with the copy in it. */
function carries({ tunnel }: Packet, { packet }: MirroredCopy): boolean {
  return tunnel !== undefined && (tunnel === packet.tunnel || tunnel.packet.tunnel === packet.tunnel)
}
