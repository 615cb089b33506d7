import { decodeDnsMessage, encodeDnsOverTcp } from '@flowtap/core'
import { milliseconds, minutes } from '../duration.ts'
import type { Connection, TcpApplication } from './connection.ts'
import { answerQuery, type NameServer } from './dns-server.ts'
import type { Host } from './host.ts'
import { respondToHttp } from './http-service.ts'
import type { Process } from './process.ts'

/** How long a service that nobody speaks to waits before it closes. */
const PATIENCE_MICROSECONDS = minutes(2)

/**
 * The well-known service of a TCP port, for connections that ask for it: it speaks its protocol as far as a client that looks around
 * goes. undefined for ports without one: those take what comes, say nothing, and close when the client does.
 */
export function wellKnownService(port: number, server: NameServer): TcpApplication | undefined {
  switch (port) {
    case 7:
      return echo
    case 21:
      return greeting('220 (vsFTPd 3.0.5)\r\n', '530 Please login with USER and PASS.\r\n')
    case 22:
      return greeting('SSH-2.0-OpenSSH_9.6p1 Ubuntu-3ubuntu13.5\r\n', undefined)
    case 25:
    case 587:
      return greeting('220 mail ESMTP Postfix\r\n', '250 2.0.0 Ok\r\n')
    case 53:
      return (host, connection) => dnsOverTcp(host, connection, server)
    case 80:
    case 8000:
    case 8080:
      return respondToHttp
    case 110:
      return greeting('+OK Dovecot ready.\r\n', '-ERR Unknown command.\r\n')
    case 143:
      return greeting('* OK [CAPABILITY IMAP4rev1] Dovecot ready.\r\n', 'a BAD Error in IMAP command received.\r\n')
    case 6379:
      return greeting(undefined, '-NOAUTH Authentication required.\r\n')
    default:
      return undefined
  }
}

function* echo(_host: Host, connection: Connection): Process {
  for (;;) {
    const bytes = yield* connection.read()
    if (!bytes) return
    connection.send(bytes)
  }
}

/** A service that greets, and answers every line with the same. */
function greeting(welcome: string | undefined, answer: string | undefined): TcpApplication {
  return function* greet(host: Host, connection: Connection): Process {
    yield* host.sleep(milliseconds(2))
    if (welcome !== undefined) connection.send(welcome)
    for (;;) {
      const bytes = yield* connection.read({ timeoutMicroseconds: PATIENCE_MICROSECONDS })
      if (!bytes) return
      if (answer !== undefined) connection.send(answer)
    }
  }
}

function* dnsOverTcp(host: Host, connection: Connection, server: NameServer): Process {
  let received = new Uint8Array(0)
  for (;;) {
    const bytes = yield* connection.read({ timeoutMicroseconds: PATIENCE_MICROSECONDS })
    if (!bytes) return
    const joined = new Uint8Array(received.length + bytes.length)
    joined.set(received)
    joined.set(bytes, received.length)
    received = joined
    for (;;) {
      const length = ((received[0] ?? 0) << 8) | (received[1] ?? 0)
      if (received.length < 2 || received.length < length + 2) break
      const query = decodeDnsMessage(received, 2, length + 2)
      received = received.slice(length + 2)
      if (query.kind === 'issue') return
      connection.send(encodeDnsOverTcp(answerQuery(server, query, host.nowMicroseconds)))
    }
  }
}
