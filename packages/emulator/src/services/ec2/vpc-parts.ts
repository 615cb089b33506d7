import { CidrBlock } from '@flowtap/core'
import type { Ec2Context } from './ec2-context.ts'
import type { CidrAssociationRow, SubnetRow, VpcRow } from './ec2-rows.ts'

/** Amazon's space from which VPCs get IPv6 blocks here: the documentation prefix of RFC 3849, as no stranger has it. */
const AMAZON_IPV6_POOL = CidrBlock.of('2001:db8::/32')

/** What a VPC is made with; the rest is AWS's own. */
export interface NewVpc {
  readonly cidrBlock: string
  readonly isDefault?: boolean
  readonly enableDnsHostnames?: boolean
  readonly instanceTenancy?: string
}

/** A VPC with what AWS makes along with it: main route table, default group and default ACL. Source: VPC user guide, "Create a VPC". */
export function makeVpc(context: Ec2Context, vpc: NewVpc): VpcRow {
  const { tables, ids } = context
  const vpcId = ids.next('vpc')
  const defaultSecurityGroupId = ids.next('sg')
  const defaultNetworkAclId = ids.next('acl')
  const row: VpcRow = {
    vpcId,
    cidrBlockAssociations: [{ associationId: ids.next('vpc-cidr-assoc'), cidrBlock: vpc.cidrBlock }],
    ipv6CidrBlockAssociations: [],
    isDefault: vpc.isDefault ?? false,
    instanceTenancy: vpc.instanceTenancy ?? 'default',
    dhcpOptionsId: tables.account.get('account')?.defaultDhcpOptionsId ?? 'default',
    enableDnsSupport: true,
    enableDnsHostnames: vpc.enableDnsHostnames ?? false,
    enableNetworkAddressUsageMetrics: false,
    defaultSecurityGroupId,
    defaultNetworkAclId,
  }
  tables.vpcs.put(vpcId, row)
  const routeTableId = ids.next('rtb')
  const main = { associationId: ids.next('rtbassoc'), main: true }
  tables.routeTables.put(routeTableId, { routeTableId, vpcId, associations: [main], routes: [] })
  tables.securityGroups.put(defaultSecurityGroupId, {
    groupId: defaultSecurityGroupId,
    groupName: 'default',
    description: 'default VPC security group',
    vpcId,
  })
  allowAll(context, defaultSecurityGroupId, false, { referencedGroupId: defaultSecurityGroupId })
  allowAll(context, defaultSecurityGroupId, true, { cidrIpv4: '0.0.0.0/0' })
  const everything = { protocol: '-1', ruleAction: 'allow', cidrBlock: '0.0.0.0/0', ruleNumber: 100 } as const
  tables.networkAcls.put(defaultNetworkAclId, {
    networkAclId: defaultNetworkAclId,
    vpcId,
    isDefault: true,
    entries: [
      { ...everything, egress: true },
      { ...everything, egress: false },
    ],
    associations: [],
  })
  return row
}

/** A rule of a group for all protocols and ports. */
export function allowAll(
  { tables, ids }: Ec2Context,
  groupId: string,
  isEgress: boolean,
  peer: Readonly<{ cidrIpv4: string } | { cidrIpv6: string } | { referencedGroupId: string }>,
): void {
  const securityGroupRuleId = ids.next('sgr')
  tables.securityGroupRules.put(securityGroupRuleId, {
    securityGroupRuleId,
    groupId,
    isEgress,
    ipProtocol: '-1',
    fromPort: -1,
    toPort: -1,
    ...peer,
  })
}

/**
 * An IPv6 block out of Amazon's space for a VPC. The default group's outbound rule and the default ACL then allow IPv6 too. Source: VPC
 * user guide, "Default security groups" and "Default network ACL".
 */
export function addAmazonIpv6Block(context: Ec2Context, vpcId: string): CidrAssociationRow {
  const { tables, ids } = context
  const vpc = tables.vpcs.get(vpcId)
  if (!vpc) throw new RangeError(`there is no VPC ${vpcId}`)
  // 24 bits between the pool's /32 and a VPC's /56.
  const place = Number.parseInt(ids.hex('ipv6-block', 6), 16)
  const high = ((place >> 8) & 0xffff).toString(16)
  const low = ((place & 0xff) << 8).toString(16)
  const prefix = AMAZON_IPV6_POOL.network.toString().replace(/::$/, '')
  const cidrBlock = CidrBlock.of(`${prefix}:${high}:${low}::/56`).toString()
  const association = { associationId: ids.next('vpc-cidr-assoc'), cidrBlock }
  tables.vpcs.put(vpcId, { ...vpc, ipv6CidrBlockAssociations: [...vpc.ipv6CidrBlockAssociations, association] })
  if (vpc.ipv6CidrBlockAssociations.length > 0) return association
  const rules = [...tables.securityGroupRules.values()].filter((rule) => rule.groupId === vpc.defaultSecurityGroupId)
  if (!rules.some((rule) => rule.isEgress && rule.cidrIpv6 === '::/0')) {
    allowAll(context, vpc.defaultSecurityGroupId, true, { cidrIpv6: '::/0' })
  }
  const acl = tables.networkAcls.get(vpc.defaultNetworkAclId)
  if (acl && !acl.entries.some((entry) => entry.ruleNumber === 101)) {
    const everything = { protocol: '-1', ruleAction: 'allow', ipv6CidrBlock: '::/0', ruleNumber: 101 } as const
    const entries = [...acl.entries, { ...everything, egress: true }, { ...everything, egress: false }]
    tables.networkAcls.put(acl.networkAclId, { ...acl, entries })
  }
  return association
}

/** What a subnet is made with. */
export interface NewSubnet {
  readonly vpcId: string
  readonly availabilityZone: string
  readonly cidrBlock?: string
  readonly ipv6CidrBlock?: string
  readonly isDefaultForAz?: boolean
}

/** A subnet, in the VPC's default ACL. */
export function makeSubnet({ tables, ids }: Ec2Context, subnet: NewSubnet): SubnetRow {
  const { vpcId, availabilityZone, cidrBlock, ipv6CidrBlock, isDefaultForAz = false } = subnet
  const subnetId = ids.next('subnet')
  const isIpv6Only = cidrBlock === undefined
  const row: SubnetRow = {
    subnetId,
    vpcId,
    availabilityZone,
    ...(cidrBlock !== undefined && { cidrBlock }),
    ...(ipv6CidrBlock !== undefined && {
      ipv6CidrBlockAssociation: { associationId: ids.next('subnet-cidr-assoc'), cidrBlock: ipv6CidrBlock },
    }),
    mapPublicIpOnLaunch: isDefaultForAz,
    assignIpv6AddressOnCreation: isIpv6Only,
    isDefaultForAz,
    hostnameType: isIpv6Only ? 'resource-name' : 'ip-name',
    enableResourceNameDnsARecord: false,
    enableResourceNameDnsAaaaRecord: false,
  }
  tables.subnets.put(subnetId, row)
  const vpc = tables.vpcs.get(vpcId)
  const acl = vpc && tables.networkAcls.get(vpc.defaultNetworkAclId)
  if (acl) {
    const associations = [...acl.associations, { associationId: ids.next('aclassoc'), subnetId }]
    tables.networkAcls.put(acl.networkAclId, { ...acl, associations })
  }
  return row
}
