import { type ProgramContext, print, printError } from '../../program.ts'
import type { ProbeOutcome } from '../../shell-host.ts'
import { Mailbox, type Task } from '../../task.ts'
import { icmpErrorText } from './icmp-text.ts'
import { AddressNames, addressVersion } from './resolve-host.ts'

/** Requests with less data have no room for the time that they were sent at. */
const TIMESTAMP_BYTES = 16
/** How long an answer is looked out for at least. */
const MAXIMUM_WAIT_MICROSECONDS = 10_000_000
/** IPv4 and ICMP headers. */
const HEADER_BYTES: Readonly<Record<4 | 6, number>> = { 4: 28, 6: 48 }
/** Of an IP packet; the kernel takes no longer one from a program. */
const LONGEST_PACKET = 65_535
const ICMP_HEADER_BYTES = 8
const LOOPBACK_MTU = 65_535

/** What ping's options ask for. */
export interface PingSettings {
  readonly count: number | undefined
  readonly intervalSeconds: number
  /** Of data. */
  readonly bytes: number
  readonly hopLimit: number
  readonly isQuiet: boolean
  readonly isNumeric: boolean
  readonly showsTimes: boolean
  readonly tellsMissing: boolean
  readonly deadlineSeconds: number | undefined
  /** How long the last answer is waited for when there was none at all. */
  readonly waitMicroseconds: number
  readonly dontFragment: boolean
  readonly version: 4 | 6 | undefined
}

/** Users other than root may not send faster. */
const SHORTEST_USER_INTERVAL_SECONDS = 0.002
/** A run without pauses would not end. */
const SHORTEST_INTERVAL_MICROSECONDS = 1

type PingEvent =
  | { readonly kind: 'sending'; readonly sequence: number }
  | { readonly kind: 'answer'; readonly outcome: ProbeOutcome; readonly sequence: number }
  | { readonly kind: 'interrupted' }

/** One run of ping, from its first line to its statistics. */
export class PingRun {
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
  readonly #intervalMicroseconds: number
  /** Of the path, as far as it is known. */
  #mtu: number
  #duplicates = 0
  #pipe = 0
  #ended: number | undefined

  constructor(context: ProgramContext, target: string, address: string, settings: PingSettings) {
    this.#context = context
    this.#target = target
    this.#address = address
    this.#settings = settings
    this.#version = addressVersion(address) ?? 4
    this.#isNumeric = settings.isNumeric || addressVersion(target) !== undefined
    this.#names = new AddressNames(context)
    const { host } = context.process.kernel
    this.#startMicroseconds = host.nowMicroseconds
    this.#intervalMicroseconds = Math.max(
      SHORTEST_INTERVAL_MICROSECONDS,
      Math.round(settings.intervalSeconds * 1_000_000),
    )
    this.#mtu = address.startsWith('127.') ? LOOPBACK_MTU : (host.identity.interfaces[0]?.mtu ?? LOOPBACK_MTU)
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
    if (this.#settings.intervalSeconds < SHORTEST_USER_INTERVAL_SECONDS && process.user.id !== 0) {
      yield* printError(this.#context, 'ping: cannot flood; minimal interval allowed for user is 2ms\n')
      return 2
    }
    const { scheduler } = process.kernel
    const senders = [scheduler.spawn(this.#send())]
    if (this.#settings.tellsMissing || this.#settings.dontFragment || this.#isTooLong) {
      senders.push(scheduler.spawn(this.#tick()))
    }
    try {
      yield* scheduler.race([this.#listen(), this.#untilEnd()])
    } finally {
      for (const sender of senders) sender.stop()
    }
    return yield* this.#finish()
  }

  *#send(): Task {
    const { bytes, hopLimit, dontFragment, waitMicroseconds } = this.#settings
    if (this.#isTooLong) return
    yield* this.#context.process.kernel.host.ping(
      {
        address: this.#address,
        count: this.#sendLimit,
        intervalMicroseconds: this.#intervalMicroseconds,
        bytes,
        hopLimit,
        dontFragment,
        timeoutMicroseconds: Math.max(waitMicroseconds, MAXIMUM_WAIT_MICROSECONDS),
      },
      (outcome, sequence) => this.#events.put({ kind: 'answer', outcome, sequence }),
    )
  }

  /** Tells of each request that it is about to be sent. */
  *#tick(): Task {
    const { host } = this.#context.process.kernel
    const limit = this.#sendLimit ?? Number.POSITIVE_INFINITY
    for (let sequence = 1; sequence <= limit; sequence += 1) {
      if (sequence > 1) {
        yield* host.sleepUntil(this.#startMicroseconds + (sequence - 1) * this.#intervalMicroseconds)
      }
      this.#events.put({ kind: 'sending', sequence })
    }
  }

  /** Whether the computer itself refuses to send requests of this size. */
  get #isTooLong(): boolean {
    const length = this.#settings.bytes + HEADER_BYTES[this.#version]
    return length > (this.#settings.dontFragment ? this.#mtu : LONGEST_PACKET)
  }

  /** With a deadline ping goes on until it has that many answers, not requests. */
  get #sendLimit(): number | undefined {
    return this.#settings.deadlineSeconds === undefined ? this.#settings.count : undefined
  }

  *#untilEnd(): Task {
    const { host } = this.#context.process.kernel
    const { deadlineSeconds, count, waitMicroseconds } = this.#settings
    if (deadlineSeconds !== undefined) {
      yield* host.sleepUntil(this.#startMicroseconds + deadlineSeconds * 1_000_000)
      this.#ended = host.nowMicroseconds
      return
    }
    const lastSent = this.#startMicroseconds + ((count ?? Number.POSITIVE_INFINITY) - 1) * this.#intervalMicroseconds
    yield* host.sleepUntil(Math.min(lastSent, Number.MAX_SAFE_INTEGER))
    // With answers it waits twice their longest time, without any as long as -W says, but one interval at least.
    const wait = this.#times.length > 0 ? 2 * this.#longest : waitMicroseconds
    yield* host.sleepUntil(host.nowMicroseconds + Math.max(wait, this.#intervalMicroseconds))
  }

  *#listen(): Task {
    for (;;) {
      const event = yield* this.#events.take()
      if (event.kind === 'interrupted') return
      if (event.kind === 'sending') yield* this.#tellBefore(event.sequence)
      else yield* this.#tell(event.outcome, event.sequence)
      const { count } = this.#settings
      if (count !== undefined && this.#times.length + this.#errors >= count) return
    }
  }

  *#tell(outcome: ProbeOutcome, sequence: number): Task {
    if (outcome.kind === 'timeout') return
    const { isQuiet, bytes } = this.#settings
    this.#pipe = Math.max(this.#pipe, this.#sent() - sequence + 1)
    const stamp = this.#stamp()
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
    if (outcome.kind === 'too-big') this.#mtu = Math.min(this.#mtu, outcome.mtu)
    if (isQuiet) return
    if (outcome.kind === 'no-route') {
      yield* printError(this.#context, 'ping: sendmsg: Network is unreachable\n')
      return
    }
    const from = yield* this.#shownAddress(outcome.from)
    const text = icmpErrorText(outcome, this.#version) ?? ''
    yield* print(this.#context, `${stamp}From ${from} icmp_seq=${shownSequence} ${text}\n`)
  }

  *#tellBefore(sequence: number): Task {
    const { tellsMissing, bytes } = this.#settings
    if (tellsMissing && sequence > 1 && !this.#answered.has(sequence - 1)) {
      yield* print(this.#context, `${this.#stamp()}no answer yet for icmp_seq=${(sequence - 1) & 0xffff}\n`)
    }
    // A message that is longer than a packet can be is refused before the error queue that ping reads knows of it.
    if (!this.#isTooLong || bytes + ICMP_HEADER_BYTES > LONGEST_PACKET) return
    this.#errors += 1
    yield* printError(this.#context, `ping: local error: message too long, mtu=${this.#mtu}\n`)
  }

  #stamp(): string {
    if (!this.#settings.showsTimes) return ''
    return `[${(this.#context.process.kernel.host.clockMicroseconds / 1_000_000).toFixed(6)}] `
  }

  get #longest(): number {
    return this.#times.reduce((longest, time) => Math.max(longest, time), 0)
  }

  *#shownAddress(address: string): Task<string> {
    if (this.#isNumeric) return address
    return `${(yield* this.#names.nameOf(address)) ?? address} (${address})`
  }

  /** Requests that have been sent by now. */
  #sent(): number {
    const elapsed = this.#context.process.kernel.host.nowMicroseconds - this.#startMicroseconds
    // What falls due with the deadline comes too late.
    const sent =
      this.#ended === undefined
        ? Math.floor(elapsed / this.#intervalMicroseconds) + 1
        : Math.ceil(elapsed / this.#intervalMicroseconds)
    return Math.min(sent, this.#sendLimit ?? Number.POSITIVE_INFINITY)
  }

  *#finish(): Task<number> {
    const { count, deadlineSeconds, bytes } = this.#settings
    const sent = this.#sent()
    const received = this.#times.length
    const loss = sent === 0 ? 0 : ((sent - received) * 100) / sent
    const elapsed = Math.floor(((sent - 1) * this.#intervalMicroseconds) / 1000)
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
      const times = [this.#times.reduce((least, time) => Math.min(least, time)), average, this.#longest, deviation]
      summary = `rtt min/avg/max/mdev = ${times.map((time) => (time / 1000).toFixed(3)).join('/')} ms`
    }
    if (this.#pipe > 1) summary += `${summary === '' ? '' : ', '}pipe ${this.#pipe}`
    yield* print(this.#context, `\n--- ${this.#target} ping statistics ---\n${parts.join(', ')}\n${summary}\n`)
    if (received === 0) return 1
    return deadlineSeconds !== undefined && count !== undefined && received < count ? 1 : 0
  }
}

/** A round trip as ping writes it: with about three digits that count. */
function timeText(microseconds: number): string {
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
