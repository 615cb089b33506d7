import { type Program, type ProgramContext, print, printError } from '../../program.ts'
import type { NetworkFailure, UdpSocket } from '../../shell-host.ts'
import type { Task } from '../../task.ts'
import { getoptMessage, parseOptions } from '../options.ts'
import { type NcSettings, tcpLink, transfer, udpLink } from './nc-transfer.ts'
import { FAILURE_TEXTS } from './network-failure-text.ts'
import { addressVersion, LOOKUP_ERRORS, nameOfAddress, resolveHost } from './resolve-host.ts'
import { serviceName, servicePorts } from './service-names.ts'

const USAGE = `usage: nc [-46CDdFhklNnrStUuvZz] [-I length] [-i interval] [-M ttl]
	  [-m minttl] [-O length] [-P proxy_username] [-p source_port]
	  [-q seconds] [-s sourceaddr] [-T keyword] [-V rtable] [-W recvlimit]
	  [-w timeout] [-X proxy_protocol] [-x proxy_address[:port]]
	  [destination] [port]
`
const NOT_SIMULATED = [...'CDFStUZIiMmOPsTVWXxb']

/** `nc [-46dklNnuvz] [-p port] [-q seconds] [-w seconds] [destination] [port|first-last …]` (OpenBSD netcat) */
export const nc: Program = function* (context) {
  const parsed = parseOptions(context.args, { short: '46dhklNnruvzCDFStUZI:i:M:m:O:P:p:q:s:T:V:W:w:X:x:b' })
  if ('problem' in parsed) {
    yield* printError(context, `nc: ${getoptMessage(parsed.problem)}\n${USAGE}`)
    return 1
  }
  const { values, operands } = parsed
  const refused = NOT_SIMULATED.find((letter) => values.has(letter))
  if (refused !== undefined) {
    yield* printError(context, `nc: -${refused}: option not simulated\n`)
    return 1
  }
  for (const letter of ['w', 'q', 'p']) {
    const text = values.get(letter)
    if (text === undefined || /^-?\d+$/.test(text)) continue
    yield* printError(
      context,
      letter === 'p'
        ? 'nc: getaddrinfo: Servname not supported for ai_socktype\n'
        : `nc: ${letter === 'w' ? 'timeout' : 'quit timer'} invalid: ${text}\n`,
    )
    return 1
  }
  const port = values.get('p')
  const quit = values.has('q') ? Number(values.get('q')) : undefined
  const settings: NcSettings = {
    isUdp: values.has('u'),
    isListening: values.has('l'),
    keepsListening: values.has('k'),
    scansOnly: values.has('z'),
    isVerbose: values.has('v'),
    isNumeric: values.has('n'),
    readsInput: !values.has('d'),
    sendsEnd: values.has('N'),
    seconds: values.has('w') ? Number(values.get('w')) : undefined,
    quitSeconds: quit === undefined || quit < 0 ? undefined : quit,
    localPort: port === undefined ? undefined : Number(port),
    version: values.has('4') ? 4 : values.has('6') ? 6 : undefined,
  }
  if (settings.keepsListening && !settings.isListening) {
    yield* printError(context, 'nc: must use -l with -k\n')
    return 1
  }
  if (settings.isListening && settings.scansOnly) {
    yield* printError(context, 'nc: cannot use -z and -l\n')
    return 1
  }
  if (settings.isListening) return yield* listen(context, settings, operands)
  const [destination, ...ports] = operands
  if (destination === undefined) {
    yield* printError(context, USAGE)
    return 1
  }
  if (ports.length === 0) {
    yield* printError(context, 'nc: missing port number\n')
    return 1
  }
  const numbers: number[] = []
  for (const text of ports) {
    const found = portsOf(text, settings)
    if (typeof found === 'string') {
      yield* printError(context, `nc: ${found}\n`)
      return 1
    }
    numbers.push(...found)
  }
  return yield* client(context, settings, destination, numbers)
}

/** The ports of an argument, or what is wrong with it. */
function portsOf(text: string, settings: NcSettings): number[] | string {
  const range = /^(\d+)-(\d+)$/.exec(text)
  const [first, last] = range ? [range[1] as string, range[2] as string] : [text, text]
  const protocol = settings.isUdp ? 'udp' : 'tcp'
  if (!range && !/^\d+$/.test(text)) {
    const named = settings.isNumeric ? [] : servicePorts(text, protocol)
    return named.length > 0 ? named.slice(0, 1) : `port number invalid: ${text}`
  }
  for (const number of [first, last]) {
    if (Number(number) > 65_535) return `port number too large: ${number}`
    if (Number(number) < 1) return `port number too small: ${number}`
  }
  const [low, high] = [Math.min(Number(first), Number(last)), Math.max(Number(first), Number(last))]
  return Array.from({ length: high - low + 1 }, (_, i) => low + i)
}

function* client(
  context: ProgramContext,
  settings: NcSettings,
  destination: string,
  ports: readonly number[],
): Task<number> {
  const found =
    settings.isNumeric && addressVersion(destination) === undefined
      ? { kind: 'not-found' as const }
      : yield* resolveHost(context, destination, settings.version)
  if (found.kind !== 'found') {
    yield* printError(
      context,
      `nc: getaddrinfo for host "${destination}" port ${ports[0]}: ${LOOKUP_ERRORS[found.kind]}\n`,
    )
    return 1
  }
  const address = found.addresses[0] as string
  let status = 1
  for (const port of ports) {
    const hasWorked = settings.isUdp
      ? yield* udpClient(context, settings, destination, address, port)
      : yield* tcpClient(context, settings, destination, address, port)
    if (hasWorked) status = 0
    if (hasWorked && !settings.scansOnly) break
  }
  return status
}

function* tellSuccess(
  context: ProgramContext,
  settings: NcSettings,
  destination: string,
  address: string,
  port: number,
): Task {
  if (!settings.isVerbose) return
  const protocol = settings.isUdp ? 'udp' : 'tcp'
  const service = settings.isNumeric ? undefined : serviceName(port, protocol)
  const shown = destination === address ? destination : `${destination} (${address})`
  yield* printError(context, `Connection to ${shown} ${port} port [${protocol}/${service ?? '*'}] succeeded!\n`)
}

function* tellFailure(
  context: ProgramContext,
  settings: NcSettings,
  destination: string,
  address: string,
  port: number,
  failure: NetworkFailure,
): Task {
  if (!settings.isVerbose) return
  const shown = destination === address ? destination : `${destination} (${address})`
  const isOwnTimeout = failure === 'timeout' && settings.seconds !== undefined
  const reason = isOwnTimeout ? 'timed out: Operation now in progress' : `failed: ${FAILURE_TEXTS[failure]}`
  yield* printError(context, `nc: connect to ${shown} port ${port} (${settings.isUdp ? 'udp' : 'tcp'}) ${reason}\n`)
}

function* tcpClient(
  context: ProgramContext,
  settings: NcSettings,
  destination: string,
  address: string,
  port: number,
): Task<boolean> {
  const { host } = context.process.kernel
  const outcome = yield* host.connect({
    address,
    port,
    ...(settings.localPort === undefined ? {} : { localPort: settings.localPort }),
    ...(settings.seconds === undefined ? {} : { timeoutMicroseconds: settings.seconds * 1_000_000 }),
  })
  if (outcome.kind === 'failed') {
    yield* tellFailure(context, settings, destination, address, port, outcome.failure)
    return false
  }
  yield* tellSuccess(context, settings, destination, address, port)
  const { connection } = outcome
  try {
    if (!settings.scansOnly) yield* transfer(context, settings, tcpLink(connection))
  } finally {
    connection.close()
  }
  return true
}

function* udpClient(
  context: ProgramContext,
  settings: NcSettings,
  destination: string,
  address: string,
  port: number,
): Task<boolean> {
  const socket = context.process.kernel.host.openUdp(settings.localPort)
  if (!socket) {
    yield* printError(context, 'nc: Address already in use\n')
    return false
  }
  try {
    if (settings.isVerbose || settings.scansOnly) {
      if (!(yield* udpTest(context, socket, address, port))) return false
      yield* tellSuccess(context, settings, destination, address, port)
    }
    if (!settings.scansOnly) yield* transfer(context, settings, udpLink(socket, address, port))
    return true
  } finally {
    socket.close()
  }
}

/** Sends a byte a few times; a port that is closed answers with an ICMP error. */
function* udpTest(context: ProgramContext, socket: UdpSocket, address: string, port: number): Task<boolean> {
  const { host, scheduler } = context.process.kernel
  const test = (function* (): Task<boolean> {
    for (let i = 0; i < 4; i += 1) {
      socket.send(address, port, new Uint8Array([0x58]))
      yield* host.sleepUntil(host.nowMicroseconds + 1_000_000)
    }
    return true
  })()
  const refused = (function* (): Task<boolean> {
    for (;;) {
      const arrival = yield* socket.receive()
      if (arrival.kind === 'failed') return false
    }
  })()
  const { result } = yield* scheduler.race([test, refused])
  return result
}

function* listen(context: ProgramContext, settings: NcSettings, operands: readonly string[]): Task<number> {
  const text = operands.at(-1) ?? (settings.localPort === undefined ? undefined : String(settings.localPort))
  if (text === undefined) {
    yield* printError(context, 'nc: missing port number\n')
    return 1
  }
  const [port] = portsOf(text, settings)
  if (typeof port !== 'number') {
    yield* printError(context, `nc: ${portsOf(text, settings)}\n`)
    return 1
  }
  if (settings.isUdp) return yield* udpListen(context, settings, port)
  const listener = context.process.kernel.host.listen(port)
  if (!listener) {
    yield* printError(context, 'nc: Address already in use\n')
    return 1
  }
  try {
    if (settings.isVerbose) yield* printError(context, `Listening on 0.0.0.0 ${port}\n`)
    do {
      const connection = yield* listener.accept()
      if (settings.isVerbose) {
        const name = settings.isNumeric ? undefined : yield* nameOfAddress(context, connection.remoteAddress)
        yield* printError(
          context,
          `Connection received on ${name ?? connection.remoteAddress} ${connection.remotePort}\n`,
        )
      }
      try {
        yield* transfer(context, settings, tcpLink(connection))
      } finally {
        connection.close()
      }
    } while (settings.keepsListening)
  } finally {
    listener.close()
  }
  return 0
}

function* udpListen(context: ProgramContext, settings: NcSettings, port: number): Task<number> {
  const socket = context.process.kernel.host.openUdp(port)
  if (!socket) {
    yield* printError(context, 'nc: Address already in use\n')
    return 1
  }
  try {
    if (settings.isVerbose) yield* printError(context, `Bound on 0.0.0.0 ${port}\n`)
    const first = yield* socket.receive()
    if (first.kind === 'failed') return 1
    if (settings.isVerbose) yield* printError(context, `Connection received on ${first.address} ${first.port}\n`)
    yield* print(context, first.bytes)
    yield* transfer(context, settings, udpLink(socket, first.address, first.port))
  } finally {
    socket.close()
  }
  return 0
}
