import { compileJodaPattern, compileMySqlPattern, type DateElement, hasZone, strftimePattern } from './date-pattern.ts'
import { localTimeOf, zonedIn } from './datetime-sql.ts'
import { evaluateOnce, typedNull } from './emit-call.ts'
import { approximate, define, type EmitCall, type FunctionDefinition } from './signature.ts'

/** Dates to text and back by a pattern. A pattern known at compile time becomes strftime() where that says the same. */

type Language = 'mysql' | 'joda'

function compile(language: Language, pattern: string): readonly DateElement[] {
  return language === 'mysql' ? compileMySqlPattern(pattern) : compileJodaPattern(pattern)
}

function format(language: Language) {
  return (args: readonly string[], call: EmitCall): string => {
    const [value = '', patternSql = ''] = args
    const isZoned = call.types[0]?.kind === 'timestamp with time zone'
    const pattern = call.args[1]?.constant
    const elements = typeof pattern === 'string' ? compile(language, pattern) : undefined
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
      const [micros, zone] = isZoned ? [`epoch_us((${v}).t)`, `(${v}).z`] : [`epoch_us(${v})`, "'UTC'"]
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
    const [, patternSql = ''] = args
    const pattern = call.args[1]?.constant
    const elements = typeof pattern === 'string' ? compile(language, pattern) : undefined
    const year = queryYear(call)
    if (call.returnType.kind === 'timestamp') {
      return `make_timestamp(ft_parse_date(${args[0]}, ${patternSql}, '${language}', ${year}))`
    }
    const session = call.context.sessionTimeZone
    return evaluateOnce(args, call.context, ([text, p]) => {
      const local = `make_timestamp(ft_parse_date(${text}, ${p}, '${language}', ${year}))`
      const isFixed = elements !== undefined && !hasZone(elements)
      const zoned = isFixed
        ? zonedIn(local, session)
        : `ft_zoned(${local}, ft_parse_date_zone(${text}, ${p}, '${language}', ${call.context.quote(session)}))`
      return `(CASE WHEN ${text} IS NULL OR ${p} IS NULL THEN ${typedNull(call)} ELSE ${zoned} END)`
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
