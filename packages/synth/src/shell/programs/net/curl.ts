import { FileError } from '../../files/file-error.ts'
import { toBytes, toText } from '../../kernel/bytes.ts'
import { openPath, readAll, readToEnd } from '../../kernel/open-path.ts'
import { type Program, type ProgramContext, print, printError } from '../../program.ts'
import type { Task } from '../../task.ts'
import { CurlError } from './curl-error.ts'
import { type CurlOptions, readCurlOptions } from './curl-options.ts'
import type { CurlBody } from './curl-request.ts'
import { CurlTransfer } from './curl-transfer.ts'
import { writeOut } from './curl-write-out.ts'
import { parseUrl } from './url.ts'

const VERSION = `curl 8.5.0 (x86_64-pc-linux-gnu) libcurl/8.5.0 OpenSSL/3.0.13
Release-Date: 2023-12-06, security patched: 8.5.0-2ubuntu10.4
Protocols: http https
Features: IPv6 SSL
`

/** Statuses of transfers after which `--retry` tries again. */
const TRANSIENT: ReadonlySet<number> = new Set([408, 429, 500, 502, 503, 504])

/** `curl [option …] url …` (curl 8.5): HTTP and HTTPS. */
export const curl: Program = function* (context) {
  const options = readCurlOptions(context.args)
  if ('message' in options) {
    const isEmpty = context.args.length === 0
    yield* printError(
      context,
      isEmpty ? "curl: try 'curl --help' or 'curl --manual' for more information\n" : options.message,
    )
    return options.status
  }
  if (options.flags.has('version')) {
    yield* print(context, VERSION)
    return 0
  }
  if (options.flags.has('help')) {
    yield* print(context, 'Usage: curl [options...] <url>\n')
    return 0
  }
  let body: RequestBody
  try {
    body = yield* readBody(context, options)
  } catch (error) {
    if (!(error instanceof FileError)) throw error
    const hint = "curl: try 'curl --help' or 'curl --manual' for more information\n"
    yield* printError(
      context,
      options.upload === undefined
        ? 'curl: option -d: error encountered when reading a file\n'
        : `curl: Can't open '${options.upload}'!\n${hint}curl: (26) Failed to open/read local data from file/application\n`,
    )
    return 26
  }
  const transfer = new CurlTransfer(context, options)
  let status = 0
  try {
    for (const [i, text] of options.urls.entries()) {
      status = yield* transferWithRetries(context, options, transfer, text, options.outputs[i], body)
    }
  } finally {
    transfer.close()
  }
  return status
}

interface RequestBody extends CurlBody {
  /** Added to the URL with `-G`. */
  readonly query: string | undefined
}

function* readBody(context: ProgramContext, options: CurlOptions): Task<RequestBody> {
  const { flags } = options
  const empty = new Uint8Array(0)
  if (options.upload !== undefined) {
    const bytes =
      options.upload === '-' || options.upload === '.'
        ? yield* readToEnd(context.process, context.process.files.require(0))
        : yield* readAll(context.process, options.upload)
    return { bytes, method: 'PUT', contentType: undefined, query: undefined }
  }
  if (options.data.length === 0) {
    return { bytes: empty, method: flags.has('head') ? 'HEAD' : 'GET', contentType: undefined, query: undefined }
  }
  const parts: string[] = []
  for (const { value, kind } of options.data) parts.push(yield* dataText(context, value, kind))
  const text = parts.join(options.json ? '' : '&')
  if (flags.has('get'))
    return { bytes: empty, method: flags.has('head') ? 'HEAD' : 'GET', contentType: undefined, query: text }
  const contentType = options.json ? 'application/json' : 'application/x-www-form-urlencoded'
  return { bytes: toBytes(text), method: 'POST', contentType, query: undefined }
}

function* dataText(context: ProgramContext, value: string, kind: CurlOptions['data'][number]['kind']): Task<string> {
  if (kind === 'raw') return value
  if (kind === 'encode') {
    const at = value.search(/[=@]/)
    const name = at > 0 ? `${value.slice(0, at)}=` : ''
    const content = at < 0 ? value : value.slice(at + 1)
    const text = at >= 0 && value[at] === '@' ? toText(yield* readAll(context.process, content)) : content
    return name + encodeURIComponent(text).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`)
  }
  if (!value.startsWith('@')) return value
  const path = value.slice(1)
  const bytes =
    path === '-'
      ? yield* readToEnd(context.process, context.process.files.require(0))
      : yield* readAll(context.process, path)
  return kind === 'binary' ? toText(bytes) : toText(bytes).replace(/[\r\n\0]/g, '')
}

function* transferWithRetries(
  context: ProgramContext,
  options: CurlOptions,
  transfer: CurlTransfer,
  text: string,
  output: string | undefined,
  body: RequestBody,
): Task<number> {
  let delay = options.retryDelaySeconds || 1
  for (let left = options.retries; ; left -= 1) {
    const result = yield* transferOne(context, options, transfer, text, output, body)
    const reason = left > 0 ? retryReason(options, result) : undefined
    if (reason === undefined) return result.exitCode
    if (!options.flags.has('silent') || options.flags.has('show-error')) {
      yield* printError(
        context,
        `Warning: Problem: ${reason}. Will retry in ${delay} second${delay === 1 ? '' : 's'}. ${left} retr${left === 1 ? 'y' : 'ies'} left.\n`,
      )
    }
    const { host } = context.process.kernel
    yield* host.sleepUntil(host.nowMicroseconds + delay * 1_000_000)
    if (!options.retryDelaySeconds) delay = Math.min(delay * 2, 600)
  }
}

interface TransferResult {
  readonly exitCode: number
  readonly httpStatus: number
}

function retryReason(options: CurlOptions, { exitCode, httpStatus }: TransferResult): string | undefined {
  if (exitCode === 28) return 'timeout'
  if (exitCode === 7 && (options.flags.has('retry-connrefused') || options.flags.has('retry-all-errors')))
    return 'connection refused'
  if (TRANSIENT.has(httpStatus)) return `HTTP error`
  return exitCode !== 0 && options.flags.has('retry-all-errors') ? '(retrying all errors)' : undefined
}

function* transferOne(
  context: ProgramContext,
  options: CurlOptions,
  transfer: CurlTransfer,
  text: string,
  output: string | undefined,
  body: RequestBody,
): Task<TransferResult> {
  const fail = function* (code: number, message: string): Task<TransferResult> {
    if (!options.flags.has('silent') || options.flags.has('show-error'))
      yield* printError(context, `curl: (${code}) ${message}\n`)
    return { exitCode: code, httpStatus: 0 }
  }
  const globs = !options.flags.has('globoff') && /[{}]|\[(?![0-9A-Fa-f:.%]+\])/.test(text)
  if (globs) return yield* fail(3, 'URL globbing is not simulated; use -g for brackets and braces that are meant')
  const url = parseUrl(text)
  if (typeof url === 'string') return yield* fail(3, `URL rejected: ${url}`)
  if (url.scheme !== 'http' && url.scheme !== 'https') {
    const isKnown =
      /^(?:dict|file|ftps?|gophers?|imaps?|ldaps?|mqtt|pop3s?|rtmp|rtsp|scp|sftp|smbs?|smtps?|telnet|tftp)$/.test(
        url.scheme,
      )
    return yield* fail(
      1,
      isKnown
        ? `Protocol "${url.scheme}" not simulated`
        : `Protocol "${url.scheme}" not supported or disabled in libcurl`,
    )
  }
  let path = output
  if (output === '') {
    path = url.target.replace(/\?.*$/s, '').split('/').at(-1) ?? ''
    if (path === '') {
      if (!options.flags.has('silent') || options.flags.has('show-error'))
        yield* printError(context, 'curl: Remote file name has no length!\n')
      return yield* fail(23, 'Failed writing received data to disk/application')
    }
  }
  const target =
    body.query === undefined
      ? url
      : { ...url, target: url.target + (url.target.includes('?') ? '&' : '?') + body.query }
  let error: CurlError | undefined
  const sink = new OutputSink(context, path === '-' ? undefined : path)
  try {
    yield* transfer.run(target, body, sink)
  } catch (thrown) {
    if (!(thrown instanceof CurlError)) throw thrown
    error = thrown
  } finally {
    sink.close()
  }
  if (error && (!options.flags.has('silent') || options.flags.has('show-error'))) {
    yield* printError(context, `curl: (${error.code}) ${error.message}\n`)
  }
  if (options.writeOut !== undefined) yield* writeOut(context, options.writeOut, transfer.report, error, path)
  return { exitCode: error?.code ?? 0, httpStatus: transfer.report.status }
}

/** Bytes that the C library keeps before it writes to a pipe. */
const STREAM_BUFFER_BYTES = 4096

/** Where a body goes: standard output, or a file that is made with its first piece. */
class OutputSink {
  readonly isTerminal: boolean
  readonly #context: ProgramContext
  readonly #path: string | undefined
  #file: ReturnType<typeof openPath> | undefined

  constructor(context: ProgramContext, path: string | undefined) {
    this.#context = context
    this.#path = path
    this.isTerminal = path === undefined && (context.process.files.get(1)?.isTerminal ?? false)
  }

  *write(bytes: Uint8Array): Task {
    if (this.#path === undefined) {
      yield* this.#print(bytes)
      return
    }
    try {
      this.#file ??= openPath(this.#context.process, this.#path, 'write').retain()
      yield* this.#file.write(bytes)
    } catch (error) {
      if (!(error instanceof FileError)) throw error
      yield* printError(this.#context, `Warning: Failed to open the file ${this.#path}: ${error.message}\n`)
      throw new CurlError(23, 'Failure writing output to destination')
    }
  }

  /** A reader that has gone is an error of the transfer: curl ignores SIGPIPE. It notices with a buffer that is full, or at the end. */
  *#print(bytes: Uint8Array): Task {
    const { process } = this.#context
    process.kernel.budget.operation()
    if (yield* process.files.require(1).write(bytes)) return
    throw new CurlError(
      23,
      bytes.length < STREAM_BUFFER_BYTES ? 'Failed writing body' : 'Failure writing output to destination',
    )
  }

  close(): void {
    this.#file?.release()
  }
}
