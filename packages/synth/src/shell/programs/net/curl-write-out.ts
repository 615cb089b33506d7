import { type ProgramContext, print, printError } from '../../program.ts'
import type { Task } from '../../task.ts'
import type { CurlError } from './curl-error.ts'
import type { CurlReport } from './curl-report.ts'

type Variable = (report: CurlReport, error: CurlError | undefined, path: string | undefined) => string

const seconds = (microseconds: number): string => (microseconds / 1_000_000).toFixed(6)

/** The variables of `curl --write-out`. */
const VARIABLES: Readonly<Record<string, Variable>> = {
  content_type: (report) => report.contentType,
  errormsg: (_, error) => error?.message ?? '',
  exitcode: (_, error) => String(error?.code ?? 0),
  filename_effective: (_, __, path) => path ?? '',
  http_code: (report) => String(report.status).padStart(3, '0'),
  http_version: (report) => report.version,
  local_ip: (report) => report.localAddress,
  local_port: (report) => String(report.localPort),
  method: (report) => report.method,
  num_connects: (report) => String(report.connects),
  num_redirects: (report) => String(report.redirects),
  redirect_url: (report) => report.redirectUrl,
  remote_ip: (report) => report.remoteAddress,
  remote_port: (report) => String(report.remotePort),
  response_code: (report) => String(report.status).padStart(3, '0'),
  scheme: (report) => report.url.split(':')[0] ?? '',
  size_download: (report) => String(report.bodyBytes),
  size_header: (report) => String(report.headerBytes),
  size_request: (report) => String(report.requestBytes),
  size_upload: (report) => String(report.uploadBytes),
  speed_download: (report) => speed(report.bodyBytes, report),
  speed_upload: (report) => speed(report.uploadBytes, report),
  time_appconnect: (report) => seconds(report.tlsMicroseconds),
  time_connect: (report) => seconds(report.connectMicroseconds),
  time_namelookup: (report) => seconds(report.lookupMicroseconds),
  time_pretransfer: (report) => seconds(report.requestMicroseconds),
  time_redirect: (report) => seconds(report.redirectMicroseconds),
  time_starttransfer: (report) => seconds(report.firstByteMicroseconds),
  time_total: (report) => seconds(report.totalMicroseconds),
  url: (report) => report.url,
  url_effective: (report) => report.url,
}

/** Prints what `--write-out` asks for. */
export function* writeOut(
  context: ProgramContext,
  format: string,
  report: CurlReport,
  error: CurlError | undefined,
  path: string | undefined,
): Task {
  let text = ''
  let isToErrors = false
  const flush = function* (): Task {
    if (isToErrors) yield* printError(context, text)
    else yield* print(context, text)
    text = ''
  }
  for (const [piece, name, letter] of format.matchAll(/%\{([^}]*)\}|\\([nrt])|%%|./gs)) {
    if (name === 'stderr' || name === 'stdout') {
      yield* flush()
      isToErrors = name === 'stderr'
    } else if (name !== undefined) {
      const variable = Object.hasOwn(VARIABLES, name) ? VARIABLES[name] : undefined
      if (variable) text += variable(report, error, path)
      else yield* printError(context, `curl: unknown --write-out variable: '${name}'\n`)
    } else if (letter !== undefined) text += { n: '\n', r: '\r', t: '\t' }[letter]
    else text += piece === '%%' ? '%' : piece
  }
  yield* flush()
}

function speed(bytes: number, report: CurlReport): string {
  return String(Math.floor((bytes * 1_000_000) / Math.max(1, report.totalMicroseconds)))
}
