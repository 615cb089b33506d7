import type {
  CreateNetworkAclEntryRequest,
  CreateNetworkAclRequest,
  CreateNetworkAclResult,
  DeleteNetworkAclEntryRequest,
  DeleteNetworkAclRequest,
  DescribeNetworkAclsRequest,
  DescribeNetworkAclsResult,
  NetworkAcl,
  ReplaceNetworkAclAssociationRequest,
  ReplaceNetworkAclAssociationResult,
  ReplaceNetworkAclEntryRequest,
} from '@aws-sdk/client-ec2'
import type { Operation, ServiceOperations } from '../../operation/operation.ts'
import { ServiceError } from '../../wire/service-error.ts'
import { parseBlock } from './cidr.ts'
import { once } from './client-token.ts'
import { describeRows, type RowFilters } from './describe.ts'
import type { Ec2Context } from './ec2-context.ts'
import { dependencyViolation, invalidValue, missingParameter } from './ec2-errors.ts'
import type { NetworkAclEntryRow, NetworkAclRow } from './ec2-rows.ts'
import { existing } from './resource-kinds.ts'
import { checkTagSpecifications } from './resource-tags.ts'

/** The number under which answers show the entry that denies what none matches. Source: EC2 API reference, NetworkAclEntry. */
const LAST_RULE_NUMBER = 32_767
/** Of each direction; 20 until AWS raises it. Source: "Amazon VPC quotas". */
const MOST_ENTRIES = 40
const TCP_AND_UDP: ReadonlySet<string> = new Set(['6', '17'])
const PROTOCOL_NUMBERS: Readonly<Record<string, string>> = { tcp: '6', udp: '17', icmp: '1', icmpv6: '58', all: '-1' }

/** Network ACLs, their entries and subnets. */
export function networkAclOperations(context: Ec2Context): ServiceOperations {
  const { tables, tags, ids, accountId } = context
  const output = (row: NetworkAclRow): NetworkAcl => ({
    NetworkAclId: row.networkAclId,
    VpcId: row.vpcId,
    OwnerId: accountId,
    IsDefault: row.isDefault,
    Associations: row.associations.map(({ associationId, subnetId }) => ({
      NetworkAclAssociationId: associationId,
      NetworkAclId: row.networkAclId,
      SubnetId: subnetId,
    })),
    Entries: shownEntries(row).map((entry) => ({
      RuleNumber: entry.ruleNumber,
      Egress: entry.egress,
      RuleAction: entry.ruleAction,
      Protocol: entry.protocol,
      CidrBlock: entry.cidrBlock,
      Ipv6CidrBlock: entry.ipv6CidrBlock,
      ...(entry.portRange && { PortRange: { From: entry.portRange.from, To: entry.portRange.to } }),
      ...(entry.icmpTypeCode && { IcmpTypeCode: { Type: entry.icmpTypeCode.type, Code: entry.icmpTypeCode.code } }),
    })),
    Tags: tags.list(row.networkAclId),
  })
  const filters: RowFilters<NetworkAclRow> = {
    'network-acl-id': (row) => row.networkAclId,
    'vpc-id': (row) => row.vpcId,
    'owner-id': () => accountId,
    default: (row) => row.isDefault,
    'association.association-id': (row) => row.associations.map(({ associationId }) => associationId),
    'association.network-acl-id': (row) => row.associations.map(() => row.networkAclId),
    'association.subnet-id': (row) => row.associations.map(({ subnetId }) => subnetId),
    'entry.cidr': (row) => shownEntries(row).map(({ cidrBlock }) => cidrBlock),
    'entry.ipv6-cidr': (row) => shownEntries(row).map(({ ipv6CidrBlock }) => ipv6CidrBlock),
    'entry.egress': (row) => shownEntries(row).map(({ egress }) => egress),
    'entry.protocol': (row) => shownEntries(row).map(({ protocol }) => protocol),
    'entry.rule-action': (row) => shownEntries(row).map(({ ruleAction }) => ruleAction),
    'entry.rule-number': (row) => shownEntries(row).map(({ ruleNumber }) => ruleNumber),
    'entry.port-range.from': (row) => shownEntries(row).map(({ portRange }) => portRange?.from),
    'entry.port-range.to': (row) => shownEntries(row).map(({ portRange }) => portRange?.to),
    'entry.icmp.type': (row) => shownEntries(row).map(({ icmpTypeCode }) => icmpTypeCode?.type),
    'entry.icmp.code': (row) => shownEntries(row).map(({ icmpTypeCode }) => icmpTypeCode?.code),
  }
  const isSame =
    ({ RuleNumber, Egress }: DeleteNetworkAclEntryRequest) =>
    (entry: NetworkAclEntryRow): boolean =>
      entry.ruleNumber === RuleNumber && entry.egress === (Egress ?? false)
  const noSuchEntry = ({ RuleNumber, Egress }: DeleteNetworkAclEntryRequest, row: NetworkAclRow): ServiceError =>
    new ServiceError(
      'InvalidNetworkAclEntry.NotFound',
      `The ${Egress ? 'egress' : 'ingress'} entry with rule number ${RuleNumber} does not exist in network ACL ${row.networkAclId}`,
    )

  const create: Operation<CreateNetworkAclRequest, CreateNetworkAclResult> = {
    acts: ['VpcId', 'TagSpecifications', 'ClientToken'],
    handle: (input) => {
      checkTagSpecifications(input.TagSpecifications, ['networkAcl'])
      const { vpcId } = existing('vpc', tables.vpcs, input.VpcId)
      const { ids: made } = once(context, 'CreateNetworkAcl', input, () => {
        const networkAclId = ids.next('acl')
        tables.networkAcls.put(networkAclId, { networkAclId, vpcId, isDefault: false, entries: [], associations: [] })
        tags.apply(networkAclId, 'networkAcl', input.TagSpecifications)
        return [networkAclId]
      })
      return {
        NetworkAcl: output(existing('networkAcl', tables.networkAcls, made[0])),
        ...(input.ClientToken && { ClientToken: input.ClientToken }),
      }
    },
  }
  const remove: Operation<DeleteNetworkAclRequest, object> = {
    acts: ['NetworkAclId'],
    handle: ({ NetworkAclId }) => {
      const { networkAclId, isDefault, associations } = existing('networkAcl', tables.networkAcls, NetworkAclId)
      if (isDefault) {
        throw invalidValue(`The parameter networkAclId is invalid: ${networkAclId} is the VPC's default network ACL`)
      }
      if (associations.length > 0) {
        throw dependencyViolation(`The networkAcl '${networkAclId}' has dependencies and cannot be deleted.`)
      }
      tables.networkAcls.delete(networkAclId)
      tags.forget(networkAclId)
      return {}
    },
  }
  const describe: Operation<DescribeNetworkAclsRequest, DescribeNetworkAclsResult> = {
    acts: ['Filters', 'NetworkAclIds', 'NextToken', 'MaxResults'],
    handle: (input) => {
      const { rows, nextToken } = describeRows(
        {
          kind: 'networkAcl',
          rows: tables.networkAcls.values(),
          id: (row) => row.networkAclId,
          filters,
          ids: input.NetworkAclIds,
          tags,
        },
        input,
      )
      return { NetworkAcls: rows.map(output), NextToken: nextToken }
    },
  }
  const createEntry: Operation<CreateNetworkAclEntryRequest, object> = {
    acts: ENTRY_MEMBERS,
    handle: (input) => {
      const row = existing('networkAcl', tables.networkAcls, input.NetworkAclId)
      const entry = entryOf(input)
      if (row.entries.some(isSame(input))) {
        throw new ServiceError(
          'NetworkAclEntryAlreadyExists',
          `The network acl entry identified by ${input.RuleNumber} already exists.`,
        )
      }
      if (row.entries.filter(({ egress }) => egress === entry.egress).length >= MOST_ENTRIES) {
        throw new ServiceError(
          'NetworkAclEntryLimitExceeded',
          'The maximum number of network acl entries has been reached.',
        )
      }
      tables.networkAcls.put(row.networkAclId, { ...row, entries: [...row.entries, entry] })
      return {}
    },
  }
  const replaceEntry: Operation<ReplaceNetworkAclEntryRequest, object> = {
    acts: ENTRY_MEMBERS,
    handle: (input) => {
      const row = existing('networkAcl', tables.networkAcls, input.NetworkAclId)
      if (!row.entries.some(isSame(input))) throw noSuchEntry(input, row)
      const entry = entryOf(input)
      const entries = row.entries.map((each) => (isSame(input)(each) ? entry : each))
      tables.networkAcls.put(row.networkAclId, { ...row, entries })
      return {}
    },
  }
  const deleteEntry: Operation<DeleteNetworkAclEntryRequest, object> = {
    acts: ['NetworkAclId', 'RuleNumber', 'Egress'],
    handle: (input) => {
      const row = existing('networkAcl', tables.networkAcls, input.NetworkAclId)
      const entries = row.entries.filter((entry) => !isSame(input)(entry))
      if (entries.length === row.entries.length) throw noSuchEntry(input, row)
      tables.networkAcls.put(row.networkAclId, { ...row, entries })
      return {}
    },
  }
  const replaceAssociation: Operation<ReplaceNetworkAclAssociationRequest, ReplaceNetworkAclAssociationResult> = {
    acts: ['AssociationId', 'NetworkAclId'],
    handle: ({ AssociationId, NetworkAclId }) => {
      const next = existing('networkAcl', tables.networkAcls, NetworkAclId)
      for (const row of tables.networkAcls.values()) {
        const found = row.associations.find(({ associationId }) => associationId === AssociationId)
        if (!found) continue
        if (row.vpcId !== next.vpcId) {
          throw invalidValue(
            `Network ACL ${next.networkAclId} and subnet ${found.subnetId} belong to different networks`,
          )
        }
        const associationId = ids.next('aclassoc')
        const rest = row.associations.filter((each) => each !== found)
        tables.networkAcls.put(row.networkAclId, { ...row, associations: rest })
        const now = existing('networkAcl', tables.networkAcls, next.networkAclId)
        const associations = [...now.associations, { associationId, subnetId: found.subnetId }]
        tables.networkAcls.put(now.networkAclId, { ...now, associations })
        return { NewAssociationId: associationId }
      }
      throw new ServiceError('InvalidAssociationID.NotFound', `The association ID '${AssociationId}' does not exist`)
    },
  }
  return {
    CreateNetworkAcl: create,
    DeleteNetworkAcl: remove,
    DescribeNetworkAcls: describe,
    CreateNetworkAclEntry: createEntry,
    ReplaceNetworkAclEntry: replaceEntry,
    DeleteNetworkAclEntry: deleteEntry,
    ReplaceNetworkAclAssociation: replaceAssociation,
  }
}

const ENTRY_MEMBERS = [
  'NetworkAclId',
  'RuleNumber',
  'Egress',
  'Protocol',
  'RuleAction',
  'CidrBlock',
  'Ipv6CidrBlock',
  'PortRange',
  'IcmpTypeCode',
] as const

/** The entries by number, inbound ones after outbound ones as EC2 lists them, with those that deny the rest. */
function shownEntries({ entries }: NetworkAclRow): NetworkAclEntryRow[] {
  const last = { ruleNumber: LAST_RULE_NUMBER, ruleAction: 'deny', protocol: '-1' } as const
  const hasIpv6 = entries.some(({ ipv6CidrBlock }) => ipv6CidrBlock !== undefined)
  return [true, false].flatMap((egress) => [
    ...entries.filter((entry) => entry.egress === egress).sort((one, other) => one.ruleNumber - other.ruleNumber),
    { ...last, egress, cidrBlock: '0.0.0.0/0' },
    ...(hasIpv6 ? [{ ...last, ruleNumber: LAST_RULE_NUMBER + 1, egress, ipv6CidrBlock: '::/0' }] : []),
  ])
}

function entryOf(input: CreateNetworkAclEntryRequest): NetworkAclEntryRow {
  const { RuleNumber: ruleNumber = 0, Egress, RuleAction, Protocol = '', CidrBlock, Ipv6CidrBlock } = input
  if (ruleNumber < 1 || ruleNumber > 32_766) {
    throw invalidValue(`Value (${ruleNumber}) for parameter ruleNumber is invalid. Rule numbers are 1 to 32766.`)
  }
  if (RuleAction !== 'allow' && RuleAction !== 'deny') {
    throw invalidValue(`Value (${RuleAction}) for parameter ruleAction is invalid. It is allow or deny.`)
  }
  const protocol = PROTOCOL_NUMBERS[Protocol.toLowerCase()] ?? Protocol
  if (protocol !== '-1' && !(/^\d{1,3}$/.test(protocol) && Number(protocol) <= 255)) {
    throw invalidValue(`Invalid value '${Protocol}' for protocol. Unknown protocol.`)
  }
  if (CidrBlock === undefined && Ipv6CidrBlock === undefined) throw missingParameter('cidrBlock')
  const block =
    CidrBlock === undefined
      ? { ipv6CidrBlock: parseBlock(Ipv6CidrBlock, 'ipv6CidrBlock', 6).toString() }
      : { cidrBlock: parseBlock(CidrBlock, 'cidrBlock', 4).toString() }
  return {
    ruleNumber,
    egress: Egress ?? false,
    ruleAction: RuleAction,
    protocol,
    ...block,
    ...portsOf(input, protocol),
  }
}

function portsOf(
  { PortRange, IcmpTypeCode }: CreateNetworkAclEntryRequest,
  protocol: string,
): Pick<NetworkAclEntryRow, 'portRange' | 'icmpTypeCode'> {
  if (TCP_AND_UDP.has(protocol)) {
    const { From: from, To: to } = PortRange ?? {}
    if (from === undefined || to === undefined) throw missingParameter('portRange')
    if (from < 0 || to > 65_535 || from > to) {
      throw invalidValue(`Invalid value '${from}-${to}' for portRange. Ports are 0 to 65535, the lower one first.`)
    }
    return { portRange: { from, to } }
  }
  if (protocol === '1' || protocol === '58') {
    const { Type: type, Code: code = -1 } = IcmpTypeCode ?? {}
    if (type === undefined) throw missingParameter('icmpTypeCode.type')
    return { icmpTypeCode: { type, code } }
  }
  return {}
}
