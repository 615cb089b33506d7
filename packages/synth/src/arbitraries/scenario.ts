import type { Design } from '@flowtap/core'
import fc from 'fast-check'
import { minutes } from '../duration.ts'
import { DEFAULT_START_MICROSECONDS, type Scenario } from '../scenario.ts'
import { type DesignConstraints, design } from './design.ts'
import { type ChangeOfDesign, designChange, fittingChanges } from './design-change.ts'
import { type FaultOfCast, fault } from './fault.ts'
import { WORKLOAD_KINDS, type WorkloadKind } from './planned-workload.ts'
import { castOf, type OfCast, pick, type ScenarioCast, STRANGERS } from './scenario-cast.ts'
import { FAULT_KINDS, type PlannedFault, type PlannedWorkload, type ScenarioPlan, scenarioOf } from './scenario-plan.ts'
import { workload } from './workload.ts'

/** Limits of {@link scenario}. */
export interface ScenarioConstraints {
  /** 4 unless given. */
  readonly maxWorkloads?: number
  /** 15 unless given. */
  readonly maxMinutes?: number
  /** All unless given. */
  readonly workloads?: readonly WorkloadKind[]
  /** Changes of the design while it runs; 3 unless given, 0 for none. A simulation of a topology allows none. */
  readonly maxChanges?: number
  /** 2 unless given, 0 for none. */
  readonly maxFaults?: number
  /** All unless given. */
  readonly faults?: readonly PlannedFault['kind'][]
  /** Fields that flow logs which are made while it runs have. */
  readonly logFields?: readonly string[]
}

/** A scenario with the plan that it was made of. It prints as `scenarioOf(…)`, which makes it again. */
export interface PlannedScenario extends Scenario, fc.WithToStringMethod {
  readonly plan: ScenarioPlan
}

/** A design and what happens in it. */
export interface DesignWithPlan {
  readonly design: Design
  readonly plan: ScenarioPlan
}

/** A scenario before it is known which design it is for: whom it speaks of are numbers. */
interface Draft {
  readonly minutes: number
  readonly startSeconds: number
  readonly workloads: readonly {
    readonly host: number
    readonly after: number
    readonly work: OfCast<{ kind: WorkloadKind; options: object }>
  }[]
  readonly listeners: readonly { readonly host: number; readonly port: number }[]
  readonly changes: readonly { readonly after: number; readonly change: ChangeOfDesign }[]
  readonly faults: readonly FaultOfCast[]
}

const NUMBER = { max: 999 }
const PORTS = [80, 443, 8_080, 5_432, 3_306, 873, 9_001] as const

/**
 * A scenario for a design: workloads of all kinds with small options, on instances and internet hosts, at any time, changes of the design
 * while it runs, and faults. It shrinks to a minute with one workload; each value that is tried is one that the design allows.
 */
export function scenario(design: Design, constraints: ScenarioConstraints = {}): fc.Arbitrary<PlannedScenario> {
  return scenarioPlan(design, constraints).map(plannedScenario)
}

/** The plan of a {@link scenario}, as plain data. */
export function scenarioPlan(design: Design, constraints: ScenarioConstraints = {}): fc.Arbitrary<ScenarioPlan> {
  return draft(constraints).map((made) => planOf(made, design))
}

/** A design with the plan of a scenario for it; both shrink, and neither waits for the other. */
export function designWithPlan(
  constraints: DesignConstraints & ScenarioConstraints = {},
): fc.Arbitrary<DesignWithPlan> {
  return fc
    .tuple(design(constraints), draft(constraints))
    .map(([made, planned]) => ({ design: made, plan: planOf(planned, made) }))
}

/** The scenario of a plan, which prints as what makes it. */
export function plannedScenario(plan: ScenarioPlan): PlannedScenario {
  return { ...scenarioOf(plan), plan, [fc.toStringMethod]: () => `scenarioOf(${JSON.stringify(plan)})` }
}

function draft(constraints: ScenarioConstraints): fc.Arbitrary<Draft> {
  const { maxWorkloads = 4, maxMinutes = 15, maxChanges = 3, maxFaults = 2, logFields } = constraints
  const work = fc.record({
    host: fc.nat(NUMBER),
    after: fc.nat({ max: 700 }),
    work: workload(constraints.workloads ?? WORKLOAD_KINDS),
  })
  return fc.record({
    minutes: fc.integer({ min: 1, max: maxMinutes }),
    startSeconds: fc.oneof(fc.constant(0), fc.nat({ max: 599 })),
    workloads: fc.array(work, { minLength: 1, maxLength: maxWorkloads }),
    listeners: fc.array(fc.record({ host: fc.nat(NUMBER), port: fc.constantFrom(...PORTS) }), { maxLength: 4 }),
    changes: fc.array(fc.record({ after: fc.nat(NUMBER), change: designChange(logFields) }), { maxLength: maxChanges }),
    faults: fc.array(fault(constraints.faults ?? FAULT_KINDS), { maxLength: maxFaults }),
  })
}

function planOf(made: Draft, design: Design): ScenarioPlan {
  const cast = castOf(design)
  const durationMicroseconds = minutes(made.minutes)
  const at = (thousandths: number): number => Math.floor((durationMicroseconds * thousandths) / 1_000)
  const workloads = made.workloads.map(({ host, after, work }) => {
    const by = hostFor(work(cast).kind, host, cast)
    const { kind, options } = work(cast.internetHosts.includes(by) ? { ...cast, ...cast.fromInternet } : cast)
    // What happens at a time of day is there from the start.
    const afterMicroseconds = kind === 'backups' ? 0 : at(after)
    return { kind, host: by, afterMicroseconds, options } as PlannedWorkload
  })
  const drafts = made.changes.toSorted((one, other) => one.after - other.after)
  const changes = fittingChanges(
    design,
    drafts.map(({ change }) => change),
  ).flatMap((change, number) => (change ? [{ afterMicroseconds: at(drafts[number]?.after ?? 0), change }] : []))
  const faults = made.faults.flatMap((of) => of(cast, durationMicroseconds) ?? [])
  const listeners = listenersOf(made, cast)
  const text = JSON.stringify([workloads, faults])
  const internetHosts = STRANGERS.filter(({ name, addresses }) =>
    [name, ...addresses].some((one) => text.includes(one)),
  )
  return {
    ...(made.startSeconds > 0 && {
      startMicroseconds: DEFAULT_START_MICROSECONDS + made.startSeconds * 1_000_000 + (made.startSeconds % 7) * 1_111,
    }),
    durationMicroseconds,
    ...(internetHosts.length > 0 && { internetHosts }),
    ...(listeners.length > 0 && { listeners }),
    workloads,
    ...(changes.length > 0 && { changes }),
    ...(faults.length > 0 && { faults }),
  }
}

/** Who runs a workload: mostly an instance; noise and guessing come from the internet. */
function hostFor(kind: WorkloadKind, number: number, { instances, internetHosts }: ScenarioCast): string {
  const isForeign = kind === 'internetNoise' || kind === 'sshBruteForce' || kind === 'rdpBruteForce' || number % 5 === 4
  return isForeign ? pick(internetHosts, number, '') : pick(instances, number, '')
}

/** Ports of instances, each once. */
function listenersOf(made: Draft, { instances }: ScenarioCast): readonly { host: string; port: number }[] {
  const listeners = new Map<string, { host: string; port: number }>()
  for (const { host, port } of made.listeners) {
    const name = pick(instances, host, '')
    listeners.set(`${name} ${port}`, { host: name, port })
  }
  return [...listeners.values()]
}
