import { FileError } from '../../files/file-error.ts'
import { joinBytes } from '../../kernel/bytes.ts'
import { openPath } from '../../kernel/open-path.ts'
import { type ProgramContext, print, printError } from '../../program.ts'
import { strftime } from '../../strftime.ts'
import type { Task } from '../../task.ts'
import { HttpConnection, type HttpHead, type HttpReadFailure, headerValue } from './http-connection.ts'
import { FAILURE_TEXTS } from './network-failure-text.ts'
import { addressVersion, LOOKUP_ERRORS, resolveHost } from './resolve-host.ts'
import { type HttpUrl, hostHeader, parseUrl, resolveUrl, urlText } from './url.ts'
import { barText, humanSize, progressText, rateText } from './wget-progress.ts'

const REDIRECT_LIMIT = 20
/** Statuses of wget: network failure, and an error of the server. */
const NETWORK_FAILURE = 4
const SERVER_ERROR = 8

/** What wget's options ask for. */
export interface WgetSettings {
  readonly isQuiet: boolean
  readonly isTerse: boolean
  readonly output: string | undefined
  readonly prefix: string | undefined
  readonly headers: readonly string[]
  readonly userAgent: string
  readonly isSpider: boolean
  readonly showsHeaders: boolean
  readonly tries: number
  readonly seconds: number
  readonly postData: string | undefined
  readonly showsProgress: boolean
}

/** One URL's download. */
export class WgetDownload {
  readonly #context: ProgramContext
  readonly #settings: WgetSettings

  constructor(context: ProgramContext, settings: WgetSettings) {
    this.#context = context
    this.#settings = settings
  }

  *run(text: string): Task<number> {
    const url = parseUrl(text)
    if (typeof url === 'string' || (url.scheme !== 'http' && url.scheme !== 'https')) {
      const reason = typeof url === 'object' ? `Unsupported scheme ‘${url.scheme}’` : invalidUrl(url)
      yield* printError(this.#context, `${text}: ${reason}.\n`)
      return 1
    }
    if (this.#settings.isSpider) yield* this.#log('Spider mode enabled. Check if remote file exists.\n')
    const { host } = this.#context.process.kernel
    for (let attempt = 1; ; attempt += 1) {
      const result = yield* this.#follow(url, attempt)
      if (result !== 'retry') return result
      if (attempt >= this.#settings.tries) {
        yield* this.#log('Giving up.\n\n')
        return NETWORK_FAILURE
      }
      yield* this.#log('Retrying.\n\n')
      // It waits one second longer each time, ten at most.
      yield* host.sleepUntil(host.nowMicroseconds + Math.min(attempt, 10) * 1_000_000)
    }
  }

  *#follow(first: HttpUrl, attempt: number): Task<number | 'retry'> {
    let url = first
    for (let redirects = 0; redirects <= REDIRECT_LIMIT; redirects += 1) {
      const tried = attempt > 1 ? `(try:${String(attempt).padStart(2)})` : ''
      yield* this.#log(`--${this.#time()}--  ${tried === '' ? '' : `${tried}  `}${urlText(url)}\n`)
      const opened = yield* this.#connect(url)
      if (typeof opened !== 'object') return opened
      try {
        const outcome = yield* this.#request(url, first, opened)
        if (typeof outcome !== 'object') return outcome
        url = outcome
      } finally {
        opened.connection.close()
      }
    }
    yield* this.#log(`${REDIRECT_LIMIT} redirections exceeded.\n`)
    return SERVER_ERROR
  }

  *#connect(url: HttpUrl): Task<HttpConnection | number | 'retry'> {
    const { host } = this.#context.process.kernel
    const isLiteral = addressVersion(url.host) !== undefined
    if (!isLiteral) yield* this.#log(`Resolving ${url.host} (${url.host})... `)
    const found = yield* resolveHost(this.#context, url.host)
    if (found.kind !== 'found') {
      yield* this.#log(`failed: ${LOOKUP_ERRORS[found.kind]}.\n`)
      yield* this.#error(`wget: unable to resolve host address ‘${url.host}’\n`)
      return NETWORK_FAILURE
    }
    if (!isLiteral) yield* this.#log(`${found.addresses.join(', ')}\n`)
    for (const address of found.addresses) {
      const shown = isLiteral ? `${url.host}:${url.port}` : `${url.host} (${url.host})|${address}|:${url.port}`
      yield* this.#log(`Connecting to ${shown}... `)
      const { seconds } = this.#settings
      const timeout =
        seconds === Number.POSITIVE_INFINITY ? {} : { timeoutMicroseconds: Math.round(seconds * 1_000_000) }
      const outcome = yield* host.connect({
        address,
        port: url.port,
        forTls: url.scheme === 'https',
        ...timeout,
      })
      if (outcome.kind === 'failed') {
        yield* this.#log(`failed: ${FAILURE_TEXTS[outcome.failure]}.\n`)
        if (outcome.failure === 'timeout') return 'retry'
        continue
      }
      yield* this.#log('connected.\n')
      if (url.scheme === 'https') {
        const isSecure = yield* outcome.connection.startTls({
          ...(isLiteral ? {} : { serverName: url.host }),
          alpn: [],
        })
        if (!isSecure) {
          outcome.connection.close()
          yield* this.#error('Unable to establish SSL connection.\n')
          return NETWORK_FAILURE
        }
      }
      return new HttpConnection(outcome.connection)
    }
    return NETWORK_FAILURE
  }

  /** Asks and takes the answer: a status, another URL to go to, or that it is to be tried again. */
  *#request(url: HttpUrl, first: HttpUrl, http: HttpConnection): Task<number | 'retry' | HttpUrl> {
    const { postData, isSpider, headers, userAgent, seconds } = this.#settings
    const method = isSpider ? 'HEAD' : postData === undefined ? 'GET' : 'POST'
    const lines = [
      `${method} ${url.target} HTTP/1.1`,
      `Host: ${hostHeader(url)}`,
      `User-Agent: ${userAgent}`,
      'Accept: */*',
      'Accept-Encoding: identity',
      'Connection: Keep-Alive',
      ...headers,
    ]
    if (postData !== undefined)
      lines.push('Content-Type: application/x-www-form-urlencoded', `Content-Length: ${postData.length}`)
    http.send(`${lines.join('\r\n')}\r\n\r\n`, new TextEncoder().encode(postData ?? ''))
    yield* this.#log('HTTP request sent, awaiting response... ')
    const { scheduler, host } = this.#context.process.kernel
    const timer = (function* (): Task<'timeout'> {
      yield* host.sleepUntil(Math.min(host.nowMicroseconds + Math.round(seconds * 1_000_000), Number.MAX_SAFE_INTEGER))
      return 'timeout'
    })()
    const { result: head } = yield* scheduler.race<HttpHead | HttpReadFailure | 'timeout'>([http.readHead(), timer])
    if (typeof head === 'string') {
      const reasons: Readonly<Record<string, string>> = {
        timeout: 'Read error (Connection timed out) in headers.',
        reset: 'Read error (Connection reset by peer) in headers.',
        empty: 'No data received.',
      }
      yield* this.#log(`${reasons[head] ?? 'Malformed status line.'}\n`)
      return 'retry'
    }
    yield* this.#log(
      this.#settings.showsHeaders
        ? `\n${head.text
            .trimEnd()
            .split(/\r?\n/)
            .map((line) => `  ${line}\n`)
            .join('')}`
        : `${head.status} ${head.reason}\n`,
    )
    const location = headerValue(head, 'location')
    if (head.status >= 300 && head.status < 400 && location !== undefined) {
      yield* this.#log(`Location: ${location} [following]\n`)
      const next = resolveUrl(url, location)
      if (typeof next === 'object') return next
      yield* this.#error(`${location}: ${invalidUrl(next)}.\n`)
      return SERVER_ERROR
    }
    if (head.status >= 400) {
      if (isSpider && head.status === 404) yield* this.#log('Remote file does not exist -- broken link!!!\n\n')
      else yield* this.#error(`${this.#time()} ERROR ${head.status}: ${head.reason}.\n\n`)
      return SERVER_ERROR
    }
    return yield* this.#take(url, first, http, head, method)
  }

  *#take(url: HttpUrl, first: HttpUrl, http: HttpConnection, head: HttpHead, method: string): Task<number | 'retry'> {
    const { output, isSpider, isQuiet, isTerse } = this.#settings
    const length = headerValue(head, 'content-length')
    const total = length !== undefined && /^\d+$/.test(length) ? Number(length) : undefined
    const type = headerValue(head, 'content-type')?.split(';')[0]
    const size = total === undefined ? 'unspecified' : `${total}${total >= 1024 ? ` (${humanSize(total)})` : ''}`
    yield* this.#log(`Length: ${size}${type === undefined ? '' : ` [${type}]`}\n`)
    if (isSpider) {
      yield* this.#log(
        'Remote file exists and could contain further links,\nbut recursion is disabled -- not retrieving.\n\n',
      )
      return 0
    }
    const path = output ?? this.#freeName(first)
    if (path !== '-') yield* this.#log(`Saving to: ‘${path}’\n`)
    else yield* this.#log('Saving to: ‘STDOUT’\n')
    const { host } = this.#context.process.kernel
    const start = host.nowMicroseconds
    const pieces: Uint8Array[] = []
    let received = 0
    const { failure } = yield* http.readBody(head, method, function* (bytes): Task {
      pieces.push(bytes.slice())
      received += bytes.length
      yield* noWait()
    })
    if (failure) {
      yield* this.#log(
        `Read error at byte ${received}${total === undefined ? '' : `/${total}`} (Connection reset by peer). `,
      )
      return 'retry'
    }
    try {
      if (path === '-') yield* print(this.#context, joinBytes(pieces))
      else {
        const file = openPath(this.#context.process, path, 'write').retain()
        try {
          for (const piece of pieces) yield* file.write(piece)
        } finally {
          file.release()
        }
      }
    } catch (error) {
      if (!(error instanceof FileError)) throw error
      yield* this.#error(`${path}: ${error.message}\n\nCannot write to ‘${path}’ (${error.message}).\n`)
      return 3
    }
    const micros = Math.max(1, host.nowMicroseconds - start)
    if (this.#settings.showsProgress) {
      const isTerminal = this.#context.process.files.get(2)?.isTerminal ?? false
      yield* this.#log(isTerminal ? barText(path, received, micros) : progressText(received, micros))
    }
    const rate = rateText(received, micros)
    const counted = total === undefined ? `[${received}]` : `[${received}/${total}]`
    const place = path === '-' ? 'written to stdout' : `‘${path}’ saved`
    yield* this.#log(`\n${this.#time()} (${rate}) - ${place} ${counted}\n\n`)
    if (isTerse && !isQuiet)
      yield* printError(this.#context, `${this.#time()} URL:${urlText(url)} ${counted} -> "${path}" [1]\n`)
    return 0
  }

  /** The name of a URL's file, with a number where that is there already. */
  #freeName(url: HttpUrl): string {
    const { prefix } = this.#settings
    const base = url.target.replace(/^\//, '').split('/').at(-1) || 'index.html'
    const name = prefix === undefined ? base : `${prefix}/${base}`
    const { kernel, directory } = this.#context.process
    const exists = (path: string): boolean =>
      kernel.fileSystem.find(path.startsWith('/') ? path : `${directory}/${path}`) !== undefined
    if (!exists(name)) return name
    for (let i = 1; ; i += 1) if (!exists(`${name}.${i}`)) return `${name}.${i}`
  }

  *#log(text: string): Task {
    if (!this.#settings.isQuiet && !this.#settings.isTerse) yield* printError(this.#context, text)
  }

  *#error(text: string): Task {
    if (!this.#settings.isQuiet) yield* printError(this.#context, text)
  }

  #time(): string {
    const { clockMicroseconds } = this.#context.process.kernel.host
    return strftime('%Y-%m-%d %H:%M:%S', clockMicroseconds, this.#context.environment.get('TZ'))
  }
}

function* noWait(): Task {}

/** What wget calls a URL's mistake. */
function invalidUrl(problem: string): string {
  return problem.startsWith('Port') ? 'Bad port number' : 'Invalid host name'
}
