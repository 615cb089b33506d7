import {
  CHECKED_FIELDS,
  type Design,
  type FlowLogDesign,
  FlowRecordReferee,
  type KnownFaults,
  resolveDesign,
  type Topology,
} from '@flowtap/core'
import type { ScenarioPlan } from '../src/arbitraries/index.ts'
import type { Scenario } from '../src/scenario.ts'
import { DEFAULT_START_MICROSECONDS } from '../src/scenario.ts'
import { simulate } from '../src/simulation.ts'

/** The design with all checked fields in its flow logs, and for each interval a flow log of every VPC and one of every ENI. */
export function withCheckedFlowLogs(design: Design, intervals: readonly (60 | 600)[] = [60, 600]): Design {
  const { vpcs, interfaces } = resolveDesign(design)
  const resources: FlowLogDesign[] = [
    ...vpcs.map(({ name }) => ({ vpc: name })),
    ...interfaces.map(({ name }) => ({ networkInterface: name })),
  ]
  const added = resources.flatMap((resource, number) =>
    intervals.map((maxAggregationInterval) => [
      `checked-${maxAggregationInterval}-${number}`,
      {
        ...resource,
        maxAggregationInterval,
        logFormat: CHECKED_FIELDS,
        logGroupName: `/checked/${maxAggregationInterval}`,
      },
    ]),
  )
  const own = Object.entries(design.flowLogs ?? {}).map(([name, { tagFieldSpecifications: _, ...flowLog }]) => [
    name,
    flowLog.transitGateway || flowLog.transitGatewayAttachment ? flowLog : { ...flowLog, logFormat: CHECKED_FIELDS },
  ])
  return { ...design, flowLogs: Object.fromEntries([...own, ...added]) }
}

/** What a plan puts wrong with records. */
export function knownFaults(plan: ScenarioPlan, { interfaces }: Topology): KnownFaults {
  const { startMicroseconds = DEFAULT_START_MICROSECONDS, faults = [] } = plan
  const idsOf = (name: string): string[] =>
    interfaces.filter((one) => one.id === name || one.name === name).map(({ id }) => id)
  return {
    skippedData: faults.flatMap((fault) =>
      fault.kind !== 'skipData'
        ? []
        : idsOf(fault.options.networkInterface).map((networkInterfaceId) => ({
            networkInterfaceId,
            fromMicroseconds: startMicroseconds + fault.options.afterMicroseconds,
            untilMicroseconds: startMicroseconds + fault.options.untilMicroseconds,
          })),
    ),
    recordClockSeconds: new Map(
      faults.flatMap((fault) =>
        fault.kind === 'skewRecordClock'
          ? idsOf(fault.options.networkInterface).map((id) => [id, fault.options.bySeconds] as const)
          : [],
      ),
    ),
  }
}

/** Runs a scenario to its end under the eyes of a referee. */
export function refereedRun(
  design: Design,
  scenario: Scenario,
  seed: number,
  plan?: ScenarioPlan,
  intervals?: readonly (60 | 600)[],
): FlowRecordReferee {
  const checked = withCheckedFlowLogs(design, intervals)
  const topology = resolveDesign(checked)
  const referee = new FlowRecordReferee(topology, plan && knownFaults(plan, topology))
  simulate(checked, scenario, { seed, observers: [referee] }).runSync({
    onRecord: (record, flowLog) => referee.record(record, flowLog),
  })
  return referee
}
