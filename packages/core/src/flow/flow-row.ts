import type { NextHop } from '../dataplane/next-hop.ts'
import type { FlowDirection, NetworkInterface, TransitGatewayAttachment } from '../topology/topology.ts'
import { MutableAddress } from './address-words.ts'

/** What a finished flow of any kind of flow log has counted. */
export class FlowCounts {
  /** `NODATA` and `SKIPDATA` rows have times and the place of capture alone. */
  logStatus: 'OK' | 'NODATA' | 'SKIPDATA' = 'OK'
  direction: FlowDirection = 'ingress'
  /** As in the packets at the place of capture. */
  readonly source: MutableAddress = new MutableAddress()
  readonly destination: MutableAddress = new MutableAddress()
  /** 0 for protocols other than TCP and UDP. */
  sourcePort = 0
  destinationPort = 0
  /** IANA number. */
  protocol = 0
  /** Below 2^53. */
  packets = 0
  /** Bytes of IP packets, headers included; below 2^53. */
  bytes = 0
  /** What `tcp-flags` shows, or -1 where it cannot be computed. */
  tcpFlags = 0
  /** Unix seconds of the first and the last packet in the interval. */
  startSeconds = 0
  endSeconds = 0
  /** The aggregation interval: Unix seconds, and its length. */
  intervalStartSeconds = 0
  intervalSeconds = 60
}

/**
 * A flow of one aggregation interval at an ENI, as numbers: what a record is written from. One object serves one flow after another, so it
 * is to be read at once and not to be kept.
 */
export class FlowRow extends FlowCounts {
  networkInterface: NetworkInterface
  action: 'ACCEPT' | 'REJECT' = 'ACCEPT'
  rejectReason: 'BPA' | undefined = undefined
  nextHop: NextHop | undefined = undefined

  constructor(networkInterface: NetworkInterface) {
    super()
    this.networkInterface = networkInterface
  }
}

/** Why a transit gateway lost a packet, in the order of the `packets-lost-*` fields. */
export const LOSSES = ['no-route', 'blackhole', 'mtu-exceeded', 'ttl-expired'] as const

/** A flow of one aggregation interval at an attachment of a transit gateway. Not to be kept, as {@link FlowRow}. */
export class TransitGatewayRow extends FlowCounts {
  /** Where the traffic comes from. */
  sourceAttachment: TransitGatewayAttachment
  sourceInterface: NetworkInterface
  /** Where it goes to; undefined where the packets were lost. */
  outAttachment: TransitGatewayAttachment | undefined = undefined
  outInterface: NetworkInterface | undefined = undefined
  /** Packets lost, by {@link LOSSES}. */
  readonly lost: number[] = LOSSES.map(() => 0)

  constructor(sourceAttachment: TransitGatewayAttachment, sourceInterface: NetworkInterface) {
    super()
    this.sourceAttachment = sourceAttachment
    this.sourceInterface = sourceInterface
  }
}

/** Takes the rows of one flow log. */
export interface FlowRowReceiver<Row extends FlowCounts> {
  /** A row that the flow log records; the traffic type was looked at. */
  row(row: Row): void
  /**
   * An aggregation interval that the flow log uses has ended at `endSeconds`, and all its rows were given. No further row of any interval
   * has an end before `completeThroughSeconds`.
   */
  intervalClosed(endSeconds: number, completeThroughSeconds: number): void
  /** No more rows come: the flow log was deleted, or the simulation ended. */
  close(): void
}
