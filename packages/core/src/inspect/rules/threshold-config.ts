import { type AddressRange, containsAddress, parseAddresses } from './address-set.ts'
import { parseInteger } from './number-test.ts'
import { RuleFault, refuse, refuseUnsupported } from './rule-fault.ts'
import { ruleLines } from './rule-lines.ts'
import { short } from './rule-text.ts'
import type { RuleError, Signature, Threshold } from './signature.ts'
import type { Counted } from './threshold-table.ts'
import { DEFAULT_VARIABLES, type RuleVariables } from './variables.ts'

/** Alerts that are not raised: those of a signature (gid or sid 0: of all), always or for addresses on one side. */
export interface Suppression {
  readonly gid: number
  readonly sid: number
  readonly track: 'by_src' | 'by_dst' | 'by_either' | undefined
  /** Undefined for any address. */
  readonly addresses: readonly AddressRange[] | undefined
}

/** A threshold that holds for a signature in place of its own. */
export interface EventFilter {
  readonly gid: number
  readonly sid: number
  readonly threshold: Threshold
}

/** What a threshold.config says. */
export interface ThresholdConfig {
  readonly suppressions: readonly Suppression[]
  readonly eventFilters: readonly EventFilter[]
  readonly errors: readonly RuleError[]
}

const ID_MAX = 4_294_967_295
const TYPES = ['limit', 'threshold', 'both'] as const
const TRACKS = ['by_src', 'by_dst', 'by_both', 'by_rule'] as const

/**
 * Reads `suppress`, `threshold` and `event_filter` lines of a threshold.config (Suricata user guide 7.0, "Global-Thresholds").
 * `rate_filter` is refused: the inspector drops nothing. Errors are located as those of rules.
 */
export function parseThresholdConfig(
  text: string,
  file: string,
  variables: RuleVariables = DEFAULT_VARIABLES,
): ThresholdConfig {
  const suppressions: Suppression[] = []
  const eventFilters: EventFilter[] = []
  const errors: RuleError[] = []
  for (const { line, text: entry } of ruleLines(text)) {
    try {
      const form = /^(\S+)\s+(.*)$/.exec(entry.trim())
      const word = form?.[1] ?? entry.trim()
      if (word === 'rate_filter')
        refuseUnsupported('rate_filter changes what a rule does, and the inspector drops nothing')
      if (word === 'suppress') suppressions.push(readSuppression(form?.[2] ?? '', variables))
      else if (word === 'threshold' || word === 'event_filter') eventFilters.push(readFilter(form?.[2] ?? ''))
      else refuse(`a line begins with suppress, threshold or event_filter, not '${short(word)}'`)
    } catch (error) {
      if (!(error instanceof RuleFault)) throw error
      errors.push({ file, line, column: 1, code: error.code, message: error.message, rule: entry, sid: undefined })
    }
  }
  return { suppressions, eventFilters, errors }
}

/** Whether a suppression takes out an alert of the signature between these ends. */
export function suppresses({ gid, sid, track, addresses }: Suppression, signature: Signature, ends: Counted): boolean {
  if ((gid !== 0 && gid !== signature.gid) || (sid !== 0 && sid !== signature.sid)) return false
  switch (track) {
    case undefined:
      return true
    case 'by_src':
      return containsAddress(addresses, ends.source)
    case 'by_dst':
      return containsAddress(addresses, ends.destination)
    case 'by_either':
      return containsAddress(addresses, ends.source) || containsAddress(addresses, ends.destination)
  }
}

function readSuppression(text: string, variables: RuleVariables): Suppression {
  const fields = fieldsOf(text, ['gen_id', 'sig_id', 'track', 'ip'])
  const { track, ip } = fields
  if ((track === undefined) !== (ip === undefined)) refuse('suppress takes track and ip together, or neither')
  if (track !== undefined && track !== 'by_src' && track !== 'by_dst' && track !== 'by_either') {
    return refuse(`suppress: track is by_src, by_dst or by_either, not '${short(track)}'`)
  }
  return { ...ids(fields), track, addresses: ip === undefined ? undefined : parseAddresses(ip, variables.addresses) }
}

function readFilter(text: string): EventFilter {
  const fields = fieldsOf(text, ['gen_id', 'sig_id', 'type', 'track', 'count', 'seconds'])
  const type = TYPES.find((each) => each === fields.type)
  const track = TRACKS.find((each) => each === fields.track)
  if (!type) return refuse(`the type is ${TYPES.join(', ')}, not '${short(fields.type ?? '')}'`)
  if (!track) return refuse(`track is ${TRACKS.join(', ')}, not '${short(fields.track ?? '')}'`)
  const count = parseInteger('count', fields.count ?? '', 0, ID_MAX)
  return {
    ...ids(fields),
    threshold: { type, track, count, seconds: parseInteger('seconds', fields.seconds ?? '', 0, ID_MAX) },
  }
}

function ids(fields: Readonly<Record<string, string>>): { gid: number; sid: number } {
  return {
    gid: parseInteger('gen_id', fields.gen_id ?? '', 0, ID_MAX),
    sid: parseInteger('sig_id', fields.sig_id ?? '', 0, ID_MAX),
  }
}

/** Fields between commas; those in the brackets of an address list belong to it. */
function fieldsOf(text: string, names: readonly string[]): Readonly<Record<string, string>> {
  const fields: Record<string, string> = {}
  for (const part of text.split(/,(?![^[]*\])/)) {
    const [name = '', value = '', ...rest] = part.trim().split(/\s+/)
    if (!names.includes(name) || value === '' || rest.length > 0 || Object.hasOwn(fields, name)) {
      refuse(`the line takes ${names.join(', ')} once each with a value, not '${short(part.trim())}'`)
    }
    fields[name] = value
  }
  return fields
}
