import { type Program, type ProgramContext, print, printError } from '../../program.ts'
import type { ProbeOutcome } from '../../shell-host.ts'
import { Mailbox, type Task } from '../../task.ts'
import { getoptMessage, parseOptions } from '../options.ts'
import { icmpErrorText } from './icmp-text.ts'
import { AddressNames, addressVersion, LOOKUP_ERRORS, resolveHost } from './resolve-host.ts'

/** How long ping waits for the last answer when there was none at all (iputils, MAXWAIT). */
const MAXIMUM_WAIT_MICROSECONDS = 10_000_000
/** Requests with less data have no room for the time that they were sent at. */
const TIMESTAMP_BYTES = 16
const DEFAULT_BYTES = 56
const LONGEST_DATA = 127_992
/** IPv4 and ICMP headers. */
const HEADER_BYTES: Readonly<Record<4 | 6, number>> = { 4: 28, 6: 48 }

/** Options of iputils' ping that the simulation has no part for. */
const NOT_SIMULATED = 'aABCdeFILlmNpQRSTUv'

interface PingSettings {
  readonly count: number | undefined
  readonly intervalSeconds: number
  readonly bytes: number
  readonly hopLimit: number
  readonly isQuiet: boolean
  readonly isNumeric: boolean
  readonly showsTimes: boolean
  readonly tellsMissing: boolean
  readonly deadlineSeconds: number | undefined
  readonly waitMicroseconds: number
  readonly dontFragment: boolean
  readonly version: 4 | 6 | undefined
}

/** `ping [-46DnOq] [-c count] [-i seconds] [-M pmtud] [-s bytes] [-t ttl] [-w deadline] [-W timeout] destination` (iputils) */
export const ping: Program = function* (context) {
  const parsed = parseOptions(context.args, { short: `46hVDfnOqbc:i:M:s:t:w:W:${notSimulatedSpecification()}` })
  if ('problem' in parsed) {
    yield* printError(context, `ping: ${getoptMessage(parsed.problem)}\n${USAGE}`)
    return 2
  }
  const { values, operands } = parsed
  const refused = [...NOT_SIMULATED, 'f', 'b'].find((letter) => values.has(letter))
  if (refused !== undefined) {
    yield* printError(context, `ping: -${refused}: option not simulated\n`)
    return 2
  }
  if (values.has('V')) {
    yield* print(context, 'ping from iputils 20240117\n')
    return 0
  }
  if (values.has('h')) {
    yield* printError(context, USAGE)
    return 2
  }
  const settings = yield* readSettings(context, values)
  if (!settings) return 1
  const target = operands.at(-1)
  if (target === undefined) {
    yield* printError(context, 'ping: usage error: Destination address required\n')
    return 1
  }
  const found = yield* resolveHost(context, target, settings.version)
  if (found.kind !== 'found') {
    yield* printError(context, `ping: ${target}: ${LOOKUP_ERRORS[found.kind]}\n`)
    return 2
  }
  if (settings.hopLimit < 1) {
    yield* printError(context, 'ping: cannot set unicast time-to-live: Invalid argument\n')
    return 2
  }
  return yield* new PingRun(context, target, found.addresses[0] as string, settings).run()
}

function notSimulatedSpecification(): string {
  return [...NOT_SIMULATED].map((letter) => ('eFIlmNpQST'.includes(letter) ? `${letter}:` : letter)).join('')
}

function* readSettings(context: ProgramContext, values: ReadonlyMap<string, string>): Task<PingSettings | undefined> {
  const number = function* (letter: string, low: number, high: number | bigint): Task<number | undefined | 'wrong'> {
    const text = values.get(letter)
    if (text === undefined) return undefined
    if (!/^[+-]?\d+$/.test(text)) {
      yield* printError(context, `ping: invalid argument: '${text}'\n`)
      return 'wrong'
    }
    if (BigInt(text) < BigInt(low) || BigInt(text) > BigInt(high)) {
      yield* printError(context, `ping: invalid argument: '${text}': out of range: ${low} <= value <= ${high}\n`)
      return 'wrong'
    }
    return Number(text)
  }
  const count = yield* number('c', 1, 9_223_372_036_854_775_807n)
  const bytes = count === 'wrong' ? 'wrong' : yield* number('s', 0, LONGEST_DATA)
  const hopLimit = bytes === 'wrong' ? 'wrong' : yield* number('t', 0, 255)
  const deadline = hopLimit === 'wrong' ? 'wrong' : yield* number('w', 0, 2_147_483_647)
  if (count === 'wrong' || bytes === 'wrong' || hopLimit === 'wrong' || deadline === 'wrong') return undefined
  const seconds: Record<'i' | 'W', number | undefined> = { i: undefined, W: undefined }
  for (const letter of ['i', 'W'] as const) {
    const text = values.get(letter)
    if (text === undefined) continue
    const value = Number(text)
    if (text.trim() === '' || Number.isNaN(value) || value < 0) {
      const what = letter === 'i' ? 'bad timing interval' : 'bad linger time'
      yield* printError(context, `ping: ${what}: ${text}\n`)
      return undefined
    }
    seconds[letter] = value
  }
  if (seconds.i !== undefined && seconds.i < 0.002 && context.process.user.id !== 0) {
    yield* printError(context, 'ping: cannot flood; minimal interval allowed for user is 2ms\n')
    return undefined
  }
  const pmtud = values.get('M')
  if (pmtud !== undefined && !['do', 'want', 'dont', 'probe'].includes(pmtud)) {
    yield* printError(context, `ping: invalid -M argument: ${pmtud}\n`)
    return undefined
  }
  return {
    count,
    // A run without pauses would not end.
    intervalSeconds: Math.max(seconds.i ?? 1, 0.000_001),
    bytes: bytes ?? DEFAULT_BYTES,
    hopLimit: hopLimit ?? 64,
    isQuiet: values.has('q'),
    isNumeric: values.has('n'),
    showsTimes: values.has('D'),
    tellsMissing: values.has('O'),
    deadlineSeconds: deadline,
    waitMicroseconds: seconds.W === undefined ? MAXIMUM_WAIT_MICROSECONDS : Math.round(seconds.W * 1_000_000),
    dontFragment: pmtud === 'do' || pmtud === 'probe',
    version: values.has('4') ? 4 : values.has('6') ? 6 : undefined,
  }
}

type PingEvent =
  | { readonly kind: 'answer'; readonly outcome: ProbeOutcome; readonly sequence: number }
  | { readonly kind: 'interrupted' }

class PingRun {
  readonly #context: ProgramContext
  readonly #target: string
  readonly #address: string
  readonly #settings: PingSettings
  readonly #version: 4 | 6
  readonly #isNumeric: boolean
  readonly #names: AddressNames
  readonly #events = new Mailbox<PingEvent>()
  readonly #answered = new Set<number>()
  readonly #startMicroseconds: number
  readonly #times: number[] = []
  #errors = 0
  #duplicates = 0
  #pipe = 0
  #told = 0

  constructor(context: ProgramContext, target: string, address: string, settings: PingSettings) {
    this.#context = context
    this.#target = target
    this.#address = address
    this.#settings = settings
    this.#version = addressVersion(address) ?? 4
    this.#isNumeric = settings.isNumeric || addressVersion(target) !== undefined
    this.#names = new AddressNames(context)
    this.#startMicroseconds = context.process.kernel.host.nowMicroseconds
  }

  *run(): Task<number> {
    const { process } = this.#context
    const { bytes } = this.#settings
    const size = this.#version === 4 ? `${bytes}(${bytes + HEADER_BYTES[4]}) bytes of data.` : `${bytes} data bytes`
    yield* print(this.#context, `PING ${this.#target} (${this.#address}) ${size}\n`)
    for (const signal of ['INT', 'QUIT'] as const) {
      if (process.signalActions.get(signal) !== 'ignore') {
        process.signalActions.set(signal, () => this.#events.put({ kind: 'interrupted' }))
      }
    }
    const { scheduler } = process.kernel
    const sender = scheduler.spawn(this.#send())
    try {
      yield* scheduler.race([this.#listen(), this.#untilDeadline()])
    } finally {
      sender.stop()
    }
    return yield* this.#finish()
  }

  *#send(): Task {
    const { bytes, hopLimit, dontFragment, intervalSeconds } = this.#settings
    yield* this.#context.process.kernel.host.ping(
      {
        address: this.#address,
        count: this.#sendLimit,
        intervalMicroseconds: Math.round(intervalSeconds * 1_000_000),
        bytes,
        hopLimit,
        dontFragment,
        timeoutMicroseconds: Math.max(this.#settings.waitMicroseconds, MAXIMUM_WAIT_MICROSECONDS),
      },
      (outcome, sequence) => this.#events.put({ kind: 'answer', outcome, sequence }),
    )
  }

  /** With a deadline ping goes on until it has that many answers, not requests. */
  get #sendLimit(): number | undefined {
    return this.#settings.deadlineSeconds === undefined ? this.#settings.count : undefined
  }

  *#untilDeadline(): Task {
    const { host } = this.#context.process.kernel
    const { deadlineSeconds, count, intervalSeconds } = this.#settings
    if (deadlineSeconds !== undefined) {
      yield* host.sleepUntil(this.#startMicroseconds + deadlineSeconds * 1_000_000)
      return
    }
    if (count === undefined) {
      yield* host.sleepUntil(Number.MAX_SAFE_INTEGER)
      return
    }
    const lastSent = this.#startMicroseconds + Math.round((count - 1) * intervalSeconds * 1_000_000)
    yield* host.sleepUntil(Math.min(lastSent, Number.MAX_SAFE_INTEGER))
    // With answers it waits twice their longest time, without any as long as -W says.
    const longest = Math.max(0, ...this.#times)
    const wait = this.#times.length > 0 ? Math.max(2 * longest, 1_000_000) : this.#settings.waitMicroseconds
    yield* host.sleepUntil(host.nowMicroseconds + Math.min(wait, this.#settings.waitMicroseconds))
  }

  *#listen(): Task {
    for (;;) {
      const event = yield* this.#events.take()
      if (event.kind === 'interrupted') return
      yield* this.#tell(event.outcome, event.sequence)
      const { count } = this.#settings
      if (count !== undefined && this.#times.length + this.#errors >= count) return
    }
  }

  *#tell(outcome: ProbeOutcome, sequence: number): Task {
    if (outcome.kind === 'timeout') return
    const { isQuiet, showsTimes, bytes, tellsMissing } = this.#settings
    this.#pipe = Math.max(this.#pipe, this.#sent() - sequence + 1)
    const stamp = showsTimes ? `[${(this.#context.process.kernel.host.clockMicroseconds / 1_000_000).toFixed(6)}] ` : ''
    if (tellsMissing && !isQuiet) yield* this.#tellMissing(sequence, stamp)
    const shownSequence = sequence & 0xffff
    if (outcome.kind === 'echo-reply') {
      const isDuplicate = this.#answered.has(sequence)
      if (isDuplicate) this.#duplicates += 1
      else {
        this.#answered.add(sequence)
        this.#times.push(outcome.roundTripMicroseconds)
      }
      if (isQuiet) return
      const from = yield* this.#shownAddress(outcome.from)
      const time = bytes >= TIMESTAMP_BYTES ? ` time=${timeText(outcome.roundTripMicroseconds)} ms` : ''
      const mark = isDuplicate ? ' (DUP!)' : ''
      yield* print(
        this.#context,
        `${stamp}${bytes + 8} bytes from ${from}: icmp_seq=${shownSequence} ttl=${outcome.hopLimit}${time}${mark}\n`,
      )
      return
    }
    this.#errors += 1
    if (isQuiet) return
    if (outcome.kind === 'no-route') {
      yield* printError(this.#context, 'ping: sendmsg: Network is unreachable\n')
      return
    }
    const from = yield* this.#shownAddress(outcome.from)
    const text = icmpErrorText(outcome, this.#version) ?? ''
    yield* print(this.#context, `${stamp}From ${from} icmp_seq=${shownSequence} ${text}\n`)
  }

  *#tellMissing(sequence: number, stamp: string): Task {
    for (let missing = this.#told + 1; missing < sequence; missing += 1) {
      if (!this.#answered.has(missing)) yield* print(this.#context, `${stamp}no answer yet for icmp_seq=${missing}\n`)
    }
    this.#told = Math.max(this.#told, sequence)
  }

  *#shownAddress(address: string): Task<string> {
    if (this.#isNumeric) return address
    return `${(yield* this.#names.nameOf(address)) ?? address} (${address})`
  }

  /** Requests that have been sent by now. */
  #sent(): number {
    const elapsed = this.#context.process.kernel.host.nowMicroseconds - this.#startMicroseconds
    const sent = Math.floor(elapsed / Math.round(this.#settings.intervalSeconds * 1_000_000)) + 1
    return Math.min(sent, this.#sendLimit ?? Number.POSITIVE_INFINITY)
  }

  *#finish(): Task<number> {
    const { count, deadlineSeconds, intervalSeconds, bytes } = this.#settings
    const sent = this.#sent()
    const received = this.#times.length
    const loss = sent === 0 ? 0 : ((sent - received) * 100) / sent
    const elapsed = Math.floor(((sent - 1) * Math.round(intervalSeconds * 1_000_000)) / 1000)
    const parts = [`${sent} packets transmitted`, `${received} received`]
    if (this.#duplicates > 0) parts.push(`+${this.#duplicates} duplicates`)
    if (this.#errors > 0) parts.push(`+${this.#errors} errors`)
    parts.push(`${lossText(loss)}% packet loss`, `time ${elapsed}ms`)
    let summary = ''
    if (received > 0 && bytes >= TIMESTAMP_BYTES) {
      const total = this.#times.reduce((sum, time) => sum + time, 0)
      const squares = this.#times.reduce((sum, time) => sum + time * time, 0)
      const average = Math.floor(total / received)
      const deviation = Math.floor(Math.sqrt(Math.max(0, Math.floor(squares / received) - average * average)))
      const times = [Math.min(...this.#times), average, Math.max(...this.#times), deviation]
      summary = `rtt min/avg/max/mdev = ${times.map((time) => (time / 1000).toFixed(3)).join('/')} ms`
    }
    if (this.#pipe > 1) summary += `${summary === '' ? '' : ', '}pipe ${this.#pipe}`
    yield* print(this.#context, `\n--- ${this.#target} ping statistics ---\n${parts.join(', ')}\n${summary}\n`)
    if (received === 0) return 1
    return deadlineSeconds !== undefined && count !== undefined && received < count ? 1 : 0
  }
}

/** A round trip as ping writes it: with about three digits that count. */
export function timeText(microseconds: number): string {
  if (microseconds >= 99_950) return String(Math.floor((microseconds + 500) / 1000))
  if (microseconds >= 9_995) {
    const rounded = microseconds + 50
    return `${Math.floor(rounded / 1000)}.${Math.floor((rounded % 1000) / 100)}`
  }
  if (microseconds >= 1_000) {
    const rounded = microseconds + 5
    return `${Math.floor(rounded / 1000)}.${String(Math.floor((rounded % 1000) / 10)).padStart(2, '0')}`
  }
  return (microseconds / 1000).toFixed(3)
}

/** A share of lost packets in percent, with the six digits of C's %g. */
function lossText(percent: number): string {
  return String(Number(percent.toPrecision(6)))
}

const USAGE = `
Usage
  ping [options] <destination>

For more details see ping(8).
`
