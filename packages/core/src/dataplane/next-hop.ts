import type { NetworkInterface } from '../topology/topology.ts'

/**
 * The other side of an ENI's traffic, as flow-log records tell it. One object for each route target and ENI, made once.
 * Source: VPC user guide, "Flow log records", fields traffic-path and next-hop-*.
 */
export interface NextHop {
  /** Value of `traffic-path` for egress; 0 where the field is `-`. */
  readonly trafficPath: number
  /** The receiving (egress) or sending (ingress) ENI, where there is one. */
  readonly networkInterface: NetworkInterface | undefined
}
