import { AthenaError } from '../errors.ts'
import { emitCast } from './cast.ts'
import {
  compileJodaPattern,
  compileMySqlPattern,
  type DateElement,
  hasZone,
  NO_ZONE_TO_FORMAT,
  namesZone,
  strftimePattern,
  strptimePattern,
} from './date-pattern.ts'
import { localTimeOf, zonedIn } from './datetime-sql.ts'
import { evaluateOnce, raise } from './emit-call.ts'
import type { EmittedArgument } from './function-definition.ts'
import { approximate, define, type EmitCall, type FunctionDefinition } from './signature.ts'

/** Dates to text and back by a pattern. A pattern known at compile time becomes strftime() where that says the same. */

type Language = 'mysql' | 'joda'

/** The elements of a constant pattern. One that is refused fails where it is used, on a row: TRY may stand around it. */
function compiled(language: Language, pattern: EmittedArgument['constant']): readonly DateElement[] | undefined {
  if (typeof pattern !== 'string') return undefined
  try {
    return language === 'mysql' ? compileMySqlPattern(pattern) : compileJodaPattern(pattern)
  } catch (error) {
    if (error instanceof AthenaError) return undefined
    throw error
  }
}

/** Joda-Time counts milliseconds: finer fractions are rounded first, which may carry into the next year. */
function inMillis(value: string, call: EmitCall): string {
  const [type] = call.types
  if (type?.kind !== 'timestamp' && type?.kind !== 'timestamp with time zone') return value
  return type.precision <= 3 ? value : emitCast(value, type, { ...type, precision: 3 }, { safe: false }, call.context)
}

function format(language: Language) {
  return (args: readonly string[], call: EmitCall): string => {
    const [, patternSql = ''] = args
    const isZoned = call.types[0]?.kind === 'timestamp with time zone'
    const value = inMillis(args[0] ?? '', call)
    const pattern = call.args[1]?.constant
    if (language === 'joda' && !isZoned && typeof pattern === 'string' && namesZone(pattern)) {
      return raise(call, 'INVALID_FUNCTION_ARGUMENT', NO_ZONE_TO_FORMAT)
    }
    const elements = compiled(language, pattern)
    const native = elements && strftimePattern(elements)
    if (native !== undefined) {
      const text = call.context.quote(native)
      // strftime() differs outside of years 1 to 9999.
      return evaluateOnce([isZoned ? localTimeOf(value) : value], call.context, ([local]) => {
        const usual = `strftime(${local}, ${text})`
        if (elements?.every((element) => element.kind !== 'number' || !/year/i.test(element.field))) return usual
        const other = `ft_format_date(epoch_us(${local}), 'UTC', ${patternSql}, '${language}')`
        return `(CASE WHEN ${local} BETWEEN TIMESTAMP '0001-01-01' AND TIMESTAMP '9999-12-31' THEN ${usual} ELSE ${other} END)`
      })
    }
    return evaluateOnce([value, patternSql], call.context, ([v = '', p]) => {
      const [micros, zone] = isZoned ? [`epoch_us((${v}).t)`, `(${v}).z`] : [`epoch_us(${v})`, "''"]
      return `ft_format_date(${micros}, ${zone}, ${p}, '${language}')`
    })
  }
}

function queryYear(call: EmitCall): number {
  return new Date(Number(call.context.nowMicros / 1000n)).getUTCFullYear()
}

/** `date_parse` answers a timestamp, `parse_datetime` one with the zone in the text or else the session's. */
function parse(language: Language) {
  return (args: readonly string[], call: EmitCall): string => {
    const elements = compiled(language, call.args[1]?.constant)
    const year = queryYear(call)
    const usual = elements && strptimePattern(elements)
    const localTime = (text: string, by: string): string => {
      const parsed = `make_timestamp(ft_parse_date(${text}, ${by}, '${language}', ${year}))`
      if (!usual) return parsed
      // All other texts, also those that are refused, are read in JavaScript.
      const [expression, format] = [call.context.quote(usual.text), call.context.quote(usual.format)]
      return `COALESCE(CASE WHEN regexp_full_match(${text}, ${expression}) THEN try_strptime(${text}, ${format}) END, ${parsed})`
    }
    if (call.returnType.kind === 'timestamp') {
      return evaluateOnce(args, call.context, ([text = '', p = '']) => localTime(text, p))
    }
    const session = call.context.sessionTimeZone
    return evaluateOnce(args, call.context, ([text = '', p = '']) => {
      const isFixed = elements !== undefined && !hasZone(elements)
      const zone = isFixed
        ? call.context.quote(session)
        : `ft_parse_date_zone(${text}, ${p}, '${language}', ${call.context.quote(session)})`
      return evaluateOnce([localTime(text, p), zone], call.context, ([local = '', at]) =>
        isFixed ? zonedIn(local, session) : `ft_zoned(${local}, ${at})`,
      )
    })
  }
}

const ZONE_NAMES = approximate('names of zones other than UTC (pattern letter z) are those of ICU, not of Joda-Time')

export const DATE_FORMAT_FUNCTIONS: readonly FunctionDefinition[] = [
  define('date-time', 'scalar', 'date_format', [
    ['(timestamp(p), varchar(x)) -> varchar', format('mysql')],
    ['(timestamp(p) with time zone, varchar(x)) -> varchar', format('mysql')],
  ]),
  define('date-time', 'scalar', 'date_parse', [['(varchar(x), varchar(y)) -> timestamp(3)', parse('mysql')]]),
  define(
    'date-time',
    'scalar',
    'format_datetime',
    [
      ['(timestamp(p), varchar(x)) -> varchar', format('joda')],
      ['(timestamp(p) with time zone, varchar(x)) -> varchar', format('joda')],
    ],
    { status: ZONE_NAMES },
  ),
  define('date-time', 'scalar', 'parse_datetime', [
    ['(varchar(x), varchar(y)) -> timestamp(3) with time zone', parse('joda')],
  ]),
]
