import {
  DEFAULT_LOG_FORMAT,
  DEFAULT_TRANSIT_GATEWAY_LOG_FORMAT,
  FLOW_LOG_FIELDS,
  type FlowLogKind,
  type LogFormat,
} from '@flowtap/parser'
import fc from 'fast-check'

/** Limits of {@link logFormat}. */
export interface LogFormatConstraints {
  /** Whose flow logs: `vpc` unless given. */
  readonly kind?: FlowLogKind
  /** Highest version of the fields; 11 unless given. */
  readonly maxVersion?: number
  /** Fields that each format has; none unless given. */
  readonly including?: readonly string[]
}

/** A log format that CreateFlowLogs takes: catalogued fields in any order, one in four the default format. */
export function logFormat(constraints: LogFormatConstraints = {}): fc.Arbitrary<LogFormat> {
  const { kind = 'vpc', maxVersion = 11, including = [] } = constraints
  const standard = kind === 'vpc' ? DEFAULT_LOG_FORMAT : DEFAULT_TRANSIT_GATEWAY_LOG_FORMAT
  const names = FLOW_LOG_FIELDS.filter((field) => field.appliesTo.includes(kind) && field.version <= maxVersion)
    .map((field) => field.name as string)
    .filter((name) => !including.includes(name))
  const chosen = fc
    .subarray(names, { minLength: including.length > 0 ? 0 : 1 })
    .chain((some) => fc.shuffledSubarray([...including, ...some], { minLength: including.length + some.length }))
    .map((fields) => ({ fields }))
  const fits = including.every((name) => standard.fields.includes(name))
  return fits ? fc.oneof({ weight: 1, arbitrary: fc.constant(standard) }, { weight: 3, arbitrary: chosen }) : chosen
}
