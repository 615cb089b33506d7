import { minutes } from '../duration.ts'
import type { Connection, TcpApplication } from './connection.ts'
import { Content, type ContentLike } from './content.ts'
import type { Host } from './host.ts'
import type { Process } from './process.ts'

/** A request that has come whole but for its body, of which only the length is kept. */
export interface HttpRequest {
  readonly method: string
  /** As in the request line, e.g. `/index.html?x=1`. */
  readonly target: string
  readonly version: '1.0' | '1.1'
  /** By name in small letters; of names that come twice the last. */
  readonly headers: ReadonlyMap<string, string>
  readonly bodyBytes: number
}

/** An answer; `Content-Length` and `Connection` are added. */
export interface HttpResponse {
  readonly status: number
  readonly reason?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: ContentLike
  /** How long it takes. */
  readonly delayMicroseconds?: number
}

const LONGEST_HEAD = 16_384
const IDLE_MICROSECONDS = minutes(1)
const REASONS: Readonly<Record<number, string>> = {
  200: 'OK',
  201: 'Created',
  204: 'No Content',
  301: 'Moved Permanently',
  302: 'Found',
  304: 'Not Modified',
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  500: 'Internal Server Error',
  503: 'Service Unavailable',
}

/** A web server (HTTP/1.1 with persistent connections) that answers requests as the function says; for {@link Host.listen}. */
export function httpServer(respond: (request: HttpRequest, host: Host) => HttpResponse): TcpApplication {
  return function* serve(host: Host, connection: Connection): Process {
    let received = ''
    for (;;) {
      const end = received.indexOf('\r\n\r\n')
      if (end < 0) {
        if (received.length > LONGEST_HEAD) return
        const bytes = yield* connection.read({ timeoutMicroseconds: IDLE_MICROSECONDS })
        if (!bytes) return
        received += latin1(bytes)
        continue
      }
      const request = parseRequest(received.slice(0, end))
      received = received.slice(end + 4)
      if (!request) {
        connection.send(encode({ status: 400, body: '400 Bad Request\n' }, false, false))
        return
      }
      if (received.length >= request.bodyBytes) received = received.slice(request.bodyBytes)
      else {
        yield* connection.receive(request.bodyBytes - received.length)
        received = ''
      }
      const response = respond(request, host)
      if (response.delayMicroseconds) yield* host.sleep(response.delayMicroseconds)
      const keeps = request.version === '1.1' && request.headers.get('connection')?.toLowerCase() !== 'close'
      connection.send(encode(response, keeps, request.method === 'HEAD'))
      if (!keeps) return
    }
  }
}

/** The web server of hosts that have no other: google.com redirects as it does, the others show a page. */
export const respondToHttp: TcpApplication = httpServer(wellKnownPage)

/** What the web server of a host answers that has none of its own. */
export function wellKnownPage(request: HttpRequest): HttpResponse {
  const host = (request.headers.get('host') ?? '').replace(/:\d+$/, '')
  const delayMicroseconds = 5_000
  if (request.method !== 'GET' && request.method !== 'HEAD' && request.method !== 'POST') {
    return { status: 405, headers: { Allow: 'GET, HEAD, POST' }, delayMicroseconds }
  }
  if (host === 'google.com') {
    const target = `http://www.google.com${request.target}`
    return {
      status: 301,
      headers: { Location: target, 'Content-Type': 'text/html; charset=UTF-8', Server: 'gws' },
      body: [
        '<HTML><HEAD><meta http-equiv="content-type" content="text/html;charset=utf-8">',
        '<TITLE>301 Moved</TITLE></HEAD><BODY>',
        '<H1>301 Moved</H1>',
        'The document has moved',
        `<A HREF="${target}">here</A>.\r`,
        '</BODY></HTML>\r\n',
      ].join('\n'),
      delayMicroseconds,
    }
  }
  return {
    status: 200,
    headers: { 'Content-Type': 'text/html; charset=UTF-8', Server: 'nginx' },
    body: `<!doctype html>\n<html><head><title>${host}</title></head><body><h1>${host}</h1></body></html>\n`,
    delayMicroseconds,
  }
}

function parseRequest(head: string): HttpRequest | undefined {
  const [line = '', ...fields] = head.split('\r\n')
  const match = /^([A-Z]+) (\S+) HTTP\/(1\.[01])$/.exec(line)
  if (!match) return undefined
  const headers = new Map<string, string>()
  for (const field of fields) {
    const colon = field.indexOf(':')
    if (colon > 0) headers.set(field.slice(0, colon).toLowerCase(), field.slice(colon + 1).trim())
  }
  const length = headers.get('content-length') ?? '0'
  return {
    method: match[1] ?? '',
    target: match[2] ?? '',
    version: match[3] === '1.0' ? '1.0' : '1.1',
    headers,
    bodyBytes: /^\d{1,15}$/.test(length) ? Number(length) : 0,
  }
}

function encode(response: HttpResponse, keeps: boolean, isHeadOnly: boolean): Content {
  const body = Content.from(response.body ?? 0)
  const { status, reason = REASONS[status] ?? 'Status' } = response
  const head = [`HTTP/1.1 ${status} ${reason}`]
  for (const [name, value] of Object.entries(response.headers ?? {})) head.push(`${name}: ${value}`)
  head.push(`Content-Length: ${body.length}`)
  if (!keeps) head.push('Connection: close')
  return Content.join([`${head.join('\r\n')}\r\n\r\n`, ...(isHeadOnly ? [] : [body])])
}

function latin1(bytes: Uint8Array): string {
  let text = ''
  for (const byte of bytes) text += String.fromCharCode(byte)
  return text
}
