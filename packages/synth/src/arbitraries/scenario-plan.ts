import type {
  DeliveryFault,
  Design,
  FlowLogDesign,
  InstanceDesign,
  Named,
  NetworkAclDesign,
  NetworkAclEntryDesign,
  NetworkInterfaceDesign,
  SecurityGroupDesign,
  SecurityGroupRuleDesign,
} from '@flowtap/core'
import type { ClockSkew, DeliveryDisturbance, Faults, PacketLoss, RecordClockSkew, SkippedData } from '../faults.ts'
import { defineScenario, type Scenario } from '../scenario.ts'
import { type Workload, workloadBody } from './planned-workload.ts'

/** A scenario as plain data: it can be printed, kept as JSON, and made into a scenario by {@link scenarioOf}. Times count from the start. */
export interface ScenarioPlan {
  /** Microseconds since 1970; `DEFAULT_START_MICROSECONDS` unless given. */
  readonly startMicroseconds?: number
  readonly durationMicroseconds: number
  /** Hosts on the internet that the design does not have. */
  readonly internetHosts?: readonly PlannedInternetHost[]
  /** Ports that are opened beside those that hosts have open anyway. */
  readonly listeners?: readonly PlannedListener[]
  readonly workloads: readonly PlannedWorkload[]
  readonly changes?: readonly PlannedChange[]
  readonly faults?: readonly PlannedFault[]
}

/** A host on the internet. */
export interface PlannedInternetHost {
  readonly name: string
  readonly addresses: readonly string[]
  readonly tcpPorts?: readonly number[]
}

/** A TCP port that a host opens at the start. */
export interface PlannedListener {
  readonly host: string
  readonly port: number
}

/** A workload on a host. */
export type PlannedWorkload = Workload & { readonly host: string; readonly afterMicroseconds: number }

/** A change of the design at a time. */
export interface PlannedChange {
  readonly afterMicroseconds: number
  readonly change: DesignChange
}

/** A change of the design. What is to be removed and is not there is no change. */
export type DesignChange =
  | ({ readonly kind: 'add-security-group-rule' | 'remove-security-group-rule' } & SecurityGroupRuleChange)
  | ({ readonly kind: 'add-network-acl-entry' | 'remove-network-acl-entry' } & NetworkAclEntryChange)
  | { readonly kind: 'add-instance'; readonly name: string; readonly instance: InstanceDesign }
  | {
      readonly kind: 'add-network-interface'
      readonly name: string
      readonly networkInterface: NetworkInterfaceDesign
    }
  | { readonly kind: 'add-flow-log'; readonly name: string; readonly flowLog: FlowLogDesign }
  | { readonly kind: 'remove-flow-log'; readonly name: string }

/** A rule of a group of a VPC. */
export interface SecurityGroupRuleChange {
  readonly vpc: string
  readonly securityGroup: string
  readonly direction: 'ingress' | 'egress'
  readonly rule: SecurityGroupRuleDesign
}

/** An entry of an ACL of a VPC; its number tells it apart. */
export interface NetworkAclEntryChange {
  readonly vpc: string
  readonly networkAcl: string
  readonly direction: 'ingress' | 'egress'
  readonly entry: NetworkAclEntryDesign
}

/** A fault, by the method of {@link Faults} that puts it in. */
export type PlannedFault =
  | { readonly kind: 'losePackets'; readonly options: PacketLoss }
  | { readonly kind: 'skipData'; readonly options: SkippedData }
  | { readonly kind: 'disturbDeliveries'; readonly options: DeliveryDisturbance }
  | { readonly kind: 'skewClock'; readonly options: ClockSkew }
  | { readonly kind: 'skewRecordClock'; readonly options: RecordClockSkew }

/** Every kind of fault. */
export const FAULT_KINDS: readonly PlannedFault['kind'][] = [
  'losePackets',
  'skipData',
  'disturbDeliveries',
  'skewClock',
  'skewRecordClock',
]

/** Every kind of delivery fault. */
export const DELIVERY_FAULT_KINDS: readonly DeliveryFault['kind'][] = ['late', 'duplicate', 'missing', 'refused']

/** Every kind of change. */
export const DESIGN_CHANGE_KINDS: readonly DesignChange['kind'][] = [
  'add-security-group-rule',
  'remove-security-group-rule',
  'add-network-acl-entry',
  'remove-network-acl-entry',
  'add-instance',
  'add-network-interface',
  'add-flow-log',
  'remove-flow-log',
]

/**
 * The scenario of a plan, for the design that the plan was made for.
 *
 * ```ts
 * const plan: ScenarioPlan = {
 *   durationMicroseconds: minutes(5),
 *   workloads: [{ kind: 'ping', host: 'demo', afterMicroseconds: 0, options: { to: '8.8.8.8' } }],
 * }
 * simulate(demoDesign(), scenarioOf(plan))
 * ```
 */
export function scenarioOf(plan: ScenarioPlan): Scenario {
  const { startMicroseconds, durationMicroseconds } = plan
  return defineScenario({
    name: 'planned',
    durationMicroseconds,
    ...(startMicroseconds !== undefined && { startMicroseconds }),
    setup(context) {
      for (const host of plan.internetHosts ?? []) context.addInternetHost(host)
      for (const { host, port } of plan.listeners ?? []) context.host(host).listen({ port })
      for (const fault of plan.faults ?? []) putIn(context.faults, fault)
      for (const [number, workload] of plan.workloads.entries()) {
        const body = workloadBody(workload)
        const delayMicroseconds = workload.afterMicroseconds
        context.host(workload.host).spawn(`${workload.kind}-${number}`, body, { delayMicroseconds })
      }
      for (const { afterMicroseconds, change } of plan.changes ?? []) {
        context.changeDesign(afterMicroseconds, (design) => changedDesign(design, change))
      }
    },
  })
}

/** A design after a change. */
export function changedDesign(design: Design, change: DesignChange): Design {
  switch (change.kind) {
    case 'add-security-group-rule':
      return withRules(design, change, (rules) => [...rules, change.rule])
    case 'remove-security-group-rule':
      return withRules(design, change, (rules) => rules.filter((rule) => !isSame(rule, change.rule)))
    case 'add-network-acl-entry':
      return withEntries(design, change, (entries) => [...entries, change.entry])
    case 'remove-network-acl-entry':
      return withEntries(design, change, (entries) =>
        entries.filter(({ ruleNumber }) => ruleNumber !== change.entry.ruleNumber),
      )
    case 'add-instance':
      return { ...design, instances: { ...design.instances, [change.name]: change.instance } }
    case 'add-network-interface':
      return {
        ...design,
        networkInterfaces: { ...design.networkInterfaces, [change.name]: change.networkInterface },
      }
    case 'add-flow-log':
      return { ...design, flowLogs: { ...design.flowLogs, [change.name]: change.flowLog } }
    case 'remove-flow-log':
      return { ...design, flowLogs: without(design.flowLogs ?? {}, change.name) }
  }
}

function putIn(faults: Faults, fault: PlannedFault): void {
  switch (fault.kind) {
    case 'losePackets':
      faults.losePackets(fault.options)
      return
    case 'skipData':
      faults.skipData(fault.options)
      return
    case 'disturbDeliveries':
      faults.disturbDeliveries(fault.options)
      return
    case 'skewClock':
      faults.skewClock(fault.options)
      return
    case 'skewRecordClock':
      faults.skewRecordClock(fault.options)
  }
}

function withRules(
  design: Design,
  { vpc, securityGroup, direction }: SecurityGroupRuleChange,
  change: (rules: readonly SecurityGroupRuleDesign[]) => readonly SecurityGroupRuleDesign[],
): Design {
  const vpcDesign = design.vpcs[vpc]
  const group = vpcDesign?.securityGroups?.[securityGroup]
  if (!vpcDesign || !group) return design
  const changed: SecurityGroupDesign = { ...group, [direction]: change(rulesOf(group, direction)) }
  const securityGroups = { ...vpcDesign.securityGroups, [securityGroup]: changed }
  return { ...design, vpcs: { ...design.vpcs, [vpc]: { ...vpcDesign, securityGroups } } }
}

/** The rules that a group has, AWS's own one included where the design says nothing of what goes out. */
export function rulesOf(
  group: SecurityGroupDesign,
  direction: 'ingress' | 'egress',
): readonly SecurityGroupRuleDesign[] {
  return group[direction] ?? (direction === 'egress' ? [{ ipProtocol: 'all', cidrBlock: '0.0.0.0/0' }] : [])
}

function withEntries(
  design: Design,
  { vpc, networkAcl, direction }: NetworkAclEntryChange,
  change: (entries: readonly NetworkAclEntryDesign[]) => readonly NetworkAclEntryDesign[],
): Design {
  const vpcDesign = design.vpcs[vpc]
  const acl = vpcDesign?.networkAcls?.[networkAcl]
  if (!vpcDesign || !acl) return design
  const changed: NetworkAclDesign = { ...acl, [direction]: change(acl[direction] ?? []) }
  const networkAcls = { ...vpcDesign.networkAcls, [networkAcl]: changed }
  return { ...design, vpcs: { ...design.vpcs, [vpc]: { ...vpcDesign, networkAcls } } }
}

function without<T>(named: Named<T>, name: string): Named<T> {
  return Object.fromEntries(Object.entries(named).filter(([other]) => other !== name))
}

function isSame(one: object, other: object): boolean {
  const text = (value: object): string => JSON.stringify(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
  return text(one) === text(other)
}
