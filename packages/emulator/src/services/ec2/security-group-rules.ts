import type {
  AuthorizeSecurityGroupEgressRequest,
  AuthorizeSecurityGroupEgressResult,
  AuthorizeSecurityGroupIngressRequest,
  AuthorizeSecurityGroupIngressResult,
  DescribeSecurityGroupRulesRequest,
  DescribeSecurityGroupRulesResult,
  ModifySecurityGroupRulesRequest,
  ModifySecurityGroupRulesResult,
  RevokeSecurityGroupEgressRequest,
  RevokeSecurityGroupEgressResult,
  RevokeSecurityGroupIngressRequest,
  RevokeSecurityGroupIngressResult,
  SecurityGroupRule,
  TagSpecification,
  UpdateSecurityGroupRuleDescriptionsEgressRequest,
  UpdateSecurityGroupRuleDescriptionsEgressResult,
  UpdateSecurityGroupRuleDescriptionsIngressRequest,
  UpdateSecurityGroupRuleDescriptionsIngressResult,
} from '@aws-sdk/client-ec2'
import type { Operation, ServiceOperations } from '../../operation/operation.ts'
import { ServiceError } from '../../wire/service-error.ts'
import { describeRows } from './describe.ts'
import type { Ec2Context } from './ec2-context.ts'
import { invalidValue, missingParameter } from './ec2-errors.ts'
import type { SecurityGroupRow, SecurityGroupRuleRow } from './ec2-rows.ts'
import { type RuleTerms, termsKey, termsOfRequest, termsOfRule, termsText } from './ip-permissions.ts'
import { existing } from './resource-kinds.ts'
import { checkTagSpecifications } from './resource-tags.ts'
import { groupOfRequest } from './security-groups.ts'

/** Of one direction and IP version. Source: "Amazon VPC quotas"; AWS raises it to 1000 on request, which is what is allowed here. */
const MOST_RULES = 1000

/** The rules of security groups. */
export function securityGroupRuleOperations(context: Ec2Context): ServiceOperations {
  const { tables, tags } = context

  const authorizeIngress: Operation<AuthorizeSecurityGroupIngressRequest, AuthorizeSecurityGroupIngressResult> = {
    acts: [
      'GroupId',
      'GroupName',
      'IpPermissions',
      'IpProtocol',
      'FromPort',
      'ToPort',
      'CidrIp',
      'SourceSecurityGroupName',
      'TagSpecifications',
    ],
    ignores: ['SourceSecurityGroupOwnerId'],
    handle: (input) => {
      const group = groupOfRequest(context, input.GroupId, input.GroupName)
      return authorize(context, group, false, input)
    },
  }
  const authorizeEgress: Operation<AuthorizeSecurityGroupEgressRequest, AuthorizeSecurityGroupEgressResult> = {
    acts: ['GroupId', 'IpPermissions', 'IpProtocol', 'FromPort', 'ToPort', 'CidrIp', 'TagSpecifications'],
    handle: (input) => authorize(context, groupOfRequest(context, input.GroupId, undefined), true, input),
  }
  const revokeIngress: Operation<RevokeSecurityGroupIngressRequest, RevokeSecurityGroupIngressResult> = {
    acts: [
      'GroupId',
      'GroupName',
      'IpPermissions',
      'IpProtocol',
      'FromPort',
      'ToPort',
      'CidrIp',
      'SourceSecurityGroupName',
      'SecurityGroupRuleIds',
    ],
    ignores: ['SourceSecurityGroupOwnerId'],
    handle: (input) => {
      const group = groupOfRequest(context, input.GroupId, input.GroupName)
      return revoke(context, group, false, input)
    },
  }
  const revokeEgress: Operation<RevokeSecurityGroupEgressRequest, RevokeSecurityGroupEgressResult> = {
    acts: ['GroupId', 'IpPermissions', 'IpProtocol', 'FromPort', 'ToPort', 'CidrIp', 'SecurityGroupRuleIds'],
    handle: (input) => revoke(context, groupOfRequest(context, input.GroupId, undefined), true, input),
  }
  const describe: Operation<DescribeSecurityGroupRulesRequest, DescribeSecurityGroupRulesResult> = {
    acts: ['Filters', 'SecurityGroupRuleIds', 'NextToken', 'MaxResults'],
    handle: (input) => {
      const { rows, nextToken } = describeRows(
        {
          kind: 'securityGroupRule',
          rows: tables.securityGroupRules.values(),
          id: (row) => row.securityGroupRuleId,
          filters: { 'group-id': (row) => row.groupId, 'security-group-rule-id': (row) => row.securityGroupRuleId },
          ids: input.SecurityGroupRuleIds,
          tags,
        },
        input,
      )
      return { SecurityGroupRules: rows.map((rule) => ruleOutput(context, rule)), NextToken: nextToken }
    },
  }
  const modify: Operation<ModifySecurityGroupRulesRequest, ModifySecurityGroupRulesResult> = {
    acts: ['GroupId', 'SecurityGroupRules'],
    handle: ({ GroupId, SecurityGroupRules }) => {
      const group = groupOfRequest(context, GroupId, undefined)
      if (!SecurityGroupRules?.length) throw missingParameter('SecurityGroupRule')
      for (const { SecurityGroupRuleId, SecurityGroupRule: wanted } of SecurityGroupRules) {
        const rule = existing('securityGroupRule', tables.securityGroupRules, SecurityGroupRuleId)
        if (rule.groupId !== group.groupId) {
          throw invalidValue(`The rule ${rule.securityGroupRuleId} does not belong to the group ${group.groupId}.`)
        }
        if (!wanted) throw missingParameter('SecurityGroupRule')
        const terms = termsOfRule(context, group, rule.isEgress, wanted)
        if (termsKey(terms) !== termsKey(rule)) refuseDuplicate(rulesOf(context, group), terms)
        tables.securityGroupRules.put(rule.securityGroupRuleId, {
          securityGroupRuleId: rule.securityGroupRuleId,
          groupId: rule.groupId,
          ...terms,
        })
      }
      return { Return: true }
    },
  }
  const describeAnew = (
    group: SecurityGroupRow,
    isEgress: boolean,
    input: UpdateSecurityGroupRuleDescriptionsIngressRequest,
  ): { Return: boolean } => {
    for (const { SecurityGroupRuleId, Description } of input.SecurityGroupRuleDescriptions ?? []) {
      const rule = existing('securityGroupRule', tables.securityGroupRules, SecurityGroupRuleId)
      putDescription(context, rule, Description)
    }
    if (input.IpPermissions?.length) {
      const rules = rulesOf(context, group)
      for (const terms of termsOfRequest(context, group, isEgress, { IpPermissions: input.IpPermissions })) {
        const rule = rules.find((each) => termsKey(each) === termsKey(terms))
        if (!rule) throw noSuchRule()
        putDescription(context, rule, terms.description)
      }
    } else if (!input.SecurityGroupRuleDescriptions?.length) throw missingParameter('ipPermissions')
    return { Return: true }
  }
  const describeIngress: Operation<
    UpdateSecurityGroupRuleDescriptionsIngressRequest,
    UpdateSecurityGroupRuleDescriptionsIngressResult
  > = {
    acts: ['GroupId', 'GroupName', 'IpPermissions', 'SecurityGroupRuleDescriptions'],
    handle: (input) => describeAnew(groupOfRequest(context, input.GroupId, input.GroupName), false, input),
  }
  const describeEgress: Operation<
    UpdateSecurityGroupRuleDescriptionsEgressRequest,
    UpdateSecurityGroupRuleDescriptionsEgressResult
  > = {
    acts: ['GroupId', 'GroupName', 'IpPermissions', 'SecurityGroupRuleDescriptions'],
    handle: (input) => describeAnew(groupOfRequest(context, input.GroupId, input.GroupName), true, input),
  }
  return {
    AuthorizeSecurityGroupIngress: authorizeIngress,
    AuthorizeSecurityGroupEgress: authorizeEgress,
    RevokeSecurityGroupIngress: revokeIngress,
    RevokeSecurityGroupEgress: revokeEgress,
    DescribeSecurityGroupRules: describe,
    ModifySecurityGroupRules: modify,
    UpdateSecurityGroupRuleDescriptionsIngress: describeIngress,
    UpdateSecurityGroupRuleDescriptionsEgress: describeEgress,
  }
}

function rulesOf({ tables }: Ec2Context, { groupId }: SecurityGroupRow): SecurityGroupRuleRow[] {
  return [...tables.securityGroupRules.values()].filter((rule) => rule.groupId === groupId)
}

function addRules(
  context: Ec2Context,
  group: SecurityGroupRow,
  added: readonly RuleTerms[],
  specifications: readonly TagSpecification[] | undefined,
): SecurityGroupRuleRow[] {
  const { tables, ids, tags } = context
  checkTagSpecifications(specifications, ['securityGroupRule'])
  const rules = rulesOf(context, group)
  const made: SecurityGroupRuleRow[] = []
  for (const terms of added) {
    refuseDuplicate([...rules, ...made], terms)
    const rule = { securityGroupRuleId: ids.next('sgr'), groupId: group.groupId, ...terms }
    tables.securityGroupRules.put(rule.securityGroupRuleId, rule)
    tags.apply(rule.securityGroupRuleId, 'securityGroupRule', specifications)
    made.push(rule)
  }
  for (const isEgress of [false, true]) {
    if ([...rules, ...made].filter((rule) => rule.isEgress === isEgress).length > MOST_RULES) {
      throw new ServiceError(
        'RulesPerSecurityGroupLimitExceeded',
        'The maximum number of rules per security group has been reached.',
      )
    }
  }
  return made
}

function refuseDuplicate(rules: readonly SecurityGroupRuleRow[], terms: RuleTerms): void {
  if (!rules.some((rule) => termsKey(rule) === termsKey(terms))) return
  throw new ServiceError('InvalidPermission.Duplicate', `the specified rule "${termsText(terms)}" already exists`)
}

function authorize(
  context: Ec2Context,
  group: SecurityGroupRow,
  isEgress: boolean,
  input: AuthorizeSecurityGroupIngressRequest,
): AuthorizeSecurityGroupIngressResult {
  const terms = termsOfRequest(context, group, isEgress, input)
  const added = addRules(context, group, terms, input.TagSpecifications)
  return { Return: true, SecurityGroupRules: added.map((rule) => ruleOutput(context, rule)) }
}

function revoke(
  context: Ec2Context,
  group: SecurityGroupRow,
  isEgress: boolean,
  input: RevokeSecurityGroupIngressRequest,
): RevokeSecurityGroupIngressResult {
  const { tables, tags, accountId } = context
  const rules = rulesOf(context, group).filter((rule) => rule.isEgress === isEgress)
  const revoked = input.SecurityGroupRuleIds?.length
    ? input.SecurityGroupRuleIds.map((id) => {
        const rule = existing('securityGroupRule', tables.securityGroupRules, id)
        if (!rules.includes(rule)) throw noSuchRule()
        return rule
      })
    : termsOfRequest(context, group, isEgress, input).map((terms) => {
        const rule = rules.find((each) => termsKey(each) === termsKey(terms))
        if (!rule) throw noSuchRule()
        return rule
      })
  for (const { securityGroupRuleId } of revoked) {
    tables.securityGroupRules.delete(securityGroupRuleId)
    tags.forget(securityGroupRuleId)
  }
  return {
    Return: true,
    RevokedSecurityGroupRules: revoked.map((rule) => {
      const { Tags: _, ReferencedGroupInfo, GroupOwnerId: __, ...shown } = ruleOutput(context, rule)
      return {
        ...shown,
        ...(ReferencedGroupInfo && { ReferencedGroupId: ReferencedGroupInfo.GroupId, UserId: accountId }),
      }
    }),
  }
}

function noSuchRule(): ServiceError {
  return new ServiceError('InvalidPermission.NotFound', 'The specified rule does not exist in this security group.')
}

function putDescription({ tables }: Ec2Context, rule: SecurityGroupRuleRow, description: string | undefined): void {
  const { description: _, ...without } = rule
  tables.securityGroupRules.put(rule.securityGroupRuleId, {
    ...without,
    ...(description !== undefined && description !== '' && { description }),
  })
}

function ruleOutput({ tables, tags, accountId, region }: Ec2Context, rule: SecurityGroupRuleRow): SecurityGroupRule {
  const other = rule.referencedGroupId === undefined ? undefined : tables.securityGroups.get(rule.referencedGroupId)
  return {
    SecurityGroupRuleId: rule.securityGroupRuleId,
    SecurityGroupRuleArn: `arn:aws:ec2:${region}:${accountId}:security-group-rule/${rule.securityGroupRuleId}`,
    GroupId: rule.groupId,
    GroupOwnerId: accountId,
    IsEgress: rule.isEgress,
    IpProtocol: rule.ipProtocol,
    FromPort: rule.fromPort,
    ToPort: rule.toPort,
    CidrIpv4: rule.cidrIpv4,
    CidrIpv6: rule.cidrIpv6,
    PrefixListId: rule.prefixListId,
    ...(rule.referencedGroupId !== undefined && {
      ReferencedGroupInfo: { GroupId: rule.referencedGroupId, UserId: accountId, VpcId: other?.vpcId },
    }),
    Description: rule.description,
    Tags: tags.list(rule.securityGroupRuleId),
  }
}
