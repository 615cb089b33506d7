import { type Program, type ProgramContext, print, printError } from '../../program.ts'
import type { HostInterface } from '../../shell-host.ts'
import { addressVersion } from './resolve-host.ts'

const LOOPBACK = {
  link: '1: lo: <LOOPBACK,UP,LOWER_UP> mtu 65536 qdisc noqueue state UNKNOWN group default qlen 1000\n    link/loopback 00:00:00:00:00:00 brd 00:00:00:00:00:00\n',
  inet: '    inet 127.0.0.1/8 scope host lo\n       valid_lft forever preferred_lft forever\n',
  inet6: '    inet6 ::1/128 scope host noprefixroute \n       valid_lft forever preferred_lft forever\n',
}

const NOT_SIMULATED = ['neighbour', 'rule', 'netns', 'tunnel', 'maddress', 'monitor', 'xfrm', 'vrf', 'nexthop'] as const

/** `ip [-4|-6|-br] addr|link|route [show] [dev name]` (iproute2): shows, changes nothing. */
export const ip: Program = function* (context) {
  const options = context.args.filter((word) => word.startsWith('-'))
  const [object = 'help', ...rest] = context.args.filter((word) => !word.startsWith('-'))
  const unknown = options.find((word) => !['-4', '-6', '-br', '-brief', '-o', '-c', '-color'].includes(word))
  if (unknown !== undefined || options.includes('-o')) {
    yield* printError(context, `Option "${unknown ?? '-o'}" is unknown, try "ip -help".\n`)
    return 255
  }
  const version = options.includes('-4') ? 4 : options.includes('-6') ? 6 : undefined
  const isBrief = options.includes('-br') || options.includes('-brief')
  const verb = rest[0] === undefined || rest[0] === 'dev' ? 'show' : rest[0]
  if (!'show'.startsWith(verb) && !'list'.startsWith(verb) && !(verb === 'get' && 'route'.startsWith(object))) {
    yield* printError(context, `ip: ${object} ${verb}: changing the network is not simulated\n`)
    return 2
  }
  const behindVerb = verb === 'get' ? undefined : rest[1] === 'dev' ? rest[2] : rest[1]
  const device = rest[0] === 'dev' ? rest[1] : behindVerb
  const { interfaces } = context.process.kernel.host.identity
  const shown = device === undefined ? interfaces : interfaces.filter((one) => one.name === device)
  if (device !== undefined && device !== 'lo' && shown.length === 0) {
    yield* printError(context, `Device "${device}" does not exist.\n`)
    return 1
  }
  const withLoopback = device === undefined || device === 'lo'
  if ('address'.startsWith(object))
    yield* print(context, isBrief ? briefAddresses(shown, withLoopback) : addresses(shown, withLoopback, version))
  else if ('link'.startsWith(object)) yield* print(context, links(shown, withLoopback))
  else if ('route'.startsWith(object)) {
    if (verb !== 'get') yield* print(context, routes(shown, version ?? 4))
    else return yield* routeTo(context, rest[1])
  } else {
    if (NOT_SIMULATED.some((name) => name.startsWith(object))) {
      yield* printError(context, `ip: ${object}: not simulated\n`)
      return 2
    }
    yield* printError(context, `Object "${object}" is unknown, try "ip help".\n`)
    return 1
  }
  return 0
}

function linkText(one: HostInterface, index: number): string {
  return `${index}: ${one.name}: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu ${one.mtu} qdisc mq state UP group default qlen 1000\n    link/ether ${one.macAddress} brd ff:ff:ff:ff:ff:ff\n`
}

function links(interfaces: readonly HostInterface[], withLoopback: boolean): string {
  return (withLoopback ? LOOPBACK.link : '') + interfaces.map((one, i) => linkText(one, i + 2)).join('')
}

function addresses(interfaces: readonly HostInterface[], withLoopback: boolean, version: 4 | 6 | undefined): string {
  const wants = (one: 4 | 6): boolean => version === undefined || version === one
  let text = withLoopback ? LOOPBACK.link + (wants(4) ? LOOPBACK.inet : '') + (wants(6) ? LOOPBACK.inet6 : '') : ''
  for (const [i, one] of interfaces.entries()) {
    text += linkText(one, i + 2)
    for (const [n, { address, prefixLength }] of one.addresses.entries()) {
      const family = addressVersion(address) ?? 4
      if (!wants(family)) continue
      if (family === 4) {
        const isFirst = n === 0
        text += `    inet ${address}/${prefixLength} ${isFirst ? `metric 100 brd ${broadcastOf(address, prefixLength)} ` : ''}scope global ${isFirst ? 'dynamic' : 'secondary'} ${one.name}\n       valid_lft 3412sec preferred_lft 3412sec\n`
      } else
        text += `    inet6 ${address}/128 scope global dynamic noprefixroute \n       valid_lft 418sec preferred_lft 108sec\n`
    }
  }
  return text
}

function briefAddresses(interfaces: readonly HostInterface[], withLoopback: boolean): string {
  const line = (name: string, state: string, list: string): string =>
    `${name.padEnd(16)} ${state.padEnd(14)} ${list} \n`
  const own = interfaces.map((one) =>
    line(one.name, 'UP', one.addresses.map(({ address, prefixLength }) => `${address}/${prefixLength}`).join(' ')),
  )
  return (withLoopback ? line('lo', 'UNKNOWN', '127.0.0.1/8 ::1/128') : '') + own.join('')
}

function broadcastOf(address: string, prefixLength: number): string {
  const value = address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0)
  const size = 2 ** (32 - prefixLength)
  return textOf(Math.floor(value / size) * size + size - 1)
}

function networkOf(address: string, prefixLength: number): string {
  const value = address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0)
  const size = 2 ** (32 - prefixLength)
  return textOf(Math.floor(value / size) * size)
}

function textOf(value: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256).join('.')
}

function routes(interfaces: readonly HostInterface[], version: 4 | 6): string {
  let text = ''
  for (const one of interfaces) {
    const primary = one.addresses.find(({ address }) => addressVersion(address) === version)
    if (!primary) continue
    if (version === 6) {
      text += `${primary.address} dev ${one.name} proto kernel metric 256 pref medium\n`
      continue
    }
    const { address, prefixLength, router } = primary
    if (router !== undefined) text += `default via ${router} dev ${one.name} proto dhcp src ${address} metric 100 \n`
    text += `${networkOf(address, prefixLength)}/${prefixLength} dev ${one.name} proto kernel scope link src ${address} metric 100 \n`
    if (router !== undefined) text += `${router} dev ${one.name} proto dhcp scope link src ${address} metric 100 \n`
  }
  return text
}

function* routeTo(context: ProgramContext, target: string | undefined): ReturnType<Program> {
  const [one] = context.process.kernel.host.identity.interfaces
  const primary = one?.addresses.find(({ address }) => addressVersion(address) === 4)
  if (target === undefined || addressVersion(target) !== 4 || !one || !primary) {
    yield* printError(context, `Error: any valid prefix is expected rather than "${target ?? ''}".\n`)
    return 1
  }
  const isNear = networkOf(target, primary.prefixLength) === networkOf(primary.address, primary.prefixLength)
  const via = isNear || primary.router === undefined ? '' : ` via ${primary.router}`
  yield* print(
    context,
    `${target}${via} dev ${one.name} src ${primary.address} uid ${context.process.user.id} \n    cache \n`,
  )
  return 0
}
