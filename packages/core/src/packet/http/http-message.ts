import { byteText } from '../byte-reader.ts'
import { ByteWriter } from '../byte-writer.ts'
import { type PacketIssue, packetIssue } from '../packet-issue.ts'

//  Hypertext Transfer Protocol, version 1.1 (RFC 9112 section 2.1):
//
//    start-line CRLF
//    *( field-name ":" OWS field-value OWS CRLF )
//    CRLF
//    [ message-body ]

/** A header field as it stands in the message, in its order: name in the sender's letter case, and value. */
export type HttpHeader = readonly [name: string, value: string]

/** Start line and header fields of a request. Text has one character per byte. */
export interface HttpRequestHead {
  readonly kind: 'http-request'
  readonly method: string
  readonly target: string
  readonly version: '1.0' | '1.1'
  readonly headers: readonly HttpHeader[]
}

/** Status line and header fields of a response. Text has one character per byte. */
export interface HttpResponseHead {
  readonly kind: 'http-response'
  readonly version: '1.0' | '1.1'
  readonly statusCode: number
  readonly reason: string
  readonly headers: readonly HttpHeader[]
}

/** The start of a message, before its body. */
export type HttpHead = HttpRequestHead | HttpResponseHead

const LF = 10
const REQUEST_LINE = /^([!#$%&'*+.^_`|~\dA-Za-z-]+) ([!-~\u0080-\u00ff]+) HTTP\/(1\.[01])$/
const STATUS_LINE = /^HTTP\/(1\.[01]) (\d{3})(?: ([\t -~\u0080-\u00ff]*))?$/
const FIELD_NAME = /^[!#$%&'*+.^_`|~\dA-Za-z-]+$/
const FIELD_VALUE = /^[\t -~\u0080-\u00ff]*$/
/** A start line longer than this is not taken for one. */
const LONGEST_START_LINE = 8192

/**
 * Bytes of the head that starts at `start`, its empty line included. `undefined` where no head starts there or where it does not end
 * before `end`. Lines may end in LF alone (RFC 9112 section 2.2).
 */
export function httpHeadLength(bytes: Uint8Array, start: number, end: number): number | undefined {
  // Requests start with a method, in practice in capitals, and responses with HTTP: this spares the search in most other payloads.
  const first = bytes[start]
  if (first === undefined || first < 0x41 || first > 0x5a) return undefined
  const lineEnd = bytes.subarray(start, Math.min(end, start + LONGEST_START_LINE)).indexOf(LF)
  if (lineEnd < 0) return undefined
  const line = lineText(bytes, start, start + lineEnd)
  if (!REQUEST_LINE.test(line) && !STATUS_LINE.test(line)) return undefined
  for (let at = start + lineEnd + 1; ; ) {
    const next = bytes.subarray(at, end).indexOf(LF)
    if (next < 0) return undefined
    if (next === 0 || (next === 1 && bytes[at] === 13)) return at + next + 1 - start
    at += next + 1
  }
}

/** The head in `bytes[start]` to `bytes[end - 1]`, which `httpHeadLength` found. Folded lines are joined by a space. */
export function decodeHttpHead(bytes: Uint8Array, start: number, end: number): HttpHead | PacketIssue {
  const lineEnd = lineEndFrom(bytes, start, end)
  const line = lineText(bytes, start, lineEnd)
  const headers = decodeHeaderLines(bytes, lineEnd + 1, end)
  const request = REQUEST_LINE.exec(line)
  const status = STATUS_LINE.exec(line)
  if (!request && !status) {
    return packetIssue('invalid-value', 'http-request', start, `'${line.slice(0, 80)}' starts no HTTP/1.1 message`)
  }
  if ('kind' in headers) {
    const layer = request ? 'http-request' : 'http-response'
    return packetIssue(headers.code, layer, headers.offset, headers.message)
  }
  if (request) {
    const [, method = '', target = '', version] = request
    return { kind: 'http-request', method, target, version: version as '1.1', headers }
  }
  const [, version, code, reason = ''] = status as RegExpExecArray
  return { kind: 'http-response', version: version as '1.1', statusCode: Number(code), reason, headers }
}

/** The bytes of a head. RangeError where a part of it cannot stand in one: line breaks, spaces in names, text beyond one byte. */
export function encodeHttpHead(head: HttpHead): Uint8Array {
  const line =
    head.kind === 'http-request'
      ? `${head.method} ${head.target} HTTP/${head.version}`
      : `HTTP/${head.version} ${String(head.statusCode).padStart(3, '0')} ${head.reason}`
  if (!(head.kind === 'http-request' ? REQUEST_LINE : STATUS_LINE).test(line)) {
    throw new RangeError(`'${line}' is not a start line of HTTP/1.1`)
  }
  const writer = new ByteWriter(512).text(line).text('\r\n')
  writeHeaderLines(writer, head.headers)
  return writer.finish()
}

/** The value of the first field of a name in any letter case. */
export function httpHeader(headers: readonly HttpHeader[], name: string): string | undefined {
  const wanted = name.toLowerCase()
  return headers.find(([field]) => field.toLowerCase() === wanted)?.[1]
}

/** Field lines up to the empty line, or to `end`. */
export function decodeHeaderLines(bytes: Uint8Array, start: number, end: number): readonly HttpHeader[] | PacketIssue {
  const headers: HttpHeader[] = []
  for (let at = start; at < end; ) {
    const lineEnd = lineEndFrom(bytes, at, end)
    const line = lineText(bytes, at, lineEnd)
    if (line === '') break
    const last = headers.at(-1)
    if (/^[\t ]/.test(line) && last) {
      headers[headers.length - 1] = [last[0], `${last[1]} ${line.trim()}`.trim()]
    } else {
      const colon = line.indexOf(':')
      const name = line.slice(0, Math.max(colon, 0))
      const value = line.slice(colon + 1).replaceAll(/^[\t ]+|[\t ]+$/g, '')
      if (!FIELD_NAME.test(name) || !FIELD_VALUE.test(value)) {
        return packetIssue('invalid-value', 'http-request', at, `'${line.slice(0, 80)}' is not a header field`)
      }
      headers.push([name, value])
    }
    at = lineEnd + 1
  }
  return headers
}

/** Writes field lines and the empty line. */
export function writeHeaderLines(writer: ByteWriter, headers: readonly HttpHeader[]): void {
  for (const [name, value] of headers) {
    if (!FIELD_NAME.test(name) || !FIELD_VALUE.test(value) || value.trim() !== value) {
      throw new RangeError(`'${name}: ${value}' is not a header field of HTTP/1.1`)
    }
    writer.text(name).text(': ').text(value).text('\r\n')
  }
  writer.text('\r\n')
}

function lineEndFrom(bytes: Uint8Array, start: number, end: number): number {
  const length = bytes.subarray(start, end).indexOf(LF)
  return length < 0 ? end : start + length
}

function lineText(bytes: Uint8Array, start: number, lineEnd: number): string {
  return byteText(bytes, start, lineEnd > start && bytes[lineEnd - 1] === 13 ? lineEnd - 1 : lineEnd)
}
