import type { ResourceDesign } from './design.ts'

/** A flow log on one of `vpc`, `subnet`, `networkInterface`, `transitGateway`, `transitGatewayAttachment`. */
export interface FlowLogDesign extends ResourceDesign {
  readonly vpc?: string
  readonly subnet?: string
  /** An ENI, or an instance for its primary ENI. */
  readonly networkInterface?: string
  readonly transitGateway?: string
  readonly transitGatewayAttachment?: string
  /** `ALL` unless given; not for transit gateways. */
  readonly trafficType?: 'ACCEPT' | 'REJECT' | 'ALL'
  /** Seconds: 600 unless given; 60 for transit gateways. */
  readonly maxAggregationInterval?: 60 | 600
  /** `${field}` tokens as in CreateFlowLogs, or the field names; AWS's default format unless given. */
  readonly logFormat?: string | readonly string[]
  /** Tag keys of the version 11 fields. */
  readonly tagFieldSpecifications?: readonly TagFieldSpecificationDesign[]
  /** `s3` or `cloud-watch-logs`; follows from `logDestination` or `logGroupName` unless given. */
  readonly logDestinationType?: 's3' | 'cloud-watch-logs'
  /** `arn:aws:s3:::bucket/prefix/`, `s3://bucket/prefix/`, or the ARN of a log group. */
  readonly logDestination?: string
  readonly logGroupName?: string
  /** S3 only. */
  readonly destinationOptions?: DestinationOptionsDesign
}

/** `fileFormat` is `plain-text` unless given, the others `false`. */
export interface DestinationOptionsDesign {
  readonly fileFormat?: 'plain-text' | 'parquet'
  readonly hiveCompatiblePartitions?: boolean
  readonly perHourPartition?: boolean
}

/** One or two tag keys; the first fills `instance-tag`, the second `instance-tag-2`, and so on by resource type. */
export interface TagFieldSpecificationDesign {
  readonly resourceType: 'instance' | 'network-interface' | 'auto-scaling-group'
  readonly tagKeys: readonly string[]
}
