import { joinBytes, toBytes, toText } from '../../kernel/bytes.ts'
import type { TcpConnection } from '../../shell-host.ts'
import type { Task } from '../../task.ts'

/** Longest head of an answer that is read. */
const HEAD_LIMIT = 307_200

/** The head of an answer. */
export interface HttpHead {
  /** `1.1` */
  readonly version: string
  readonly status: number
  readonly reason: string
  /** In their order; names as they came. */
  readonly headers: readonly (readonly [name: string, value: string])[]
  /** As it came, with its line ends. */
  readonly text: string
}

/** What became of reading. */
export type HttpReadFailure = 'empty' | 'reset' | 'not-http' | 'partial'

/** A header's value; of several the last. */
export function headerValue(head: HttpHead, name: string): string | undefined {
  return head.headers.findLast(([candidate]) => candidate.toLowerCase() === name.toLowerCase())?.[1]
}

/** An HTTP/1.1 client's side of a connection (RFC 9112). */
export class HttpConnection {
  readonly connection: TcpConnection
  #pending: Uint8Array = new Uint8Array(0)
  #hasEnded = false
  /** Whether another request may follow. */
  isReusable = true

  constructor(connection: TcpConnection) {
    this.connection = connection
  }

  /** Sends a request; false where the connection is gone. */
  send(head: string, body: Uint8Array): boolean {
    const bytes = toBytes(head)
    return this.connection.send(body.length > 0 ? joinBytes([bytes, body]) : bytes)
  }

  /** Reads the head of the next answer; informational ones (1xx) are answers too. */
  *readHead(): Task<HttpHead | HttpReadFailure> {
    for (;;) {
      const text = toText(this.#pending)
      if (text.length >= 5 && !text.startsWith('HTTP/')) return 'not-http'
      const end = /\r?\n\r?\n/.exec(text)
      if (end) {
        const headText = text.slice(0, end.index + end[0].length)
        this.#pending = this.#pending.subarray(toBytes(headText).length)
        return parseHead(headText)
      }
      if (text.length > HEAD_LIMIT) return 'not-http'
      const got = yield* this.#more()
      if (got === 'reset') return 'reset'
      if (got === 'end') return text.length === 0 ? 'empty' : 'not-http'
    }
  }

  /** Reads a body, giving each piece as it comes. `partial` where it ends too early. */
  *readBody(
    head: HttpHead,
    method: string,
    onPiece: (bytes: Uint8Array) => Task,
  ): Task<{ readonly failure: HttpReadFailure | undefined; readonly missing: number }> {
    if (
      /close/i.test(headerValue(head, 'connection') ?? '') ||
      (head.version === '1.0' && !/keep-alive/i.test(headerValue(head, 'connection') ?? ''))
    ) {
      this.isReusable = false
    }
    if (method === 'HEAD' || head.status === 204 || head.status === 304 || head.status < 200)
      return { failure: undefined, missing: 0 }
    if (/chunked/i.test(headerValue(head, 'transfer-encoding') ?? '')) return yield* this.#readChunked(onPiece)
    const length = headerValue(head, 'content-length')
    if (length !== undefined && /^\d+$/.test(length)) return yield* this.#readCounted(Number(length), onPiece)
    this.isReusable = false
    for (;;) {
      if (this.#pending.length > 0) {
        const piece = this.#pending
        this.#pending = new Uint8Array(0)
        yield* onPiece(piece)
      }
      const got = yield* this.#more()
      if (got === 'reset') return { failure: 'reset', missing: 0 }
      if (got === 'end') return { failure: undefined, missing: 0 }
    }
  }

  *#readCounted(
    length: number,
    onPiece: (bytes: Uint8Array) => Task,
  ): Task<{ readonly failure: HttpReadFailure | undefined; readonly missing: number }> {
    let left = length
    while (left > 0) {
      if (this.#pending.length > 0) {
        const piece = this.#pending.subarray(0, left)
        this.#pending = this.#pending.subarray(piece.length)
        left -= piece.length
        yield* onPiece(piece)
        continue
      }
      const got = yield* this.#more()
      if (got !== 'data') return { failure: got === 'reset' ? 'reset' : 'partial', missing: left }
    }
    return { failure: undefined, missing: 0 }
  }

  *#readChunked(
    onPiece: (bytes: Uint8Array) => Task,
  ): Task<{ readonly failure: HttpReadFailure | undefined; readonly missing: number }> {
    for (;;) {
      const line = yield* this.#readLine()
      if (line === undefined) return { failure: 'partial', missing: 0 }
      const size = Number.parseInt(line, 16)
      if (Number.isNaN(size)) return { failure: 'not-http', missing: 0 }
      if (size === 0) break
      const result = yield* this.#readCounted(size, onPiece)
      if (result.failure) return result
      yield* this.#readLine()
    }
    for (;;) {
      const trailer = yield* this.#readLine()
      if (trailer === undefined || trailer === '') return { failure: undefined, missing: 0 }
    }
  }

  *#readLine(): Task<string | undefined> {
    for (;;) {
      const end = this.#pending.indexOf(10)
      if (end >= 0) {
        const line = toText(this.#pending.subarray(0, end)).replace(/\r$/, '')
        this.#pending = this.#pending.subarray(end + 1)
        return line
      }
      if ((yield* this.#more()) !== 'data') return undefined
    }
  }

  *#more(): Task<'data' | 'end' | 'reset'> {
    if (this.#hasEnded) return 'end'
    const got = yield* this.connection.read()
    if (got === 'end' || got === 'reset') {
      this.#hasEnded = true
      this.isReusable = false
      return got
    }
    this.#pending = this.#pending.length === 0 ? got : joinBytes([this.#pending, got])
    return 'data'
  }
}

function parseHead(text: string): HttpHead | 'not-http' {
  const [first = '', ...lines] = text.split(/\r?\n/)
  const status = /^HTTP\/(\d(?:\.\d)?) (\d{3})(?: (.*))?$/.exec(first)
  if (!status) return 'not-http'
  const headers = lines.flatMap((line): [string, string][] => {
    const colon = line.indexOf(':')
    return colon > 0 ? [[line.slice(0, colon), line.slice(colon + 1).trim()]] : []
  })
  return { version: status[1] ?? '1.1', status: Number(status[2]), reason: status[3] ?? '', headers, text }
}
