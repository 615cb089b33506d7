import { type Program, print, printError } from '../program.ts'
import { strftime } from '../strftime.ts'
import { coreutilsProblem } from './coreutils-time.ts'
import { getoptMessage, parseOptions } from './options.ts'

/** The kernel that instances run: that of Ubuntu 24.04 on EC2. */
const KERNEL_RELEASE = '6.8.0-1018-aws'
const KERNEL_VERSION = '#20-Ubuntu SMP Mon Oct  7 20:37:46 UTC 2024'
/** How long an instance has been up when its shell's first process starts, for `uptime`. */
const UPTIME_SECONDS = 3 * 86_400 + 4 * 3600 + 12 * 60

/** `hostname [-fsidI]` */
export const hostname: Program = function* (context) {
  const parsed = parseOptions(context.args, {
    short: 'fsidIA',
    long: { fqdn: 'f', long: 'f', short: 's', 'ip-address': 'i', 'all-ip-addresses': 'I', domain: 'd' },
  })
  if ('problem' in parsed) {
    yield* printError(context, `hostname: ${getoptMessage(parsed.problem)}\n`)
    return 1
  }
  const { identity } = context.process.kernel.host
  if (parsed.operands.length > 0) {
    yield* printError(context, 'hostname: you must be root to change the host name\n')
    return 1
  }
  const addresses = identity.interfaces.flatMap((one) => one.addresses.map((address) => address.address))
  const [letter] = parsed.values.keys()
  const full = identity.domain === undefined ? identity.hostname : `${identity.hostname}.${identity.domain}`
  const texts: Readonly<Record<string, string>> = {
    f: full,
    A: `${full} `,
    d: identity.domain ?? '',
    i: addresses[0] ?? '',
    I: `${addresses.join(' ')} `,
    s: identity.hostname,
  }
  yield* print(context, `${texts[letter ?? 's'] ?? identity.hostname}\n`)
  return 0
}

/** `uname [-asnrvmpio]` */
export const uname: Program = function* (context) {
  const parsed = parseOptions(context.args, {
    short: 'asnrvmpio',
    long: {
      all: 'a',
      'kernel-name': 's',
      nodename: 'n',
      'kernel-release': 'r',
      'kernel-version': 'v',
      machine: 'm',
      processor: 'p',
      'operating-system': 'o',
    },
  })
  if ('problem' in parsed) return yield* coreutilsProblem(context, parsed.problem)
  if (parsed.operands.length > 0) {
    yield* printError(
      context,
      `uname: extra operand ‘${parsed.operands[0]}’\nTry 'uname --help' for more information.\n`,
    )
    return 1
  }
  const parts: readonly (readonly [string, string])[] = [
    ['s', 'Linux'],
    ['n', context.process.kernel.host.identity.hostname],
    ['r', KERNEL_RELEASE],
    ['v', KERNEL_VERSION],
    ['m', 'x86_64'],
    ['p', 'x86_64'],
    ['i', 'x86_64'],
    ['o', 'GNU/Linux'],
  ]
  const { values } = parsed
  const shown = parts.filter(
    ([letter]) => values.has('a') || values.has(letter) || (values.size === 0 && letter === 's'),
  )
  yield* print(context, `${shown.map(([, text]) => text).join(' ')}\n`)
  return 0
}

export const whoami: Program = function* (context) {
  yield* print(context, `${context.process.user.name}\n`)
  return 0
}

/** `id [-ugnr]` */
export const id: Program = function* (context) {
  const parsed = parseOptions(context.args, {
    short: 'ugnrG',
    long: { user: 'u', group: 'g', groups: 'G', name: 'n', real: 'r' },
  })
  if ('problem' in parsed) return yield* coreutilsProblem(context, parsed.problem)
  const { name, id: number } = context.process.user
  const { values } = parsed
  if (values.has('u') || values.has('g') || values.has('G'))
    yield* print(context, `${values.has('n') ? name : number}\n`)
  else yield* print(context, `uid=${number}(${name}) gid=${number}(${name}) groups=${number}(${name})\n`)
  return 0
}

/** `uptime [-p|-s]` */
export const uptime: Program = function* (context) {
  const now = context.process.kernel.host.clockMicroseconds
  const minutes = Math.floor(UPTIME_SECONDS / 60)
  const days = Math.floor(minutes / 1440)
  const hours = Math.floor((minutes % 1440) / 60)
  if (context.args.length > 0) {
    yield* printError(context, `uptime: ${context.args[0]}: option not simulated\n`)
    return 1
  }
  const time = strftime('%H:%M:%S', now, context.environment.get('TZ'))
  yield* print(
    context,
    ` ${time} up ${days} days, ${String(hours).padStart(2)}:${String(minutes % 60).padStart(2, '0')},  1 user,  load average: 0.00, 0.00, 0.00\n`,
  )
  return 0
}

/** `nproc`: a t3.micro has two. */
export const nproc: Program = function* (context) {
  yield* print(context, '2\n')
  return 0
}

/** `which [-a] name …` */
export const which: Program = function* (context) {
  const parsed = parseOptions(context.args, { short: 'as' })
  if ('problem' in parsed) {
    yield* printError(context, `Illegal option -${parsed.problem.option}\nUsage: /usr/bin/which [-as] args\n`)
    return 2
  }
  let status = parsed.operands.length === 0 ? 1 : 0
  for (const name of parsed.operands) {
    const paths = context.system.locate(context.process, name, context.environment)
    if (paths.length === 0) status = 1
    for (const path of parsed.values.has('a') ? paths : paths.slice(0, 1)) {
      if (!parsed.values.has('s')) yield* print(context, `${path}\n`)
    }
  }
  return status
}

/** `ps [-ef|aux|-e|-A]`: the processes of this shell. */
export const ps: Program = function* (context) {
  const style = context.args.join('').replaceAll('-', '')
  if (!['', 'e', 'A', 'ef', 'aux', 'ax', 'a'].includes(style)) {
    yield* printError(context, `ps: ${context.args.join(' ')}: form not simulated; use ps, ps -e, ps -ef or ps aux\n`)
    return 1
  }
  const { process } = context
  const { kernel } = process
  const zone = context.environment.get('TZ')
  const lines: string[] = []
  for (const one of [...kernel.processes.values()].sort((a, b) => a.id - b.id)) {
    const started = strftime('%H:%M', one.startMicroseconds, zone)
    const id = String(one.id)
    if (style === 'ef')
      lines.push(
        `${one.user.name.padEnd(8)} ${id.padStart(7)} ${String(one.parentId).padStart(7)}  0 ${started} pts/0    00:00:00 ${one.commandLine}`,
      )
    else if (style === 'aux')
      lines.push(
        `${one.user.name.padEnd(8)} ${id.padStart(7)}  0.0  0.0      0     0 pts/0    S    ${started}   0:00 ${one.commandLine}`,
      )
    else lines.push(`${id.padStart(7)} pts/0    00:00:00 ${one.name}`)
  }
  const heads: Readonly<Record<string, string>> = {
    ef: 'UID          PID    PPID  C STIME TTY          TIME CMD',
    aux: 'USER         PID %CPU %MEM    VSZ   RSS TTY      STAT START   TIME COMMAND',
  }
  yield* print(context, `${[heads[style] ?? '    PID TTY          TIME CMD', ...lines].join('\n')}\n`)
  return 0
}
