import type { FlowLogDeliveryStatus, Topology } from '@flowtap/core'
import type { IdSource } from '../../identity/id-source.ts'
import type { Ec2Tables } from './ec2-tables.ts'
import type { ResourceTags } from './resource-tags.ts'

/** What EC2's operations share: the account's tables, ids and tags, and the network as it is. */
export interface Ec2Context {
  readonly tables: Ec2Tables
  readonly ids: IdSource
  readonly tags: ResourceTags
  readonly accountId: string
  readonly region: string
  /** Of the network as it was applied last: what stands in it may be behind the tables. */
  readonly topology: () => Topology
  /** What a flow log's deliveries have come to; undefined while what it logs is not in the network, e.g. an ENI without an instance. */
  readonly deliveryStatus: (flowLogId: string) => FlowLogDeliveryStatus | undefined
}
