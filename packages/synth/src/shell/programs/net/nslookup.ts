import { type Program, type ProgramContext, print, printError } from '../../program.ts'
import type { DnsAnswer, DnsQueryOutcome, DnsRecord } from '../../shell-host.ts'
import type { Task } from '../../task.ts'
import { headerLines, questionLine, recordLine, recordType } from './dns-text.ts'
import { addressVersion, resolveHost, reverseName } from './resolve-host.ts'

interface Settings {
  type: string | undefined
  port: number
  seconds: number
  tries: number
  transport: 'udp' | 'tcp'
}

/** Asks, telling each attempt that got no answer. */
function* ask(
  context: ProgramContext,
  name: string,
  type: string,
  server: string,
  settings: Settings,
): Task<DnsQueryOutcome> {
  let outcome: DnsQueryOutcome = { kind: 'timeout' }
  for (let attempt = 0; attempt < settings.tries; attempt += 1) {
    outcome = yield* context.process.kernel.host.queryDns({
      name,
      type,
      server,
      port: settings.port,
      transport: settings.transport,
      ednsBytes: 0,
      recursionDesired: true,
      timeoutMicroseconds: settings.seconds * 1_000_000,
      attempts: 1,
    })
    if (outcome.kind === 'answer' || outcome.kind === 'unsupported') return outcome
    const reason = { timeout: 'timed out', refused: 'connection refused', unreachable: 'network unreachable' }[
      outcome.kind
    ]
    yield* print(context, `;; communications error to ${server}#${settings.port}: ${reason}\n`)
    if (outcome.kind !== 'timeout' && context.name === 'nslookup') break
  }
  yield* print(context, `;; no servers could be reached\n${context.name === 'nslookup' ? '\n' : ''}`)
  return outcome
}

function* tellUnsupported(context: ProgramContext, type: string, supported: readonly string[]): Task<number> {
  yield* printError(
    context,
    `${context.name}: record type ${type} is not simulated (there are ${supported.join(', ')})\n`,
  )
  return 1
}

/** `nslookup [-type=TYPE] [-port=N] [-timeout=N] [-retry=N] [-vc] name [server]` (BIND 9.18) */
export const nslookup: Program = function* (context) {
  const settings: Settings = { type: undefined, port: 53, seconds: 5, tries: 3, transport: 'udp' }
  const operands: string[] = []
  for (const word of context.args) {
    if (!word.startsWith('-') || word === '-') {
      operands.push(word)
      continue
    }
    const [name = '', value = ''] = word.slice(1).split('=')
    const problem = setOption(settings, name.toLowerCase(), value)
    if (problem === undefined) continue
    yield* print(context, `*** ${problem}: ${name}\n`)
    return 1
  }
  const [name, serverName] = operands
  if (name === undefined || name === '-') {
    yield* printError(context, 'nslookup: the interactive mode is not simulated; give a name\n')
    return 1
  }
  let server = context.process.kernel.host.identity.nameServer
  if (serverName !== undefined) {
    const found = yield* resolveHost(context, serverName)
    if (found.kind !== 'found') {
      const reason = found.kind === 'not-found' ? 'not found' : 'failure'
      yield* print(context, `nslookup: couldn't get address for '${serverName}': ${reason}\n`)
      return 1
    }
    server = found.addresses[0] as string
  }
  const heading = `Server:\t\t${serverName ?? server}\nAddress:\t${server}#${settings.port}\n\n`
  if (addressVersion(name) !== undefined && settings.type === undefined)
    return yield* reverse(context, name, server, settings)
  return yield* forward(context, name, server, settings, heading)
}

function setOption(settings: Settings, name: string, value: string): string | undefined {
  const number = Number(value)
  if (['type', 'querytype', 'query', 'qtype', 'q', 'ty'].includes(name)) {
    const type = recordType(value)
    if (type === undefined) return 'unknown query type'
    settings.type = type
  } else if (name === 'port' && Number.isInteger(number)) settings.port = number
  else if (name === 'timeout' && number > 0) settings.seconds = number
  else if (name === 'retry' && number > 0) settings.tries = number
  else if (name === 'vc') settings.transport = 'tcp'
  else if (!['novc', 'nodebug', 'nosearch', 'search', 'recurse'].includes(name)) return 'Invalid option'
  return undefined
}

function* reverse(context: ProgramContext, address: string, server: string, settings: Settings): Task<number> {
  const outcome = yield* ask(context, reverseName(address), 'PTR', server, settings)
  if (outcome.kind === 'unsupported') return yield* tellUnsupported(context, 'PTR', outcome.supported)
  if (outcome.kind !== 'answer') return 1
  const { answer } = outcome
  const name = reverseName(address)
  if (answer.status !== 'NOERROR') {
    yield* print(context, `** server can't find ${name}: ${answer.status}\n\n`)
    return 1
  }
  const lines = answer.answers.map((record) =>
    record.type === 'CNAME' ? `${record.name}\tcanonical name = ${record.data}\n` : `${name}\tname = ${record.data}\n`,
  )
  yield* print(context, `${lines.join('')}\nAuthoritative answers can be found from:\n\n`)
  return 0
}

function* forward(
  context: ProgramContext,
  name: string,
  server: string,
  settings: Settings,
  heading: string,
): Task<number> {
  const types = settings.type === undefined ? ['A', 'AAAA'] : [settings.type]
  let isFirst = true
  let target = name
  for (const type of types) {
    const outcome = yield* ask(context, target, type, server, settings)
    if (outcome.kind === 'unsupported') return yield* tellUnsupported(context, type, outcome.supported)
    if (outcome.kind !== 'answer') return 1
    const { answer } = outcome
    if (isFirst && answer.status === 'SERVFAIL') yield* print(context, `;; Got SERVFAIL reply from ${server}\n`)
    if (isFirst) yield* print(context, heading)
    if (answer.status !== 'NOERROR') {
      if (!isFirst) break
      yield* print(context, `** server can't find ${name}: ${answer.status}\n\n`)
      return 1
    }
    const lines = answer.answers.map((record) => lookupLine(record))
    if (isFirst && lines.length > 0 && !answer.authoritative) yield* print(context, 'Non-authoritative answer:\n')
    if (isFirst && lines.length === 0 && types.length === 1)
      yield* print(context, `*** Can't find ${name}: No answer\n`)
    if (isFirst || lines.length > 0) yield* print(context, lines.join(''))
    const alias = answer.answers.findLast((record) => record.type === 'CNAME')
    if (alias) target = alias.data.replace(/\.$/, '')
    isFirst = false
  }
  const trailer =
    settings.type !== undefined && settings.type !== 'A' && settings.type !== 'AAAA'
      ? '\nAuthoritative answers can be found from:\n'
      : ''
  yield* print(context, `${trailer}\n`)
  return 0
}

function lookupLine(record: DnsRecord): string {
  const { name, type, data } = record
  switch (type) {
    case 'A':
    case 'AAAA':
      return `Name:\t${name}\nAddress: ${data}\n`
    case 'CNAME':
      return `${name}\tcanonical name = ${data}\n`
    case 'MX':
      return `${name}\tmail exchanger = ${data}\n`
    case 'NS':
      return `${name}\tnameserver = ${data}\n`
    case 'PTR':
      return `${name}\tname = ${data}\n`
    case 'SOA': {
      const [origin, mail, serial, refresh, retry, expire, minimum] = data.split(' ')
      return `${name}\n\torigin = ${origin}\n\tmail addr = ${mail}\n\tserial = ${serial}\n\trefresh = ${refresh}\n\tretry = ${retry}\n\texpire = ${expire}\n\tminimum = ${minimum}\n`
    }
    case 'SRV':
      return `${name}\tservice = ${data}\n`
    case 'TXT':
      return `${name}\ttext = ${data}\n`
    default:
      return `${name}\trdata_${type} = ${data}\n`
  }
}

/** `host [-t type] [-p port] [-W seconds] [-R tries] [-Tav] name [server]` (BIND 9.18) */
export const host: Program = function* (context) {
  const settings: Settings = { type: undefined, port: 53, seconds: 5, tries: 2, transport: 'udp' }
  let isVerbose = false
  const operands: string[] = []
  const rest = [...context.args]
  while (rest.length > 0) {
    const word = rest.shift() as string
    if (!/^-./.test(word)) {
      operands.push(word)
      continue
    }
    for (let i = 1; i < word.length; i += 1) {
      const letter = word[i] as string
      if (letter === 'v') isVerbose = true
      else if (letter === 'a') {
        isVerbose = true
        settings.type = 'ANY'
        settings.transport = 'tcp'
      } else if (letter === 'T') settings.transport = 'tcp'
      else if ('46w'.includes(letter)) continue
      else if ('tpWRc'.includes(letter)) {
        const value = word.slice(i + 1) || rest.shift() || ''
        const type = letter === 't' ? recordType(value) : undefined
        if (letter === 't' && type === undefined) {
          yield* printError(context, `host: invalid type: ${value}\n\n`)
          return 2
        }
        if (letter === 't') settings.type = type
        else if (letter === 'p') settings.port = Number(value)
        else if (letter === 'W') settings.seconds = Math.max(1, Number(value) || 1)
        else if (letter === 'R') settings.tries = Math.max(1, Number(value) + 1 || 1)
        break
      } else {
        const isKnown = 'AClNrsUVdm'.includes(letter)
        yield* printError(
          context,
          isKnown ? `host: -${letter}: option not simulated\n` : `host: illegal option -- ${letter}\n`,
        )
        return 1
      }
    }
  }
  const [name, serverName] = operands
  if (name === undefined) {
    yield* printError(
      context,
      'Usage: host [-aCdilrTvVw] [-c class] [-N ndots] [-t type] [-W time]\n            [-R number] [-m flag] [-p port] hostname [server]\n',
    )
    return 1
  }
  let server = context.process.kernel.host.identity.nameServer
  if (serverName !== undefined) {
    const found = yield* resolveHost(context, serverName)
    if (found.kind !== 'found') {
      yield* printError(
        context,
        `host: couldn't get address for '${serverName}': ${found.kind === 'not-found' ? 'not found' : 'failure'}\n`,
      )
      return 1
    }
    server = found.addresses[0] as string
  }
  const preface =
    serverName === undefined
      ? ''
      : `Using domain server:\nName: ${serverName}\nAddress: ${server}#${settings.port}\nAliases: \n\n`
  return yield* describe(context, name, server, settings, isVerbose, preface)
}

function* describe(
  context: ProgramContext,
  given: string,
  server: string,
  settings: Settings,
  isVerbose: boolean,
  preface: string,
): Task<number> {
  const isReverse = addressVersion(given) !== undefined && settings.type === undefined
  const types = isReverse ? ['PTR'] : settings.type === undefined ? ['A', 'AAAA', 'MX'] : [settings.type]
  let name = isReverse ? reverseName(given) : given
  let isFirst = true
  for (const type of types) {
    if (isVerbose) yield* print(context, `Trying "${name}"\n`)
    const outcome = yield* ask(context, name, type, server, settings)
    if (outcome.kind === 'unsupported') return yield* tellUnsupported(context, type, outcome.supported)
    if (outcome.kind !== 'answer') return 1
    const { answer } = outcome
    if (isFirst) yield* print(context, preface)
    if (answer.status !== 'NOERROR') {
      const code = { NXDOMAIN: 3, SERVFAIL: 2, REFUSED: 5, NOTIMP: 4, FORMERR: 1 }[answer.status] ?? 2
      if (isFirst) yield* print(context, `Host ${name} not found: ${code}(${answer.status})\n`)
      return 1
    }
    if (isVerbose) yield* print(context, verboseText(answer, name, type, `${server}#${settings.port}`))
    else {
      const records = isFirst ? answer.answers : answer.answers.filter((record) => record.type !== 'CNAME')
      yield* print(context, records.map(hostLine).join(''))
      if (answer.answers.length === 0 && types.length === 1) yield* print(context, `${name} has no ${type} record\n`)
    }
    const alias = answer.answers.findLast((record) => record.type === 'CNAME')
    if (alias) name = alias.data.replace(/\.$/, '')
    isFirst = false
  }
  return 0
}

function verboseText(answer: DnsAnswer, name: string, type: string, server: string): string {
  const section = (title: string, records: readonly DnsRecord[]): string =>
    records.length === 0 ? '' : `;; ${title} SECTION:\n${records.map((record) => `${recordLine(record)}\n`).join('')}\n`
  return [
    headerLines(answer, { recursionDesired: true, additional: 0 }),
    `\n;; QUESTION SECTION:\n${questionLine(name, type)}\n\n`,
    section('ANSWER', answer.answers),
    section('AUTHORITY', answer.authority),
    `Received ${answer.messageBytes} bytes from ${server} in ${Math.floor(answer.roundTripMicroseconds / 1000)} ms\n`,
  ].join('')
}

function hostLine({ name, type, data }: DnsRecord): string {
  switch (type) {
    case 'A':
      return `${name} has address ${data}\n`
    case 'AAAA':
      return `${name} has IPv6 address ${data}\n`
    case 'CNAME':
      return `${name} is an alias for ${data}\n`
    case 'MX':
      return `${name} mail is handled by ${data}\n`
    case 'NS':
      return `${name} name server ${data}\n`
    case 'PTR':
      return `${name} domain name pointer ${data}\n`
    case 'SOA':
      return `${name} has SOA record ${data}\n`
    case 'SRV':
      return `${name} has SRV record ${data}\n`
    case 'TXT':
      return `${name} descriptive text ${data}\n`
    default:
      return `${name} has ${type} record ${data}\n`
  }
}
