import type { Design, InstanceDesign, TrafficMirrorFilterRuleDesign } from '@flowtap/core'
import fc from 'fast-check'
import { port } from './five-tuple.ts'
import { MIRRORED_TYPES } from './instance.ts'
import { EVERYWHERE, EVERYWHERE_IPV6 } from './security-rules.ts'

/** What is drawn of mirroring, before it is known what there is to mirror. */
export interface MirroringDraft {
  readonly sessions: number
  readonly toBalancer: boolean
  /** Whether all sessions have one source, the later ones with the lower numbers. */
  readonly oneSource: boolean
  readonly packetLength: number | undefined
  readonly mirrorsDns: boolean
  readonly ingress: readonly TrafficMirrorFilterRuleDesign[]
  readonly egress: readonly TrafficMirrorFilterRuleDesign[]
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
    toBalancer: fc.boolean(),
    oneSource: fc.boolean(),
    packetLength: fc.option(fc.integer({ min: 64, max: 8_500 }), { nil: undefined }),
    mirrorsDns: fc.boolean(),
    ingress: rules,
    egress: rules,
  })
  return fc.option(draft, { nil: undefined, freq: 2 })
}

/** The parts of a design that mirror: instances of types that allow it, to another instance or to a balancer for VXLAN. */
export function mirroringParts(draft: MirroringDraft | undefined, design: Design): Partial<Design> {
  if (!draft) return {}
  const candidates = Object.entries(design.instances ?? {}).filter(([, one]) => isMirrored(one))
  const balancer = draft.toBalancer
    ? Object.entries(design.loadBalancers ?? {}).find(([, { listeners = [] }]) => listeners.some(takesVxlan))?.[0]
    : undefined
  const targetInstance = Object.keys(design.instances ?? {}).findLast((name) => name !== candidates[0]?.[0])
  const target =
    balancer === undefined
      ? targetInstance === undefined
        ? undefined
        : { networkInterface: targetInstance }
      : { loadBalancer: balancer }
  const sources = candidates.map(([name]) => name).filter((name) => balancer !== undefined || name !== targetInstance)
  if (!target || sources.length === 0) return {}
  const mirrored = draft.oneSource ? Array.from({ length: draft.sessions }, () => sources[0] ?? '') : sources
  return {
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

function isMirrored({ instanceType = 't3.micro' }: InstanceDesign): boolean {
  return MIRRORED_TYPES.includes(instanceType)
}

function takesVxlan({ protocol, port }: Readonly<{ protocol: string; port: number }>): boolean {
  return port === 4_789 && (protocol === 'UDP' || protocol === 'TCP_UDP')
}
