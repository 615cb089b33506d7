import type {
  CreateFlowLogsRequest,
  CreateFlowLogsResult,
  DeleteFlowLogsRequest,
  DeleteFlowLogsResult,
  DescribeFlowLogsRequest,
  DescribeFlowLogsResult,
  FlowLog,
  UnsuccessfulItem,
} from '@aws-sdk/client-ec2'
import type { Operation, ServiceOperations } from '../../operation/operation.ts'
import { ServiceError } from '../../wire/service-error.ts'
import { once } from './client-token.ts'
import { describeRows } from './describe.ts'
import type { Ec2Context } from './ec2-context.ts'
import type { FlowLogRow } from './ec2-rows.ts'
import type { Ec2Tables } from './ec2-tables.ts'
import { flowLogIdentity, flowLogRequest } from './flow-log-request.ts'
import { notFound, type ResourceKind } from './resource-kinds.ts'
import { checkTagSpecifications } from './resource-tags.ts'

/**
 * [?] The code of an item of Unsuccessful whose bucket is not there: AWS's API reference gives none. Source: network.md 3.19 has
 * LogDestinationNotFound for the same fault of a whole request; other emulators answer with 400 in the item.
 */
export const MISSING_BUCKET_CODE = '400'

/** Flow logs: what they record and where it is delivered to follows from their rows. */
export function flowLogOperations(context: Ec2Context): ServiceOperations {
  const { tables, tags, ids } = context
  const create: Operation<CreateFlowLogsRequest, CreateFlowLogsResult> = {
    acts: [
      'ResourceIds',
      'ResourceType',
      'TrafficType',
      'LogDestinationType',
      'LogDestination',
      'LogGroupName',
      'LogFormat',
      'MaxAggregationInterval',
      'DestinationOptions',
      'TagSpecifications',
      'TagFieldSpecifications',
      'ClientToken',
    ],
    keeps: ['DeliverLogsPermissionArn'],
    handle: (input, { nowMilliseconds }) => {
      checkTagSpecifications(input.TagSpecifications, ['flowLog'])
      const { kind, bucket, row } = flowLogRequest(input)
      const resourceIds = input.ResourceIds ?? []
      for (const id of resourceIds) requireResource(tables, kind, id)
      const ClientToken = input.ClientToken ?? ids.uuid('client-token')
      if (!tables.buckets.has(bucket)) {
        return { ClientToken, FlowLogIds: [], Unsuccessful: resourceIds.map((id) => withoutBucket(id, bucket)) }
      }
      const { ids: flowLogIds } = once(context, 'CreateFlowLogs', input, () =>
        resourceIds.map((resourceId) => {
          refuseSame(tables, resourceId, row)
          const flowLogId = ids.next('fl')
          tables.flowLogs.put(flowLogId, { flowLogId, resourceId, ...row, createMilliseconds: nowMilliseconds })
          tags.apply(flowLogId, 'flowLog', input.TagSpecifications)
          return flowLogId
        }),
      )
      return { ClientToken, FlowLogIds: [...flowLogIds], Unsuccessful: [] }
    },
  }
  const remove: Operation<DeleteFlowLogsRequest, DeleteFlowLogsResult> = {
    acts: ['FlowLogIds'],
    handle: ({ FlowLogIds = [] }) => {
      const missing = FlowLogIds.filter((id) => !tables.flowLogs.has(id))
      if (missing.length > 0) throw notFound('flowLog', missing)
      for (const id of FlowLogIds) {
        tables.flowLogs.delete(id)
        tags.forget(id)
      }
      return { Unsuccessful: [] }
    },
  }
  const describe: Operation<DescribeFlowLogsRequest, DescribeFlowLogsResult> = {
    acts: ['FlowLogIds', 'Filter', 'NextToken', 'MaxResults'],
    handle: ({ FlowLogIds, Filter, ...paging }) => {
      const status = (row: FlowLogRow): string => context.deliveryStatus(row.flowLogId)?.deliverLogsStatus ?? 'SUCCESS'
      const { rows, nextToken } = describeRows(
        {
          kind: 'flowLog',
          rows: tables.flowLogs.values(),
          id: (row) => row.flowLogId,
          filters: {
            'flow-log-id': (row) => row.flowLogId,
            'resource-id': (row) => row.resourceId,
            'traffic-type': (row) => row.trafficType,
            'log-destination-type': (row) => row.logDestinationType,
            'log-group-name': (row) => row.logGroupName,
            'deliver-log-status': status,
          },
          ids: FlowLogIds,
          tags,
          pageSizes: [1, 1000],
        },
        { ...paging, Filters: Filter },
      )
      return { FlowLogs: rows.map((row) => flowLogOutput(context, row)), NextToken: nextToken }
    },
  }
  return { CreateFlowLogs: create, DeleteFlowLogs: remove, DescribeFlowLogs: describe }
}

function flowLogOutput({ tags, deliveryStatus }: Ec2Context, row: FlowLogRow): FlowLog {
  const status = deliveryStatus(row.flowLogId)
  const { destinationOptions: options } = row
  return {
    FlowLogId: row.flowLogId,
    ResourceId: row.resourceId,
    CreationTime: new Date(row.createMilliseconds),
    FlowLogStatus: 'ACTIVE',
    DeliverLogsStatus: status?.deliverLogsStatus ?? 'SUCCESS',
    DeliverLogsErrorMessage: status?.deliverLogsErrorMessage,
    DeliverLogsPermissionArn: row.deliverLogsPermissionArn,
    TrafficType: row.trafficType,
    LogDestinationType: row.logDestinationType,
    LogDestination: row.logDestination,
    LogGroupName: row.logGroupName,
    LogFormat: row.logFormat,
    MaxAggregationInterval: row.maxAggregationInterval,
    DestinationOptions: options && {
      FileFormat: options.fileFormat,
      HiveCompatiblePartitions: options.hiveCompatiblePartitions,
      PerHourPartition: options.perHourPartition,
    },
    TagFieldSpecifications: row.tagFieldSpecifications?.map(({ resourceType, tagKeys }) => ({
      ResourceType: resourceType,
      TagKeys: [...tagKeys],
    })),
    Tags: tags.list(row.flowLogId),
  }
}

function requireResource(tables: Ec2Tables, kind: ResourceKind, id: string): void {
  const isThere =
    kind === 'vpc'
      ? tables.vpcs.has(id)
      : kind === 'subnet'
        ? tables.subnets.has(id)
        : kind === 'networkInterface'
          ? tables.networkInterfaces.has(id)
          : kind === 'transitGateway'
            ? tables.transitGateways.get(id)?.state === 'available'
            : tables.transitGatewayAttachments.get(id)?.state === 'available'
  if (!isThere) throw notFound(kind, [id])
}

/** The whole request is refused, as clients show it. */
function refuseSame(tables: Ec2Tables, resourceId: string, row: Parameters<typeof flowLogIdentity>[0]): void {
  const identity = flowLogIdentity(row)
  for (const other of tables.flowLogs.values()) {
    if (other.resourceId !== resourceId || flowLogIdentity(other) !== identity) continue
    throw new ServiceError(
      'FlowLogAlreadyExists',
      'Error. There is an existing Flow Log with the same configuration and log destination.',
    )
  }
}

function withoutBucket(ResourceId: string, bucket: string): UnsuccessfulItem {
  return { ResourceId, Error: { Code: MISSING_BUCKET_CODE, Message: `LogDestination: ${bucket} does not exist` } }
}
