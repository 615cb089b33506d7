import type { Verdict, VerdictReason } from '../dataplane/verdict.ts'
import type { FlowDirection, NetworkInterface } from '../topology/topology.ts'

/** What was captured at an ENI. */
export interface InterfacePackets {
  readonly networkInterface: NetworkInterface
  /** Packets that it sent and that came to it, those that were refused included. */
  readonly egress: number
  readonly ingress: number
  /** Of both directions, those that groups, ACLs or Block Public Access refuse. */
  readonly rejected: number
}

/** A packet of a capture. */
export interface CapturedPlace {
  /** The capture's name. */
  readonly capture: string
  /** Counted from 1. */
  readonly packetNumber: number
}

/** What a replay came to. */
export interface ReplaySummary {
  /** Packets of all captures, whatever they were, and of each capture. */
  readonly packets: number
  readonly captures: readonly Readonly<{ name: string; packets: number }>[]
  /** Of the first and the last IP packet; undefined where there is none. */
  readonly startMicroseconds: number | undefined
  readonly endMicroseconds: number | undefined
  /** The ENIs at which packets were, in the order of the topology. */
  readonly interfaces: readonly InterfacePackets[]
  /** VXLAN packets whose inner packet was counted at a mirrored ENI. */
  readonly mirroredPackets: number
  /** Large packets that the network card cuts up or has put together, and the segments that they were counted as. */
  readonly offloadedPackets: number
  readonly offloadedSegments: number
  /** Packets between addresses that no ENI has, and the first of them with its addresses. */
  readonly unknownAddressPackets: number
  readonly firstUnknownAddress: (CapturedPlace & { readonly source: string; readonly destination: string }) | undefined
  /** Packets of the link itself, as DHCP without an address and neighbour discovery, which no flow log has. */
  readonly linkPackets: number
  /** Packets that AWS drops without a record, by reason. */
  readonly unrecordedPackets: ReadonlyMap<VerdictReason['kind'], number>
  /** Frames without an IP packet, by kind: `ARP`, `LLDP`, `EtherType 0x1234`. */
  readonly nonIpFrames: ReadonlyMap<string, number>
  /** Packets that could not be used for an issue of their own. */
  readonly faultyPackets: number
  /** Packets that came more than a second out of order, and were counted in the earliest open aggregation interval. */
  readonly latePackets: number
}

/** Counts while a replay is under way. */
export class ReplayCounts {
  packets = 0
  startMicroseconds: number | undefined
  endMicroseconds: number | undefined
  mirroredPackets = 0
  offloadedPackets = 0
  offloadedSegments = 0
  unknownAddressPackets = 0
  firstUnknownAddress: ReplaySummary['firstUnknownAddress']
  linkPackets = 0
  faultyPackets = 0
  readonly unrecordedPackets: Map<VerdictReason['kind'], number> = new Map()
  readonly nonIpFrames: Map<string, number> = new Map()
  readonly #interfaces: readonly NetworkInterface[]
  readonly #egress: Float64Array
  readonly #ingress: Float64Array
  readonly #rejected: Float64Array

  constructor(interfaces: readonly NetworkInterface[]) {
    this.#interfaces = interfaces
    this.#egress = new Float64Array(interfaces.length)
    this.#ingress = new Float64Array(interfaces.length)
    this.#rejected = new Float64Array(interfaces.length)
  }

  capture({ index }: NetworkInterface, direction: FlowDirection, { action }: Verdict): void {
    const counts = direction === 'egress' ? this.#egress : this.#ingress
    counts[index] = (counts[index] as number) + 1
    if (action === 'REJECT') this.#rejected[index] = (this.#rejected[index] as number) + 1
  }

  drop({ reason }: Verdict): void {
    this.unrecordedPackets.set(reason.kind, (this.unrecordedPackets.get(reason.kind) ?? 0) + 1)
  }

  nonIp(kind: string): void {
    this.nonIpFrames.set(kind, (this.nonIpFrames.get(kind) ?? 0) + 1)
  }

  /** A time of an IP packet. */
  see(timeMicroseconds: number): void {
    if (this.startMicroseconds === undefined || timeMicroseconds < this.startMicroseconds)
      this.startMicroseconds = timeMicroseconds
    if (this.endMicroseconds === undefined || timeMicroseconds > this.endMicroseconds)
      this.endMicroseconds = timeMicroseconds
  }

  summary(captures: ReplaySummary['captures'], latePackets: number): ReplaySummary {
    const interfaces = this.#interfaces.flatMap((networkInterface, index): readonly InterfacePackets[] => {
      const egress = this.#egress[index] as number
      const ingress = this.#ingress[index] as number
      return egress + ingress > 0
        ? [{ networkInterface, egress, ingress, rejected: this.#rejected[index] as number }]
        : []
    })
    const { packets, startMicroseconds, endMicroseconds, mirroredPackets, offloadedPackets, offloadedSegments } = this
    const { unknownAddressPackets, firstUnknownAddress, linkPackets, faultyPackets } = this
    const { unrecordedPackets, nonIpFrames } = this
    return {
      packets,
      captures,
      startMicroseconds,
      endMicroseconds,
      interfaces,
      mirroredPackets,
      offloadedPackets,
      offloadedSegments,
      unknownAddressPackets,
      firstUnknownAddress,
      linkPackets,
      unrecordedPackets,
      nonIpFrames,
      faultyPackets,
      latePackets,
    }
  }
}
