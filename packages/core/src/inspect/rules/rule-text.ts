import { RuleFault } from './rule-fault.ts'

/** The words of a rule's header, as written. */
export interface HeaderText {
  readonly action: string
  readonly protocol: string
  readonly sourceAddress: string
  readonly sourcePort: string
  readonly direction: string
  readonly destinationAddress: string
  readonly destinationPort: string
}

/** One option of a rule: `name:value;` or `name;`. */
export interface OptionText {
  /** In lower case. */
  readonly name: string
  readonly value: string | undefined
  /** From the rule's start, counted from 0. */
  readonly at: number
}

const WORDS = [
  'action',
  'protocol',
  'source address',
  'source port',
  'direction',
  'destination address',
  'destination port',
]

/** A rule cut into header and options. Blanks inside brackets belong to a list. Throws a RuleFault where the rule has no such form. */
export function splitRule(rule: string): { readonly header: HeaderText; readonly options: readonly OptionText[] } {
  const words: string[] = []
  let at = 0
  for (const name of WORDS) {
    while (rule[at] === ' ') at += 1
    const start = at
    let depth = 0
    while (at < rule.length && (rule[at] !== ' ' || depth > 0)) {
      if (rule[at] === '[') depth += 1
      if (rule[at] === ']') depth -= 1
      at += 1
    }
    if (depth !== 0)
      throw new RuleFault(`brackets of the ${name} do not match: '${short(rule.slice(start))}'`, 'invalid', start)
    if (at === start || at >= rule.length) {
      throw new RuleFault(
        `the rule ends after its ${WORDS[words.length - 1] ?? 'start'}; a rule is: action protocol address port -> address port (options), with blanks between`,
        'invalid',
        start,
      )
    }
    words.push(rule.slice(start, at))
  }
  const [
    action = '',
    protocol = '',
    sourceAddress = '',
    sourcePort = '',
    direction = '',
    destinationAddress = '',
    destinationPort = '',
  ] = words
  return {
    header: { action, protocol, sourceAddress, sourcePort, direction, destinationAddress, destinationPort },
    options: splitOptions(rule, at),
  }
}

function splitOptions(rule: string, from: number): OptionText[] {
  let at = from
  let end = rule.length
  while (at < end && (isBlank(rule, at) || rule[at] === '(')) at += 1
  while (end > at && (isBlank(rule, end - 1) || rule[end - 1] === ')')) end -= 1
  const options: OptionText[] = []
  while (at < end) {
    while (at < end && isBlank(rule, at)) at += 1
    if (at >= end) break
    const stop = semicolon(rule, at, end)
    if (stop < 0) throw new RuleFault(`the option '${short(rule.slice(at, end))}' does not end with ';'`, 'invalid', at)
    const text = rule.slice(at, stop)
    const colon = text.indexOf(':')
    const name = (colon < 0 ? text : text.slice(0, colon)).trim().toLowerCase()
    const value = colon < 0 ? undefined : text.slice(colon + 1).trim()
    options.push({ name, value: value === '' ? undefined : value, at })
    at = stop + 1
  }
  return options
}

/** The next semicolon that no backslash precedes; -1 without one. */
function semicolon(rule: string, from: number, end: number): number {
  for (let at = from; at < end; at += 1) {
    if (rule[at] === '\\') at += 1
    else if (rule[at] === ';') return at
  }
  return -1
}

function isBlank(text: string, at: number): boolean {
  const code = text.charCodeAt(at)
  return code === 32 || (code >= 9 && code <= 13)
}

/** A piece of a rule for an error's text. */
export function short(text: string): string {
  return text.length > 60 ? `${text.slice(0, 57)}...` : text
}
