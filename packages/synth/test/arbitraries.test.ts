import {
  CidrBlock,
  checkDesign,
  type Design,
  demoDesign,
  type FiveTuple,
  formatDesignIssue,
  IpAddress,
  type Packet,
  resolveDesign,
} from '@flowtap/core'
import {
  FlowLogParser,
  type FlowLogRecord,
  flowLogField,
  formatLogFormat,
  formatRecord,
  type LogFormat,
  parseLogFormat,
} from '@flowtap/parser'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  changedDesign,
  cidrBlock,
  DESIGN_CHANGE_KINDS,
  type DesignWithPlan,
  design,
  designWithPlan,
  FAULT_KINDS,
  fiveTuple,
  flowLogRecord,
  ipAddress,
  ipv4Address,
  ipv6Address,
  logFormat,
  packet,
  type ScenarioPlan,
  scenario,
  scenarioOf,
  scenarioPlan,
  WORKLOAD_KINDS,
} from '../src/arbitraries/index.ts'
import { DELIVERY_FAULT_KINDS } from '../src/arbitraries/scenario-plan.ts'
import { minutes } from '../src/duration.ts'
import { simulate } from '../src/simulation.ts'
import { arbitraryLaws } from './arbitrary-laws.ts'

describe('ipAddress', () => {
  arbitraryLaws(ipAddress, (address) =>
    IpAddress.parse(address.toString())?.equals(address) ? undefined : 'its text is not its own',
  )
})

describe('ipv4Address and ipv6Address', () => {
  arbitraryLaws(ipv4Address, ({ version }) => (version === 4 ? undefined : 'not IPv4'))
  arbitraryLaws(ipv6Address, ({ version }) => (version === 6 ? undefined : 'not IPv6'))
})

describe('cidrBlock', () => {
  const constraints = { version: 4, minPrefixLength: 16, maxPrefixLength: 28 } as const
  arbitraryLaws(
    () => cidrBlock(constraints),
    (block) => {
      if (!CidrBlock.parse(block.toString())?.equals(block)) return 'its text is not its own'
      return block.prefixLength < 16 || block.prefixLength > 28 || block.version !== 4
        ? 'outside of its limits'
        : undefined
    },
  )
})

function parse(format: LogFormat, line: string): readonly FlowLogRecord[] {
  const records: FlowLogRecord[] = []
  const parser = new FlowLogParser({ format, onRecord: (record) => records.push(record) })
  parser.push(new TextEncoder().encode(`${line}\n`))
  parser.end()
  return records
}

function problemOfTuple({ source, destination, protocol, sourcePort, destinationPort }: FiveTuple): string | undefined {
  if (source.version !== destination.version) return 'two versions'
  if (protocol === (source.version === 4 ? 58 : 1)) return 'the ICMP of the other version'
  if (protocol !== 6 && protocol !== 17 && (sourcePort !== 0 || destinationPort !== 0))
    return 'ports without TCP and UDP'
  return [sourcePort, destinationPort].some((port) => port < 0 || port > 65_535) ? 'a port out of range' : undefined
}

describe('fiveTuple', () => {
  arbitraryLaws(fiveTuple, problemOfTuple)
})

describe('packet', () => {
  arbitraryLaws(
    () => packet({ fragments: true, icmpErrors: true }),
    (value: Packet) => {
      if (value.length < (value.source.version === 4 ? 20 : 40)) return 'shorter than its header'
      if (value.length > 65_535) return 'longer than IP allows'
      if (value.fragmentOffset % 8 !== 0) return 'a fragment at a crooked offset'
      if (value.moreFragments && (value.length - (value.source.version === 4 ? 20 : 48)) % 8 !== 0)
        return 'a crooked fragment'
      return problemOfTuple(value)
    },
  )
})

describe('logFormat', () => {
  arbitraryLaws(
    () => logFormat({ including: ['srcaddr', 'tcp-flags'], maxVersion: 5 }),
    (format: LogFormat) => {
      if (parseLogFormat(formatLogFormat(format)).fields.join() !== format.fields.join())
        return 'its text is not its own'
      const strange = format.fields.find((name) => (flowLogField(name)?.version ?? 99) > 5)
      return strange ?? (format.fields.includes('tcp-flags') ? undefined : 'a field is missing')
    },
  )
})

describe('flowLogRecord', () => {
  const format: LogFormat = {
    fields: 'version interface-id srcaddr dstaddr start end packets bytes log-status tcp-flags vpc-id az-id'.split(' '),
  }
  arbitraryLaws(
    () => flowLogRecord({ format, startSeconds: { from: 1_000_000, to: 1_000_100 }, withoutData: 0.3 }),
    (record) => {
      if ((record.start ?? 0) > (record.end ?? 0)) return 'it ends before it starts'
      if ((record.start ?? 0) < 1_000_000 || (record.start ?? 0) > 1_000_100) return 'outside of its time'
      if ((record.srcaddr === undefined) !== (record['log-status'] !== 'OK')) return 'a status that does not fit'
      const [parsed] = parse(format, formatRecord(record, format))
      return parsed && formatRecord(parsed, format) === formatRecord(record, format)
        ? undefined
        : 'it does not survive text'
    },
  )

  it('makes all three statuses', () => {
    const seen = new Set<FlowLogRecord['log-status']>()
    for (const record of fc.sample(flowLogRecord({ withoutData: 0.5 }), { seed: 1, numRuns: 200 }))
      seen.add(record['log-status'])
    expect([...seen].toSorted()).toEqual(['NODATA', 'OK', 'SKIPDATA'])
  })
})

function problemOfDesign(value: Design): string | undefined {
  const issue = checkDesign(value).find(({ severity }) => severity === 'error')
  return issue && formatDesignIssue(issue)
}

/** What a design has, by kind. */
function kindsOfDesign(value: Design): string[] {
  const kinds = Object.entries(value).flatMap(([key, part]) => (Object.keys(part).length > 0 ? [key] : []))
  const vpcs = Object.values(value.vpcs)
  const rules = vpcs.flatMap(({ securityGroups = {} }) =>
    Object.values(securityGroups).flatMap(({ ingress = [], egress = [] }) => [...ingress, ...egress]),
  )
  const logs = Object.values(value.flowLogs ?? {})
  const buckets = logs.filter(({ logDestination }) => logDestination?.startsWith('arn:aws:s3:::flow-logs'))
  return [
    ...kinds,
    ...(vpcs.length > 1 ? ['several VPCs'] : []),
    ...vpcs.flatMap(({ vpcEndpoints = {}, natGateways = {}, ipv6CidrBlocks, networkAcls = {} }) => [
      ...Object.values(vpcEndpoints).map(({ vpcEndpointType = 'Gateway', loadBalancer }) =>
        loadBalancer === undefined ? `${vpcEndpointType} endpoint` : 'endpoint of a balancer',
      ),
      ...Object.values(natGateways).map(({ connectivityType = 'public' }) => `${connectivityType} NAT gateway`),
      ...(ipv6CidrBlocks ? ['IPv6'] : []),
      ...Object.values(networkAcls).flatMap(({ ingress = [] }) =>
        ingress.map(({ protocol }) => `${protocol} in an ACL`),
      ),
    ]),
    ...rules.flatMap((rule) => Object.keys(rule).map((key) => `rule by ${key}`)),
    ...Object.values(value.loadBalancers ?? {}).flatMap(({ scheme, listeners = [] }) => [
      `${scheme} balancer`,
      ...listeners.map(({ protocol }) => `${protocol} listener`),
    ]),
    ...Object.values(value.instances ?? {}).flatMap((one) => Object.keys(one).map((key) => `instance with ${key}`)),
    ...Object.values(value.trafficMirrorTargets ?? {}).flatMap((one) =>
      Object.keys(one).map((key) => `mirrored to ${key}`),
    ),
    ...logs.flatMap((one) => Object.keys(one).map((key) => `flow log with ${key}`)),
    ...(new Set(buckets.map(({ logFormat }) => `${logFormat}`)).size > 1 ? ['formats that share a bucket'] : []),
    ...(new Set(buckets.map((one) => one.maxAggregationInterval)).size > 1 ? ['intervals that share a bucket'] : []),
    `block ${value.vpcBlockPublicAccess?.internetGatewayBlockMode}`,
    ...(value.vpcBlockPublicAccess?.exclusions ?? []).flatMap((one) =>
      Object.keys(one).map((key) => `excluded ${key}`),
    ),
  ]
}

const DESIGN_KINDS = [
  ...['vpcs', 'instances', 'networkInterfaces', 'loadBalancers', 'targetGroups', 'transitGateways', 'flowLogs'],
  ...['vpcPeeringConnections', 'prefixLists', 'trafficMirrorFilters', 'trafficMirrorTargets', 'trafficMirrorSessions'],
  ...['several VPCs', 'Gateway endpoint', 'Interface endpoint', 'endpoint of a balancer', 'public NAT gateway'],
  ...['private NAT gateway', 'IPv6', 'tcp in an ACL', 'icmp in an ACL', 'all in an ACL', 'rule by cidrBlock'],
  ...['rule by prefixList', 'rule by self', 'rule by securityGroup', 'internal balancer', 'internet-facing balancer'],
  ...[
    'TCP listener',
    'UDP listener',
    'TCP_UDP listener',
    'TLS listener',
    'instance with state',
    'instance with platform',
  ],
  ...['instance with secondaryPrivateIpAddresses', 'instance with connectionTrackingSpecification'],
  ...['mirrored to networkInterface', 'mirrored to loadBalancer', 'mirrored to gatewayLoadBalancerEndpoint'],
  ...['flow log with vpc', 'flow log with subnet', 'gatewayLoadBalancers', 'GatewayLoadBalancer endpoint'],
  ...['flow log with networkInterface', 'flow log with transitGateway', 'flow log with transitGatewayAttachment'],
  ...['flow log with logGroupName', 'formats that share a bucket', 'intervals that share a bucket'],
  ...['block off', 'block block-ingress', 'block block-bidirectional', 'excluded vpc', 'excluded subnet'],
]

describe('design', () => {
  arbitraryLaws(() => design(), problemOfDesign)

  it('makes everything that a design can have', () => {
    const seen = new Set(fc.sample(design(), { seed: 1, numRuns: 300 }).flatMap(kindsOfDesign))
    expect(DESIGN_KINDS.filter((kind) => !seen.has(kind))).toEqual([])
  })
})

/** What a plan names that its design does not have, at any time; or a design that a change makes invalid. */
function problemOfPlan(start: Design, plan: ScenarioPlan): string | undefined {
  const { interfaces, instances, internetHosts } = resolveDesign(start)
  const hosts = new Set([...instances, ...internetHosts, ...(plan.internetHosts ?? [])].map(({ name }) => name))
  const stranger = [...plan.workloads, ...(plan.listeners ?? [])].find(({ host }) => !hosts.has(host))
  if (stranger) return `there is no host ${stranger.host}`
  const late = [...plan.workloads, ...(plan.changes ?? [])].find(
    (one) => one.afterMicroseconds > plan.durationMicroseconds,
  )
  if (late) return `${late.afterMicroseconds} is after the end`
  let state = start
  for (const { change } of plan.changes ?? []) {
    state = changedDesign(state, change)
    const problem = problemOfDesign(state)
    if (problem !== undefined) return `${JSON.stringify(change)}: ${problem}`
  }
  for (const fault of plan.faults ?? []) {
    if (fault.kind !== 'skipData' && fault.kind !== 'skewRecordClock') continue
    const { networkInterface } = fault.options
    if (!interfaces.some(({ id, name }) => id === networkInterface || name === networkInterface))
      return networkInterface
  }
  return JSON.stringify(JSON.parse(JSON.stringify(plan))) === JSON.stringify(plan) ? undefined : 'JSON cannot carry it'
}

describe('scenarioPlan', () => {
  arbitraryLaws(
    () => scenarioPlan(demoDesign()),
    (plan) => problemOfPlan(demoDesign(), plan),
    150,
  )

  it('makes workloads, changes and faults of every kind', () => {
    const plans = fc.sample(designWithPlan(), { seed: 1, numRuns: 300 }).map(({ plan }) => plan)
    const workloads = new Set<string>(plans.flatMap((plan) => plan.workloads.map(({ kind }) => kind)))
    const changes = new Set<string>(plans.flatMap((plan) => plan.changes?.map(({ change }) => change.kind) ?? []))
    const faults = plans.flatMap((plan) => plan.faults ?? [])
    const ofDeliveries = faults.flatMap((one) => (one.kind === 'disturbDeliveries' ? [one.options.fault.kind] : []))
    expect(WORKLOAD_KINDS.filter((kind) => !workloads.has(kind))).toEqual([])
    expect(DESIGN_CHANGE_KINDS.filter((kind) => !changes.has(kind))).toEqual([])
    expect(FAULT_KINDS.filter((kind) => !faults.some((one) => one.kind === kind))).toEqual([])
    expect(DELIVERY_FAULT_KINDS.filter((kind) => !ofDeliveries.includes(kind))).toEqual([])
  })

  it('shrinks to one workload in a short time, without changes and faults', () => {
    const { counterexample } = fc.check(
      fc.property(scenarioPlan(demoDesign()), (_: ScenarioPlan) => false),
      { seed: 1, interruptAfterTimeLimit: 20_000 },
    )
    const plan = counterexample?.[0]
    expect(plan?.workloads.length).toBe(1)
    expect(plan?.durationMicroseconds).toBe(minutes(1))
    expect(plan).not.toHaveProperty('changes')
    expect(plan).not.toHaveProperty('faults')
  })
})

describe('designWithPlan', () => {
  arbitraryLaws(
    () => designWithPlan({ maxInstances: 2 }),
    ({ design: made, plan }: DesignWithPlan) => problemOfDesign(made) ?? problemOfPlan(made, plan),
    150,
  )
})

describe('scenario', () => {
  const packetsOf = (made: Parameters<typeof simulate>[1]): string[] => {
    const packets: string[] = []
    simulate(demoDesign(), made, { seed: 5 }).runSync({
      onPacket: ({ networkInterface, packet, timeMicroseconds }) =>
        packets.push(
          `${timeMicroseconds} ${networkInterface.id} ${packet.source} ${packet.destination} ${packet.length}`,
        ),
    })
    return packets
  }

  it('prints as what makes it again', () => {
    let count = 0
    for (const made of fc.sample(scenario(demoDesign(), { maxMinutes: 5 }), { seed: 1, numRuns: 10 })) {
      const [, text = ''] = /^scenarioOf\((.*)\)$/su.exec(fc.stringify(made)) ?? []
      const packets = packetsOf(made)
      count += packets.length
      expect(packetsOf(scenarioOf(JSON.parse(text) as ScenarioPlan))).toEqual(packets)
    }
    expect(count).toBeGreaterThan(100)
  })

  it('runs in every design that it is made for', () => {
    fc.assert(
      fc.property(designWithPlan({ maxInstances: 2, maxMinutes: 2 }), ({ design: made, plan }) => {
        expect(() => simulate(made, scenarioOf(plan)).runSync()).not.toThrow()
      }),
      { numRuns: 30 },
    )
  })
})
