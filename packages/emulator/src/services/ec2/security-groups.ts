import type {
  CreateSecurityGroupRequest,
  CreateSecurityGroupResult,
  DeleteSecurityGroupRequest,
  DeleteSecurityGroupResult,
  DescribeSecurityGroupsRequest,
  DescribeSecurityGroupsResult,
  SecurityGroup,
} from '@aws-sdk/client-ec2'
import type { Operation, ServiceOperations } from '../../operation/operation.ts'
import { ServiceError } from '../../wire/service-error.ts'
import { describeRows, type FilterValue, type RowFilters } from './describe.ts'
import type { Ec2Context } from './ec2-context.ts'
import { dependencyViolation, invalidValue, missingParameter } from './ec2-errors.ts'
import type { SecurityGroupRow, SecurityGroupRuleRow } from './ec2-rows.ts'
import { permissionsOf } from './ip-permissions.ts'
import { existing } from './resource-kinds.ts'
import { checkTagSpecifications } from './resource-tags.ts'
import { allowAll } from './vpc-parts.ts'

/** Of names and descriptions. Source: EC2 API reference, CreateSecurityGroup. */
const ALLOWED_TEXT = /^[a-zA-Z0-9 ._\-:/()#,@[\]+=&;{}!$*]{1,255}$/

/** Security groups without their rules. */
export function securityGroupOperations(context: Ec2Context): ServiceOperations {
  const { tables, tags, ids, accountId, region } = context
  const arn = (groupId: string): string => `arn:aws:ec2:${region}:${accountId}:security-group/${groupId}`

  const create: Operation<CreateSecurityGroupRequest, CreateSecurityGroupResult> = {
    acts: ['GroupName', 'VpcId', 'TagSpecifications'],
    keeps: ['Description'],
    handle: ({ GroupName = '', Description, VpcId, TagSpecifications }) => {
      checkTagSpecifications(TagSpecifications, ['securityGroup'])
      if (Description === undefined || Description === '') throw missingParameter('GroupDescription')
      if (!ALLOWED_TEXT.test(GroupName)) throw invalidValue(`Value (${GroupName}) for parameter GroupName is invalid.`)
      if (!ALLOWED_TEXT.test(Description)) {
        throw invalidValue(
          `Value (${Description}) for parameter GroupDescription is invalid. Character sets beyond ASCII are not supported.`,
        )
      }
      if (GroupName.startsWith('sg-')) {
        throw invalidValue(
          `Value (${GroupName}) for parameter GroupName is invalid. Group names may not be in the format sg-*`,
        )
      }
      if (GroupName.toLowerCase() === 'default') {
        throw new ServiceError('InvalidGroup.Reserved', `The security group '${GroupName}' is reserved`)
      }
      const vpcId = VpcId ?? defaultVpcId(context)
      existing('vpc', tables.vpcs, vpcId)
      const lower = GroupName.toLowerCase()
      for (const row of tables.securityGroups.values()) {
        if (row.vpcId === vpcId && row.groupName.toLowerCase() === lower) {
          throw new ServiceError(
            'InvalidGroup.Duplicate',
            `The security group '${GroupName}' already exists for VPC '${vpcId}'`,
          )
        }
      }
      const groupId = ids.next('sg')
      tables.securityGroups.put(groupId, { groupId, groupName: GroupName, description: Description, vpcId })
      allowAll(context, groupId, true, { cidrIpv4: '0.0.0.0/0' })
      if (existing('vpc', tables.vpcs, vpcId).ipv6CidrBlockAssociations.length > 0) {
        allowAll(context, groupId, true, { cidrIpv6: '::/0' })
      }
      tags.apply(groupId, 'securityGroup', TagSpecifications)
      return { GroupId: groupId, SecurityGroupArn: arn(groupId), Tags: tags.list(groupId) }
    },
  }
  const remove: Operation<DeleteSecurityGroupRequest, DeleteSecurityGroupResult> = {
    acts: ['GroupId', 'GroupName'],
    handle: ({ GroupId, GroupName }) => {
      if (!GroupId && !GroupName) throw missingParameter('GroupId')
      const group = groupOfRequest(context, GroupId, GroupName)
      const { groupId } = group
      if (group.groupName === 'default') {
        throw new ServiceError(
          'CannotDelete',
          `the specified group: "${groupId}" name: "default" cannot be deleted by a user`,
        )
      }
      const isUsed =
        [...tables.networkInterfaces.values()].some(({ groupIds }) => groupIds.includes(groupId)) ||
        [...tables.securityGroupRules.values()].some(
          (rule) =>
            rule.referencedGroupId === groupId &&
            rule.groupId !== groupId &&
            tables.securityGroups.get(rule.groupId)?.vpcId === group.vpcId,
        )
      if (isUsed) throw dependencyViolation(`resource ${groupId} has a dependent object`)
      for (const rule of [...tables.securityGroupRules.values()]) {
        if (rule.groupId !== groupId) continue
        tables.securityGroupRules.delete(rule.securityGroupRuleId)
        tags.forget(rule.securityGroupRuleId)
      }
      tables.securityGroups.delete(groupId)
      tags.forget(groupId)
      return { Return: true, GroupId: groupId }
    },
  }
  const describe: Operation<DescribeSecurityGroupsRequest, DescribeSecurityGroupsResult> = {
    acts: ['Filters', 'GroupIds', 'GroupNames', 'NextToken', 'MaxResults'],
    handle: (input) => {
      const rules = rulesByGroup(context)
      for (const name of input.GroupNames ?? []) groupOfRequest(context, undefined, name)
      const named = input.GroupNames?.length
        ? [...tables.securityGroups.values()].filter(({ groupName }) => input.GroupNames?.includes(groupName))
        : tables.securityGroups.values()
      const { rows, nextToken } = describeRows(
        {
          kind: 'securityGroup',
          rows: named,
          id: (row) => row.groupId,
          filters: groupFilters(rules, accountId),
          ids: input.GroupIds,
          tags,
        },
        input,
      )
      const output = (row: SecurityGroupRow): SecurityGroup => {
        const own = rules.get(row.groupId) ?? []
        return {
          GroupId: row.groupId,
          SecurityGroupArn: arn(row.groupId),
          GroupName: row.groupName,
          Description: row.description,
          VpcId: row.vpcId,
          OwnerId: accountId,
          IpPermissions: permissionsOf(
            context,
            own.filter(({ isEgress }) => !isEgress),
          ),
          IpPermissionsEgress: permissionsOf(
            context,
            own.filter(({ isEgress }) => isEgress),
          ),
          Tags: tags.list(row.groupId),
        }
      }
      return { SecurityGroups: rows.map(output), NextToken: nextToken }
    },
  }
  return { CreateSecurityGroup: create, DeleteSecurityGroup: remove, DescribeSecurityGroups: describe }
}

/** A group by its id, or by its name in the default VPC. @throws ServiceError. */
export function groupOfRequest(
  context: Ec2Context,
  groupId: string | undefined,
  groupName: string | undefined,
): SecurityGroupRow {
  const { tables } = context
  if (groupId) return existing('securityGroup', tables.securityGroups, groupId)
  if (!groupName) throw missingParameter('GroupId')
  const vpcId = defaultVpcId(context)
  const found = [...tables.securityGroups.values()].find((row) => row.groupName === groupName && row.vpcId === vpcId)
  if (!found) {
    throw new ServiceError(
      'InvalidGroup.NotFound',
      `The security group '${groupName}' does not exist in default VPC '${vpcId}'`,
    )
  }
  return found
}

/** The id of the default VPC. @throws ServiceError where there is none. */
export function defaultVpcId({ tables }: Ec2Context): string {
  for (const { vpcId, isDefault } of tables.vpcs.values()) if (isDefault) return vpcId
  throw new ServiceError('VPCIdNotSpecified', 'No default VPC for this user')
}

type RulesByGroup = ReadonlyMap<string, readonly SecurityGroupRuleRow[]>

function rulesByGroup({ tables }: Ec2Context): RulesByGroup {
  const rules = new Map<string, SecurityGroupRuleRow[]>()
  for (const rule of tables.securityGroupRules.values()) {
    const known = rules.get(rule.groupId)
    if (known) known.push(rule)
    else rules.set(rule.groupId, [rule])
  }
  return rules
}

function groupFilters(rules: RulesByGroup, accountId: string): RowFilters<SecurityGroupRow> {
  const ofRules =
    (isEgress: boolean, value: (rule: SecurityGroupRuleRow) => string | number | undefined) =>
    (row: SecurityGroupRow): FilterValue =>
      (rules.get(row.groupId) ?? []).filter((rule) => rule.isEgress === isEgress).map(value)
  const permissionFilters = (prefix: string, isEgress: boolean): RowFilters<SecurityGroupRow> => ({
    [`${prefix}.cidr`]: ofRules(isEgress, (rule) => rule.cidrIpv4),
    [`${prefix}.ipv6-cidr`]: ofRules(isEgress, (rule) => rule.cidrIpv6),
    [`${prefix}.from-port`]: ofRules(isEgress, (rule) => rule.fromPort),
    [`${prefix}.to-port`]: ofRules(isEgress, (rule) => rule.toPort),
    [`${prefix}.protocol`]: ofRules(isEgress, (rule) => rule.ipProtocol),
    [`${prefix}.prefix-list-id`]: ofRules(isEgress, (rule) => rule.prefixListId),
    [`${prefix}.group-id`]: ofRules(isEgress, (rule) => rule.referencedGroupId),
    [`${prefix}.user-id`]: ofRules(isEgress, (rule) => rule.referencedGroupId && accountId),
  })
  return {
    'group-id': (row) => row.groupId,
    'group-name': (row) => row.groupName,
    description: (row) => row.description,
    'vpc-id': (row) => row.vpcId,
    'owner-id': () => accountId,
    ...permissionFilters('ip-permission', false),
    ...permissionFilters('egress.ip-permission', true),
  }
}
