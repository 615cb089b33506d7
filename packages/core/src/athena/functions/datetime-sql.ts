import { quoteText } from './sql-text.ts'

/** DuckDB SQL around values of `timestamp with time zone`, which travel as STRUCT(t TIMESTAMP, z VARCHAR) with `t` in UTC. */

const UTC_START = 'ft_utc('
const UTC_END = ')'

/** An instant in UTC as a value with a zone; NULL stays NULL. */
export function zonedUtc(instant: string): string {
  return `${UTC_START}${instant}${UTC_END}`
}

/** What stands in {@link zonedUtc}; undefined for SQL that is not one. Saves taking a struct apart that was just made. */
export function instantOfUtc(sql: string): string | undefined {
  if (!sql.startsWith(UTC_START) || !sql.endsWith(UTC_END)) return undefined
  const instant = sql.slice(UTC_START.length, -UTC_END.length)
  return isWhole(instant) ? instant : undefined
}

/** True where no parenthesis of the text closes one before it, and no comma or quote is left open. */
function isWhole(sql: string): boolean {
  let depth = 0
  for (const [token] of sql.matchAll(/'(?:[^']|'')*'|[()[\]{},]/g)) {
    if (token === '(' || token === '[' || token === '{') depth += 1
    else if (token === ')' || token === ']' || token === '}') depth -= 1
    else if (token === ',' && depth === 0) return false
    if (depth < 0) return false
  }
  return depth === 0
}

/** The TIMESTAMP that a clock in the value's own zone shows. */
export function localTimeOf(zoned: string): string {
  return instantOfUtc(zoned) ?? `ft_local_time(${zoned})`
}

/** A local TIMESTAMP in a zone known at compile time; NULL stays NULL. */
export function zonedIn(local: string, zone: string): string {
  return zone === 'UTC' ? zonedUtc(local) : `ft_zoned(${local}, ${quoteText(zone)})`
}
