import type {
  CreateTrafficMirrorTargetRequest,
  CreateTrafficMirrorTargetResult,
  DeleteTrafficMirrorTargetRequest,
  DeleteTrafficMirrorTargetResult,
  DescribeTrafficMirrorTargetsRequest,
  DescribeTrafficMirrorTargetsResult,
  TrafficMirrorTarget,
  TrafficMirrorTargetType,
} from '@aws-sdk/client-ec2'
import type { Operation, ServiceOperations } from '../../operation/operation.ts'
import { ServiceError } from '../../wire/service-error.ts'
import { once } from './client-token.ts'
import { describeRows } from './describe.ts'
import type { Ec2Context } from './ec2-context.ts'
import { invalidCombination, invalidValue, missingParameter, unsupported } from './ec2-errors.ts'
import type { TrafficMirrorTargetRow } from './ec2-rows.ts'
import type { Ec2Tables } from './ec2-tables.ts'
import { existing } from './resource-kinds.ts'
import { checkTagSpecifications } from './resource-tags.ts'

/** Mirror targets: ENIs, and endpoints of Gateway Load Balancers. */
export function trafficMirrorTargetOperations(context: Ec2Context): ServiceOperations {
  const { tables, tags, ids, accountId } = context
  const output = (row: TrafficMirrorTargetRow): TrafficMirrorTarget => ({
    TrafficMirrorTargetId: row.trafficMirrorTargetId,
    NetworkInterfaceId: row.networkInterfaceId,
    NetworkLoadBalancerArn: row.networkLoadBalancerArn,
    GatewayLoadBalancerEndpointId: row.gatewayLoadBalancerEndpointId,
    Type: typeOf(row),
    Description: row.description,
    OwnerId: accountId,
    Tags: tags.list(row.trafficMirrorTargetId),
  })
  const create: Operation<CreateTrafficMirrorTargetRequest, CreateTrafficMirrorTargetResult> = {
    acts: [
      'NetworkInterfaceId',
      'NetworkLoadBalancerArn',
      'GatewayLoadBalancerEndpointId',
      'TagSpecifications',
      'ClientToken',
    ],
    keeps: ['Description'],
    handle: (input) => {
      checkTagSpecifications(input.TagSpecifications, ['trafficMirrorTarget'])
      const { ids: made } = once(context, 'CreateTrafficMirrorTarget', input, () => {
        const place = targetPlace(tables, input)
        const trafficMirrorTargetId = ids.next('tmt')
        const description = input.Description ?? ''
        tables.trafficMirrorTargets.put(trafficMirrorTargetId, { trafficMirrorTargetId, ...place, description })
        tags.apply(trafficMirrorTargetId, 'trafficMirrorTarget', input.TagSpecifications)
        return [trafficMirrorTargetId]
      })
      const row = existing('trafficMirrorTarget', tables.trafficMirrorTargets, made[0])
      return { TrafficMirrorTarget: output(row), ClientToken: input.ClientToken }
    },
  }
  const remove: Operation<DeleteTrafficMirrorTargetRequest, DeleteTrafficMirrorTargetResult> = {
    acts: ['TrafficMirrorTargetId'],
    handle: (input) => {
      const row = existing('trafficMirrorTarget', tables.trafficMirrorTargets, input.TrafficMirrorTargetId)
      const id = row.trafficMirrorTargetId
      const user = [...tables.trafficMirrorSessions.values()].find((each) => each.trafficMirrorTargetId === id)
      if (user) {
        throw new ServiceError(
          'TrafficMirrorTargetInUseException',
          `Traffic mirror target '${id}' is used by the session ${user.trafficMirrorSessionId}`,
        )
      }
      tables.trafficMirrorTargets.delete(id)
      tags.forget(id)
      return { TrafficMirrorTargetId: id }
    },
  }
  const describe: Operation<DescribeTrafficMirrorTargetsRequest, DescribeTrafficMirrorTargetsResult> = {
    acts: ['TrafficMirrorTargetIds', 'Filters', 'NextToken', 'MaxResults'],
    handle: (input) => {
      const { rows, nextToken } = describeRows(
        {
          kind: 'trafficMirrorTarget',
          rows: tables.trafficMirrorTargets.values(),
          id: (row) => row.trafficMirrorTargetId,
          filters: {
            'traffic-mirror-target-id': (row) => row.trafficMirrorTargetId,
            'network-interface-id': (row) => row.networkInterfaceId,
            'network-load-balancer-arn': (row) => row.networkLoadBalancerArn,
            'owner-id': () => accountId,
            description: (row) => row.description,
          },
          ids: input.TrafficMirrorTargetIds,
          tags,
        },
        input,
      )
      return { TrafficMirrorTargets: rows.map(output), NextToken: nextToken }
    },
  }
  return {
    CreateTrafficMirrorTarget: create,
    DeleteTrafficMirrorTarget: remove,
    DescribeTrafficMirrorTargets: describe,
  }
}

function typeOf(row: TrafficMirrorTargetRow): TrafficMirrorTargetType {
  if (row.networkInterfaceId !== undefined) return 'network-interface'
  return row.networkLoadBalancerArn === undefined ? 'gateway-load-balancer-endpoint' : 'network-load-balancer'
}

/** The one place that a request names. Source: EC2 API reference, "Error codes". */
function targetPlace(tables: Ec2Tables, input: CreateTrafficMirrorTargetRequest): Partial<TrafficMirrorTargetRow> {
  const { NetworkInterfaceId, NetworkLoadBalancerArn, GatewayLoadBalancerEndpointId } = input
  const named = [NetworkInterfaceId, NetworkLoadBalancerArn, GatewayLoadBalancerEndpointId].filter(Boolean)
  if (named.length === 0) throw missingParameter('NetworkInterfaceId')
  if (named.length > 1) {
    throw invalidCombination(
      'Give exactly one of NetworkInterfaceId, NetworkLoadBalancerArn and GatewayLoadBalancerEndpointId.',
    )
  }
  if (NetworkLoadBalancerArn) throw unsupported('flowtap has no load balancers yet; use an ENI as the mirror target.')
  if (GatewayLoadBalancerEndpointId) {
    const endpoint = existing('vpcEndpoint', tables.vpcEndpoints, GatewayLoadBalancerEndpointId)
    if (endpoint.vpcEndpointType !== 'GatewayLoadBalancer') {
      throw invalidValue(`${endpoint.vpcEndpointId} is an endpoint of type ${endpoint.vpcEndpointType}.`)
    }
    return { gatewayLoadBalancerEndpointId: endpoint.vpcEndpointId }
  }
  const eni = existing('networkInterface', tables.networkInterfaces, NetworkInterfaceId)
  const { networkInterfaceId } = eni
  if (eni.interfaceType !== 'interface' || eni.requesterManaged) {
    throw new ServiceError(
      'NetworkInterfaceNotSupported',
      `${networkInterfaceId} of type ${eni.interfaceType} cannot be a traffic mirror target`,
    )
  }
  for (const other of tables.trafficMirrorTargets.values()) {
    if (other.networkInterfaceId !== networkInterfaceId) continue
    throw new ServiceError(
      'InterfaceInUseByTrafficMirrorTarget',
      `${networkInterfaceId} is the traffic mirror target ${other.trafficMirrorTargetId} already`,
    )
  }
  for (const session of tables.trafficMirrorSessions.values()) {
    if (session.networkInterfaceId !== networkInterfaceId) continue
    throw new ServiceError(
      'InterfaceInUseByTrafficMirrorSession',
      `${networkInterfaceId} is the source of the traffic mirror session ${session.trafficMirrorSessionId}`,
    )
  }
  return { networkInterfaceId }
}
