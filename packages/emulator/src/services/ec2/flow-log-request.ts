import type { CreateFlowLogsRequest, FlowLogsResourceType } from '@aws-sdk/client-ec2'
import { type FlowLogParts, resolveFlowLogAlone } from '../../network/flow-log-alone.ts'
import { ServiceError } from '../../wire/service-error.ts'
import { invalidValue, missingParameter, unsupported } from './ec2-errors.ts'
import type { FlowLogRow } from './ec2-rows.ts'
import type { ResourceKind } from './resource-kinds.ts'

/** Source: EC2 API reference, CreateFlowLogs, ResourceIds. */
const MOST_RESOURCES = 1000
const MOST_TRANSIT_RESOURCES = 25

const RESOURCE_KINDS: Readonly<Partial<Record<FlowLogsResourceType, ResourceKind>>> = {
  VPC: 'vpc',
  Subnet: 'subnet',
  NetworkInterface: 'networkInterface',
  TransitGateway: 'transitGateway',
  TransitGatewayAttachment: 'transitGatewayAttachment',
}

/** A request for flow logs: what is logged, and what all of them have in common. */
export interface FlowLogRequest {
  readonly kind: ResourceKind
  readonly bucket: string
  readonly row: Omit<FlowLogRow, 'flowLogId' | 'resourceId' | 'createMilliseconds'>
}

/** Reads a request. @throws ServiceError where no flow log could come of it, whatever its resources. */
export function flowLogRequest(input: CreateFlowLogsRequest): FlowLogRequest {
  const { ResourceType, TrafficType, ResourceIds = [] } = input
  const kind = ResourceType && RESOURCE_KINDS[ResourceType]
  if (ResourceType === 'RegionalNatGateway') throw unsupported('flowtap has no regional NAT gateways.')
  if (!kind) {
    throw invalidValue(
      `Value (${ResourceType}) for parameter ResourceType is invalid. It is one of ${Object.keys(RESOURCE_KINDS).join(', ')}.`,
    )
  }
  const isTransit = kind === 'transitGateway' || kind === 'transitGatewayAttachment'
  const most = isTransit ? MOST_TRANSIT_RESOURCES : MOST_RESOURCES
  if (ResourceIds.length === 0) throw missingParameter('ResourceId')
  if (ResourceIds.length > most) {
    throw invalid(`At most ${most} resources of type ${ResourceType} can be specified; ${ResourceIds.length} were.`)
  }
  if (TrafficType === undefined && !isTransit) throw missingParameter('TrafficType')
  if (TrafficType !== undefined && !['ACCEPT', 'REJECT', 'ALL'].includes(TrafficType)) {
    throw invalidValue(`Value (${TrafficType}) for parameter TrafficType is invalid. It is ACCEPT, REJECT or ALL.`)
  }
  const logDestination = bucketDestination(input)
  const parts: FlowLogParts = {
    ...(TrafficType && { trafficType: TrafficType }),
    logDestinationType: 's3',
    logDestination,
    maxAggregationInterval: interval(input.MaxAggregationInterval, isTransit),
    destinationOptions: destinationOptions(input),
    ...(input.LogFormat !== undefined && { logFormat: input.LogFormat }),
    ...tagFields(input),
    ...(input.DeliverLogsPermissionArn && { deliverLogsPermissionArn: input.DeliverLogsPermissionArn }),
  }
  const { destination, logFormat } = resolveFlowLogAlone(isTransit ? 'transitGateway' : 'vpc', parts)
  if (destination.kind !== 's3')
    throw invalid('LogDestination must be the ARN of a bucket if LogDestinationType is s3.')
  return {
    kind,
    bucket: destination.bucket,
    row: {
      ...parts,
      logDestinationType: 's3',
      maxAggregationInterval: interval(input.MaxAggregationInterval, isTransit),
      logFormat: input.LogFormat ?? logFormat.map((field) => `\${${field}}`).join(' '),
    },
  }
}

/** What makes two flow logs of a resource the same: their traffic, and the bucket's folder. */
export function flowLogIdentity({ trafficType = 'ALL', logDestination = '' }: FlowLogRequest['row']): string {
  return `${trafficType} ${logDestination.replace(/^(arn:aws[\w-]*:s3:::|s3:\/\/)/, '').replace(/\/$/, '')}`
}

function bucketDestination(input: CreateFlowLogsRequest): string {
  const { LogDestinationType: type = 'cloud-watch-logs', LogDestination: destination, LogGroupName: group } = input
  if (type !== 'cloud-watch-logs' && group) {
    throw invalid('LogDestination type must be cloud-watch-logs if LogGroupName is provided.')
  }
  if (!destination && !group) throw invalid("LogDestination can't be empty if LogGroupName is not provided.")
  if (type === 'cloud-watch-logs' && !input.DeliverLogsPermissionArn) {
    throw invalid("DeliverLogsPermissionArn can't be empty if LogDestinationType is cloud-watch-logs.")
  }
  if (type === 's3') return destination as string
  if (type === 'cloud-watch-logs' || type === 'kinesis-data-firehose') {
    throw unsupported(`flowtap does not deliver flow logs to ${type} yet; use the LogDestinationType s3.`)
  }
  throw invalidValue(
    `Value (${type}) for parameter LogDestinationType is invalid. It is cloud-watch-logs, s3 or kinesis-data-firehose.`,
  )
}

function interval(seconds: number | undefined, isTransit: boolean): 60 | 600 {
  if (seconds === undefined) return isTransit ? 60 : 600
  if (seconds !== 60 && seconds !== 600) throw invalid('Invalid Flow Log Max Aggregation Interval')
  return seconds
}

function destinationOptions({
  DestinationOptions: options,
}: CreateFlowLogsRequest): Exclude<FlowLogRow['destinationOptions'], undefined> {
  const { FileFormat: fileFormat = 'plain-text' } = options ?? {}
  if (fileFormat !== 'plain-text' && fileFormat !== 'parquet') {
    throw invalidValue(`Value (${fileFormat}) for parameter FileFormat is invalid. It is plain-text or parquet.`)
  }
  return {
    fileFormat,
    hiveCompatiblePartitions: options?.HiveCompatiblePartitions ?? false,
    perHourPartition: options?.PerHourPartition ?? false,
  }
}

/** What does not fit is refused with the format. */
function tagFields({
  TagFieldSpecifications: given = [],
}: CreateFlowLogsRequest): Pick<FlowLogRow, 'tagFieldSpecifications'> {
  if (given.length === 0) return {}
  type Specification = NonNullable<FlowLogRow['tagFieldSpecifications']>[number]
  return {
    tagFieldSpecifications: given.map(({ ResourceType, TagKeys = [] }) => ({
      resourceType: (ResourceType ?? '') as Specification['resourceType'],
      tagKeys: TagKeys,
    })),
  }
}

function invalid(message: string): ServiceError {
  return new ServiceError('InvalidParameter', message)
}
