import { minutes, seconds } from '../duration.ts'
import type { Connection } from '../host/connection.ts'
import type { Destination, Host } from '../host/host.ts'
import type { Process, ProcessBody } from '../host/process.ts'
import type { ActivityLabel } from '../labels.ts'
import { inRounds, type RoundOptions } from './rounds.ts'

/** People at a distant machine. */
export interface RemoteSessionOptions extends RoundOptions {
  readonly to: Destination
  readonly port?: number
  /** Mean length of a session; 10 min unless given. */
  readonly meanLengthMicroseconds?: number
}

export const SSH_SESSION: ActivityLabel = {
  kind: 'ssh-session',
  intent: 'benign',
  description: 'Works in a shell over SSH',
}
export const RDP_SESSION: ActivityLabel = {
  kind: 'rdp-session',
  intent: 'benign',
  description: 'Works on a desktop over RDP',
}

/** Sessions over SSH: key exchange, log-in, keystrokes with their echoes and now and then a command's output; one an hour unless given. */
export function sshSessions(options: RemoteSessionOptions): ProcessBody {
  return (host) =>
    host.during(
      SSH_SESSION,
      inRounds(host, { meanGapMicroseconds: minutes(60), ...options }, () => sshSession(host, options)),
    )
}

function* sshSession(
  host: Host,
  { to, port = 22, meanLengthMicroseconds = minutes(10) }: RemoteSessionOptions,
): Process {
  const connection = yield* host.connect({ to, port })
  yield* sshHandshake(connection)
  // Authentication by key, and the channel with its environment.
  for (const [send, receive] of [
    [52, 52],
    [84, 84],
    [372, 324],
    [660, 36],
    [112, 500],
    [480, 108],
    [156, 620],
  ] as const) {
    yield* connection.exchange({ send, receive, serverDelayMicroseconds: 4_000 })
  }
  const end = host.nowMicroseconds + host.random.exponential(meanLengthMicroseconds)
  while (host.nowMicroseconds < end) {
    const keys = host.random.integer(3, 30)
    for (let key = 0; key < keys; key += 1) {
      yield* host.sleep(Math.round(host.random.exponential(180_000)))
      yield* connection.exchange({ send: 36, receive: 36, serverDelayMicroseconds: 800 })
    }
    const output = Math.ceil(host.random.logNormal(700, 1.4))
    yield* connection.exchange({ send: 36, receive: Math.min(output, 2_000_000), serverDelayMicroseconds: 30_000 })
    yield* host.sleep(seconds(host.random.logNormal(5, 1)))
  }
  yield* connection.close()
}

/** Identification strings and key exchange of SSH (RFC 4253): readable text first, then sizes as OpenSSH has them. */
export function* sshHandshake(connection: Connection): Process {
  yield* connection.exchange({
    send: 'SSH-2.0-OpenSSH_9.6p1 Ubuntu-3ubuntu13\r\n',
    receive: 'SSH-2.0-OpenSSH_9.6p1 Ubuntu-3ubuntu13\r\n',
    serverDelayMicroseconds: 9_000,
  })
  yield* connection.exchange({ send: 1_536, receive: 1_120, serverDelayMicroseconds: 1_000 })
  yield* connection.exchange({ send: 1_208, receive: 1_564, serverDelayMicroseconds: 5_000 })
  connection.send(16)
}

/** Sessions over RDP: X.224 and TLS handshakes, screen updates against mouse and keys; one in two hours unless given. */
export function rdpSessions(options: RemoteSessionOptions): ProcessBody {
  return (host) =>
    host.during(
      RDP_SESSION,
      inRounds(host, { meanGapMicroseconds: minutes(120), ...options }, () => rdpSession(host, options)),
    )
}

function* rdpSession(
  host: Host,
  { to, port = 3389, meanLengthMicroseconds = minutes(10) }: RemoteSessionOptions,
): Process {
  const connection = yield* host.connect({ to, port })
  yield* rdpHandshake(connection)
  yield* connection.exchange({ send: 1_800, receive: 40_000, serverDelayMicroseconds: 200_000 })
  const end = host.nowMicroseconds + host.random.exponential(meanLengthMicroseconds)
  while (host.nowMicroseconds < end) {
    yield* host.sleep(Math.round(host.random.exponential(400_000)))
    const update = Math.ceil(host.random.pareto(120, 1.3))
    yield* connection.exchange({
      send: host.random.integer(40, 130),
      receive: Math.min(update, 300_000),
      serverDelayMicroseconds: 16_000,
    })
  }
  yield* connection.close()
}

/** X.224 connection request with a cookie, its confirmation, and TLS (MS-RDPBCGR, sections 2.2.1.1 and 2.2.1.2). */
export function* rdpHandshake(connection: Connection): Process {
  const cookie = new TextEncoder().encode('Cookie: mstshash=administr\r\n')
  const request = Uint8Array.of(
    3,
    0,
    0,
    19 + cookie.length,
    14 + cookie.length,
    0xe0,
    0,
    0,
    0,
    0,
    0,
    ...cookie,
    1,
    0,
    8,
    0,
    3,
    0,
    0,
    0,
  )
  const confirm = Uint8Array.of(3, 0, 0, 19, 14, 0xd0, 0, 0, 0x12, 0x34, 0, 2, 0x1f, 8, 0, 2, 0, 0, 0)
  yield* connection.exchange({ send: request, receive: confirm, serverDelayMicroseconds: 3_000 })
  yield* connection.startTls({ version: '1.2' })
}
