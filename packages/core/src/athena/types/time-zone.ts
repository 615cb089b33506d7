/**
 * Time zones as Trino names them: regions of the IANA database, and fixed offsets as `+05:30`.
 * Source: Trino documentation, "Date and time functions", time zone names; normal forms checked against Trino 435.
 */

const MAX_OFFSET_MINUTES = 14 * 60
const FIXED_OFFSET = /^(?:(?:Etc\/)?(?:UTC|GMT|UT))?([+-])(\d{1,2})(?::?(\d{2}))?$/
/** Other names of UTC; upper and lower case matter. */
const UTC_NAMES: ReadonlySet<string> = new Set([
  'UTC',
  'Z',
  'GMT',
  'UT',
  'UCT',
  'Zulu',
  'Greenwich',
  'Universal',
  'GMT0',
])
/** Abbreviations that Java's own list leaves out, since they are ambiguous. */
const REFUSED: ReadonlySet<string> = new Set(['EST', 'MST', 'HST', 'ROC'])

const normalForms = new Map<string, string | undefined>()

/** The name under which Trino prints a zone; undefined where there is no such zone. */
export function normalizeTimeZone(id: string): string | undefined {
  if (!normalForms.has(id)) normalForms.set(id, normalForm(id))
  return normalForms.get(id)
}

function normalForm(id: string): string | undefined {
  const offset = FIXED_OFFSET.exec(id)
  if (offset) return fixedZone(id, offset)
  const name = id.startsWith('Etc/') ? id.slice(4) : id
  if (UTC_NAMES.has(name)) return 'UTC'
  if (REFUSED.has(id) || !/^[A-Z][A-Za-z0-9_-]*(?:\/[A-Z][A-Za-z0-9_-]*)*$/.test(id)) return undefined
  try {
    new Intl.DateTimeFormat('en-US', { timeZone: id })
    return id
  } catch {
    return undefined
  }
}

function fixedZone(id: string, [, sign, hours, minutes = '0']: RegExpExecArray): string | undefined {
  const total = Number(hours) * 60 + Number(minutes)
  if (Number(minutes) > 59 || total > MAX_OFFSET_MINUTES) return undefined
  // Etc/GMT-3 lies east of Greenwich: the sign of these names is the other way round.
  const isReversed = id.startsWith('Etc/')
  return formatOffset((sign === '-') !== isReversed ? -total : total)
}

/** `+05:30`; zero is UTC. */
export function formatOffset(minutes: number): string {
  if (minutes === 0) return 'UTC'
  const size = Math.abs(minutes)
  const pad = (part: number): string => String(part).padStart(2, '0')
  return `${minutes < 0 ? '-' : '+'}${pad(Math.trunc(size / 60))}:${pad(size % 60)}`
}

/** Minutes east of Greenwich of a normal form that is a fixed offset (or UTC); undefined for a region. */
export function fixedOffsetMinutes(zone: string): number | undefined {
  if (zone === 'UTC') return 0
  const offset = /^([+-])(\d\d):(\d\d)$/.exec(zone)
  if (!offset) return undefined
  const minutes = Number(offset[2]) * 60 + Number(offset[3])
  return offset[1] === '-' ? -minutes : minutes
}

const formats = new Map<string, Intl.DateTimeFormat>()

/** Seconds east of Greenwich in a zone at an instant (seconds since 1970 UTC). */
export function zoneOffsetSeconds(zone: string, epochSeconds: number): number {
  const fixed = fixedOffsetMinutes(zone)
  if (fixed !== undefined) return fixed * 60
  let format = formats.get(zone)
  if (!format) {
    format = new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      hourCycle: 'h23',
      era: 'short',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    })
    formats.set(zone, format)
  }
  const parts: Record<string, string> = {}
  for (const { type, value } of format.formatToParts(epochSeconds * 1000)) parts[type] = value
  const year = parts.era === 'BC' ? 1 - Number(parts.year) : Number(parts.year)
  const local = new Date(0)
  local.setUTCFullYear(year, Number(parts.month) - 1, Number(parts.day))
  local.setUTCHours(Number(parts.hour), Number(parts.minute), Number(parts.second))
  return local.getTime() / 1000 - epochSeconds
}

/**
 * The instant of a local time in a zone, both as seconds. A local time that the clock jumps over moves forward by the gap;
 * one that comes twice is the earlier instant (java.time.ZonedDateTime.ofLocal).
 */
export function localToEpochSeconds(zone: string, localSeconds: number): number {
  const before = zoneOffsetSeconds(zone, localSeconds - 86_400)
  const after = zoneOffsetSeconds(zone, localSeconds + 86_400)
  if (before === after) return localSeconds - before
  const early = localSeconds - before
  if (zoneOffsetSeconds(zone, early) === before) return early
  const late = localSeconds - after
  return zoneOffsetSeconds(zone, late) === after ? late : early
}
