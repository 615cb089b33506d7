import { type Program, type ProgramContext, print, printError } from '../../program.ts'
import type { Task } from '../../task.ts'
import { getoptMessage, parseOptions } from '../options.ts'
import { PingRun, type PingSettings } from './ping-run.ts'
import { addressVersion, LOOKUP_ERRORS, resolveHost } from './resolve-host.ts'

/** How long ping waits for the last answer when there was none at all (iputils, MAXWAIT). */
const MAXIMUM_WAIT_MICROSECONDS = 10_000_000
const DEFAULT_BYTES = 56
const LONGEST_DATA = 127_992
const LONGEST_SECONDS = 2_147_483_647
/** Options of iputils' ping that the simulation has no part for. */
const NOT_SIMULATED = 'aABCdeFILlmNpQRSTUv'

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
  if (typeof settings === 'number') return settings
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
  const address = found.addresses[0] as string
  if (!hasRoute(context, address)) {
    yield* printError(context, 'ping: connect: Network is unreachable\n')
    return 2
  }
  return yield* new PingRun(context, target, address, settings).run()
}

/** Whether there is an own address to send from. */
function hasRoute(context: ProgramContext, address: string): boolean {
  const version = addressVersion(address)
  if (address.startsWith('127.') || address === '::1') return true
  const { interfaces } = context.process.kernel.host.identity
  return interfaces.some((one) => one.addresses.some((own) => addressVersion(own.address) === version))
}

function notSimulatedSpecification(): string {
  return [...NOT_SIMULATED].map((letter) => ('eFIlmNpQST'.includes(letter) ? `${letter}:` : letter)).join('')
}

/** The settings, or the exit code where they are none. */
function* readSettings(context: ProgramContext, values: ReadonlyMap<string, string>): Task<PingSettings | number> {
  const count = yield* wholeNumber(context, values.get('c'), 1, 9_223_372_036_854_775_807n)
  const bytes = count === 'wrong' ? 'wrong' : yield* wholeNumber(context, values.get('s'), 0, LONGEST_DATA)
  const hopLimit = bytes === 'wrong' ? 'wrong' : yield* wholeNumber(context, values.get('t'), 0, 255)
  const deadline = hopLimit === 'wrong' ? 'wrong' : yield* wholeNumber(context, values.get('w'), 0, LONGEST_SECONDS)
  if (count === 'wrong' || bytes === 'wrong' || hopLimit === 'wrong' || deadline === 'wrong') return 1
  const interval = yield* seconds(context, values.get('i'), 'bad timing interval')
  const wait = interval === 'wrong' ? 'wrong' : yield* seconds(context, values.get('W'), 'bad linger time')
  if (interval === 'wrong' || wait === 'wrong') return 2
  const pmtud = values.get('M')
  if (pmtud !== undefined && !['do', 'want', 'dont', 'probe'].includes(pmtud)) {
    yield* printError(context, `ping: invalid -M argument: ${pmtud}\n`)
    return 2
  }
  return {
    count,
    intervalSeconds: interval ?? 1,
    bytes: bytes ?? DEFAULT_BYTES,
    hopLimit: hopLimit ?? 64,
    isQuiet: values.has('q'),
    isNumeric: values.has('n'),
    showsTimes: values.has('D'),
    tellsMissing: values.has('O'),
    // Zero is none.
    deadlineSeconds: deadline === 0 ? undefined : deadline,
    waitMicroseconds: wait === undefined ? MAXIMUM_WAIT_MICROSECONDS : Math.round(wait * 1_000_000),
    dontFragment: pmtud === 'do' || pmtud === 'probe',
    version: values.has('4') ? 4 : values.has('6') ? 6 : undefined,
  }
}

function* wholeNumber(
  context: ProgramContext,
  text: string | undefined,
  low: number,
  high: number | bigint,
): Task<number | undefined | 'wrong'> {
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

function* seconds(
  context: ProgramContext,
  text: string | undefined,
  problem: string,
): Task<number | undefined | 'wrong'> {
  if (text === undefined) return undefined
  const number = /^\s*[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?/.exec(text)?.[0] ?? ''
  const rest = text.slice(number.length)
  if (rest !== '' || number === '') {
    yield* printError(
      context,
      `ping: option argument contains garbage: ${rest}\nping: this will become fatal error in the future\n`,
    )
  }
  const value = Number(number)
  if (value < 0 || value * 1000 > LONGEST_SECONDS) {
    yield* printError(context, `ping: ${problem}: ${text}\n`)
    return 'wrong'
  }
  return value
}

const USAGE = `
Usage
  ping [options] <destination>

For more details see ping(8).
`
