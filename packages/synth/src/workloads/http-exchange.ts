import type { Connection } from '../host/connection.ts'
import { Content, type ContentLike } from '../host/content.ts'
import type { Host } from '../host/host.ts'
import type { Process } from '../host/process.ts'

/** One request to a web server. */
export interface HttpRequest {
  /** Name or address of the server; the `Host` header and the TLS server name. */
  readonly to: string
  /** 443 with TLS and 80 without, unless given. */
  readonly port?: number
  readonly tls?: boolean
  /** `GET` unless given. */
  readonly method?: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'DELETE'
  /** `/` unless given. */
  readonly path?: string
  readonly userAgent?: string
  readonly body?: ContentLike
  /** 200 unless given. */
  readonly status?: number
  readonly contentType?: string
  /** Of the answer's body. */
  readonly answerBytes?: number
  readonly serverDelayMicroseconds?: number
}

const REASON: Readonly<Record<number, string>> = {
  200: 'OK',
  204: 'No Content',
  301: 'Moved Permanently',
  404: 'Not Found',
  500: 'Internal Server Error',
}

/** Opens a connection to the server, with TLS where asked for. */
export function* openHttp(host: Host, { to, port, tls = false }: HttpRequest): Process<Connection> {
  const connection = yield* host.connect({ to, port: port ?? (tls ? 443 : 80) })
  if (tls) yield* connection.startTls({ serverName: to, alpn: ['http/1.1'] })
  return connection
}

/** Sends a request on an open connection and reads its answer. */
export function* exchangeHttp(connection: Connection, request: HttpRequest): Process {
  const { serverDelayMicroseconds } = request
  yield* connection.exchange({
    send: requestOf(request),
    receive: answerOf(request),
    ...(serverDelayMicroseconds === undefined ? {} : { serverDelayMicroseconds }),
  })
}

/** Opens a connection, sends one request, reads the answer and closes. */
export function* fetchHttp(host: Host, request: HttpRequest): Process {
  const connection = yield* openHttp(host, request)
  yield* exchangeHttp(connection, request)
  yield* connection.close()
}

function requestOf({ to, method = 'GET', path = '/', userAgent = 'curl/8.5.0', body }: HttpRequest): Content {
  const content = body === undefined ? undefined : Content.from(body)
  const head = [`${method} ${path} HTTP/1.1`, `Host: ${to}`, `User-Agent: ${userAgent}`, 'Accept: */*']
  if (content) head.push(`Content-Length: ${content.length}`)
  return Content.join([`${head.join('\r\n')}\r\n\r\n`, ...(content ? [content] : [])])
}

function answerOf({
  method,
  status = 200,
  contentType = 'text/html; charset=utf-8',
  answerBytes = 0,
}: HttpRequest): Content {
  const head = [
    `HTTP/1.1 ${status} ${REASON[status] ?? 'Status'}`,
    `Content-Type: ${contentType}`,
    `Content-Length: ${answerBytes}`,
    'Server: web',
  ]
  return Content.join([`${head.join('\r\n')}\r\n\r\n`, ...(method === 'HEAD' ? [] : [answerBytes])])
}
