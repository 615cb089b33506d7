import { toBytes } from '../../kernel/bytes.ts'
import { openPath } from '../../kernel/open-path.ts'
import { type ProgramContext, printError } from '../../program.ts'
import type { TcpConnectOutcome } from '../../shell-host.ts'
import type { Task } from '../../task.ts'
import { CurlError, readError } from './curl-error.ts'
import type { CurlOptions } from './curl-options.ts'
import { type CurlReport, emptyReport } from './curl-report.ts'
import { type CurlBody, curlRequestHead } from './curl-request.ts'
import { HttpConnection, type HttpHead, headerValue } from './http-connection.ts'
import { ProgressMeter } from './progress-meter.ts'
import { addressVersion, resolveHost } from './resolve-host.ts'
import { type HttpUrl, resolveUrl, urlText } from './url.ts'

interface Sink {
  readonly isTerminal: boolean
  write(bytes: Uint8Array): Task
}

/** curl's transfers, one after the other; a connection is used again where it can be. */
export class CurlTransfer {
  report: CurlReport = emptyReport()
  readonly #context: ProgramContext
  readonly #options: CurlOptions
  #open: { readonly key: string; readonly http: HttpConnection } | undefined
  #start = 0
  #stage: 'resolve' | 'connect' | 'transfer' = 'resolve'
  #expected: number | undefined

  constructor(context: ProgramContext, options: CurlOptions) {
    this.#context = context
    this.#options = options
  }

  close(): void {
    this.#open?.http.connection.close()
    this.#open = undefined
  }

  /** Makes a transfer, following redirects. Throws a {@link CurlError}. */
  *run(url: HttpUrl, body: CurlBody, sink: Sink): Task {
    const { host, scheduler } = this.#context.process.kernel
    this.report = emptyReport()
    this.#start = host.nowMicroseconds
    this.#stage = 'resolve'
    this.#expected = undefined
    const { flags, maximumSeconds } = this.#options
    const meter =
      flags.has('silent') || flags.has('no-progress-meter') || sink.isTerminal
        ? undefined
        : new ProgressMeter(this.#context)
    if (meter) yield* meter.start()
    const seconds = meter && scheduler.spawn(meter.everySecond())
    try {
      const work = this.#follow(url, body, sink, meter)
      if (maximumSeconds === undefined) yield* work
      else {
        const timer = host.sleepUntil(this.#start + Math.round(maximumSeconds * 1_000_000))
        const { index } = yield* scheduler.race([work, timer])
        if (index === 1) throw this.#timedOut()
      }
      seconds?.stop()
      if (meter) yield* meter.finish()
    } catch (error) {
      seconds?.stop()
      // Before there is a connection to try the line is not ended.
      if (meter && error instanceof CurlError && error.code !== 6) yield* meter.finish()
      this.close()
      throw error
    } finally {
      seconds?.stop()
      this.report.totalMicroseconds = host.nowMicroseconds - this.#start
    }
  }

  #timedOut(): CurlError {
    const milliseconds = Math.floor((this.#context.process.kernel.host.nowMicroseconds - this.#start) / 1000)
    if (this.#stage === 'resolve') return new CurlError(28, `Resolving timed out after ${milliseconds} milliseconds`)
    if (this.#stage === 'connect') return new CurlError(28, `Connection timed out after ${milliseconds} milliseconds`)
    const expected = this.#expected === undefined ? '' : ` out of ${this.#expected}`
    return new CurlError(
      28,
      `Operation timed out after ${milliseconds} milliseconds with ${this.report.bodyBytes}${expected} bytes received`,
    )
  }

  *#follow(first: HttpUrl, body: CurlBody, sink: Sink, meter: ProgressMeter | undefined): Task {
    let url = first
    let { method } = body
    let sent = body.bytes
    for (;;) {
      const head = yield* this.#exchange(url, this.#options.method ?? method, { ...body, bytes: sent }, sink, meter)
      const location = head.status >= 300 && head.status < 400 ? headerValue(head, 'location') : undefined
      const next = location === undefined ? undefined : resolveUrl(url, location)
      this.report.redirectUrl = typeof next === 'object' ? urlText(next) : ''
      if (next === undefined || !this.#options.flags.has('location')) return
      if (typeof next === 'string') throw new CurlError(3, `URL rejected: ${next}`)
      if (next.scheme !== 'http' && next.scheme !== 'https') {
        throw new CurlError(1, `Protocol "${next.scheme}" not supported or disabled in libcurl`)
      }
      if (this.report.redirects >= this.#options.maximumRedirects && this.#options.maximumRedirects >= 0) {
        throw new CurlError(47, `Maximum (${this.#options.maximumRedirects}) redirects followed`)
      }
      this.report.redirects += 1
      this.report.redirectMicroseconds = this.#context.process.kernel.host.nowMicroseconds - this.#start
      yield* this.#note(`Issue another request to this URL: '${urlText(next)}'`)
      url = next
      if (head.status === 303 || ((head.status === 301 || head.status === 302) && method === 'POST')) {
        method = method === 'HEAD' ? 'HEAD' : 'GET'
        sent = new Uint8Array(0)
      }
    }
  }

  *#exchange(
    url: HttpUrl,
    method: string,
    body: CurlBody,
    sink: Sink,
    meter: ProgressMeter | undefined,
  ): Task<HttpHead> {
    const { flags } = this.#options
    const http = yield* this.#connection(url)
    const elapsed = (): number => this.#context.process.kernel.host.nowMicroseconds - this.#start
    this.#stage = 'transfer'
    const head = curlRequestHead(url, method, body, this.#options)
    this.report.method = method
    this.report.url = urlText(url)
    this.report.requestMicroseconds = elapsed()
    yield* this.#verboseLines('>', head)
    if (!http.send(head, body.bytes)) throw new CurlError(55, 'Send failure: Broken pipe')
    this.report.requestBytes += toBytes(head).length + body.bytes.length
    this.report.uploadBytes = body.bytes.length
    if (meter) {
      meter.sent = body.bytes.length
      meter.uploadTotal = body.bytes.length
    }
    if (body.bytes.length > 0 && !sink.isTerminal) yield* this.#verbose(`} [${body.bytes.length} bytes data]\n`)
    let answer: HttpHead
    do {
      const read = yield* http.readHead()
      if (typeof read === 'string') throw readError(read, 0)
      answer = read
      yield* this.#takeHead(answer, sink)
    } while (answer.status < 200 && answer.status !== 101)
    this.report.firstByteMicroseconds = elapsed()
    this.report.status = answer.status
    this.report.version = answer.version
    this.report.contentType = headerValue(answer, 'content-type') ?? ''
    const isRefused = answer.status >= 400 && (flags.has('fail') || flags.has('fail-with-body'))
    if (isRefused && !flags.has('fail-with-body'))
      throw new CurlError(22, `The requested URL returned error: ${answer.status}`)
    const isFollowed =
      flags.has('location') &&
      answer.status >= 300 &&
      answer.status < 400 &&
      headerValue(answer, 'location') !== undefined
    if (isFollowed) yield* this.#note('Ignoring the response-body')
    yield* this.#takeBody(http, answer, method, sink, isFollowed, meter)
    if (http.isReusable) yield* this.#note(`Connection #0 to host ${url.host} left intact`)
    else {
      yield* this.#note('Closing connection')
      this.close()
    }
    if (isRefused) throw new CurlError(22, `The requested URL returned error: ${answer.status}`)
    return answer
  }

  *#takeHead(head: HttpHead, sink: Sink): Task {
    const { flags, dumpHeader } = this.#options
    this.report.headerBytes += toBytes(head.text).length
    yield* this.#verboseLines('<', head.text)
    if (flags.has('include') || flags.has('head')) yield* sink.write(toBytes(head.text))
    if (dumpHeader === undefined) return
    if (dumpHeader === '-') yield* this.#context.process.write(1, head.text)
    else {
      const file = openPath(this.#context.process, dumpHeader, this.report.redirects > 0 ? 'append' : 'write').retain()
      try {
        yield* file.write(toBytes(head.text))
      } finally {
        file.release()
      }
    }
  }

  *#takeBody(
    http: HttpConnection,
    head: HttpHead,
    method: string,
    sink: Sink,
    isIgnored: boolean,
    meter: ProgressMeter | undefined,
  ): Task {
    const length = headerValue(head, 'content-length')
    this.#expected = length !== undefined && /^\d+$/.test(length) && method !== 'HEAD' ? Number(length) : undefined
    if (meter) meter.total = this.#expected
    if (!isIgnored) this.report.bodyBytes = 0
    let isTold = sink.isTerminal
    const report = this.report
    const note = (text: string): Task => this.#verbose(text)
    const { failure, missing } = yield* http.readBody(head, method, function* (bytes) {
      if (!isTold) yield* note(`{ [${bytes.length} bytes data]\n`)
      isTold = true
      if (isIgnored) return
      report.bodyBytes += bytes.length
      if (meter) meter.received = report.bodyBytes
      yield* sink.write(bytes)
    })
    if (failure) throw readError(failure, missing)
  }

  *#connection(url: HttpUrl): Task<HttpConnection> {
    const key = `${url.scheme}://${url.host}:${url.port}`
    if (this.#open?.key === key && this.#open.http.isReusable) {
      yield* this.#note(`Re-using existing connection with host ${url.host}`)
      return this.#open.http
    }
    this.close()
    const connection = yield* this.#connect(url)
    this.report.connects += 1
    this.report.remoteAddress = connection.remoteAddress
    this.report.remotePort = connection.remotePort
    this.report.localAddress = connection.localAddress
    this.report.localPort = connection.localPort
    if (url.scheme === 'https') {
      yield* this.#note('ALPN: curl offers http/1.1')
      const server = addressVersion(url.host) === undefined ? { serverName: url.host } : {}
      const { host, scheduler } = this.#context.process.kernel
      const handshake = connection.startTls({ ...server, alpn: ['http/1.1'] })
      const { connectSeconds } = this.#options
      let isSecure: boolean
      if (connectSeconds === undefined) isSecure = yield* handshake
      else {
        const timer = (function* (start: number): Task<'timeout'> {
          yield* host.sleepUntil(start + Math.round(connectSeconds * 1_000_000))
          return 'timeout'
        })(this.#start)
        const { result } = yield* scheduler.race<boolean | 'timeout'>([handshake, timer])
        if (result === 'timeout') {
          connection.close()
          throw new CurlError(28, `SSL connection timeout`)
        }
        isSecure = result
      }
      if (!isSecure) {
        connection.close()
        throw new CurlError(35, 'OpenSSL/3.0.13: error:0A00010B:SSL routines::wrong version number')
      }
      this.report.tlsMicroseconds = this.#context.process.kernel.host.nowMicroseconds - this.#start
      yield* this.#note('SSL connection using TLSv1.3')
    }
    const http = new HttpConnection(connection)
    this.#open = { key, http }
    return http
  }

  *#connect(url: HttpUrl): Task<Extract<TcpConnectOutcome, { kind: 'connected' }>['connection']> {
    const { host } = this.#context.process.kernel
    this.#stage = 'resolve'
    const fixed = this.#options.resolve.get(`${url.host.toLowerCase()}:${url.port}`)
    const found =
      fixed === undefined
        ? yield* resolveHost(this.#context, url.host, this.#options.version)
        : { kind: 'found' as const, addresses: [fixed] }
    if (found.kind !== 'found') {
      yield* this.#note(`Could not resolve host: ${url.host}`)
      yield* this.#note('Closing connection')
      throw new CurlError(6, `Could not resolve host: ${url.host}`)
    }
    this.report.lookupMicroseconds = host.nowMicroseconds - this.#start
    if (addressVersion(url.host) === undefined) yield* this.#tellAddresses(url, found.addresses)
    this.#stage = 'connect'
    const deadline =
      this.#options.connectSeconds === undefined
        ? undefined
        : this.#start + Math.round(this.#options.connectSeconds * 1_000_000)
    let failure = ''
    for (const address of found.addresses) {
      const shown = address.includes(':') ? `[${address}]` : address
      yield* this.#note(`  Trying ${shown}:${url.port}...`)
      const left = deadline === undefined ? {} : { timeoutMicroseconds: Math.max(0, deadline - host.nowMicroseconds) }
      const outcome = yield* host.connect({ address, port: url.port, forTls: url.scheme === 'https', ...left })
      if (outcome.kind === 'connected') {
        this.report.connectMicroseconds = host.nowMicroseconds - this.#start
        yield* this.#note(`Connected to ${url.host} (${address}) port ${url.port}`)
        return outcome.connection
      }
      failure = outcome.failure
      if (failure === 'refused') yield* this.#note(`connect to ${address} port ${url.port} failed: Connection refused`)
      if (deadline !== undefined && host.nowMicroseconds >= deadline) break
    }
    const milliseconds = Math.floor((host.nowMicroseconds - this.#start) / 1000)
    const isDeadline = failure === 'timeout' && deadline !== undefined && host.nowMicroseconds >= deadline
    const reason = isDeadline ? 'Timeout was reached' : "Couldn't connect to server"
    const message = `Failed to connect to ${url.host} port ${url.port} after ${milliseconds} ms: ${reason}`
    yield* this.#note(message)
    yield* this.#note('Closing connection')
    throw new CurlError(failure === 'timeout' ? 28 : 7, message)
  }

  *#tellAddresses(url: HttpUrl, addresses: readonly string[]): Task {
    const of = (version: 4 | 6): string =>
      addresses.filter((address) => addressVersion(address) === version).join(', ') || '(none)'
    yield* this.#note(`Host ${url.host}:${url.port} was resolved.`)
    yield* this.#note(`IPv6: ${of(6)}`)
    yield* this.#note(`IPv4: ${of(4)}`)
  }

  *#note(text: string): Task {
    yield* this.#verbose(`* ${text}\n`)
  }

  *#verbose(text: string): Task {
    if (this.#options.flags.has('verbose')) yield* printError(this.#context, text)
  }

  *#verboseLines(mark: string, text: string): Task {
    if (!this.#options.flags.has('verbose')) return
    const lines = text.split('\n').slice(0, -1)
    yield* printError(this.#context, lines.map((line) => `${mark} ${line}\n`).join(''))
  }
}
