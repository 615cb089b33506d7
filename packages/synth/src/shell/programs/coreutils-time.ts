import { EndedBySignal } from '../kernel/process.ts'
import { parseSignal, type SignalName } from '../kernel/signal.ts'
import { type Program, type ProgramContext, print, printError } from '../program.ts'
import { DATE_FORMAT, strftime } from '../strftime.ts'
import type { Task } from '../task.ts'
import { parseDate } from './date-text.ts'
import { missingReason } from './not-simulated.ts'
import { getoptMessage, parseOptions } from './options.ts'

const UNITS: Readonly<Record<string, number>> = { '': 1, s: 1, m: 60, h: 3600, d: 86_400 }

/** A duration of `sleep` and `timeout`, in seconds; undefined for what is none. */
export function parseDuration(text: string): number | undefined {
  if (/^(?:inf|infinity)[smhd]?$/i.test(text)) return Number.POSITIVE_INFINITY
  const match = /^(\d+\.?\d*(?:e[+-]?\d+)?|\.\d+(?:e[+-]?\d+)?)([smhd]?)$/i.exec(text)
  const unit = UNITS[match?.[2] ?? '']
  return match && unit !== undefined ? Number(match[1]) * unit : undefined
}

/** Waits that long; for ever where it is infinite. */
export function* sleepSeconds(context: ProgramContext, seconds: number): Task {
  const { host } = context.process.kernel
  const end = host.nowMicroseconds + Math.ceil(seconds * 1_000_000)
  yield* host.sleepUntil(Math.min(end, Number.MAX_SAFE_INTEGER))
}

/** Whether an option is one of the two that all programs of GNU coreutils have; then it has been answered. */
export function* coreutilsProblem(
  context: ProgramContext,
  problem: Parameters<typeof getoptMessage>[0],
  status = 1,
): Task<number> {
  yield* printError(
    context,
    `${context.name}: ${getoptMessage(problem)}\nTry '${context.name} --help' for more information.\n`,
  )
  return status
}

/** `sleep number[smhd] …` (coreutils) */
export const sleep: Program = function* (context) {
  const parsed = parseOptions(context.args, { short: '' })
  if ('problem' in parsed) return yield* coreutilsProblem(context, parsed.problem)
  if (parsed.operands.length === 0) {
    yield* printError(context, "sleep: missing operand\nTry 'sleep --help' for more information.\n")
    return 1
  }
  let seconds = 0
  let isValid = true
  for (const text of parsed.operands) {
    const value = parseDuration(text)
    if (value === undefined) {
      yield* printError(context, `sleep: invalid time interval ‘${text}’\n`)
      isValid = false
    } else seconds += value
  }
  if (!isValid) {
    yield* printError(context, "Try 'sleep --help' for more information.\n")
    return 1
  }
  yield* sleepSeconds(context, seconds)
  return 0
}

/** `timeout [-s signal] [-k duration] [-v] [--foreground] [--preserve-status] duration command …` (coreutils) */
export const timeout: Program = function* (context) {
  const parsed = parseOptions(context.args, {
    short: 's:k:vp',
    long: { 'signal=': 's', 'kill-after=': 'k', verbose: 'v', foreground: 'foreground', 'preserve-status': 'p' },
    stopsAtOperand: true,
  })
  if ('problem' in parsed) return yield* coreutilsProblem(context, parsed.problem, 125)
  const [duration, ...command] = parsed.operands
  if (duration === undefined || command.length === 0) {
    yield* printError(context, "Try 'timeout --help' for more information.\n")
    return 125
  }
  const signal = parseSignal(parsed.values.get('s') ?? 'TERM')
  if (!signal) {
    yield* printError(
      context,
      `timeout: ‘${parsed.values.get('s')}’: invalid signal\nTry 'timeout --help' for more information.\n`,
    )
    return 125
  }
  const killAfter = parsed.values.get('k')
  const durations = [duration, ...(killAfter === undefined ? [] : [killAfter])]
  for (const text of durations) {
    if (parseDuration(text) !== undefined) continue
    yield* printError(context, `timeout: invalid time interval ‘${text}’\nTry 'timeout --help' for more information.\n`)
    return 125
  }
  return yield* runWithTimeout(context, command, {
    seconds: parseDuration(duration) ?? 0,
    signal,
    killSeconds: killAfter === undefined ? undefined : parseDuration(killAfter),
    isVerbose: parsed.values.has('v'),
    preservesStatus: parsed.values.has('p'),
  })
}

function* runWithTimeout(
  context: ProgramContext,
  command: readonly string[],
  options: {
    readonly seconds: number
    readonly signal: SignalName
    readonly killSeconds: number | undefined
    readonly isVerbose: boolean
    readonly preservesStatus: boolean
  },
): Task<number> {
  const { process, system, environment } = context
  const { kernel } = process
  let failure: 'not-found' | 'not-executable' | undefined
  // The command leads a group of its own, so that what it starts is ended with it.
  const child = kernel.spawn(
    process,
    { name: command[0] ?? '', commandLine: command.join(' '), files: process.files.clone(), newGroup: true },
    function* (spawned) {
      const status = yield* system.execute(spawned, command, environment)
      if (typeof status === 'number') return status
      failure = status
      return status === 'not-found' ? 127 : 126
    },
  )
  for (const signal of ['INT', 'TERM', 'HUP', 'QUIT'] as const) {
    if (process.signalActions.get(signal) !== 'ignore') {
      process.signalActions.set(signal, () => kernel.signalGroup(child.groupId, signal))
    }
  }
  let hasTimedOut = false
  const tell = function* (signal: SignalName): Task {
    if (options.isVerbose) {
      yield* printError(context, `timeout: sending signal ${signal} to command ‘${command[0]}’\n`)
    }
    kernel.signalGroup(child.groupId, signal)
  }
  const timer = (function* (): Task<undefined> {
    yield* sleepSeconds(context, options.seconds)
    hasTimedOut = true
    yield* tell(options.signal)
    if (options.killSeconds !== undefined && options.killSeconds > 0) {
      yield* sleepSeconds(context, options.killSeconds)
      yield* tell('KILL')
    }
    yield* child.exit.wait()
    return undefined
  })()
  const ending = child.exit.wait()
  const { result } = options.seconds === 0 ? { result: yield* ending } : yield* kernel.scheduler.race([ending, timer])
  const status = result ?? (yield* child.exit.wait())
  if (failure) {
    const reason =
      failure === 'not-found' ? missingReason(command[0] ?? '', 'No such file or directory') : 'Permission denied'
    yield* printError(context, `timeout: failed to run command ‘${command[0]}’: ${reason}\n`)
    return status.code
  }
  if (!hasTimedOut || options.preservesStatus) return status.code
  if (status.signal !== 'KILL') return 124
  // It ends as its command did.
  process.fatalSignal = 'KILL'
  throw new EndedBySignal('KILL')
}

/** `date [-u] [-d text] [-I[spec]] [-R] [+format]` (coreutils) */
export const date: Program = function* (context) {
  const iso = context.args.map((word) => /^(?:-I|--iso-8601=?)(.*)$/.exec(word)?.[1])
  const args = context.args.filter((_, i) => iso[i] === undefined)
  const parsed = parseOptions(args, {
    short: 'ud:r:Rs:',
    long: {
      utc: 'u',
      universal: 'u',
      'date=': 'd',
      'reference=': 'r',
      'rfc-email': 'R',
      'rfc-2822': 'R',
      'rfc-3339=': 'rfc-3339',
      'set=': 's',
    },
  })
  if ('problem' in parsed) return yield* coreutilsProblem(context, parsed.problem)
  if (parsed.values.has('s')) {
    yield* printError(context, 'date: cannot set date: Operation not permitted\n')
    return 1
  }
  if (parsed.values.has('r')) {
    yield* printError(context, 'date: -r: option not simulated\n')
    return 1
  }
  const isoFormat = isoFormats(iso.findLast((spec) => spec !== undefined))
  const zone = parsed.values.has('u') ? undefined : context.environment.get('TZ')
  const now = context.process.kernel.host.clockMicroseconds
  const text = parsed.values.get('d')
  const time = text === undefined ? now : parseDate(text, now, zone)
  if (time === undefined) {
    yield* printError(context, `date: invalid date ‘${text}’\n`)
    return 1
  }
  const [operand, extra] = parsed.operands
  if (extra !== undefined) {
    yield* printError(context, `date: extra operand ‘${extra}’\nTry 'date --help' for more information.\n`)
    return 1
  }
  if (operand !== undefined && !operand.startsWith('+')) {
    const reason = /^\d+(?:\.\d+)?$/.test(operand)
      ? 'date: cannot set date: Operation not permitted'
      : `date: invalid date ‘${operand}’`
    yield* printError(context, `${reason}\n`)
    return 1
  }
  const rfc3339 = parsed.values.get('rfc-3339')
  const format =
    operand?.slice(1) ??
    isoFormat ??
    (rfc3339 === undefined ? undefined : rfc3339Format(rfc3339)) ??
    (parsed.values.has('R') ? '%a, %d %b %Y %H:%M:%S %z' : DATE_FORMAT)
  yield* print(context, `${strftime(format, time, zone)}\n`)
  return 0
}

function isoFormats(specification: string | undefined): string | undefined {
  if (specification === undefined) return undefined
  const formats: Readonly<Record<string, string>> = {
    '': '%Y-%m-%d',
    date: '%Y-%m-%d',
    hours: '%Y-%m-%dT%H%:z',
    minutes: '%Y-%m-%dT%H:%M%:z',
    seconds: '%Y-%m-%dT%H:%M:%S%:z',
    ns: '%Y-%m-%dT%H:%M:%S,%N%:z',
  }
  return formats[specification] ?? formats['']
}

function rfc3339Format(specification: string): string {
  if (specification === 'date') return '%Y-%m-%d'
  return specification === 'ns' ? '%Y-%m-%d %H:%M:%S.%N%:z' : '%Y-%m-%d %H:%M:%S%:z'
}
