import { echoUnescaped } from '../bash/ansi-escapes.ts'
import { formatPrintf } from '../bash/format-printf.ts'
import { parseSignal } from '../kernel/signal.ts'
import { type Program, type ProgramContext, print, printError } from '../program.ts'
import type { Task } from '../task.ts'
import { coreutilsProblem } from './coreutils-time.ts'
import { missingReason } from './not-simulated.ts'
import { parseOptions } from './options.ts'

// biome-ignore lint/correctness/useYield: takes no time
export const trueProgram: Program = function* () {
  return 0
}

// biome-ignore lint/correctness/useYield: takes no time
export const falseProgram: Program = function* () {
  return 1
}

/** `/usr/bin/echo`, which other programs start. */
export const echo: Program = function* (context) {
  let rest = context.args
  let hasLineEnd = true
  let escapes = false
  while (/^-[neE]+$/.test(rest[0] ?? '')) {
    for (const letter of (rest[0] as string).slice(1)) {
      if (letter === 'n') hasLineEnd = false
      else escapes = letter === 'e'
    }
    rest = rest.slice(1)
  }
  const { text, stopped } = escapes ? echoUnescaped(rest.join(' ')) : { text: rest.join(' '), stopped: false }
  yield* print(context, hasLineEnd && !stopped ? `${text}\n` : text)
  return 0
}

/** `/usr/bin/printf` */
export const printf: Program = function* (context) {
  const [format, ...values] = context.args
  if (format === undefined) {
    yield* printError(context, "printf: missing operand\nTry 'printf --help' for more information.\n")
    return 1
  }
  const nowSeconds = Math.floor(context.process.kernel.host.clockMicroseconds / 1_000_000)
  const { text, problems } = formatPrintf(format, values, { nowSeconds, startSeconds: nowSeconds, timeZone: undefined })
  yield* print(context, text)
  for (const problem of problems) yield* printError(context, `printf: ${problem}\n`)
  return problems.length > 0 ? 1 : 0
}

export const pwd: Program = function* (context) {
  yield* print(context, `${context.process.directory}\n`)
  return 0
}

/** `printenv [name …]` */
export const printenv: Program = function* (context) {
  if (context.args.length === 0) {
    for (const [name, value] of context.environment) yield* print(context, `${name}=${value}\n`)
    return 0
  }
  let status = 0
  for (const name of context.args) {
    const value = context.environment.get(name)
    if (value === undefined) status = 1
    else yield* print(context, `${value}\n`)
  }
  return status
}

/** Goes on as another command; where there is none, says so as coreutils do. */
export function* executeOr127(
  context: ProgramContext,
  command: readonly string[],
  environment: ReadonlyMap<string, string> = context.environment,
): Task<number> {
  const status = yield* context.system.execute(context.process, command, environment)
  if (typeof status === 'number') return status
  const reason =
    status === 'not-found' ? missingReason(command[0] ?? '', 'No such file or directory') : 'Permission denied'
  const text = context.name === 'env' ? '' : 'failed to run command '
  yield* printError(context, `${context.name}: ${text}‘${command[0]}’: ${reason}\n`)
  return status === 'not-found' ? 127 : 126
}

/** `env [-i] [-u name] [name=value …] [command …]` */
export const env: Program = function* (context) {
  const parsed = parseOptions(context.args, {
    short: 'iu:0C:S:v',
    long: { 'ignore-environment': 'i', 'unset=': 'u', null: '0', 'chdir=': 'C' },
    stopsAtOperand: true,
  })
  if ('problem' in parsed) return yield* coreutilsProblem(context, parsed.problem, 125)
  for (const option of ['C', 'S']) {
    if (!parsed.values.has(option)) continue
    yield* printError(context, `env: -${option}: option not simulated\n`)
    return 125
  }
  const environment = new Map(parsed.values.has('i') ? [] : context.environment)
  for (const { name, value } of parsed.all) if (name === 'u') environment.delete(value)
  let at = 0
  for (; /^[^=]+=/.test(parsed.operands[at] ?? ''); at += 1) {
    const word = parsed.operands[at] as string
    const equals = word.indexOf('=')
    environment.set(word.slice(0, equals), word.slice(equals + 1))
  }
  const command = parsed.operands.slice(at)
  if (command.length > 0) return yield* executeOr127(context, command, environment)
  const end = parsed.values.has('0') ? '\0' : '\n'
  for (const [name, value] of environment) yield* print(context, `${name}=${value}${end}`)
  return 0
}

/** Programs that start a command in a way that changes nothing here: `nice`, `stdbuf`, `setsid`, `ionice`, `chrt`. */
export const startCommand: Program = function* (context) {
  const withArgument: Readonly<Record<string, string>> = {
    nice: 'n:',
    stdbuf: 'i:o:e:',
    ionice: 'c:n:t',
    setsid: 'cfw',
  }
  const parsed = parseOptions(context.args, {
    short: withArgument[context.name] ?? '',
    long: { 'adjustment=': 'n', 'input=': 'i', 'output=': 'o', 'error=': 'e', wait: 'w', fork: 'f', ctty: 'c' },
    stopsAtOperand: true,
  })
  if ('problem' in parsed) return yield* coreutilsProblem(context, parsed.problem, 125)
  if (parsed.operands.length === 0) {
    yield* printError(context, `${context.name}: missing operand\nTry '${context.name} --help' for more information.\n`)
    return 125
  }
  return yield* executeOr127(context, parsed.operands)
}

/** `nohup command …`: hang-ups do not reach the command. */
export const nohup: Program = function* (context) {
  const command = context.args[0] === '--' ? context.args.slice(1) : context.args
  if (command.length === 0) {
    yield* printError(context, "nohup: missing operand\nTry 'nohup --help' for more information.\n")
    return 125
  }
  context.process.signalActions.set('HUP', 'ignore')
  return yield* executeOr127(context, command)
}

/** `sudo [-n] [-E] [-u user] command …`: the accounts of EC2 images may run everything without a password. */
export const sudo: Program = function* (context) {
  const parsed = parseOptions(context.args, { short: 'nEHSbu:g:ik', stopsAtOperand: true })
  if ('problem' in parsed) {
    yield* printError(
      context,
      `sudo: ${'option' in parsed.problem ? `invalid option -- '${parsed.problem.option}'` : ''}\n`,
    )
    return 1
  }
  for (const option of ['b', 'g', 'i']) {
    if (!parsed.values.has(option)) continue
    yield* printError(context, `sudo: -${option}: option not simulated\n`)
    return 1
  }
  if (parsed.operands.length === 0) {
    yield* printError(context, 'usage: sudo -h | -K | -k | -V\nusage: sudo [-ABbEHnPS] [-u user] [command [arg ...]]\n')
    return 1
  }
  const name = parsed.values.get('u') ?? 'root'
  const user =
    name === 'root'
      ? { name, id: 0, home: '/root' }
      : name === context.process.user.name
        ? context.process.user
        : undefined
  if (!user) {
    yield* printError(context, `sudo: unknown user ${name}\nsudo: error initializing audit plugin sudoers_audit\n`)
    return 1
  }
  const environment = new Map(context.environment)
  environment.set('SUDO_USER', context.process.user.name)
  environment.set('USER', user.name)
  environment.set('LOGNAME', user.name)
  if (!parsed.values.has('E')) environment.set('HOME', user.home)
  context.process.user = user
  const status = yield* context.system.execute(context.process, parsed.operands, environment)
  if (typeof status === 'number') return status
  yield* printError(
    context,
    `sudo: ${parsed.operands[0]}: ${missingReason(parsed.operands[0] ?? '', 'command not found')}\n`,
  )
  return 1
}

/** `/usr/bin/kill [-s signal|-signal] id …` */
export const kill: Program = function* (context) {
  let rest = [...context.args]
  let name = 'TERM'
  if (rest[0] === '-s') {
    name = rest[1] ?? ''
    rest = rest.slice(2)
  } else if (/^-./.test(rest[0] ?? '')) name = (rest.shift() as string).slice(1)
  const signal = parseSignal(name)
  if (!signal) {
    yield* printError(context, `kill: unknown signal ${name}\n`)
    return 1
  }
  let status = 0
  const { kernel } = context.process
  for (const word of rest) {
    const target = kernel.processes.get(Number(word))
    if (target) kernel.signal(target, signal)
    else {
      yield* printError(context, `kill: (${word}): No such process\n`)
      status = 1
    }
  }
  return status
}
