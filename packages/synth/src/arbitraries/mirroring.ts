import type { Design, InstanceDesign, TrafficMirrorFilterRuleDesign, TrafficMirrorTargetDesign } from '@flowtap/core'
import fc from 'fast-check'
import { port } from './five-tuple.ts'
import { MIRRORED_TYPES } from './instance.ts'
import { EVERYWHERE, EVERYWHERE_IPV6 } from './security-rules.ts'

/** What is drawn of mirroring, before it is known what there is to mirror. */
export interface MirroringDraft {
  readonly sessions: number
  readonly to: 'interface' | 'balancer' | 'gateway'
  readonly gateway: GatewayDraft
  /** Whether all sessions have one source, the later ones with the lower numbers. */
  readonly oneSource: boolean
  readonly packetLength: number | undefined
  readonly mirrorsDns: boolean
  readonly ingress: readonly TrafficMirrorFilterRuleDesign[]
  readonly egress: readonly TrafficMirrorFilterRuleDesign[]
}

/** A Gateway Load Balancer with its endpoint and appliances. */
interface GatewayDraft {
  readonly zones: number
  /** The zone of the endpoint, as far as the balancer stands there. */
  readonly endpointZone: number
  readonly crossZoneEnabled: boolean
  readonly hasListener: boolean
  /** Whether the balancer stands in the design's last VPC, else in its first, where the endpoint is. */
  readonly isApart: boolean
  /** Whether each appliance is healthy; there are at most as many as the VPC has instances. */
  readonly health: readonly boolean[]
}

/** Mirroring, or none. */
export function mirroring(): fc.Arbitrary<MirroringDraft | undefined> {
  const rule = fc
    .record({
      ruleAction: fc.constantFrom<'accept' | 'reject'>('accept', 'reject'),
      block: fc.constantFrom(EVERYWHERE, EVERYWHERE_IPV6),
      ports: fc.option(port(), { nil: undefined }),
    })
    .map(({ ruleAction, block, ports }) => ({
      ruleAction,
      sourceCidrBlock: block,
      destinationCidrBlock: block,
      ...(ports !== undefined && {
        protocol: 'tcp' as const,
        destinationPortRange: { fromPort: Math.min(ports, 1_024), toPort: Math.max(ports, 1_024) },
      }),
    }))
  const rules = fc
    .array(rule, { maxLength: 3 })
    .map((list) => list.map((one, index) => ({ ruleNumber: 10 * (index + 1), ...one })))
  const draft = fc.record({
    sessions: fc.integer({ min: 1, max: 3 }),
    to: fc.constantFrom<MirroringDraft['to']>('interface', 'balancer', 'gateway'),
    gateway: gateway(),
    oneSource: fc.boolean(),
    packetLength: fc.option(fc.integer({ min: 64, max: 8_500 }), { nil: undefined }),
    mirrorsDns: fc.boolean(),
    ingress: rules,
    egress: rules,
  })
  return fc.option(draft, { nil: undefined, freq: 2 })
}

function gateway(): fc.Arbitrary<GatewayDraft> {
  return fc.record({
    zones: fc.integer({ min: 1, max: 2 }),
    endpointZone: fc.nat({ max: 1 }),
    crossZoneEnabled: fc.boolean(),
    hasListener: fc.oneof({ weight: 5, arbitrary: fc.constant(true) }, { weight: 1, arbitrary: fc.constant(false) }),
    isApart: fc.boolean(),
    health: fc.array(fc.boolean(), { maxLength: 3 }),
  })
}

/**
 * The parts of a design that mirror: instances of types that allow it, to another instance, to a balancer for VXLAN, or to a Gateway Load
 * Balancer. They stand in the place of the design's own parts of the same keys, which they hold as well.
 */
export function mirroringParts(draft: MirroringDraft | undefined, design: Design): Partial<Design> {
  if (!draft) return {}
  const candidates = Object.entries(design.instances ?? {}).filter(([, one]) => isMirrored(one))
  const balancer =
    draft.to === 'balancer'
      ? Object.entries(design.loadBalancers ?? {}).find(([, { listeners = [] }]) => listeners.some(takesVxlan))?.[0]
      : undefined
  const targetInstance = Object.keys(design.instances ?? {}).findLast((name) => name !== candidates[0]?.[0])
  const toGateway = draft.to === 'gateway'
  const target = targetOf(toGateway, balancer, targetInstance)
  const sources = candidates
    .map(([name]) => name)
    .filter((name) => !target?.networkInterface || name !== targetInstance)
  if (!target || sources.length === 0) return {}
  const mirrored = draft.oneSource ? Array.from({ length: draft.sessions }, () => sources[0] ?? '') : sources
  return {
    ...(toGateway && gatewayParts(draft.gateway, design)),
    trafficMirrorFilters: {
      filter: {
        ...(draft.mirrorsDns && { networkServices: ['amazon-dns'] }),
        ingressFilterRules: draft.ingress,
        egressFilterRules: draft.egress,
      },
      ...(draft.oneSource && { turned: { ingressFilterRules: draft.egress, egressFilterRules: draft.ingress } }),
    },
    trafficMirrorTargets: { target },
    trafficMirrorSessions: Object.fromEntries(
      mirrored.slice(0, draft.sessions).map((networkInterface, number) => [
        `session-${number}`,
        {
          networkInterface,
          trafficMirrorTarget: 'target',
          trafficMirrorFilter: draft.oneSource && number % 2 === 1 ? 'turned' : 'filter',
          sessionNumber: draft.oneSource ? 10 - number : number + 1,
          ...(draft.packetLength !== undefined && { packetLength: draft.packetLength }),
        },
      ]),
    ),
  }
}

function targetOf(
  toGateway: boolean,
  loadBalancer: string | undefined,
  networkInterface: string | undefined,
): TrafficMirrorTargetDesign | undefined {
  if (toGateway) return { gatewayLoadBalancerEndpoint: 'mirror-endpoint' }
  if (loadBalancer !== undefined) return { loadBalancer }
  return networkInterface === undefined ? undefined : { networkInterface }
}

function gatewayParts(draft: GatewayDraft, design: Design): Partial<Design> {
  const names = Object.keys(design.vpcs)
  const [first = ''] = names
  const home = draft.isApart ? (names.at(-1) ?? first) : first
  const instances = Object.entries(design.instances ?? {}).filter(([, { subnet }]) => subnet?.startsWith(`${home}-`))
  const endpoint = {
    vpcEndpointType: 'GatewayLoadBalancer' as const,
    gatewayLoadBalancer: 'mirror-gateway',
    subnets: [`${first}-private-${Math.min(draft.endpointZone, draft.zones - 1)}`],
  }
  const vpc = design.vpcs[first] ?? { cidrBlocks: [] }
  return {
    vpcs: {
      ...design.vpcs,
      [first]: { ...vpc, vpcEndpoints: { ...vpc.vpcEndpoints, 'mirror-endpoint': endpoint } },
    },
    gatewayLoadBalancers: {
      'mirror-gateway': {
        subnets: [`${home}-private-0`, `${home}-private-1`].slice(0, draft.zones),
        crossZoneEnabled: draft.crossZoneEnabled,
        ...(draft.hasListener && { listeners: [{ targetGroup: 'mirror-appliances' }] }),
      },
    },
    targetGroups: {
      ...design.targetGroups,
      'mirror-appliances': {
        protocol: 'GENEVE',
        port: 6081,
        vpc: home,
        targets: instances
          .slice(0, draft.health.length)
          .map(([instance], at) => ({ instance, healthy: draft.health[at] ?? true })),
      },
    },
  }
}

function isMirrored({ instanceType = 't3.micro' }: InstanceDesign): boolean {
  return MIRRORED_TYPES.includes(instanceType)
}

function takesVxlan({ protocol, port }: Readonly<{ protocol: string; port: number }>): boolean {
  return port === 4_789 && (protocol === 'UDP' || protocol === 'TCP_UDP')
}
