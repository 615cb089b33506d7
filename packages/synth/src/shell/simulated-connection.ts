import type { Connection } from '../host/connection.ts'
import { Content } from '../host/content.ts'
import { type HttpRequest, type HttpResponse, wellKnownPage } from '../host/http-service.ts'
import { NetworkError } from '../host/process.ts'
import { joinBytes, toBytes, toText } from './kernel/bytes.ts'
import type { ShellHost, TcpConnection } from './shell-host.ts'
import type { ShellScheduler } from './shell-scheduler.ts'
import { Condition, Settlement, type Task } from './task.ts'

/**
 * A connection of the simulation has no way to send its end alone, so it is closed when nothing has come for this time: a server has
 * given its answer by then, and a receiver of files gets its end a second late.
 */
const SILENCE_BEFORE_END_MICROSECONDS = 1_000_000

/** A connection of the simulation as the shell's programs see it. */
export class SimulatedConnection implements TcpConnection {
  /** Settled when the shell has closed it. */
  readonly closed: Settlement<true> = new Settlement<true>()
  protected readonly connection: Connection
  readonly #scheduler: ShellScheduler
  readonly #clock: Pick<ShellHost, 'nowMicroseconds' | 'sleepUntil'>
  readonly localAddress: string
  readonly localPort: number
  readonly remoteAddress: string
  readonly remotePort: number

  constructor(
    connection: Connection,
    scheduler: ShellScheduler,
    clock: Pick<ShellHost, 'nowMicroseconds' | 'sleepUntil'>,
  ) {
    this.connection = connection
    this.#scheduler = scheduler
    this.#clock = clock
    this.localAddress = connection.localAddress.toString()
    this.localPort = connection.localPort
    this.remoteAddress = connection.remoteAddress.toString()
    this.remotePort = connection.remotePort
  }

  send(bytes: Uint8Array): boolean {
    try {
      this.connection.send(bytes.slice())
      return true
    } catch (error) {
      if (error instanceof NetworkError) return false
      throw error
    }
  }

  *read(): Task<Uint8Array | 'end' | 'reset'> {
    try {
      return (yield* this.connection.read()) ?? 'end'
    } catch (error) {
      if (!(error instanceof NetworkError)) throw error
      return error.code === 'EPIPE' ? 'end' : 'reset'
    }
  }

  // biome-ignore lint/correctness/useYield: only connections that were opened for it speak TLS
  *startTls(_options: { readonly serverName?: string; readonly alpn: readonly string[] }): Task<boolean> {
    return false
  }

  endOutput(): void {
    this.#scheduler.spawn(this.#closeInSilence())
  }

  *#closeInSilence(): Task {
    for (let received = -1; !this.closed.isSettled && received !== this.connection.bytesReceived; ) {
      received = this.connection.bytesReceived
      yield* this.#clock.sleepUntil(this.#clock.nowMicroseconds + SILENCE_BEFORE_END_MICROSECONDS)
    }
    this.close()
  }

  close(): void {
    if (this.closed.isSettled) return
    this.closed.settle(true)
    this.#scheduler.spawn(this.connection.close())
  }
}

/**
 * A connection that speaks HTTP over TLS. What is inside of the records is not in the simulation, only its size: the answers are those
 * of the web server that hosts have without one of their own.
 */
export class SimulatedTlsConnection extends SimulatedConnection {
  readonly #changed = new Condition()
  #isSecure = false
  #request: Uint8Array = new Uint8Array(0)

  override send(bytes: Uint8Array): boolean {
    if (!this.#isSecure) return super.send(bytes)
    this.#request = joinBytes([this.#request, bytes])
    this.#changed.notify()
    return this.connection.state === 'open'
  }

  override *read(): Task<Uint8Array | 'end' | 'reset'> {
    if (!this.#isSecure) return yield* super.read()
    for (;;) {
      const request = parseRequest(this.#request)
      if (!request) {
        yield* this.#changed.wait()
        continue
      }
      const sent = this.#request.length
      this.#request = new Uint8Array(0)
      const response = wellKnownPage(request)
      const answer = encodeResponse(response, request)
      try {
        yield* this.connection.exchange({
          send: sent,
          receive: answer.length,
          serverDelayMicroseconds: response.delayMicroseconds ?? 0,
        })
      } catch (error) {
        if (!(error instanceof NetworkError)) throw error
        return error.code === 'EOF' || error.code === 'EPIPE' ? 'end' : 'reset'
      }
      return answer
    }
  }

  override *startTls(options: { readonly serverName?: string; readonly alpn: readonly string[] }): Task<boolean> {
    try {
      yield* this.connection.startTls(options)
    } catch (error) {
      if (error instanceof NetworkError) return false
      throw error
    }
    this.#isSecure = true
    return true
  }
}

/** A request that has come whole. */
function parseRequest(bytes: Uint8Array): HttpRequest | undefined {
  const text = toText(bytes)
  const end = text.indexOf('\r\n\r\n')
  if (end < 0) return undefined
  const [line = '', ...fields] = text.slice(0, end).split('\r\n')
  const match = /^(\S+) (\S+) HTTP\/(1\.[01])$/.exec(line)
  if (!match) return undefined
  const headers = new Map<string, string>()
  for (const field of fields) {
    const colon = field.indexOf(':')
    if (colon > 0) headers.set(field.slice(0, colon).toLowerCase(), field.slice(colon + 1).trim())
  }
  const bodyBytes = Number(headers.get('content-length') ?? '0')
  if (bytes.length - toBytes(text.slice(0, end + 4)).length < bodyBytes) return undefined
  return {
    method: match[1] ?? '',
    target: match[2] ?? '',
    version: match[3] === '1.0' ? '1.0' : '1.1',
    headers,
    bodyBytes,
  }
}

function encodeResponse(response: HttpResponse, request: HttpRequest): Uint8Array {
  const body = Content.from(response.body ?? 0).toBytes()
  const reasons: Readonly<Record<number, string>> = { 200: 'OK', 301: 'Moved Permanently', 405: 'Method Not Allowed' }
  const head = [`HTTP/1.1 ${response.status} ${response.reason ?? reasons[response.status] ?? 'Status'}`]
  for (const [name, value] of Object.entries(response.headers ?? {})) head.push(`${name}: ${value}`)
  head.push(`Content-Length: ${body.length}`)
  const text = toBytes(`${head.join('\r\n')}\r\n\r\n`)
  return request.method === 'HEAD' ? text : joinBytes([text, body])
}
