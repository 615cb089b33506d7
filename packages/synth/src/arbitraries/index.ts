// Arbitraries of fast-check for everything that a test of a network generates. Values are valid by construction and stay so when shrunk.

export { type CidrBlockConstraints, cidrBlock } from './cidr-block.ts'
export { type DesignConstraints, design } from './design.ts'
export { type FiveTupleConstraints, fiveTuple, port } from './five-tuple.ts'
export { type FlowLogRecordConstraints, flowLogRecord } from './flow-log-record.ts'
export { ipAddress, ipv4Address, ipv6Address } from './ip-address.ts'
export { type LogFormatConstraints, logFormat } from './log-format.ts'
export { type PacketConstraints, packet } from './packet.ts'
export {
  type PlannedActivity,
  WORKLOAD_KINDS,
  type Workload,
  type WorkloadKind,
  type WorkloadOptions,
} from './planned-workload.ts'
export {
  type DesignWithPlan,
  designWithPlan,
  type PlannedScenario,
  plannedScenario,
  type ScenarioConstraints,
  scenario,
  scenarioPlan,
} from './scenario.ts'
export {
  changedDesign,
  DESIGN_CHANGE_KINDS,
  type DesignChange,
  FAULT_KINDS,
  type NetworkAclEntryChange,
  type PlannedChange,
  type PlannedFault,
  type PlannedInternetHost,
  type PlannedListener,
  type PlannedWorkload,
  type ScenarioPlan,
  type SecurityGroupRuleChange,
  scenarioOf,
} from './scenario-plan.ts'
