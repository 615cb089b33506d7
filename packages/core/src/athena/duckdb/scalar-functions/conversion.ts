import { zoneOffsetSeconds } from '../../types/time-zone.ts'
import { type FormatArgument, javaFormat } from './java-formatter.ts'
import { dateText, type JavaTime, offsetText, timeText } from './java-time.ts'
import { invalidArgument, type ScalarFunction, scalarFunction, TrinoRuntimeError } from './scalar-function.ts'

const MICROS_PER_DAY = 86_400_000_000n

/** An argument of format(): a letter for its type and its text. See conversion-functions.ts, which writes them. */
function formatArgument(text: string | null): FormatArgument {
  if (text === null) return { kind: 'null' }
  const rest = text.slice(1)
  switch (text[0]) {
    case 'b':
      return { kind: 'boolean', value: rest === 'true' }
    case 'i':
      return { kind: 'long', value: BigInt(rest) }
    case 'f':
      return { kind: 'float', value: number(rest) }
    case 'd':
      return { kind: 'double', value: number(rest) }
    case 'm':
      return { kind: 'decimal', text: rest }
    case 'D':
      return { kind: 'time', time: javaTime('java.time.LocalDate', BigInt(rest), undefined) }
    case 'T':
      return { kind: 'time', time: javaTime('java.time.LocalDateTime', BigInt(rest), undefined) }
    case 't':
      return { kind: 'time', time: javaTime('java.time.LocalTime', BigInt(rest), undefined) }
    case 'Z': {
      const [micros = '0', zone = 'UTC'] = rest.split(' ')
      return { kind: 'time', time: javaTime('java.time.ZonedDateTime', BigInt(micros), zone) }
    }
    default:
      return { kind: 'string', text: rest }
  }
}

/** DuckDB writes `inf` and `nan`. */
function number(text: string): number {
  return Number(text.replace('inf', 'Infinity').replace('nan', 'NaN'))
}

function javaTime(javaClass: string, micros: bigint, zone: string | undefined): JavaTime {
  const offsetSeconds = zone === undefined ? 0 : zoneOffsetSeconds(zone, Number(micros / 1_000_000n))
  const localMicros = micros + BigInt(offsetSeconds) * 1_000_000n
  const ofDay = ((localMicros % MICROS_PER_DAY) + MICROS_PER_DAY) % MICROS_PER_DAY
  const date = dateText(Number((localMicros - ofDay) / 1000n))
  const time = timeText(Number(ofDay))
  const zoneText = zone === undefined ? '' : `${offsetText(offsetSeconds)}${/^[+-]/.test(zone) ? '' : `[${zone}]`}`
  const text = { 'java.time.LocalDate': date, 'java.time.LocalTime': time }[javaClass] ?? `${date}T${time}${zoneText}`
  return { javaClass, text, localMicros, offsetSeconds, zone: zone ?? 'UTC' }
}

const SUFFIXES = ['', 'K', 'M', 'B', 'T', 'Q']

const MAX_LONG = 2 ** 63

/** A whole number in at most three significant digits with a suffix. Java cuts a double to a long first. */
function formatNumber(value: number): string {
  let rest = Number.isNaN(value) ? 0 : Math.trunc(Math.max(-MAX_LONG, Math.min(MAX_LONG, value)))
  let unit = 0
  while (Math.abs(rest) >= 1000 && unit < SUFFIXES.length - 1) {
    rest /= 1000
    unit += 1
  }
  const size = Math.abs(rest)
  const places = unit === 0 || size >= 100 ? 0 : size >= 10 ? 1 : 2
  const digits = Number(size.toFixed(places))
  return `${rest < 0 && digits !== 0 ? '-' : ''}${digits}${SUFFIXES[unit]}`
}

const SIZE_UNITS = ['B', 'kB', 'MB', 'GB', 'TB', 'PB', 'EB', 'ZB', 'YB']

function parseDataSize(text: string): bigint {
  const match = /^(\d+\.?\d*|\.\d+)([A-Za-z]+)$/.exec(text)
  const power = SIZE_UNITS.indexOf(match?.[2] ?? '')
  if (!match || power < 0) throw invalidArgument(`Invalid data size: '${text}'`)
  const [integral = '0', fraction = ''] = (match[1] as string).split('.')
  const size = (BigInt(integral + fraction) * 1024n ** BigInt(power)) / 10n ** BigInt(fraction.length)
  if (size >= 10n ** 38n) {
    throw new TrinoRuntimeError('NUMERIC_VALUE_OUT_OF_RANGE', `Value out of range: '${text}' ('${size}B')`)
  }
  return size
}

export const CONVERSION_SCALAR_FUNCTIONS: Readonly<Record<string, ScalarFunction>> = {
  ft_format: scalarFunction(['VARCHAR', 'VARCHAR[]'], 'VARCHAR', (format, args) =>
    javaFormat(format, args.map(formatArgument)),
  ),
  ft_format_number: scalarFunction(['DOUBLE'], 'VARCHAR', formatNumber),
  ft_parse_data_size: scalarFunction(['VARCHAR'], 'DECIMAL(38,0)', parseDataSize),
}
