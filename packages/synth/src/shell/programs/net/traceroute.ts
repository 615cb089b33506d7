import { type Program, type ProgramContext, print, printError } from '../../program.ts'
import type { Probe, ProbeOutcome } from '../../shell-host.ts'
import { Settlement, type Task } from '../../task.ts'
import { tracerouteMark } from './icmp-text.ts'
import { AddressNames, LOOKUP_ERRORS, resolveHost } from './resolve-host.ts'

/** Headers of a probe: 20 bytes of IPv4, 8 of UDP or ICMP. */
const PROBE_HEADER_BYTES = 28
const FIRST_PORT = 33_434
/** The first port of probes from the machine itself, for TCP. */
const DEFAULT_TCP_PORT = 80

interface TraceSettings {
  readonly protocol: Probe['protocol']
  readonly port: number
  readonly firstHop: number
  readonly lastHop: number
  readonly probes: number
  readonly atOnce: number
  readonly waitSeconds: number
  readonly isNumeric: boolean
  readonly dontFragment: boolean
  readonly version: 4 | 6 | undefined
}

const WITH_ARGUMENT = 'fgimNpqtlwszMO'
const KNOWN = `46dFITnreAUDVh${WITH_ARGUMENT}`
const LONG: Readonly<Record<string, string>> = {
  icmp: 'I',
  tcp: 'T',
  udp: 'U',
  'dont-fragment': 'F',
  first: 'f',
  'max-hops': 'm',
  'sim-queries': 'N',
  port: 'p',
  queries: 'q',
  wait: 'w',
}

/** `traceroute [-46FInTU] [-f hop] [-m hop] [-N count] [-p port] [-q count] [-w seconds] host [bytes]` (Dmitry Butskoy's) */
export const traceroute: Program = function* (context) {
  const read = readArguments(context.args)
  if ('problem' in read) {
    yield* printError(context, `${read.problem}\n`)
    return 2
  }
  const { values, operands } = read
  if (operands.length === 0) {
    yield* print(
      context,
      'Usage:\n  traceroute [ -46FInTU ] [ -f first_ttl ] [ -m max_ttl ] [ -N squeries ] [ -p port ] [ -w MAX ] [ -q nqueries ] host [ packetlen ]\n',
    )
    return 0
  }
  const refused = [...'derAUDVgitlszMOh'].find((letter) => values.has(letter) && letter !== 'U')
  if (refused !== undefined) {
    yield* printError(context, `traceroute: -${refused}: option not simulated\n`)
    return 2
  }
  const numbers: Record<string, number> = {}
  for (const letter of 'fmNpqw') {
    const text = values.get(letter)
    if (text === undefined) continue
    const value = Number(text.split(',')[0])
    if (text === '' || Number.isNaN(value) || (letter !== 'w' && !Number.isInteger(value))) {
      yield* printError(context, `Cannot handle \`-${letter}' option with arg \`${text}' (argc 2)\n`)
      return 2
    }
    numbers[letter] = value
  }
  const settings: TraceSettings = {
    protocol: values.has('I') ? 'icmp' : values.has('T') ? 'tcp' : 'udp',
    port: numbers.p ?? (values.has('T') ? DEFAULT_TCP_PORT : FIRST_PORT),
    firstHop: numbers.f ?? 1,
    lastHop: numbers.m ?? 30,
    probes: numbers.q ?? 3,
    atOnce: numbers.N ?? 16,
    waitSeconds: numbers.w ?? 5,
    isNumeric: values.has('n'),
    dontFragment: values.has('F'),
    version: values.has('4') ? 4 : values.has('6') ? 6 : undefined,
  }
  const wrong = problemOf(settings)
  if (wrong !== undefined) {
    yield* printError(context, `${wrong}\n`)
    return 2
  }
  if (settings.protocol !== 'udp' && context.process.user.id !== 0 && settings.protocol === 'tcp') {
    yield* printError(
      context,
      'You do not have enough privileges to use this traceroute method.\nsocket: Operation not permitted\n',
    )
    return 1
  }
  const [name = '', sizeText] = operands
  const size = sizeText === undefined ? 60 : Number(sizeText)
  if (!Number.isInteger(size) || size > 65_000 || size < 0) {
    yield* printError(context, `Cannot handle "packetlen" cmdline arg \`${sizeText}' on position 2 (argc 2)\n`)
    return 2
  }
  const found = yield* resolveHost(context, name, settings.version)
  if (found.kind !== 'found') {
    yield* printError(
      context,
      `${name}: ${LOOKUP_ERRORS[found.kind]}\nCannot handle "host" cmdline arg \`${name}' on position 1 (argc 1)\n`,
    )
    return 2
  }
  const address = found.addresses[0] as string
  yield* print(context, `traceroute to ${name} (${address}), ${settings.lastHop} hops max, ${size} byte packets\n`)
  yield* trace(context, settings, address, Math.max(0, size - PROBE_HEADER_BYTES))
  return 0
}

function readArguments(
  args: readonly string[],
):
  | { readonly values: ReadonlyMap<string, string>; readonly operands: readonly string[] }
  | { readonly problem: string } {
  const values = new Map<string, string>()
  const operands: string[] = []
  const rest = [...args]
  while (rest.length > 0) {
    const word = rest.shift() as string
    const position = args.length - rest.length
    if (word.startsWith('--')) {
      const [name = '', value] = word.slice(2).split('=')
      const letter = LONG[name]
      if (letter === undefined) return { problem: `Bad option \`${word}' (argc ${position})` }
      values.set(letter, value ?? (WITH_ARGUMENT.includes(letter) ? (rest.shift() ?? '') : ''))
      continue
    }
    if (!/^-./.test(word)) {
      operands.push(word)
      continue
    }
    for (let i = 1; i < word.length; i += 1) {
      const letter = word[i] as string
      if (!KNOWN.includes(letter)) return { problem: `Bad option \`-${letter}' (argc ${position})` }
      if (!WITH_ARGUMENT.includes(letter)) {
        values.set(letter, '')
        continue
      }
      const value = word.slice(i + 1) || rest.shift()
      if (value === undefined) return { problem: `Option \`-${letter}' (argc ${position}) requires an argument` }
      values.set(letter, value)
      break
    }
  }
  return { values, operands }
}

function problemOf(settings: TraceSettings): string | undefined {
  if (settings.firstHop < 1 || settings.firstHop > settings.lastHop) return 'first hop out of range'
  if (settings.lastHop > 255) return 'max hops cannot be more than 255'
  if (settings.probes < 1 || settings.probes > 10) return 'no more than 10 probes per hop'
  if (settings.waitSeconds <= 0) return "bad wait specifications `0' used"
  return undefined
}

/** Sends probes for hop after hop, a number of them at once, and prints each hop's line when its probes have been answered. */
function* trace(context: ProgramContext, settings: TraceSettings, address: string, bytes: number): Task {
  const { scheduler, host } = context.process.kernel
  const names = new AddressNames(context)
  const total = (settings.lastHop - settings.firstHop + 1) * settings.probes
  const outcomes: Settlement<ProbeOutcome>[] = []
  const fibers: { stop(): void }[] = []
  /** The nearest hop that is the destination: nothing is sent beyond it. */
  let destinationHop = settings.lastHop
  const send = (index: number): void => {
    const settlement = new Settlement<ProbeOutcome>()
    outcomes[index] = settlement
    const hop = settings.firstHop + Math.floor(index / settings.probes)
    const probe = host.probe({
      address,
      protocol: settings.protocol,
      hopLimit: hop,
      payload: new Uint8Array(settings.protocol === 'tcp' ? 0 : bytes),
      dontFragment: settings.dontFragment,
      timeoutMicroseconds: Math.round(settings.waitSeconds * 1_000_000),
      ...(settings.protocol === 'udp' ? { port: (settings.port + index) & 0xffff } : {}),
      ...(settings.protocol === 'tcp' ? { port: settings.port, tcpFlags: 2 } : {}),
      ...(settings.protocol === 'icmp' ? { sequence: index + 1 } : {}),
    })
    fibers.push(
      scheduler.spawn(probe, (end) => {
        const outcome: ProbeOutcome = end.kind === 'returned' ? end.result : { kind: 'timeout' }
        if (isFinal(outcome)) destinationHop = Math.min(destinationHop, hop)
        settlement.settle(outcome)
      }),
    )
  }
  try {
    let sent = 0
    for (let hop = settings.firstHop; hop <= settings.lastHop; hop += 1) {
      let previous: string | undefined
      let isFinalHop = false
      yield* print(context, `${String(hop).padStart(2)} `)
      for (let n = 0; n < settings.probes; n += 1) {
        const index = (hop - settings.firstHop) * settings.probes + n
        while (
          sent < total &&
          sent < index + settings.atOnce &&
          settings.firstHop + Math.floor(sent / settings.probes) <= destinationHop
        ) {
          send(sent)
          sent += 1
        }
        const settlement = outcomes[index]
        if (!settlement) break
        const outcome = yield* settlement.wait()
        previous = yield* printProbe(context, settings, names, outcome, previous)
        if (isFinal(outcome) || outcome.kind === 'unreachable') isFinalHop = true
      }
      yield* print(context, '\n')
      if (isFinalHop) return
    }
  } finally {
    for (const fiber of fibers) fiber.stop()
  }
}

function isFinal(outcome: ProbeOutcome): boolean {
  return outcome.kind === 'closed' || outcome.kind === 'open' || outcome.kind === 'echo-reply'
}

/** One probe's part of a line; gives the address that answered. */
function* printProbe(
  context: ProgramContext,
  settings: TraceSettings,
  names: AddressNames,
  outcome: ProbeOutcome,
  previous: string | undefined,
): Task<string | undefined> {
  if (outcome.kind === 'timeout' || outcome.kind === 'no-route') {
    yield* print(context, ' *')
    return previous
  }
  let text = ''
  if (outcome.from !== previous) {
    const name = settings.isNumeric ? undefined : ((yield* names.nameOf(outcome.from)) ?? outcome.from)
    text += name === undefined ? ` ${outcome.from}` : ` ${name} (${outcome.from})`
  }
  text += `  ${(outcome.roundTripMicroseconds / 1000).toFixed(3)} ms`
  if (outcome.kind === 'unreachable') text += ` ${tracerouteMark(outcome.code)}`
  if (outcome.kind === 'too-big') text += ` !F-${outcome.mtu}`
  yield* print(context, text)
  return outcome.from
}
