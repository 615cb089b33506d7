import { normalizeTimeZone } from '../types/time-zone.ts'
import { formatTrinoType, INTERVAL_DAY_TO_SECOND, type TrinoType, VARCHAR } from '../types/trino-type.ts'
import { emitCoercion } from './cast.ts'
import { evaluateOnce } from './emit-call.ts'
import type { EmitContext } from './function-definition.ts'
import { operand, type ResolvedOperator, stringConstant, typeMismatch } from './operator.ts'
import { raiseSql } from './runtime-errors.ts'
import { quoteText } from './sql-text.ts'

/** `value AT TIME ZONE zone`: the same instant on another clock. A value without zone is read in the session's. */
export function resolveAtTimeZone(value: TrinoType, zone: TrinoType): ResolvedOperator {
  const zoned = withZone(value)
  if (!zoned) {
    throw typeMismatch(
      `Type of value must be a time or timestamp with or without time zone (actual ${formatTrinoType(value)})`,
    )
  }
  const isInterval = zone.kind === 'interval day to second'
  if (!isInterval && zone.kind !== 'varchar') {
    throw typeMismatch(`Time zone must be a varchar or an interval day to second (actual ${formatTrinoType(zone)})`)
  }
  return {
    operandTypes: [value, isInterval ? INTERVAL_DAY_TO_SECOND : VARCHAR],
    resultType: zoned,
    emit: (args, context) => {
      const instant = emitCoercion(operand(args, 0), value, zoned, context)
      const target = operand(args, 1)
      return zoned.kind === 'timestamp with time zone'
        ? atZone(
            instant,
            isInterval ? `ft_zone_of_minutes(CAST(${target} // 60000 AS INTEGER))` : zoneSql(target),
            context,
          )
        : atOffset(instant, isInterval ? `CAST(${target} // 60000 AS INTEGER)` : offsetSql(target), context)
    },
  }
}

function withZone(type: TrinoType): TrinoType | undefined {
  switch (type.kind) {
    case 'timestamp':
      return { kind: 'timestamp with time zone', precision: type.precision }
    case 'time':
      return { kind: 'time with time zone', precision: type.precision }
    case 'timestamp with time zone':
    case 'time with time zone':
      return type
    default:
      return undefined
  }
}

function zoneSql(target: string): string {
  const name = stringConstant(target)
  if (name === undefined) return `ft_zone_name(${target})`
  const zone = normalizeTimeZone(name)
  return zone === undefined
    ? raiseSql('INVALID_FUNCTION_ARGUMENT', `'${name}' is not a valid time zone`, VARCHAR)
    : quoteText(zone)
}

function offsetSql(target: string): string {
  return `ft_zone_minutes(${target})`
}

function atZone(instant: string, zone: string, context: EmitContext): string {
  return evaluateOnce(
    [instant],
    context,
    ([v = instant]) => `(CASE WHEN ${v} IS NOT NULL THEN struct_pack(t := (${v}).t, z := ${zone}) END)`,
  )
}

function atOffset(instant: string, offset: string, context: EmitContext): string {
  return evaluateOnce(
    [instant, offset],
    context,
    ([v = instant, o = offset]) =>
      `(CASE WHEN ${v} IS NOT NULL AND ${o} IS NOT NULL THEN struct_pack(t := (${v}).t + to_minutes(${o} - (${v}).o), o := ${o}) END)`,
  )
}
