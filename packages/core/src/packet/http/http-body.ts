import { byteText } from '../byte-reader.ts'
import { ByteWriter } from '../byte-writer.ts'
import { type PacketIssue, packetIssue } from '../packet-issue.ts'
import { decodeHeaderLines, type HttpHead, type HttpHeader, httpHeader, writeHeaderLines } from './http-message.ts'

//  The chunked transfer coding (RFC 9112 section 7.1):
//
//    *( chunk-size [ chunk-ext ] CRLF chunk-data CRLF )
//    "0" [ chunk-ext ] CRLF
//    *( field-line CRLF )
//    CRLF

/** How a message's body is delimited. */
export type HttpBodyFraming =
  | { readonly kind: 'none' }
  | { readonly kind: 'length'; readonly length: number }
  | { readonly kind: 'chunked' }
  | { readonly kind: 'until-close' }

/** A chunked body as far as it was there. */
export interface ChunkedBody {
  readonly body: Uint8Array
  readonly trailers: readonly HttpHeader[]
  readonly isComplete: boolean
  /** Behind the last byte that was read. */
  readonly end: number
}

const LF = 10
const LONGEST_SIZE_LINE = 1024

/** RFC 9112 section 6.3. `requestMethod` is of the request that a response answers. */
export function httpBodyFraming(head: HttpHead, requestMethod?: string): HttpBodyFraming {
  if (head.kind === 'http-response') {
    const { statusCode } = head
    const isBodiless = requestMethod === 'HEAD' || statusCode < 200 || statusCode === 204 || statusCode === 304
    if (isBodiless || (requestMethod === 'CONNECT' && statusCode < 300)) return { kind: 'none' }
  }
  const coding = httpHeader(head.headers, 'transfer-encoding')
  if (coding !== undefined && /(?:^|,)[\t ]*chunked$/i.test(coding)) return { kind: 'chunked' }
  const length = httpHeader(head.headers, 'content-length')
  if (coding === undefined && length !== undefined && /^\d{1,15}$/.test(length)) {
    return { kind: 'length', length: Number(length) }
  }
  return { kind: head.kind === 'http-request' ? 'none' : 'until-close' }
}

/** The body in `bytes[start]` to `bytes[end - 1]`, without its chunk sizes. Chunk extensions are ignored. */
export function decodeChunkedBody(bytes: Uint8Array, start: number, end: number): ChunkedBody | PacketIssue {
  const parts: Uint8Array[] = []
  let at = start
  const partial = (): ChunkedBody => ({ body: joined(parts), trailers: [], isComplete: false, end: at })
  while (at < end) {
    const lineLength = bytes.subarray(at, Math.min(end, at + LONGEST_SIZE_LINE)).indexOf(LF)
    if (lineLength < 0 && end - at < LONGEST_SIZE_LINE) return partial()
    const line = byteText(bytes, at, at + Math.max(lineLength, 0))
    const digits = /^([\da-f]{1,13})[\t ]*(?:;.*)?\r?$/i.exec(line)?.[1]
    if (digits === undefined) return chunkIssue(at, `'${line.slice(0, 40)}' is not the size of a chunk`)
    const size = Number.parseInt(digits, 16)
    const dataStart = at + lineLength + 1
    if (size === 0) return decodeTrailers(bytes, dataStart, end, parts)
    parts.push(bytes.subarray(dataStart, Math.min(end, dataStart + size)))
    at = Math.min(end, dataStart + size)
    if (bytes[at] === 13 && at < end) at += 1
    if (at >= end) return partial()
    if (bytes[at] !== LF) return chunkIssue(at, `the data of a chunk of ${size} bytes does not end in a line break`)
    at += 1
  }
  return partial()
}

/** The bytes of a chunked body: a chunk for each part that is not empty, the last chunk and the trailer fields. */
export function encodeChunkedBody(parts: readonly Uint8Array[], trailers: readonly HttpHeader[] = []): Uint8Array {
  const writer = new ByteWriter(parts.reduce((sum, part) => sum + part.length + 16, 16))
  for (const part of parts) {
    if (part.length > 0)
      writer
        .text(`${part.length.toString(16)}\r\n`)
        .bytes(part)
        .text('\r\n')
  }
  writer.text('0\r\n')
  writeHeaderLines(writer, trailers)
  return writer.finish()
}

function decodeTrailers(
  bytes: Uint8Array,
  start: number,
  end: number,
  parts: readonly Uint8Array[],
): ChunkedBody | PacketIssue {
  for (let at = start; ; ) {
    const lineLength = bytes.subarray(at, end).indexOf(LF)
    if (lineLength < 0) return { body: joined(parts), trailers: [], isComplete: false, end }
    const isEmpty = lineLength === 0 || (lineLength === 1 && bytes[at] === 13)
    at += lineLength + 1
    if (!isEmpty) continue
    const trailers = decodeHeaderLines(bytes, start, at)
    return 'kind' in trailers ? trailers : { body: joined(parts), trailers, isComplete: true, end: at }
  }
}

function chunkIssue(offset: number, message: string): PacketIssue {
  return packetIssue('invalid-value', 'http-response', offset, message)
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    bytes.set(part, at)
    at += part.length
  }
  return bytes
}
