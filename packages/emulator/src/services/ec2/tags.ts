import type {
  CreateTagsRequest,
  DeleteTagsRequest,
  DescribeTagsRequest,
  DescribeTagsResult,
  ResourceType,
} from '@aws-sdk/client-ec2'
import type { Operation, ServiceOperations } from '../../operation/operation.ts'
import { ServiceError } from '../../wire/service-error.ts'
import { page, selectRows } from './describe.ts'
import type { Ec2Context } from './ec2-context.ts'
import { missingParameter } from './ec2-errors.ts'
import type { Ec2Tables } from './ec2-tables.ts'
import { kindOfId, notFound, type ResourceKind } from './resource-kinds.ts'

/** Tags of any resource. */
export function tagOperations({ tables, tags }: Ec2Context): ServiceOperations {
  const kindOf = (id: string): ResourceKind => {
    const kind = kindOfId(id)
    if (!kind) throw new ServiceError('InvalidID', `The ID '${id}' is not valid`)
    if (!isThere(tables, kind, id)) throw notFound(kind, [id])
    return kind
  }
  const create: Operation<CreateTagsRequest, object> = {
    acts: ['Resources', 'Tags'],
    handle: ({ Resources = [], Tags = [] }) => {
      if (Tags.length === 0) throw missingParameter('tagSet')
      const kinds = Resources.map((id) => [id, kindOf(id)] as const)
      for (const [id, kind] of kinds) tags.add(id, kind, Tags)
      return {}
    },
  }
  const remove: Operation<DeleteTagsRequest, object> = {
    acts: ['Resources', 'Tags'],
    handle: ({ Resources = [], Tags }) => {
      for (const id of Resources) kindOf(id)
      for (const id of Resources) tags.remove(id, Tags?.length ? Tags : undefined)
      return {}
    },
  }
  const describe: Operation<DescribeTagsRequest, DescribeTagsResult> = {
    acts: ['Filters', 'NextToken', 'MaxResults'],
    handle: ({ Filters, ...paging }) => {
      const all = [...tables.tags.values()].flatMap(({ resourceId, resourceType, tags: own }) =>
        Object.entries(own).map(([key, value]) => ({ resourceId, resourceType, key, value })),
      )
      const id = ({ resourceId, key }: (typeof all)[number]): string => `${resourceId} ${key}`
      const rows = selectRows(
        {
          kind: 'instance',
          rows: all.map((row) => ({ ...row })),
          id,
          filters: {
            key: (row) => row.key,
            value: (row) => row.value,
            'resource-id': (row) => row.resourceId,
            'resource-type': (row) => row.resourceType,
            ...Object.fromEntries(
              (Filters ?? []).flatMap(({ Name: name = '' }) =>
                name.startsWith('tag:')
                  ? [[name, (row: (typeof all)[number]) => (row.key === name.slice(4) ? row.value : undefined)]]
                  : [],
              ),
            ),
          },
        },
        Filters,
      )
      const { rows: shown, nextToken } = page(rows, id, paging)
      return {
        Tags: shown.map((row) => ({
          ResourceId: row.resourceId,
          ResourceType: row.resourceType as ResourceType,
          Key: row.key,
          Value: row.value,
        })),
        NextToken: nextToken,
      }
    },
  }
  return { CreateTags: create, DeleteTags: remove, DescribeTags: describe }
}

function isThere(tables: Ec2Tables, kind: ResourceKind, id: string): boolean {
  const byKind: Readonly<Record<ResourceKind, { has(key: string): boolean }>> = {
    vpc: tables.vpcs,
    subnet: tables.subnets,
    routeTable: tables.routeTables,
    internetGateway: tables.internetGateways,
    egressOnlyInternetGateway: tables.egressOnlyInternetGateways,
    natGateway: tables.natGateways,
    address: tables.addresses,
    securityGroup: tables.securityGroups,
    securityGroupRule: tables.securityGroupRules,
    networkAcl: tables.networkAcls,
    prefixList: tables.prefixLists,
    networkInterface: tables.networkInterfaces,
    instance: tables.instances,
    volume: tables.volumes,
    keyPair: tables.keyPairs,
    launchTemplate: tables.launchTemplates,
    image: NO_ROWS,
    dhcpOptions: { has: (key) => tables.account.get('account')?.defaultDhcpOptionsId === key },
    vpcEndpoint: tables.vpcEndpoints,
    vpcEndpointService: tables.vpcEndpointServices,
    vpcPeeringConnection: tables.vpcPeeringConnections,
    transitGateway: tables.transitGateways,
    transitGatewayAttachment: tables.transitGatewayAttachments,
    transitGatewayRouteTable: tables.transitGatewayRouteTables,
    flowLog: tables.flowLogs,
    trafficMirrorFilter: tables.trafficMirrorFilters,
    trafficMirrorFilterRule: tables.trafficMirrorFilterRules,
    trafficMirrorTarget: tables.trafficMirrorTargets,
    trafficMirrorSession: tables.trafficMirrorSessions,
  }
  return byKind[kind].has(id)
}

const NO_ROWS = { has: (): boolean => false }
