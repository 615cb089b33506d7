import type {
  DescribeDhcpOptionsRequest,
  DescribeDhcpOptionsResult,
  DescribeVpcAttributeRequest,
  DescribeVpcAttributeResult,
  ModifyVpcAttributeRequest,
  ModifyVpcTenancyRequest,
  ModifyVpcTenancyResult,
} from '@aws-sdk/client-ec2'
import type { Operation, ServiceOperations } from '../../operation/operation.ts'
import { describeRows } from './describe.ts'
import type { Ec2Context } from './ec2-context.ts'
import { invalidCombination, invalidValue } from './ec2-errors.ts'
import { existing } from './resource-kinds.ts'

/** A VPC's attributes, one at a time, and the DHCP options that all begin with. */
export function vpcAttributeOperations({ tables, tags, accountId, region }: Ec2Context): ServiceOperations {
  const modify: Operation<ModifyVpcAttributeRequest, object> = {
    acts: ['VpcId', 'EnableDnsSupport', 'EnableDnsHostnames'],
    keeps: ['EnableNetworkAddressUsageMetrics'],
    handle: ({ VpcId, EnableDnsSupport, EnableDnsHostnames, EnableNetworkAddressUsageMetrics }) => {
      const vpc = existing('vpc', tables.vpcs, VpcId)
      const given = [EnableDnsSupport, EnableDnsHostnames, EnableNetworkAddressUsageMetrics].filter(Boolean)
      if (given.length !== 1) {
        throw invalidCombination(
          given.length === 0 ? 'No attributes specified.' : 'Fields for multiple attribute types specified',
        )
      }
      const enableDnsSupport = EnableDnsSupport?.Value ?? vpc.enableDnsSupport
      const enableDnsHostnames = EnableDnsHostnames?.Value ?? vpc.enableDnsHostnames
      tables.vpcs.put(vpc.vpcId, {
        ...vpc,
        enableDnsSupport,
        enableDnsHostnames,
        enableNetworkAddressUsageMetrics:
          EnableNetworkAddressUsageMetrics?.Value ?? vpc.enableNetworkAddressUsageMetrics,
      })
      return {}
    },
  }
  const describe: Operation<DescribeVpcAttributeRequest, DescribeVpcAttributeResult> = {
    acts: ['VpcId', 'Attribute'],
    handle: ({ VpcId, Attribute }) => {
      const vpc = existing('vpc', tables.vpcs, VpcId)
      switch (Attribute) {
        case 'enableDnsSupport':
          return { VpcId, EnableDnsSupport: { Value: vpc.enableDnsSupport } }
        case 'enableDnsHostnames':
          return { VpcId, EnableDnsHostnames: { Value: vpc.enableDnsHostnames } }
        case 'enableNetworkAddressUsageMetrics':
          return { VpcId, EnableNetworkAddressUsageMetrics: { Value: vpc.enableNetworkAddressUsageMetrics } }
        case undefined:
      }
      throw invalidValue(`Value (${Attribute}) for parameter attribute is invalid. Unknown attribute.`)
    },
  }
  const modifyTenancy: Operation<ModifyVpcTenancyRequest, ModifyVpcTenancyResult> = {
    acts: ['VpcId'],
    keeps: ['InstanceTenancy'],
    handle: ({ VpcId, InstanceTenancy }) => {
      const vpc = existing('vpc', tables.vpcs, VpcId)
      if (InstanceTenancy !== 'default') throw invalidValue(`Invalid value for instanceTenancy: ${InstanceTenancy}`)
      tables.vpcs.put(vpc.vpcId, { ...vpc, instanceTenancy: InstanceTenancy })
      return { ReturnValue: true }
    },
  }
  const describeDhcpOptions: Operation<DescribeDhcpOptionsRequest, DescribeDhcpOptionsResult> = {
    acts: ['DhcpOptionsIds', 'Filters', 'NextToken', 'MaxResults'],
    handle: (input) => {
      const id = tables.account.get('account')?.defaultDhcpOptionsId
      const domain = region === 'us-east-1' ? 'ec2.internal' : `${region}.compute.internal`
      const configurations: Readonly<Record<string, string>> = {
        'domain-name': domain,
        'domain-name-servers': 'AmazonProvidedDNS',
      }
      const { rows, nextToken } = describeRows(
        {
          kind: 'dhcpOptions',
          rows: id === undefined ? [] : [id],
          id: (row) => row,
          filters: {
            'dhcp-options-id': (row) => row,
            'owner-id': () => accountId,
            key: () => Object.keys(configurations),
            value: () => Object.values(configurations),
          },
          ids: input.DhcpOptionsIds,
          tags,
        },
        input,
      )
      return {
        DhcpOptions: rows.map((row) => ({
          DhcpOptionsId: row,
          OwnerId: accountId,
          DhcpConfigurations: Object.entries(configurations).map(([Key, Value]) => ({ Key, Values: [{ Value }] })),
          Tags: tags.list(row),
        })),
        NextToken: nextToken,
      }
    },
  }
  return {
    ModifyVpcAttribute: modify,
    DescribeVpcAttribute: describe,
    ModifyVpcTenancy: modifyTenancy,
    DescribeDhcpOptions: describeDhcpOptions,
  }
}
