import { type Program, type ProgramContext, print, printError } from '../../program.ts'
import type { DnsAnswer, DnsQueryOutcome } from '../../shell-host.ts'
import { strftime } from '../../strftime.ts'
import type { Task } from '../../task.ts'
import { headerLines, questionLine, recordLine, recordType } from './dns-text.ts'
import { addressVersion, resolveHost, reverseName } from './resolve-host.ts'

const VERSION = '9.18.28-0ubuntu0.24.04.1-Ubuntu'

/** Options with `+` that show or hide parts of the output. */
const PARTS = ['additional', 'answer', 'authority', 'cmd', 'comments', 'question', 'stats'] as const
type Part = (typeof PARTS)[number]
/** Options that change nothing here. */
const WITHOUT_EFFECT: ReadonlySet<string> = new Set([
  'aaflag',
  'adflag',
  'badcookie',
  'class',
  'cookie',
  'defname',
  'fail',
  'idnin',
  'idnout',
  'qr',
  'search',
  'showsearch',
  'ttlid',
  'mapped',
  'keepopen',
  'ednsnegotiation',
])
/** Options that dig has and the simulation does not. */
const NOT_SIMULATED: ReadonlySet<string> = new Set([
  'aaonly',
  'besteffort',
  'cdflag',
  'cl',
  'crypto',
  'dns64prefix',
  'dnssec',
  'do',
  'domain',
  'dscp',
  'edns-opcode',
  'ednsflags',
  'ednsopt',
  'expandaaaa',
  'expire',
  'header-only',
  'https',
  'http-plain',
  'identify',
  'ignore',
  'keepalive',
  'multiline',
  'ndots',
  'nsid',
  'nssearch',
  'onesoa',
  'opcode',
  'padding',
  'qid',
  'raflag',
  'rdflag',
  'rrcomments',
  'split',
  'subnet',
  'tcflag',
  'tls',
  'tls-ca',
  'topdown',
  'trace',
  'trusted-key',
  'ttlunits',
  'unexpected',
  'unknownformat',
  'yaml',
  'zflag',
  'zoneversion',
])

interface Lookup {
  name: string
  type: string
  server: string | undefined
  port: number
  parts: Set<Part>
  isShort: boolean
  transport: 'udp' | 'tcp' | undefined
  seconds: number
  tries: number
  recursion: boolean
  ednsBytes: number
}

/** Why the command line is refused. */
class Refusal {
  readonly text: string
  readonly status: number

  constructor(text: string, status = 1) {
    this.text = text
    this.status = status
  }
}

/** `dig [@server] [-p port] [-t type] [-x address] [name] [type] [+option …] …` (BIND 9.18) */
export const dig: Program = function* (context) {
  if (context.args[0] === '-v') {
    yield* print(context, `DiG ${VERSION}\n`)
    return 0
  }
  let lookups: Lookup[]
  try {
    lookups = readLookups(context.args)
  } catch (refusal) {
    if (!(refusal instanceof Refusal)) throw refusal
    yield* printError(context, refusal.text)
    return refusal.status
  }
  let isFirst = true
  let status = 0
  for (const lookup of lookups) {
    const result = yield* runLookup(context, lookup, isFirst)
    if (result === undefined) return 1
    if (result !== 0) status = result
    isFirst = false
  }
  return status
}

function readLookups(args: readonly string[]): Lookup[] {
  const rest = [...args]
  const common: Lookup = {
    name: '.',
    type: 'NS',
    server: undefined,
    port: 53,
    parts: new Set(PARTS),
    isShort: false,
    transport: undefined,
    seconds: 5,
    tries: 3,
    recursion: true,
    ednsBytes: 1232,
  }
  const lookups: Lookup[] = []
  let current = common
  let hasType = false
  let pendingType: string | undefined
  const begin = (name: string, type: string): void => {
    current = { ...common, parts: new Set(common.parts), name, type }
    lookups.push(current)
  }
  while (rest.length > 0) {
    const word = rest.shift() as string
    if (word.startsWith('@')) {
      common.server = word.slice(1)
      current.server = word.slice(1)
    } else if (word.startsWith('+')) {
      setOption(current, word.slice(1), word)
      // What stands behind the only name counts for all, and `+cmd` is always for all.
      if (current !== common && !current.parts.has('cmd')) for (const lookup of lookups) lookup.parts.delete('cmd')
    } else if (word.startsWith('-') && word.length > 1) {
      const letter = word[1] as string
      if (letter === '4' || letter === '6' || letter === 'u') continue
      if (!'ptxqc'.includes(letter)) {
        const isKnown = 'bfhikmrvy'.includes(letter)
        throw new Refusal(isKnown ? `dig: -${letter}: option not simulated\n` : `Invalid option: ${word}\n${USAGE}`)
      }
      const value = word.slice(2) || rest.shift()
      if (value === undefined) throw new Refusal(`dig: '-${letter}' requires an argument\n${USAGE}`)
      if (letter === 'p') {
        const port = Number(value)
        if (!Number.isInteger(port) || port < 0 || port > 65_535)
          throw new Refusal(`Couldn't parse port number '${value}': out of range\n`)
        common.port = port
        current.port = port
      } else if (letter === 't') {
        const type = recordType(value)
        if (type === undefined) throw new Refusal(`;; Warning, ignoring invalid type ${value}\n`)
        if (current === common) pendingType = type
        else current.type = type
        hasType = true
      } else if (letter === 'x') {
        if (addressVersion(value) === undefined) throw new Refusal(`Invalid IP address ${value}\n`)
        begin(reverseName(value), 'PTR')
        hasType = true
      } else if (letter === 'q') begin(value, pendingType ?? 'A')
      else if (value.toUpperCase() !== 'IN') throw new Refusal(`dig: class ${value} is not simulated\n`)
    } else {
      const type = recordType(word)
      if (type !== undefined && !hasType) {
        if (current === common) pendingType = type
        else current.type = type
        hasType = true
      } else if (/^(?:in|ch|hs)$/i.test(word) && current !== common) {
        if (word.toUpperCase() !== 'IN') throw new Refusal(`dig: class ${word} is not simulated\n`)
      } else {
        begin(word, pendingType ?? 'A')
        hasType = pendingType !== undefined
        pendingType = undefined
      }
    }
  }
  if (lookups.length === 0) begin('.', pendingType ?? 'NS')
  return lookups
}

function setOption(lookup: Lookup, text: string, word: string): void {
  const [, no, given = '', value] = /^(no)?([^=]*)(?:=(.*))?$/s.exec(text) ?? []
  const isOn = no === undefined
  const part = PARTS.find((name) => name === given)
  const number = (what: string, low: number, high: number): number => {
    const parsed = Number(value)
    if (value === undefined || !Number.isInteger(parsed) || parsed < 0)
      throw new Refusal(`Couldn't parse ${what} '${value ?? ''}': not a valid number\n`)
    return Math.min(Math.max(parsed, low), high)
  }
  if (part) {
    if (isOn) lookup.parts.add(part)
    else lookup.parts.delete(part)
  } else if (given === 'all') lookup.parts = isOn ? new Set(PARTS) : new Set()
  else if (given === 'short') lookup.isShort = isOn
  else if (given === 'tcp' || given === 'vc') lookup.transport = isOn ? 'tcp' : 'udp'
  else if (given === 'time' || given === 'timeout') lookup.seconds = number('timeout', 1, 65_535)
  else if (given === 'tries') lookup.tries = number('tries', 1, 255)
  else if (given === 'retry') lookup.tries = number('retries', 0, 254) + 1
  else if (given === 'recurse' || given === 'rec') lookup.recursion = isOn
  else if (given === 'edns') lookup.ednsBytes = isOn ? 1232 : 0
  else if (given === 'bufsize') lookup.ednsBytes = isOn && value !== undefined ? number('buffer size', 0, 65_535) : 1232
  else if (NOT_SIMULATED.has(given)) throw new Refusal(`dig: ${word}: option not simulated\n`)
  else if (!WITHOUT_EFFECT.has(given)) throw new Refusal(`Invalid option: ${word}\n${USAGE}`)
}

const USAGE = `Usage:  dig [@global-server] [domain] [q-type] [q-class] {q-opt}
            {global-d-opt} host [@local-server] {local-d-opt}
            [ host [@local-server] {local-d-opt} [...]]

Use "dig -h" (or "dig -h | more") for complete list of options
`

/** Asks one question and prints what came; the status, or undefined where no other question is to be asked. */
function* runLookup(context: ProgramContext, lookup: Lookup, isFirst: boolean): Task<number | undefined> {
  const { host } = context.process.kernel
  let server = host.identity.nameServer
  const shownServer = lookup.server ?? server
  if (lookup.server !== undefined) {
    const found = yield* resolveHost(context, lookup.server)
    if (found.kind !== 'found') {
      const reason = found.kind === 'not-found' ? 'not found' : 'failure'
      yield* printError(context, `dig: couldn't get address for '${lookup.server}': ${reason}\n`)
      return undefined
    }
    server = found.addresses[0] as string
  }
  const transport = lookup.transport ?? (lookup.type === 'ANY' ? 'tcp' : 'udp')
  const place = `${server}#${lookup.port}`
  let outcome: DnsQueryOutcome = { kind: 'timeout' }
  for (let attempt = 0; attempt < lookup.tries; attempt += 1) {
    outcome = yield* host.queryDns({
      name: lookup.name,
      type: lookup.type,
      server,
      port: lookup.port,
      transport,
      ednsBytes: lookup.ednsBytes,
      recursionDesired: lookup.recursion,
      timeoutMicroseconds: lookup.seconds * 1_000_000,
      attempts: 1,
    })
    if (outcome.kind === 'answer' || outcome.kind === 'unsupported') break
    const reason = { timeout: 'timed out', refused: 'connection refused', unreachable: 'network unreachable' }[
      outcome.kind
    ]
    if (transport === 'udp') yield* print(context, `;; communications error to ${place}: ${reason}\n`)
    else
      yield* print(
        context,
        `;; Connection to ${place}(${shownServer}) for ${lookup.name} failed: ${reason}.\n;; no servers could be reached\n`,
      )
  }
  if (outcome.kind === 'unsupported') {
    yield* printError(
      context,
      `dig: record type ${lookup.type} is not simulated (there are ${outcome.supported.join(', ')})\n`,
    )
    return undefined
  }
  if (isFirst && lookup.parts.has('cmd') && !lookup.isShort && (outcome.kind === 'answer' || transport === 'udp')) {
    const found = lookup.server === undefined ? '' : '; (1 server found)\n'
    yield* print(context, `\n; <<>> DiG ${VERSION} <<>> ${context.args.join(' ')}\n${found};; global options: +cmd\n`)
  }
  if (outcome.kind !== 'answer') {
    if (transport === 'udp') yield* print(context, ';; no servers could be reached\n')
    return 9
  }
  const { answer } = outcome
  if (lookup.isShort) yield* print(context, answer.answers.map((record) => `${record.data}\n`).join(''))
  else yield* printAnswer(context, lookup, answer, `${place}(${shownServer}) (${transport.toUpperCase()})`)
  return 0
}

function* printAnswer(context: ProgramContext, lookup: Lookup, answer: DnsAnswer, server: string): Task {
  const { parts } = lookup
  const hasEdns = lookup.ednsBytes > 0
  let text = ''
  if (parts.has('comments')) {
    text += `;; Got answer:\n${headerLines(answer, { recursionDesired: lookup.recursion, additional: hasEdns ? 1 : 0 })}`
    if (hasEdns) text += '\n;; OPT PSEUDOSECTION:\n; EDNS: version: 0, flags:; udp: 1232\n'
    else if (parts.has('question') || answer.answers.length > 0) text += '\n'
  }
  if (parts.has('question')) {
    text += parts.has('comments') ? ';; QUESTION SECTION:\n' : ''
    text += `${questionLine(lookup.name, lookup.type)}\n${parts.has('comments') ? '\n' : ''}`
  }
  const sections = [
    { part: 'answer', title: 'ANSWER', records: answer.answers },
    { part: 'authority', title: 'AUTHORITY', records: answer.authority },
  ] as const
  for (const { part, title, records } of sections) {
    if (!parts.has(part) || records.length === 0) continue
    if (parts.has('comments')) text += `;; ${title} SECTION:\n`
    text += records.map((record) => `${recordLine(record)}\n`).join('')
    if (parts.has('comments')) text += '\n'
  }
  if (parts.has('stats')) {
    const { clockMicroseconds } = context.process.kernel.host
    const when = strftime('%a %b %d %H:%M:%S %Z %Y', clockMicroseconds, context.environment.get('TZ'))
    text += `;; Query time: ${Math.floor(answer.roundTripMicroseconds / 1000)} msec\n;; SERVER: ${server}\n`
    text += `;; WHEN: ${when}\n;; MSG SIZE  rcvd: ${answer.messageBytes}\n\n`
  }
  yield* print(context, text)
}
