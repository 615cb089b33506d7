import type {
  CreateTrafficMirrorFilterRuleRequest,
  CreateTrafficMirrorFilterRuleResult,
  DeleteTrafficMirrorFilterRuleRequest,
  DeleteTrafficMirrorFilterRuleResult,
  DescribeTrafficMirrorFilterRulesRequest,
  DescribeTrafficMirrorFilterRulesResult,
  ModifyTrafficMirrorFilterRuleRequest,
  ModifyTrafficMirrorFilterRuleResult,
  TrafficMirrorFilterRule,
  TrafficMirrorFilterRuleField,
  TrafficMirrorPortRangeRequest,
} from '@aws-sdk/client-ec2'
import type { Operation, ServiceOperations } from '../../operation/operation.ts'
import { once } from './client-token.ts'
import { describeRows } from './describe.ts'
import type { Ec2Context } from './ec2-context.ts'
import { invalidCombination, invalidValue, missingParameter } from './ec2-errors.ts'
import type { TrafficMirrorFilterRuleRow } from './ec2-rows.ts'
import { existing } from './resource-kinds.ts'
import { checkTagSpecifications } from './resource-tags.ts'

/** What a rule's creation and its change have in common. */
type RuleRequest = Omit<CreateTrafficMirrorFilterRuleRequest, 'TrafficMirrorFilterId' | 'TagSpecifications'>

const REMOVABLE: Readonly<Record<TrafficMirrorFilterRuleField, keyof TrafficMirrorFilterRuleRow>> = {
  description: 'description',
  protocol: 'protocol',
  'source-port-range': 'sourcePortRange',
  'destination-port-range': 'destinationPortRange',
}

/** Rules of mirror filters. Numbers, ports, blocks and how many there may be are checked with the network that follows from them. */
export function trafficMirrorFilterRuleOperations(context: Ec2Context): ServiceOperations {
  const { tables, tags, ids } = context
  const create: Operation<CreateTrafficMirrorFilterRuleRequest, CreateTrafficMirrorFilterRuleResult> = {
    acts: [
      'TrafficMirrorFilterId',
      'TrafficDirection',
      'RuleNumber',
      'RuleAction',
      'Protocol',
      'SourceCidrBlock',
      'DestinationCidrBlock',
      'SourcePortRange',
      'DestinationPortRange',
      'TagSpecifications',
      'ClientToken',
    ],
    keeps: ['Description'],
    handle: (input) => {
      checkTagSpecifications(input.TagSpecifications, ['trafficMirrorFilterRule'])
      const filter = existing('trafficMirrorFilter', tables.trafficMirrorFilters, input.TrafficMirrorFilterId)
      const { ids: made } = once(context, 'CreateTrafficMirrorFilterRule', input, () => {
        const trafficMirrorFilterRuleId = ids.next('tmfr')
        const { trafficMirrorFilterId } = filter
        const parts = changedParts(input) as Omit<TrafficMirrorFilterRuleRow, keyof RuleIds>
        tables.trafficMirrorFilterRules.put(trafficMirrorFilterRuleId, {
          trafficMirrorFilterRuleId,
          trafficMirrorFilterId,
          ...parts,
        })
        tags.apply(trafficMirrorFilterRuleId, 'trafficMirrorFilterRule', input.TagSpecifications)
        return [trafficMirrorFilterRuleId]
      })
      const row = existing('trafficMirrorFilterRule', tables.trafficMirrorFilterRules, made[0])
      return { TrafficMirrorFilterRule: mirrorRuleOutput(context, row), ClientToken: input.ClientToken }
    },
  }
  const modify: Operation<ModifyTrafficMirrorFilterRuleRequest, ModifyTrafficMirrorFilterRuleResult> = {
    acts: [
      'TrafficMirrorFilterRuleId',
      'TrafficDirection',
      'RuleNumber',
      'RuleAction',
      'Protocol',
      'SourceCidrBlock',
      'DestinationCidrBlock',
      'SourcePortRange',
      'DestinationPortRange',
      'RemoveFields',
    ],
    keeps: ['Description'],
    handle: (input) => {
      const id = input.TrafficMirrorFilterRuleId
      const row = existing('trafficMirrorFilterRule', tables.trafficMirrorFilterRules, id)
      const parts = changedParts(input)
      const removed = (input.RemoveFields ?? []).map((field) => {
        const member = Object.hasOwn(REMOVABLE, field) ? REMOVABLE[field] : undefined
        if (!member) throw invalidValue(`Value (${field}) for parameter RemoveField is invalid.`)
        if (member in parts) throw invalidCombination(`${field} is both given and removed.`)
        return member
      })
      const kept = Object.entries(row).filter(([name]) => !removed.some((each) => each === name))
      const changed = { ...(Object.fromEntries(kept) as unknown as TrafficMirrorFilterRuleRow), ...parts }
      tables.trafficMirrorFilterRules.put(row.trafficMirrorFilterRuleId, changed)
      return { TrafficMirrorFilterRule: mirrorRuleOutput(context, changed) }
    },
  }
  const remove: Operation<DeleteTrafficMirrorFilterRuleRequest, DeleteTrafficMirrorFilterRuleResult> = {
    acts: ['TrafficMirrorFilterRuleId'],
    handle: ({ TrafficMirrorFilterRuleId }) => {
      const { trafficMirrorFilterRuleId: id } = existing(
        'trafficMirrorFilterRule',
        tables.trafficMirrorFilterRules,
        TrafficMirrorFilterRuleId,
      )
      tables.trafficMirrorFilterRules.delete(id)
      tags.forget(id)
      return { TrafficMirrorFilterRuleId: id }
    },
  }
  const describe: Operation<DescribeTrafficMirrorFilterRulesRequest, DescribeTrafficMirrorFilterRulesResult> = {
    acts: ['TrafficMirrorFilterRuleIds', 'TrafficMirrorFilterId', 'Filters', 'NextToken', 'MaxResults'],
    handle: (input) => {
      const filterId = input.TrafficMirrorFilterId
      if (filterId) existing('trafficMirrorFilter', tables.trafficMirrorFilters, filterId)
      const { rows, nextToken } = describeRows(
        {
          kind: 'trafficMirrorFilterRule',
          rows: [...tables.trafficMirrorFilterRules.values()].filter(
            (row) => !filterId || row.trafficMirrorFilterId === filterId,
          ),
          id: (row) => row.trafficMirrorFilterRuleId,
          filters: {
            'traffic-mirror-filter-rule-id': (row) => row.trafficMirrorFilterRuleId,
            'traffic-mirror-filter-id': (row) => row.trafficMirrorFilterId,
            'rule-number': (row) => row.ruleNumber,
            'rule-action': (row) => row.ruleAction,
            'traffic-direction': (row) => row.trafficDirection,
            protocol: (row) => row.protocol,
            'source-cidr-block': (row) => row.sourceCidrBlock,
            'destination-cidr-block': (row) => row.destinationCidrBlock,
            description: (row) => row.description,
          },
          ids: input.TrafficMirrorFilterRuleIds,
          tags,
        },
        input,
      )
      return { TrafficMirrorFilterRules: rows.map((row) => mirrorRuleOutput(context, row)), NextToken: nextToken }
    },
  }
  return {
    CreateTrafficMirrorFilterRule: create,
    ModifyTrafficMirrorFilterRule: modify,
    DeleteTrafficMirrorFilterRule: remove,
    DescribeTrafficMirrorFilterRules: describe,
  }
}

type RuleIds = Pick<TrafficMirrorFilterRuleRow, 'trafficMirrorFilterRuleId' | 'trafficMirrorFilterId'>

/** A rule as EC2 shows it. */
export function mirrorRuleOutput({ tags }: Ec2Context, row: TrafficMirrorFilterRuleRow): TrafficMirrorFilterRule {
  const { sourcePortRange: source, destinationPortRange: destination } = row
  return {
    TrafficMirrorFilterRuleId: row.trafficMirrorFilterRuleId,
    TrafficMirrorFilterId: row.trafficMirrorFilterId,
    TrafficDirection: row.trafficDirection,
    RuleNumber: row.ruleNumber,
    RuleAction: row.ruleAction,
    Protocol: row.protocol,
    SourceCidrBlock: row.sourceCidrBlock,
    DestinationCidrBlock: row.destinationCidrBlock,
    SourcePortRange: source && { FromPort: source.fromPort, ToPort: source.toPort },
    DestinationPortRange: destination && { FromPort: destination.fromPort, ToPort: destination.toPort },
    Description: row.description,
    Tags: tags.list(row.trafficMirrorFilterRuleId),
  }
}

/** The parts of a rule that a request gives. */
function changedParts(input: Partial<RuleRequest>): Partial<TrafficMirrorFilterRuleRow> {
  const { TrafficDirection: direction, RuleAction: action, RuleNumber, Protocol, Description } = input
  if (direction !== undefined && direction !== 'ingress' && direction !== 'egress') {
    throw invalidValue(`Value (${direction}) for parameter TrafficDirection is invalid. It is ingress or egress.`)
  }
  if (action !== undefined && action !== 'accept' && action !== 'reject') {
    throw invalidValue(`Value (${action}) for parameter RuleAction is invalid. It is accept or reject.`)
  }
  const source = portRange(input.SourcePortRange, 'SourcePortRange')
  const destination = portRange(input.DestinationPortRange, 'DestinationPortRange')
  return {
    ...(direction !== undefined && { trafficDirection: direction }),
    ...(action !== undefined && { ruleAction: action }),
    ...(RuleNumber !== undefined && { ruleNumber: RuleNumber }),
    ...(Protocol !== undefined && { protocol: Protocol }),
    ...(input.SourceCidrBlock !== undefined && { sourceCidrBlock: input.SourceCidrBlock }),
    ...(input.DestinationCidrBlock !== undefined && { destinationCidrBlock: input.DestinationCidrBlock }),
    ...(source && { sourcePortRange: source }),
    ...(destination && { destinationPortRange: destination }),
    ...(Description !== undefined && { description: Description }),
  }
}

function portRange(
  range: TrafficMirrorPortRangeRequest | undefined,
  name: string,
): TrafficMirrorFilterRuleRow['sourcePortRange'] {
  if (!range) return undefined
  const { FromPort: fromPort, ToPort: toPort } = range
  if (fromPort === undefined) throw missingParameter(`${name}.FromPort`)
  if (toPort === undefined) throw missingParameter(`${name}.ToPort`)
  return { fromPort, toPort }
}
