import type { FlowLogDeliveryStatus } from '@flowtap/core'
import type { Ec2Tables } from '../services/ec2/ec2-tables.ts'
import type { LiveNetwork } from './live-network.ts'

/** The network in which the flow logs of an account's tables record. */
const NETWORKS = new WeakMap<Ec2Tables, LiveNetwork>()

/** Lets the flow logs of these tables be asked about in this network. */
export function followDeliveries(tables: Ec2Tables, live: LiveNetwork): void {
  NETWORKS.set(tables, live)
}

/** What a flow log's deliveries have come to; undefined while what it logs is not in the network, e.g. an ENI without an instance. */
export function deliveryStatusOf(tables: Ec2Tables, flowLogId: string): FlowLogDeliveryStatus | undefined {
  const live = NETWORKS.get(tables)
  return live?.topology.flowLogs.some(({ id }) => id === flowLogId) ? live.deliveryStatus(flowLogId) : undefined
}
