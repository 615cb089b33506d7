import { toBytes, toText } from '../../kernel/bytes.ts'
import type { ProgramContext } from '../../program.ts'
import type { TcpConnection } from '../../shell-host.ts'
import type { Task } from '../../task.ts'

/** What a service told of itself. */
export interface ServiceVersion {
  readonly name: string
  readonly version: string
}

/** How long a service may take to speak first, and to answer. */
const PATIENCE_MICROSECONDS = 6_000_000

/** Connects to an open port, listens, and asks as a web browser would. Undefined where nothing that is known comes. */
export function* detectVersion(
  context: ProgramContext,
  address: string,
  port: number,
): Task<ServiceVersion | undefined> {
  const greeting = yield* talk(context, address, port, undefined)
  const known = greeting === undefined ? undefined : recognize(greeting)
  if (known || greeting === undefined) return known
  const answer = yield* talk(context, address, port, 'GET / HTTP/1.0\r\n\r\n')
  return answer === undefined ? undefined : recognize(answer)
}

/** What comes from a port, in some seconds; empty where it says nothing, undefined where it cannot be reached. */
function* talk(
  context: ProgramContext,
  address: string,
  port: number,
  question: string | undefined,
): Task<string | undefined> {
  const { host, scheduler } = context.process.kernel
  const outcome = yield* host.connect({ address, port, timeoutMicroseconds: PATIENCE_MICROSECONDS })
  if (outcome.kind === 'failed') return undefined
  const { connection } = outcome
  try {
    if (question !== undefined) connection.send(toBytes(question))
    const end = host.nowMicroseconds + PATIENCE_MICROSECONDS
    const silence = (function* (): Task<string> {
      yield* host.sleepUntil(end)
      return ''
    })()
    const { result } = yield* scheduler.race([firstData(connection), silence])
    return result
  } finally {
    connection.close()
  }
}

function* firstData(connection: TcpConnection): Task<string> {
  const bytes = yield* connection.read()
  return bytes === 'end' || bytes === 'reset' ? '' : toText(bytes)
}

function recognize(text: string): ServiceVersion | undefined {
  const ssh = /^SSH-([\d.]+)-OpenSSH[_-](\S+)(?: ([^\r\n]*))?/.exec(text)
  if (ssh) {
    const distribution = ssh[3] === undefined ? '' : ` ${ssh[3].replaceAll('-', ' ')}`
    const system = /Ubuntu|Debian/.exec(ssh[3] ?? '')?.[0]
    const info = system ? `${system === 'Ubuntu' ? 'Ubuntu Linux' : 'Linux'}; protocol ${ssh[1]}` : `protocol ${ssh[1]}`
    return { name: 'ssh', version: `OpenSSH ${ssh[2]}${distribution} (${info})` }
  }
  if (/^SSH-/.test(text)) return { name: 'ssh', version: text.split(/[\r\n]/)[0] ?? '' }
  if (/^HTTP\/\d/.test(text)) {
    const server = /^server:\s*([^\r\n]*)/im.exec(text)?.[1] ?? ''
    const product = /^(nginx|Apache|lighttpd|Caddy|gws)(?:\/(\S+))?/i.exec(server)
    if (!product) return { name: 'http', version: server }
    const name = /apache/i.test(product[1] ?? '') ? 'Apache httpd' : (product[1] ?? '')
    return { name: 'http', version: product[2] === undefined ? name : `${name} ${product[2]}` }
  }
  const ftp = /^220[- ].*?\(?(vsFTPd) ([\d.]+)\)?/.exec(text)
  if (ftp) return { name: 'ftp', version: `vsftpd ${ftp[2]}` }
  const smtp = /^220 (\S+) ESMTP (Postfix|Exim|Sendmail)/.exec(text)
  if (smtp) return { name: 'smtp', version: `${smtp[2]} smtpd` }
  return undefined
}
