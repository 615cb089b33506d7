import type {
  AssociateSubnetCidrBlockRequest,
  AssociateSubnetCidrBlockResult,
  CreateSubnetRequest,
  CreateSubnetResult,
  DeleteSubnetRequest,
  DescribeSubnetsRequest,
  DescribeSubnetsResult,
  DisassociateSubnetCidrBlockRequest,
  DisassociateSubnetCidrBlockResult,
  ModifySubnetAttributeRequest,
  Subnet,
} from '@aws-sdk/client-ec2'
import { CidrBlock } from '@flowtap/core'
import type { Operation, ServiceOperations } from '../../operation/operation.ts'
import { ServiceError } from '../../wire/service-error.ts'
import { parseBlock } from './cidr.ts'
import { describeRows, type RowFilters } from './describe.ts'
import type { Ec2Context } from './ec2-context.ts'
import { dependencyViolation, invalidValue, missingParameter, unsupported } from './ec2-errors.ts'
import type { SubnetRow, VpcRow } from './ec2-rows.ts'
import { existing } from './resource-kinds.ts'
import { checkTagSpecifications } from './resource-tags.ts'
import { freeAddressCount } from './subnet-addresses.ts'
import { makeSubnet } from './vpc-parts.ts'
import { type Zone, zonesOf } from './zones.ts'

/** Subnets. */
export function subnetOperations(context: Ec2Context): ServiceOperations {
  const { tables, tags, ids, region, accountId } = context
  const filters: RowFilters<SubnetRow> = {
    'subnet-id': (row) => row.subnetId,
    'vpc-id': (row) => row.vpcId,
    'availability-zone': (row) => row.availabilityZone,
    availabilityZone: (row) => row.availabilityZone,
    'availability-zone-id': (row) => zoneId(region, row.availabilityZone),
    'available-ip-address-count': (row) => freeAddressCount(tables, row),
    cidr: (row) => row.cidrBlock,
    cidrBlock: (row) => row.cidrBlock,
    'cidr-block': (row) => row.cidrBlock,
    'default-for-az': (row) => row.isDefaultForAz,
    defaultForAz: (row) => row.isDefaultForAz,
    'ipv6-cidr-block-association.association-id': (row) => row.ipv6CidrBlockAssociation?.associationId,
    'ipv6-cidr-block-association.ipv6-cidr-block': (row) => row.ipv6CidrBlockAssociation?.cidrBlock,
    'ipv6-cidr-block-association.state': (row) => row.ipv6CidrBlockAssociation && 'associated',
    'ipv6-native': (row) => row.cidrBlock === undefined,
    'map-public-ip-on-launch': (row) => row.mapPublicIpOnLaunch,
    'owner-id': () => accountId,
    state: () => 'available',
    'subnet-arn': (row) => subnetArn(context, row),
  }

  const createSubnet: Operation<CreateSubnetRequest, CreateSubnetResult> = {
    acts: [
      'VpcId',
      'CidrBlock',
      'Ipv6CidrBlock',
      'AvailabilityZone',
      'AvailabilityZoneId',
      'Ipv6Native',
      'TagSpecifications',
    ],
    handle: (input) => {
      checkTagSpecifications(input.TagSpecifications, ['subnet'])
      const vpc = existing('vpc', tables.vpcs, input.VpcId)
      const zone = chosenZone(region, input)
      if (input.CidrBlock === undefined && !input.Ipv6Native) throw missingParameter('cidrBlock')
      const cidrBlock = input.CidrBlock === undefined ? undefined : subnetBlock(context, vpc, input.CidrBlock)
      const ipv6CidrBlock =
        input.Ipv6CidrBlock === undefined ? undefined : subnetIpv6Block(context, vpc, input.Ipv6CidrBlock)
      if (cidrBlock === undefined && ipv6CidrBlock === undefined) throw missingParameter('ipv6CidrBlock')
      const row = makeSubnet(context, {
        vpcId: vpc.vpcId,
        availabilityZone: zone.name,
        ...(cidrBlock !== undefined && { cidrBlock }),
        ...(ipv6CidrBlock !== undefined && { ipv6CidrBlock }),
      })
      tags.apply(row.subnetId, 'subnet', input.TagSpecifications)
      return { Subnet: subnetOutput(context, row) }
    },
  }
  const deleteSubnet: Operation<DeleteSubnetRequest, object> = {
    acts: ['SubnetId'],
    handle: ({ SubnetId }) => {
      const { subnetId } = existing('subnet', tables.subnets, SubnetId)
      if ([...tables.networkInterfaces.values()].some((row) => row.subnetId === subnetId)) {
        throw dependencyViolation(`The subnet '${subnetId}' has dependencies and cannot be deleted.`)
      }
      for (const table of [...tables.routeTables.values()]) {
        const associations = table.associations.filter((each) => each.subnetId !== subnetId)
        if (associations.length < table.associations.length) {
          tables.routeTables.put(table.routeTableId, { ...table, associations })
        }
      }
      for (const acl of [...tables.networkAcls.values()]) {
        const associations = acl.associations.filter((each) => each.subnetId !== subnetId)
        if (associations.length < acl.associations.length) {
          tables.networkAcls.put(acl.networkAclId, { ...acl, associations })
        }
      }
      for (const log of [...tables.flowLogs.values()]) {
        if (log.resourceId === subnetId) tables.flowLogs.delete(log.flowLogId)
      }
      tables.subnets.delete(subnetId)
      tags.forget(subnetId)
      return {}
    },
  }
  const describeSubnets: Operation<DescribeSubnetsRequest, DescribeSubnetsResult> = {
    acts: ['Filters', 'SubnetIds', 'NextToken', 'MaxResults'],
    handle: (input) => {
      const { rows, nextToken } = describeRows(
        {
          kind: 'subnet',
          rows: tables.subnets.values(),
          id: (row) => row.subnetId,
          filters,
          ids: input.SubnetIds,
          tags,
        },
        input,
      )
      return { Subnets: rows.map((row) => subnetOutput(context, row)), NextToken: nextToken }
    },
  }
  const modify: Operation<ModifySubnetAttributeRequest, object> = {
    acts: ['SubnetId', 'MapPublicIpOnLaunch', 'AssignIpv6AddressOnCreation', 'EnableDns64'],
    keeps: [
      'PrivateDnsHostnameTypeOnLaunch',
      'EnableResourceNameDnsARecordOnLaunch',
      'EnableResourceNameDnsAAAARecordOnLaunch',
    ],
    handle: (input) => {
      const row = existing('subnet', tables.subnets, input.SubnetId)
      if (input.EnableDns64?.Value)
        throw unsupported('ModifySubnetAttribute: DNS64 is not simulated; leave EnableDns64 out.')
      if (input.AssignIpv6AddressOnCreation?.Value && !row.ipv6CidrBlockAssociation) {
        throw invalidValue(`The subnet '${row.subnetId}' has no IPv6 CIDR block associated with it.`)
      }
      tables.subnets.put(row.subnetId, {
        ...row,
        mapPublicIpOnLaunch: input.MapPublicIpOnLaunch?.Value ?? row.mapPublicIpOnLaunch,
        assignIpv6AddressOnCreation: input.AssignIpv6AddressOnCreation?.Value ?? row.assignIpv6AddressOnCreation,
        hostnameType: input.PrivateDnsHostnameTypeOnLaunch ?? row.hostnameType,
        enableResourceNameDnsARecord:
          input.EnableResourceNameDnsARecordOnLaunch?.Value ?? row.enableResourceNameDnsARecord,
        enableResourceNameDnsAaaaRecord:
          input.EnableResourceNameDnsAAAARecordOnLaunch?.Value ?? row.enableResourceNameDnsAaaaRecord,
      })
      return {}
    },
  }
  const associate: Operation<AssociateSubnetCidrBlockRequest, AssociateSubnetCidrBlockResult> = {
    acts: ['SubnetId', 'Ipv6CidrBlock'],
    handle: ({ SubnetId, Ipv6CidrBlock }) => {
      const row = existing('subnet', tables.subnets, SubnetId)
      if (Ipv6CidrBlock === undefined) throw missingParameter('ipv6CidrBlock')
      if (row.ipv6CidrBlockAssociation) {
        throw new ServiceError('InvalidSubnet.Conflict', `The subnet '${row.subnetId}' already has an IPv6 CIDR block`)
      }
      const cidrBlock = subnetIpv6Block(context, existing('vpc', tables.vpcs, row.vpcId), Ipv6CidrBlock)
      const association = { associationId: ids.next('subnet-cidr-assoc'), cidrBlock }
      tables.subnets.put(row.subnetId, { ...row, ipv6CidrBlockAssociation: association })
      return {
        SubnetId,
        Ipv6CidrBlockAssociation: {
          AssociationId: association.associationId,
          Ipv6CidrBlock: cidrBlock,
          Ipv6CidrBlockState: { State: 'associating' },
        },
      }
    },
  }
  const disassociate: Operation<DisassociateSubnetCidrBlockRequest, DisassociateSubnetCidrBlockResult> = {
    acts: ['AssociationId'],
    handle: ({ AssociationId }) => {
      const found = [...tables.subnets.values()].find(
        (row) => row.ipv6CidrBlockAssociation?.associationId === AssociationId,
      )
      if (!found?.ipv6CidrBlockAssociation) {
        throw new ServiceError(
          'InvalidSubnetCidrBlockAssociationID.NotFound',
          `The subnet CIDR block association ID '${AssociationId}' does not exist`,
        )
      }
      const { ipv6CidrBlockAssociation, ...row } = found
      const isUsed = [...tables.networkInterfaces.values()].some(
        ({ subnetId, ipv6Addresses }) => subnetId === row.subnetId && ipv6Addresses.length > 0,
      )
      if (isUsed) {
        throw dependencyViolation(`The CIDR block ${ipv6CidrBlockAssociation.cidrBlock} has addresses that are in use`)
      }
      tables.subnets.put(row.subnetId, { ...row, assignIpv6AddressOnCreation: false })
      return {
        SubnetId: row.subnetId,
        Ipv6CidrBlockAssociation: {
          AssociationId,
          Ipv6CidrBlock: ipv6CidrBlockAssociation.cidrBlock,
          Ipv6CidrBlockState: { State: 'disassociating' },
        },
      }
    },
  }
  return {
    CreateSubnet: createSubnet,
    DeleteSubnet: deleteSubnet,
    DescribeSubnets: describeSubnets,
    ModifySubnetAttribute: modify,
    AssociateSubnetCidrBlock: associate,
    DisassociateSubnetCidrBlock: disassociate,
  }
}

/** A subnet as answers show it. */
export function subnetOutput(context: Ec2Context, row: SubnetRow): Subnet {
  const { tables, tags, accountId, region } = context
  const ipv6 = row.ipv6CidrBlockAssociation
  return {
    SubnetId: row.subnetId,
    SubnetArn: subnetArn(context, row),
    State: 'available',
    VpcId: row.vpcId,
    OwnerId: accountId,
    CidrBlock: row.cidrBlock,
    Ipv6CidrBlockAssociationSet: ipv6
      ? [
          {
            AssociationId: ipv6.associationId,
            Ipv6CidrBlock: ipv6.cidrBlock,
            Ipv6CidrBlockState: { State: 'associated' },
          },
        ]
      : [],
    Ipv6Native: row.cidrBlock === undefined,
    AvailabilityZone: row.availabilityZone,
    AvailabilityZoneId: zoneId(region, row.availabilityZone),
    AvailableIpAddressCount: freeAddressCount(tables, row),
    DefaultForAz: row.isDefaultForAz,
    MapPublicIpOnLaunch: row.mapPublicIpOnLaunch,
    MapCustomerOwnedIpOnLaunch: false,
    AssignIpv6AddressOnCreation: row.assignIpv6AddressOnCreation,
    EnableDns64: false,
    PrivateDnsNameOptionsOnLaunch: {
      HostnameType: row.hostnameType as 'ip-name' | 'resource-name',
      EnableResourceNameDnsARecord: row.enableResourceNameDnsARecord,
      EnableResourceNameDnsAAAARecord: row.enableResourceNameDnsAaaaRecord,
    },
    Tags: tags.list(row.subnetId),
  }
}

function subnetArn({ accountId, region }: Ec2Context, { subnetId }: SubnetRow): string {
  return `arn:aws:ec2:${region}:${accountId}:subnet/${subnetId}`
}

function zoneId(region: string, name: string): string | undefined {
  return zonesOf(region).find((zone) => zone.name === name)?.id
}

function chosenZone(region: string, { AvailabilityZone: name, AvailabilityZoneId: id }: CreateSubnetRequest): Zone {
  const zones = zonesOf(region)
  const zone = name || id ? zones.find((each) => (name ? each.name === name : each.id === id)) : zones[0]
  if (!zone) {
    throw invalidValue(
      `Value (${name ?? id}) for parameter ${name ? 'availabilityZone' : 'availabilityZoneId'} is invalid. Subnets can currently only be created in the following availability zones: ${zones.map((each) => (name ? each.name : each.id)).join(', ')}.`,
    )
  }
  return zone
}

/** Source: VPC user guide, "Subnet CIDR blocks". */
function subnetBlock(context: Ec2Context, vpc: VpcRow, text: string): string {
  const block = parseBlock(text, 'cidrBlock', 4)
  const isInside = vpc.cidrBlockAssociations.some(({ cidrBlock }) => CidrBlock.of(cidrBlock).containsBlock(block))
  if (!isInside || block.prefixLength < 16 || block.prefixLength > 28) {
    throw new ServiceError('InvalidSubnet.Range', `The CIDR '${text}' is invalid.`)
  }
  return withoutConflict(context, vpc, block, text)
}

function subnetIpv6Block(context: Ec2Context, vpc: VpcRow, text: string): string {
  const block = parseBlock(text, 'ipv6CidrBlock', 6)
  const isInside = vpc.ipv6CidrBlockAssociations.some(({ cidrBlock }) => CidrBlock.of(cidrBlock).containsBlock(block))
  if (!isInside || block.prefixLength < 44 || block.prefixLength > 64 || block.prefixLength % 4 !== 0) {
    throw new ServiceError('InvalidSubnet.Range', `The CIDR '${text}' is invalid.`)
  }
  return withoutConflict(context, vpc, block, text)
}

function withoutConflict({ tables }: Ec2Context, vpc: VpcRow, block: CidrBlock, text: string): string {
  for (const row of tables.subnets.values()) {
    if (row.vpcId !== vpc.vpcId) continue
    for (const other of [row.cidrBlock, row.ipv6CidrBlockAssociation?.cidrBlock]) {
      if (other !== undefined && CidrBlock.of(other).overlaps(block)) {
        throw new ServiceError('InvalidSubnet.Conflict', `The CIDR '${text}' conflicts with another subnet`)
      }
    }
  }
  return block.toString()
}
