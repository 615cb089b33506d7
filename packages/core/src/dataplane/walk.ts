import type { Packet } from '../packet/packet.ts'
import type { NetworkInterface } from '../topology/topology.ts'
import type { GroupReferences } from './group-path.ts'
import type { NetworkMap } from './network-map.ts'
import type { NetworkObserver } from './network-observer.ts'
import type { Origin } from './origin.ts'
import type { Verdict } from './verdict.ts'

/**
 * The way of a packet as gateways and services see it: they take a packet over where it has arrived, and hand it on by one of these
 * steps. Each step walks the rest of the way before it returns.
 */
export interface Walk {
  readonly map: NetworkMap
  readonly observer: NetworkObserver
  /**
   * The packet leaves an interface: routed, judged, captured, forwarded. `groupReferences` are those that hold where it arrives; unless
   * given, they follow from whether the packet is the interface's own.
   */
  leave(
    networkInterface: NetworkInterface,
    packet: Packet,
    timeMicroseconds: number,
    groupReferences?: GroupReferences,
  ): void
  /** The packet comes to an interface: judged, captured, received by what the interface belongs to. */
  arrive(networkInterface: NetworkInterface, packet: Packet, timeMicroseconds: number, origin: Origin): void
  /** What the interface's groups say of a packet that reaches it unseen by any record. */
  judgeUnseen(networkInterface: NetworkInterface, packet: Packet, timeMicroseconds: number): Verdict
  /** The packet ends. */
  drop(at: NetworkInterface | undefined, packet: Packet, timeMicroseconds: number, verdict: Verdict): void
  /** The router of the sender's subnet answers that the packet is too large. */
  tellTooBig(sender: NetworkInterface, packet: Packet, timeMicroseconds: number, mtu: number): void
  /** Answers to the packet will leave the interface towards the other one, whatever the routes say. */
  pinReturn(networkInterface: NetworkInterface, packet: Packet, timeMicroseconds: number, to: NetworkInterface): void
}
