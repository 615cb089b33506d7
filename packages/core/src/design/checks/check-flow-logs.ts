import { FLOW_LOG_FIELDS, type FlowLogKind, flowLogField, LogFormatError } from '@flowtap/parser'
import type { CheckContext } from '../check-context.ts'
import type { Entry, Keys, VpcEntry } from '../design-entry.ts'
import { formatPath, quoteValue } from '../design-issue.ts'
import type { FlowLogDesign, TagFieldSpecificationDesign } from '../flow-log-design.ts'
import { flowLogDestination } from '../flow-log-destination.ts'
import { logFormatFields } from '../log-format-fields.ts'
import { nearestName } from '../nearest-name.ts'

/** Keys of which a flow log has exactly one. */
export const FLOW_LOG_RESOURCES = [
  'vpc',
  'subnet',
  'networkInterface',
  'transitGateway',
  'transitGatewayAttachment',
] as const

/**
 * What makes two flow logs the same for EC2 (`FlowLogAlreadyExists`): what they log, which traffic, and where to. The error speaks of
 * "the same configuration and log destination" and does not say which keys count; an ACCEPT and a REJECT flow log may share a log group.
 */
export const FLOW_LOG_IDENTITY: readonly ('resource' | 'trafficType' | 'destination')[] = [
  'resource',
  'trafficType',
  'destination',
]

/** Flow logs. Source: EC2 API reference, CreateFlowLogs; VPC user guide, "Flow logs". */
export function checkFlowLogs(context: CheckContext): void {
  const known = new Map<string, Keys>()
  for (const entry of context.index.flowLogs.values()) {
    const { keys, value } = entry
    const resource = checkResource(context, entry)
    const isTransit = value.transitGateway !== undefined || value.transitGatewayAttachment !== undefined
    if (isTransit) checkTransit(context, entry)
    checkFormat(context, entry, isTransit ? 'transit-gateway' : 'vpc')
    checkTagKeys(context, entry, isTransit)
    const destination = checkDestination(context, entry)
    if (resource === undefined || destination === undefined) continue
    const parts = { resource, trafficType: value.trafficType ?? 'ALL', destination }
    const same = FLOW_LOG_IDENTITY.map((part) => parts[part]).join(' ')
    const first = known.get(same)
    if (first) {
      context.error(
        'duplicate-flow-log',
        keys,
        `There is a flow log of the same resource, traffic and destination at ${formatPath(first)}. Change one of them, or leave one out.`,
        'FlowLogAlreadyExists',
      )
    } else known.set(same, keys)
  }
}

/** The resource as a text that is the same for the same resource. */
function checkResource(context: CheckContext, { keys, value }: Entry<FlowLogDesign>): string | undefined {
  const given = FLOW_LOG_RESOURCES.filter((key) => value[key] !== undefined)
  const [key] = given
  if (given.length !== 1 || key === undefined) {
    context.error(
      given.length === 0 ? 'missing-key' : 'conflicting-keys',
      keys,
      `The flow log names ${given.length === 0 ? 'nothing to log' : given.join(' and ')}. Give exactly one of ${FLOW_LOG_RESOURCES.join(', ')}.`,
      given.length === 0 ? 'MissingParameter' : 'InvalidParameterCombination',
    )
    return undefined
  }
  const name = value[key] ?? ''
  const place = [...keys, key]
  if (key === 'networkInterface') {
    const plan = context.findInterface(name, place)
    if (plan) checkOwner(context, place, plan.subnet.vpc)
    return plan && `${key} ${plan.name}`
  }
  const kinds = {
    vpc: 'vpcs',
    subnet: 'subnets',
    transitGateway: 'transitGateways',
    transitGatewayAttachment: 'transitGatewayAttachments',
  } as const
  const found = context.find(kinds[key], name, place)
  const vpc =
    key === 'vpc' ? context.index.vpcs.get(name) : key === 'subnet' ? context.index.subnets.get(name)?.vpc : undefined
  if (vpc) checkOwner(context, place, vpc)
  return found && `${key} ${name}`
}

/** Source: VPC user guide, "Flow logs limitations": not for a peered VPC of another account; and a flow log is regional. */
function checkOwner(context: CheckContext, keys: Keys, vpc: VpcEntry): void {
  const { accountId, region } = context.index
  if (vpc.ownerId === accountId && vpc.region === region) return
  context.error(
    'flow-log-resource',
    keys,
    `The VPC ${vpc.name} is in the account ${vpc.ownerId} and ${vpc.region}. Log something of the design's own account ${accountId} and Region ${region}.`,
    'InvalidVpcId.NotFound',
  )
}

function checkTransit(context: CheckContext, { keys, value }: Entry<FlowLogDesign>): void {
  if (value.trafficType !== undefined) {
    context.error(
      'flow-log-resource',
      [...keys, 'trafficType'],
      'Flow logs of transit gateways have no traffic type. Leave the key out.',
      'InvalidParameter',
    )
  }
  if (value.maxAggregationInterval === 600) {
    context.error(
      'flow-log-resource',
      [...keys, 'maxAggregationInterval'],
      'Flow logs of transit gateways aggregate over 60 seconds. Write 60, or leave the key out.',
      'InvalidParameter',
    )
  }
}

function checkFormat(context: CheckContext, { keys, value }: Entry<FlowLogDesign>, kind: FlowLogKind): void {
  const place = [...keys, 'logFormat']
  const fields = logFormatFields(value)
  if (fields instanceof LogFormatError) {
    context.error('log-format', place, fields.message, 'InvalidParameter')
    return
  }
  const names = FLOW_LOG_FIELDS.filter((field) => field.appliesTo.includes(kind)).map((field) => field.name)
  const what = kind === 'vpc' ? 'VPC flow logs' : 'flow logs of transit gateways'
  for (const field of fields) {
    if (names.some((name) => name === field)) continue
    const nearest = nearestName(field, names)
    const known = flowLogField(field) !== undefined
    const advice = known || nearest === undefined ? 'Leave it out.' : `Did you mean ${nearest}?`
    context.error('log-format', place, `${what} have no field ${quoteValue(field)}. ${advice}`, 'InvalidParameter')
  }
}

const TAG_FIELDS: Readonly<Record<TagFieldSpecificationDesign['resourceType'], string>> = {
  instance: 'instance-tag',
  'network-interface': 'interface-tag',
  'auto-scaling-group': 'asg-tag',
}

/** Each tag field needs its key; a second one for `…-2`. */
function checkTagKeys(context: CheckContext, { keys, value }: Entry<FlowLogDesign>, isTransit: boolean): void {
  const place = [...keys, 'tagFieldSpecifications']
  const specifications = value.tagFieldSpecifications ?? []
  if (isTransit && specifications.length > 0) {
    context.error(
      'log-format',
      place,
      'Flow logs of transit gateways have no tag fields. Leave the key out.',
      'InvalidParameter',
    )
    return
  }
  const seen = new Set<string>()
  for (const [at, each] of specifications.entries()) {
    if (seen.has(each.resourceType)) {
      context.error(
        'log-format',
        [...place, at, 'resourceType'],
        `${each.resourceType} is specified twice. Put both tag keys in one specification.`,
        'InvalidParameter',
      )
    }
    seen.add(each.resourceType)
  }
  const fields = logFormatFields(value)
  if (fields instanceof LogFormatError) return
  for (const [resourceType, field] of Object.entries(TAG_FIELDS)) {
    const tagKeys = specifications.find((each) => each.resourceType === resourceType)?.tagKeys ?? []
    for (const [count, name] of [field, `${field}-2`].entries()) {
      if (!fields.includes(name) || tagKeys.length > count) continue
      context.error(
        'log-format',
        [...keys, 'logFormat'],
        `The field ${name} has no tag key. Name ${count === 0 ? 'one' : 'two'} in tagFieldSpecifications for ${resourceType}, or leave the field out.`,
        'InvalidParameter',
      )
    }
  }
}

/** The destination as a text that is the same for the same place. */
function checkDestination(context: CheckContext, { keys, value }: Entry<FlowLogDesign>): string | undefined {
  const destination = flowLogDestination(value)
  if ('problem' in destination) {
    context.error('log-destination', [...keys, destination.key], destination.problem, 'InvalidParameter')
    return undefined
  }
  return destination.kind === 's3'
    ? `s3 ${destination.bucket} ${destination.prefix}`
    : `log group ${destination.logGroupName}`
}
