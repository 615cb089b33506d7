import type { IpPermission, SecurityGroupRule } from '@aws-sdk/client-ec2'
import { ServiceError } from '../../wire/service-error.ts'
import { parseBlock } from './cidr.ts'
import type { Ec2Context } from './ec2-context.ts'
import { invalidCombination, invalidValue, missingParameter } from './ec2-errors.ts'
import type { SecurityGroupRow, SecurityGroupRuleRow } from './ec2-rows.ts'
import { existing, notFound } from './resource-kinds.ts'
import { groupReachOf } from './vpc-reach.ts'

/** What a rule allows, without its id and group. */
export type RuleTerms = Omit<SecurityGroupRuleRow, 'securityGroupRuleId' | 'groupId'>

const PROTOCOL_NAMES: Readonly<Record<string, string>> = {
  '1': 'icmp',
  '6': 'tcp',
  '17': 'udp',
  '58': 'icmpv6',
  all: '-1',
}
const WITH_PORTS: ReadonlySet<string> = new Set(['tcp', 'udp'])
const ICMP: ReadonlySet<string> = new Set(['icmp', 'icmpv6'])

/** Members that requests have in place of a list of permissions. */
export interface ShortPermission {
  readonly IpProtocol?: string | undefined
  readonly FromPort?: number | undefined
  readonly ToPort?: number | undefined
  readonly CidrIp?: string | undefined
  readonly SourceSecurityGroupName?: string | undefined
}

/** The rules that a request names, one for each peer. @throws ServiceError for what EC2 does not take. */
export function termsOfRequest(
  context: Ec2Context,
  group: SecurityGroupRow,
  isEgress: boolean,
  input: ShortPermission & { readonly IpPermissions?: readonly IpPermission[] | undefined },
): readonly RuleTerms[] {
  const short = shortPermission(input)
  if (short && input.IpPermissions?.length) {
    throw invalidCombination('The parameter ipPermissions may not be used in combination with its single values')
  }
  const permissions = short ? [short] : (input.IpPermissions ?? [])
  if (permissions.length === 0) throw missingParameter('ipPermissions')
  return permissions.flatMap((permission) => termsOfPermission(context, group, isEgress, permission))
}

function shortPermission(input: ShortPermission): IpPermission | undefined {
  const { IpProtocol, FromPort, ToPort, CidrIp, SourceSecurityGroupName } = input
  if (SourceSecurityGroupName !== undefined) {
    return {
      IpProtocol: IpProtocol ?? '-1',
      FromPort,
      ToPort,
      UserIdGroupPairs: [{ GroupName: SourceSecurityGroupName }],
    }
  }
  if (IpProtocol === undefined && CidrIp === undefined) return undefined
  return { IpProtocol, FromPort, ToPort, IpRanges: CidrIp === undefined ? [] : [{ CidrIp }] }
}

function termsOfPermission(
  context: Ec2Context,
  group: SecurityGroupRow,
  isEgress: boolean,
  permission: IpPermission,
): RuleTerms[] {
  const base = { isEgress, ...protocolAndPorts(permission) }
  const described = (description: string | undefined): { description?: string } => {
    if (description === undefined) return {}
    checkDescription(description)
    return { description }
  }
  const terms: RuleTerms[] = [
    ...(permission.IpRanges ?? []).map(({ CidrIp, Description }) => ({
      ...base,
      cidrIpv4: parseBlock(CidrIp, 'cidrIp', 4).toString(),
      ...described(Description),
    })),
    ...(permission.Ipv6Ranges ?? []).map(({ CidrIpv6, Description }) => ({
      ...base,
      cidrIpv6: parseBlock(CidrIpv6, 'cidrIpv6', 6).toString(),
      ...described(Description),
    })),
    ...(permission.PrefixListIds ?? []).map(({ PrefixListId, Description }) => ({
      ...base,
      prefixListId: prefixListOf(context, PrefixListId),
      ...described(Description),
    })),
    ...(permission.UserIdGroupPairs ?? []).map(({ GroupId, GroupName, Description }) => ({
      ...base,
      referencedGroupId: referencedGroup(context, group, isEgress, GroupId, GroupName),
      ...described(Description),
    })),
  ]
  if (terms.length === 0) {
    throw missingParameter('ipRanges, ipv6Ranges, prefixListIds or groups')
  }
  return terms
}

/** A rule's protocol and ports as EC2 keeps them. */
export function protocolAndPorts({
  IpProtocol,
  FromPort,
  ToPort,
}: Pick<IpPermission, 'IpProtocol' | 'FromPort' | 'ToPort'>): Pick<RuleTerms, 'ipProtocol' | 'fromPort' | 'toPort'> {
  if (IpProtocol === undefined || IpProtocol === '') throw missingParameter('ipProtocol')
  const lower = IpProtocol.toLowerCase()
  const ipProtocol = PROTOCOL_NAMES[lower] ?? lower
  const isNumber = /^\d{1,3}$/.test(ipProtocol) && Number(ipProtocol) <= 255
  if (!isNumber && ipProtocol !== '-1' && !WITH_PORTS.has(ipProtocol) && !ICMP.has(ipProtocol)) {
    throw invalidValue(`Invalid value '${IpProtocol}' for IP protocol. Unknown protocol.`)
  }
  if (ICMP.has(ipProtocol)) {
    if (FromPort === undefined && ipProtocol === 'icmpv6') return { ipProtocol, fromPort: -1, toPort: -1 }
    if (FromPort === undefined || ToPort === undefined)
      throw invalidValue('Must specify both from and to ports with ICMP.')
    if (FromPort < -1 || FromPort > 255) throw invalidValue(`ICMP type (${FromPort}) is out of range`)
    if (ToPort < -1 || ToPort > 255) throw invalidValue(`ICMP code (${ToPort}) is out of range`)
    return { ipProtocol, fromPort: FromPort, toPort: FromPort === -1 ? -1 : ToPort }
  }
  if (!WITH_PORTS.has(ipProtocol)) return { ipProtocol, fromPort: -1, toPort: -1 }
  if (FromPort === undefined || ToPort === undefined) {
    throw invalidValue(`Invalid value 'Must specify both from and to ports with TCP/UDP.' for portRange.`)
  }
  if (FromPort === -1 && ToPort === -1) return { ipProtocol, fromPort: 0, toPort: 65_535 }
  for (const port of [FromPort, ToPort]) {
    if (port < 0 || port > 65_535)
      throw invalidValue(`Invalid value '${port}' for portRange. Must be between 0 and 65535.`)
  }
  if (FromPort > ToPort) throw invalidValue(`Invalid TCP/UDP port range (${FromPort}:${ToPort})`)
  return { ipProtocol, fromPort: FromPort, toPort: ToPort }
}

/** The terms of a rule as ModifySecurityGroupRules names it. */
export function termsOfRule(
  context: Ec2Context,
  group: SecurityGroupRow,
  isEgress: boolean,
  rule: Readonly<
    Pick<
      SecurityGroupRule,
      'IpProtocol' | 'FromPort' | 'ToPort' | 'CidrIpv4' | 'CidrIpv6' | 'PrefixListId' | 'Description'
    >
  > & {
    readonly ReferencedGroupId?: string | undefined
  },
): RuleTerms {
  const { CidrIpv4, CidrIpv6, PrefixListId, ReferencedGroupId, Description } = rule
  const given = [CidrIpv4, CidrIpv6, PrefixListId, ReferencedGroupId].filter((value) => value !== undefined)
  if (given.length !== 1) {
    throw given.length === 0
      ? missingParameter('CidrIpv4, CidrIpv6, PrefixListId or ReferencedGroupId')
      : invalidCombination('Only one of CidrIpv4, CidrIpv6, PrefixListId and ReferencedGroupId may be specified.')
  }
  if (Description !== undefined) checkDescription(Description)
  return {
    isEgress,
    ...protocolAndPorts(rule),
    ...(CidrIpv4 !== undefined && { cidrIpv4: parseBlock(CidrIpv4, 'CidrIpv4', 4).toString() }),
    ...(CidrIpv6 !== undefined && { cidrIpv6: parseBlock(CidrIpv6, 'CidrIpv6', 6).toString() }),
    ...(PrefixListId !== undefined && { prefixListId: prefixListOf(context, PrefixListId) }),
    ...(ReferencedGroupId !== undefined && {
      referencedGroupId: referencedGroup(context, group, isEgress, ReferencedGroupId, undefined),
    }),
    ...(Description !== undefined && { description: Description }),
  }
}

/** Two rules with the same key allow the same to the same. */
export function termsKey(terms: RuleTerms): string {
  const peer = terms.cidrIpv4 ?? terms.cidrIpv6 ?? terms.prefixListId ?? terms.referencedGroupId
  return [terms.isEgress, terms.ipProtocol, terms.fromPort, terms.toPort, peer].join(' ')
}

/** A rule in EC2's words for error texts. */
export function termsText(terms: RuleTerms): string {
  const peer = terms.cidrIpv4 ?? terms.cidrIpv6 ?? terms.prefixListId ?? terms.referencedGroupId
  const protocol = terms.ipProtocol === '-1' ? 'ALL' : terms.ipProtocol.toUpperCase()
  const ports = terms.fromPort === -1 ? '' : `from port: ${terms.fromPort}, to port: ${terms.toPort}, `
  return `peer: ${peer}, ${protocol}, ${ports}ALLOW`
}

/** Source: EC2 API reference, IpRange: allowed characters of descriptions. */
function checkDescription(description: string): void {
  if (description.length > 255 || !/^[a-zA-Z0-9. _\-:/()#,@[\]+=&;{}!$*]*$/.test(description)) {
    throw invalidValue(
      `Invalid rule description. Valid descriptions are strings less than 256 characters from the following set: a-zA-Z0-9. _-:/()#,@[]+=&;{}!$*`,
    )
  }
}

function prefixListOf({ tables, topology }: Ec2Context, id: string | undefined): string {
  if (tables.prefixLists.has(id ?? '') || topology().prefixLists.some((list) => list.id === id)) return id ?? ''
  throw notFound('prefixList', [id ?? ''])
}

function referencedGroup(
  { tables }: Ec2Context,
  group: SecurityGroupRow,
  isEgress: boolean,
  id: string | undefined,
  name: string | undefined,
): string {
  if (id !== undefined) {
    const { groupId, vpcId } = existing('securityGroup', tables.securityGroups, id)
    const reach = vpcId === group.vpcId ? 'same' : groupReachOf(tables, group.vpcId, vpcId)
    if (reach === undefined || (reach === 'transit-gateway' && isEgress)) {
      throw new ServiceError(
        'InvalidGroup.NotFound',
        'You have specified two resources that belong to different networks.',
      )
    }
    return groupId
  }
  if (name === undefined) throw missingParameter('groupId')
  const found = [...tables.securityGroups.values()].find((row) => row.groupName === name && row.vpcId === group.vpcId)
  if (!found) {
    throw new ServiceError(
      'InvalidGroup.NotFound',
      `The security group '${name}' does not exist in VPC '${group.vpcId}'`,
    )
  }
  return found.groupId
}

/** Rules as the permissions of DescribeSecurityGroups: those of one protocol and port range together. */
export function permissionsOf(
  { tables, accountId }: Ec2Context,
  rules: readonly SecurityGroupRuleRow[],
): IpPermission[] {
  const byPorts = new Map<
    string,
    Required<Pick<IpPermission, 'IpRanges' | 'Ipv6Ranges' | 'PrefixListIds' | 'UserIdGroupPairs'>> & IpPermission
  >()
  for (const rule of rules) {
    const key = [rule.ipProtocol, rule.fromPort, rule.toPort].join(' ')
    let permission = byPorts.get(key)
    if (!permission) {
      const hasPorts = WITH_PORTS.has(rule.ipProtocol) || ICMP.has(rule.ipProtocol)
      permission = {
        IpProtocol: rule.ipProtocol,
        ...(hasPorts && { FromPort: rule.fromPort, ToPort: rule.toPort }),
        IpRanges: [],
        Ipv6Ranges: [],
        PrefixListIds: [],
        UserIdGroupPairs: [],
      }
      byPorts.set(key, permission)
    }
    const description = rule.description === undefined ? {} : { Description: rule.description }
    if (rule.cidrIpv4 !== undefined) permission.IpRanges?.push({ CidrIp: rule.cidrIpv4, ...description })
    if (rule.cidrIpv6 !== undefined) permission.Ipv6Ranges?.push({ CidrIpv6: rule.cidrIpv6, ...description })
    if (rule.prefixListId !== undefined)
      permission.PrefixListIds?.push({ PrefixListId: rule.prefixListId, ...description })
    if (rule.referencedGroupId !== undefined) {
      const other = tables.securityGroups.get(rule.referencedGroupId)
      const own = tables.securityGroups.get(rule.groupId)
      permission.UserIdGroupPairs?.push({
        GroupId: rule.referencedGroupId,
        UserId: accountId,
        ...(other && own && other.vpcId !== own.vpcId && { VpcId: other.vpcId }),
        ...description,
      })
    }
  }
  return [...byPorts.values()]
}
