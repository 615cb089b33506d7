import { toBytes, toText } from '../../kernel/bytes.ts'
import { type Program, type ProgramContext, printError } from '../../program.ts'
import type { TcpConnection } from '../../shell-host.ts'
import type { Task } from '../../task.ts'
import { parseOptions } from '../options.ts'
import { FAILURE_TEXTS } from './network-failure-text.ts'
import { LOOKUP_ERRORS, resolveHost } from './resolve-host.ts'

const VERSION = 'OpenSSH_9.6p1 Ubuntu-3ubuntu13.5'
const USAGE = `usage: ssh [-46AaCfGgKkMNnqsTtVvXxYy] [-B bind_interface] [-b bind_address]
           [-c cipher_spec] [-D [bind_address:]port] [-E log_file]
           [-e escape_char] [-F configfile] [-I pkcs11] [-i identity_file]
           [-J destination] [-L address] [-l login_name] [-m mac_spec]
           [-O ctl_cmd] [-o option] [-P tag] [-p port] [-R address]
           [-S ctl_path] [-W host:port] [-w local_tun[:remote_tun]]
           destination [command [argument ...]]
`
/** Bytes of OpenSSH's messages behind the banner: key exchange, then a try without and with a public key. */
const KEY_EXCHANGE_BYTES: readonly number[] = [1_536, 1_208, 16]
const AUTHENTICATION_BYTES: readonly number[] = [44, 68, 500]
/** How long a server takes for each of the two. */
const KEY_EXCHANGE_MICROSECONDS = 150_000
const OPTIONS = '46AaCfGgKkMNnqsTtVvXxYyB:b:c:D:E:e:F:I:i:J:L:l:m:O:o:P:p:R:S:W:w:'
/** Options that would make another connection than the one that is simulated. */
const NOT_SIMULATED = ['D', 'J', 'L', 'R', 'W', 'w', 'O', 'S', 'f']

/**
 * `ssh [-46aCkNnqTtVvXx] [-i file] [-l user] [-o option] [-p port] destination [command …]`: connects, exchanges banners and keys as far
 * as a server answers, and is refused, since a simulated host has no accounts.
 */
export const ssh: Program = function* (context) {
  const parsed = readArguments(context.args)
  if (!parsed) {
    yield* printError(context, USAGE)
    return 255
  }
  const { destination, all } = parsed
  const values = new Map(all.map(({ name, value }) => [name, value]))
  if (values.has('V')) {
    yield* printError(context, `${VERSION}, OpenSSL 3.0.13 30 Jan 2024\n`)
    return 0
  }
  const refused = NOT_SIMULATED.find((letter) => values.has(letter))
  if (refused !== undefined) {
    yield* printError(context, `ssh: -${refused}: option not simulated\r\n`)
    return 255
  }
  if (destination === undefined) {
    yield* printError(context, USAGE)
    return 255
  }
  const options = new Map<string, string>()
  for (const { name, value } of all) {
    if (name !== 'o') continue
    const [key = '', ...rest] = value.split(/[= ]/)
    options.set(key.toLowerCase(), rest.join('='))
  }
  const uri = /^(?:ssh:\/\/)?(?:([^@]*)@)?(\[[^\]]+\]|[^:/]+|[0-9a-fA-F:]+)(?::(\d+))?\/?$/.exec(destination)
  const name = (uri?.[2] ?? destination).replace(/^\[|\]$/g, '')
  const user = values.get('l') ?? uri?.[1] ?? options.get('user') ?? context.process.user.name
  const portText = values.get('p') ?? uri?.[3] ?? options.get('port') ?? '22'
  const port = Number(portText)
  if (!Number.isInteger(port) || port < 1 || port > 65_535) {
    yield* printError(context, `Bad port '${portText}'\r\n`)
    return 255
  }
  const timeout = options.get('connecttimeout')
  const acceptsNewHosts = /^(?:no|off|accept-new)$/i.test(options.get('stricthostkeychecking') ?? '')
  return yield* connect(context, {
    name,
    user,
    port,
    acceptsNewHosts,
    seconds: timeout === undefined ? undefined : Number(timeout) || undefined,
  })
}

/** Options stand before the destination and behind it, up to the command. */
function readArguments(args: readonly string[]):
  | {
      readonly destination: string | undefined
      readonly all: readonly { readonly name: string; readonly value: string }[]
    }
  | undefined {
  const specification = { short: OPTIONS, stopsAtOperand: true }
  const before = parseOptions(args, specification)
  if ('problem' in before) return undefined
  const [destination, ...rest] = before.operands
  const behind = parseOptions(rest, specification)
  return 'problem' in behind ? undefined : { destination, all: [...before.all, ...behind.all] }
}

interface Destination {
  readonly name: string
  readonly user: string
  readonly port: number
  readonly seconds: number | undefined
  readonly acceptsNewHosts: boolean
}

function* connect(context: ProgramContext, destination: Destination): Task<number> {
  const { name, port, seconds } = destination
  const { host, scheduler } = context.process.kernel
  const found = yield* resolveHost(context, name)
  if (found.kind !== 'found') {
    yield* printError(context, `ssh: Could not resolve hostname ${name}: ${LOOKUP_ERRORS[found.kind]}\r\n`)
    return 255
  }
  const start = host.nowMicroseconds
  const left = seconds === undefined ? {} : { timeoutMicroseconds: seconds * 1_000_000 }
  const address = found.addresses[0] as string
  const outcome = yield* host.connect({ address, port, ...left })
  if (outcome.kind === 'failed') {
    yield* printError(context, `ssh: connect to host ${name} port ${port}: ${FAILURE_TEXTS[outcome.failure]}\r\n`)
    return 255
  }
  const { connection } = outcome
  try {
    const session = handshake(context, connection, destination)
    if (seconds === undefined) return yield* session
    const timer = (function* (): Task<'timeout'> {
      yield* host.sleepUntil(start + seconds * 1_000_000)
      return 'timeout'
    })()
    const { result } = yield* scheduler.race<number | 'timeout'>([session, timer])
    if (result !== 'timeout') return result
    yield* printError(
      context,
      `Connection timed out during banner exchange\r\nConnection to ${address} port ${port} timed out\r\n`,
    )
    return 255
  } finally {
    connection.close()
  }
}

function* handshake(
  context: ProgramContext,
  connection: TcpConnection,
  { user, name, port, acceptsNewHosts }: Destination,
): Task<number> {
  connection.send(toBytes(`SSH-2.0-${VERSION}\r\n`))
  const place = `${connection.remoteAddress} port ${port}`
  let received = ''
  while (!/SSH-[\d.]+-[^\n]*\n/.test(received)) {
    const bytes = yield* connection.read()
    if (bytes === 'reset') {
      yield* printError(
        context,
        `kex_exchange_identification: read: Connection reset by peer\r\nConnection reset by ${place}\r\n`,
      )
      return 255
    }
    if (bytes === 'end') {
      yield* printError(
        context,
        `kex_exchange_identification: Connection closed by remote host\r\nConnection closed by ${place}\r\n`,
      )
      return 255
    }
    received += toText(bytes)
    if (received.length > 8_192) {
      yield* printError(
        context,
        `kex_exchange_identification: banner line contains invalid characters\r\nbanner exchange: Connection to ${place}: invalid format\r\n`,
      )
      return 255
    }
  }
  const { host } = context.process.kernel
  for (const bytes of KEY_EXCHANGE_BYTES) connection.send(new Uint8Array(bytes))
  yield* host.sleepUntil(host.nowMicroseconds + KEY_EXCHANGE_MICROSECONDS)
  if (!acceptsNewHosts) {
    // Nobody is there to be asked whether the unknown key is the right one.
    yield* printError(context, 'Host key verification failed.\r\n')
    return 255
  }
  yield* printError(context, `Warning: Permanently added '${name}' (ED25519) to the list of known hosts.\r\n`)
  for (const bytes of AUTHENTICATION_BYTES) connection.send(new Uint8Array(bytes))
  yield* host.sleepUntil(host.nowMicroseconds + KEY_EXCHANGE_MICROSECONDS)
  yield* printError(context, `${user}@${name}: Permission denied (publickey).\r\n`)
  return 255
}
