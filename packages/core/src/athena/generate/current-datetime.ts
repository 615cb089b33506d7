import type { EmitContext } from '../functions/function-definition.ts'
import { dateSql, quoteText, timeSql, timestampSql } from '../functions/sql-text.ts'
import type { CurrentDateTime } from '../trino/nodes.ts'
import { zoneOffsetSeconds } from '../types/time-zone.ts'

const MICROS_PER_SECOND = 1_000_000n
const MICROS_PER_DAY = 86_400n * MICROS_PER_SECOND

/** `current_timestamp` and its like: the query's start, the same wherever it is asked for. */
export function currentDateTimeSql(node: CurrentDateTime, context: EmitContext): string {
  const zone = context.sessionTimeZone
  const offsetSeconds = zoneOffsetSeconds(zone, Number(context.nowMicros / MICROS_PER_SECOND))
  const instant = cut(context.nowMicros, node.precision ?? 3)
  const local = instant + BigInt(offsetSeconds) * MICROS_PER_SECOND
  switch (node.function) {
    case 'current_date':
      return dateSql(Number((local - floorMod(local, MICROS_PER_DAY)) / MICROS_PER_DAY))
    case 'current_timestamp':
      return `struct_pack(t := ${timestampSql(instant)}, z := ${quoteText(zone)})`
    case 'localtimestamp':
      return timestampSql(local)
    case 'current_time':
      return `struct_pack(t := ${timeSql(floorMod(local, MICROS_PER_DAY))}, o := CAST(${Math.trunc(offsetSeconds / 60)} AS INTEGER))`
    case 'localtime':
      return timeSql(floorMod(local, MICROS_PER_DAY))
  }
}

/** Leaves out what is finer than a number of decimal places of a second. */
function cut(micros: bigint, precision: number): bigint {
  const unit = precision >= 6 ? 1n : 10n ** BigInt(6 - precision)
  return micros - floorMod(micros, unit)
}

function floorMod(value: bigint, unit: bigint): bigint {
  return ((value % unit) + unit) % unit
}
