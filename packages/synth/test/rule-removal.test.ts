import type { Design, Packet } from '@flowtap/core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  changedDesign,
  type DesignChange,
  designWithPlan,
  type ScenarioPlan,
  scenarioOf,
  WORKLOAD_KINDS,
} from '../src/arbitraries/index.ts'
import { rulesOf } from '../src/arbitraries/scenario-plan.ts'
import { minutes } from '../src/duration.ts'
import { DEFAULT_START_MICROSECONDS } from '../src/scenario.ts'
import { simulate } from '../src/simulation.ts'
import type { CapturedPacket } from '../src/simulation-observer.ts'

// A rule is removed from a running design, and connections that begin later are judged as if it had never been there: also where the same
// hosts had talked under the rule before. Both runs have the same traffic at the same times.

/** What goes on for as long as the simulation does would mix old connections with new ones. */
const KINDS = WORKLOAD_KINDS.filter((kind) => kind !== 'diurnal' && kind !== 'backups')
const REMOVED_AT = minutes(58)
/** When every connection of the first hour is over, also those whose other side vanished: Linux gives up after a quarter of an hour. */
const AGAIN_AT = minutes(60)

/** The removal of the rule that decided of a packet: one that allowed, or an entry that denied. */
function removalOfRule(design: Design, { verdict: { reason }, direction }: CapturedPacket): DesignChange | undefined {
  if (reason.kind === 'security-group-rule') {
    const { group } = reason
    const own = design.vpcs[group.vpc.name]?.securityGroups?.[group.name]
    const rule = own && rulesOf(own, direction)[group[direction].findIndex(({ id }) => id === reason.rule.id)]
    const at = { vpc: group.vpc.name, securityGroup: group.name, direction }
    return rule && { kind: 'remove-security-group-rule', ...at, rule }
  }
  if (reason.kind !== 'network-acl') return undefined
  const { acl, entry: denying } = reason
  const at = { vpc: acl.vpc.name, networkAcl: acl.name, direction }
  const entries = design.vpcs[at.vpc]?.networkAcls?.[acl.name]?.[direction] ?? []
  const entry = entries.find(({ ruleNumber }) => ruleNumber === denying?.ruleNumber)
  return entry && { kind: 'remove-network-acl-entry', ...at, entry }
}

/** A plan whose workloads happen twice: from the start, and an hour later again. */
function twice(plan: ScenarioPlan): ScenarioPlan {
  return {
    ...plan,
    startMicroseconds: DEFAULT_START_MICROSECONDS,
    durationMicroseconds: AGAIN_AT + plan.durationMicroseconds,
    workloads: [0, AGAIN_AT].flatMap((delay) =>
      plan.workloads.map((one) => ({ ...one, afterMicroseconds: delay + one.afterMicroseconds })),
    ),
  }
}

/** What a run shows at the ENIs of instances. */
interface Shown {
  /** Packets of the second time, with what becomes of them. */
  readonly afterwards: readonly string[]
  /** Removals of the rules that decided of them. */
  readonly removals: readonly DesignChange[]
}

function shown(design: Design, plan: ScenarioPlan, seed: number): Shown {
  const afterwards: string[] = []
  const removals = new Map<string, DesignChange>()
  simulate({ ...design, flowLogs: {} }, scenarioOf(plan), { seed }).runSync({
    onPacket: (captured) => {
      const { networkInterface, direction, packet, timeMicroseconds, verdict } = captured
      const after = timeMicroseconds - DEFAULT_START_MICROSECONDS
      if (networkInterface.attachment.kind !== 'instance' || after < AGAIN_AT) return
      afterwards.push(`${after} ${networkInterface.name} ${direction} ${described(packet)} ${verdict.action}`)
      const removal = removalOfRule(design, captured)
      if (removal) removals.set(JSON.stringify(removal), removal)
    },
  })
  return { afterwards: afterwards.sort(), removals: [...removals.values()] }
}

/** A packet without the ports that hosts and gateways choose as they come, since earlier traffic uses them up. */
function described(packet: Packet): string {
  const port = (number: number): string => (number < 1_024 ? `${number}` : 'high')
  const { source, destination, sourcePort, destinationPort, protocol, length, tcpFlags } = packet
  return `${source} ${port(sourcePort)} ${destination} ${port(destinationPort)} ${protocol} ${length} ${tcpFlags}`
}

describe('a rule that is removed', () => {
  it('is for new connections as if it had never been there', () => {
    let mattered = 0
    fc.assert(
      fc.property(
        designWithPlan({ maxVpcs: 2, maxInstances: 3, maxMinutes: 5, workloads: KINDS, maxChanges: 0, maxFaults: 0 }),
        fc.nat(),
        fc.nat({ max: 1_000 }),
        ({ design, plan }, number, seed) => {
          fc.pre(!choosesByPorts(design))
          const repeated = twice(plan)
          const kept = shown(design, repeated, seed)
          const change = kept.removals[number % Math.max(1, kept.removals.length)]
          fc.pre(change !== undefined)
          if (!change) return
          const changes = [{ afterMicroseconds: REMOVED_AT, change }]
          const removed = shown(design, { ...repeated, changes }, seed)
          const never = shown(changedDesign(design, change), repeated, seed)
          if (kept.afterwards.join() !== never.afterwards.join()) mattered += 1
          expect(removed.afterwards).toEqual(never.afterwards)
        },
      ),
      { numRuns: 30 },
    )
    // Most rules that let something pass are the only ones that do.
    expect(mattered).toBeGreaterThan(3)
  }, 60_000)
})

/** Balancers and transit gateways in appliance mode choose by ports, which are not the same in two runs. */
function choosesByPorts({ loadBalancers, transitGateways = {} }: Design): boolean {
  const attachments = Object.values(transitGateways).flatMap(({ vpcAttachments = {} }) => Object.values(vpcAttachments))
  return loadBalancers !== undefined || attachments.some(({ applianceModeSupport }) => applianceModeSupport)
}
