import { formatDate, formatTimestamp } from '../../types/datetime-format.ts'
import {
  floorDivide,
  localToInstantMicros,
  MICROS_PER_SECOND,
  parseDate,
  parseTime,
  parseTimestamp,
  roundMicros,
} from '../../types/datetime-text.ts'
import { formatIpAddress, parseIpAddress } from '../../types/ip-address.ts'
import { formatDouble, formatDoubleAsVarchar, formatReal, formatRealAsVarchar } from '../../types/java-number.ts'
import { fixedOffsetMinutes, formatOffset, normalizeTimeZone, zoneOffsetSeconds } from '../../types/time-zone.ts'
import { divideDecimals, remainderOfDecimals } from './decimal-text.ts'
import { castJson } from './json-cast.ts'
import { invalidArgument, type ScalarFunction, scalarFunction, TrinoRuntimeError } from './scalar-function.ts'

const MICROS_PER_DAY = 86_400_000_000n

function castError(text: string): TrinoRuntimeError {
  return new TrinoRuntimeError('INVALID_CAST_ARGUMENT', text)
}

function timestampOf(text: string): { micros: bigint; fraction: string; zone: string | undefined } {
  const parsed = parseTimestamp(text)
  if (!parsed) throw castError(`Value cannot be cast to timestamp: ${text}`)
  return { micros: parsed.localMicros, fraction: parsed.fraction, zone: parsed.zone }
}

function zonedTimeOf(text: string): { micros: bigint; fraction: string; offsetMinutes: number | undefined } {
  const parsed = parseTime(text)
  if (!parsed) throw castError(`Value cannot be cast to timestamp: ${text}`)
  return parsed
}

const HEXADECIMAL = /^([+-]?)0x([0-9a-f]*)\.?([0-9a-f]*)p([+-]?\d+)[df]?$/i

/** What Double.parseDouble reads: white space around the number, Java's suffixes, hexadecimal digits; null for the rest. */
function parseDouble(text: string): number | null {
  const trimmed = text.trim()
  if (/^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?[df]?$/i.test(trimmed)) return Number(trimmed.replace(/[df]$/i, ''))
  if (/^[+-]?(?:NaN|Infinity)$/.test(trimmed)) return Number(trimmed.replace('+', ''))
  const hexadecimal = HEXADECIMAL.exec(trimmed)
  if (!hexadecimal) return null
  const [, sign, integral = '', fraction = '', exponent] = hexadecimal
  if (integral + fraction === '') return null
  const size = Number.parseInt(integral + fraction, 16) * 2 ** (Number(exponent) - 4 * fraction.length)
  return sign === '-' ? -size : size
}

/** The zone of an offset given as text, in minutes; regions have the offset that they have at the epoch's start in Trino's TIME. */
function zoneMinutes(name: string): number {
  const zone = normalizeTimeZone(name)
  if (zone === undefined) throw new TrinoRuntimeError('INVALID_FUNCTION_ARGUMENT', `'${name}' is not a valid time zone`)
  return fixedOffsetMinutes(zone) ?? Math.trunc(zoneOffsetSeconds(zone, 0) / 60)
}

/** The position, from 1, of the first value up to which more than a part of the whole weight lies. */
function weightedPosition(weights: readonly (number | null)[], percentile: number): number {
  if (!(percentile >= 0 && percentile <= 1)) throw invalidArgument('Percentile must be between 0 and 1')
  let total = 0
  for (const weight of weights) {
    const size = weight ?? 0
    if (size < 1) throw invalidArgument(`weight must be >= 1, was ${formatDouble(size)}`)
    total += size
  }
  let sum = 0
  for (const [index, weight] of weights.entries()) {
    sum += weight ?? 0
    if (sum > percentile * total) return index + 1
  }
  return weights.length
}

/** Functions behind casts and operators, for what DuckDB's SQL reads or prints otherwise than Trino. */
export const CAST_FUNCTIONS: Readonly<Record<string, ScalarFunction>> = {
  ft_parse_double: scalarFunction(['VARCHAR'], 'DOUBLE', parseDouble),
  ft_double_text: scalarFunction(['DOUBLE'], 'VARCHAR', formatDouble),
  ft_real_text: scalarFunction(['REAL'], 'VARCHAR', formatReal),
  ft_double_to_varchar: scalarFunction(['DOUBLE'], 'VARCHAR', formatDoubleAsVarchar),
  ft_real_to_varchar: scalarFunction(['REAL'], 'VARCHAR', formatRealAsVarchar),
  // CAST leaves the plus out that values of late years are shown with.
  ft_date_text: scalarFunction(['INTEGER'], 'VARCHAR', (day) => formatDate(day).replace('+', '')),
  ft_timestamp_text: scalarFunction(['BIGINT', 'INTEGER'], 'VARCHAR', formatTimestamp),
  ft_ip_text: scalarFunction(['BLOB'], 'VARCHAR', formatIpAddress),
  ft_parse_ip: scalarFunction(['VARCHAR'], 'BLOB', (text) => {
    const bytes = parseIpAddress(text)
    if (!bytes) throw castError(`Cannot cast value to IPADDRESS: ${text}`)
    return bytes
  }),
  ft_cast_date: scalarFunction(['VARCHAR'], 'INTEGER', (text) => {
    const day = parseDate(text)
    if (day === undefined) throw castError(`Value cannot be cast to date: ${text}`)
    return day
  }),
  ft_cast_timestamp: scalarFunction(['VARCHAR', 'INTEGER'], 'BIGINT', (text, precision) => {
    const { micros, fraction } = timestampOf(text)
    return roundMicros(micros, fraction, precision)
  }),
  ft_cast_instant: scalarFunction(['VARCHAR', 'VARCHAR', 'INTEGER'], 'BIGINT', (text, sessionZone, precision) => {
    const { micros, fraction, zone } = timestampOf(text)
    return roundMicros(localToInstantMicros(micros, zone ?? sessionZone), fraction, precision)
  }),
  ft_zone_of_text: scalarFunction(
    ['VARCHAR', 'VARCHAR'],
    'VARCHAR',
    (text, sessionZone) => timestampOf(text).zone ?? sessionZone,
  ),
  ft_cast_time: scalarFunction(['VARCHAR', 'INTEGER'], 'BIGINT', (text, precision) => {
    const parsed = parseTime(text)
    if (!parsed || parsed.offsetMinutes !== undefined) throw castError(`Value cannot be cast to time: ${text}`)
    return roundMicros(parsed.micros, parsed.fraction, precision) % MICROS_PER_DAY
  }),
  ft_cast_zoned_time: scalarFunction(['VARCHAR', 'VARCHAR', 'INTEGER'], 'BIGINT', (text, _sessionZone, precision) => {
    const { micros, fraction } = zonedTimeOf(text)
    return roundMicros(micros, fraction, precision) % MICROS_PER_DAY
  }),
  ft_offset_of_text: scalarFunction(
    ['VARCHAR', 'VARCHAR'],
    'INTEGER',
    (text, sessionZone) => zonedTimeOf(text).offsetMinutes ?? zoneMinutes(sessionZone),
  ),
  ft_zone_offset_micros: scalarFunction(
    ['BIGINT', 'VARCHAR'],
    'BIGINT',
    (micros, zone) =>
      BigInt(zoneOffsetSeconds(zone, Number(floorDivide(micros, MICROS_PER_SECOND)))) * MICROS_PER_SECOND,
  ),
  ft_local_to_instant_micros: scalarFunction(['BIGINT', 'VARCHAR'], 'BIGINT', localToInstantMicros),
  ft_zone_of_minutes: scalarFunction(['INTEGER'], 'VARCHAR', formatOffset),
  ft_zone_name: scalarFunction(['VARCHAR'], 'VARCHAR', (name) => {
    const zone = normalizeTimeZone(name)
    if (zone === undefined)
      throw new TrinoRuntimeError('INVALID_FUNCTION_ARGUMENT', `'${name}' is not a valid time zone`)
    return zone
  }),
  ft_zone_minutes: scalarFunction(['VARCHAR'], 'INTEGER', zoneMinutes),
  ft_weighted_position: scalarFunction(['DOUBLE[]', 'DOUBLE'], 'INTEGER', weightedPosition),
  ft_json_cast: scalarFunction(['VARCHAR', 'VARCHAR'], 'VARCHAR', castJson),
  ft_decimal_divide: scalarFunction(['VARCHAR', 'VARCHAR', 'INTEGER'], 'VARCHAR', divideDecimals),
  ft_decimal_remainder: scalarFunction(['VARCHAR', 'VARCHAR'], 'VARCHAR', remainderOfDecimals),
}
