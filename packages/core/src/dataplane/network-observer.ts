import type { MirroredCopy, MirrorOutcome } from '../mirror/mirror-outcome.ts'
import type { Packet } from '../packet/packet.ts'
import type {
  FlowDirection,
  GatewayEndpoint,
  NetworkInterface,
  TransitGatewayAttachment,
} from '../topology/topology.ts'
import type { NextHop } from './next-hop.ts'
import type { Verdict } from './verdict.ts'

/**
 * Who is told what happens in the network: flow tables, mirror sessions, detectors, hosts. All calls of one packet's way come in the
 * order of the way, with times that do not fall. Arguments are shared objects, not to be kept and changed; nothing is allocated per call.
 * An observer must not call the network before the call that it is told of has returned.
 */
export interface NetworkObserver {
  /**
   * A packet passes an ENI, or is refused there. `packet` is as it is on the wire at that ENI (private addresses, translated by NAT
   * gateways and balancers as it is there).
   */
  capture(
    networkInterface: NetworkInterface,
    direction: FlowDirection,
    packet: Packet,
    timeMicroseconds: number,
    verdict: Verdict,
    /** Where it comes from (ingress) or goes to (egress). */
    nextHop: NextHop,
  ): void
  /** A packet arrives at a host or service. */
  deliver(receiver: Receiver, packet: Packet, timeMicroseconds: number): void
  /** A packet ends on its way; `verdict` says why. `at` is undefined outside of any ENI. */
  drop(at: NetworkInterface | undefined, packet: Packet, timeMicroseconds: number, verdict: Verdict): void
  /** A packet passes a transit gateway or is lost there. `out` is undefined where it is lost. */
  captureAtTransitGateway(
    source: TransitGatewayAttachment,
    sourceInterface: NetworkInterface,
    out: TransitGatewayAttachment | undefined,
    outInterface: NetworkInterface | undefined,
    packet: Packet,
    timeMicroseconds: number,
    loss: 'none' | 'no-route' | 'blackhole' | 'mtu-exceeded' | 'ttl-expired',
  ): void
  /**
   * What traffic mirroring made of a packet at a source ENI, once for each: at its capture, or where there is a `copy`, when that has come
   * to its end, after all calls of the packet's own way. Copies are packets of their own besides, from the source to the target.
   */
  mirror?(
    networkInterface: NetworkInterface,
    direction: FlowDirection,
    packet: Packet,
    timeMicroseconds: number,
    outcome: MirrorOutcome,
    copy: MirroredCopy | undefined,
  ): void
}

/** Services of AWS that answer behind link-local and reserved addresses, never filtered and never logged. */
export type LinkLocalService =
  | 'amazon-dns'
  | 'instance-metadata'
  | 'time-sync'
  | 'dhcp'
  | 'windows-activation'
  | 'vpc-router'

/** Who gets a packet. One object for each ENI and service, made once. */
export type Receiver =
  | { readonly kind: 'interface'; readonly networkInterface: NetworkInterface }
  /** A host on the internet, or an AWS service with a public address; the packet's destination says which. */
  | { readonly kind: 'internet' }
  /** The service behind a gateway endpoint (S3, DynamoDB): the packet has the service's public address, and its source is private. */
  | { readonly kind: 'gateway-endpoint'; readonly endpoint: GatewayEndpoint }
  /** A service behind an interface endpoint. */
  | { readonly kind: 'endpoint-service'; readonly networkInterface: NetworkInterface; readonly serviceName: string }
  /** A link-local service, asked by the ENI. */
  | {
      readonly kind: 'link-local-service'
      readonly service: LinkLocalService
      readonly networkInterface: NetworkInterface
    }
