import type { Direction } from '../../flow/flow.ts'
import { INSPECTION_LIMITS } from '../../inspection-limits.ts'
import type { BytePool } from '../../stream/byte-pool.ts'
import type { FileHash } from '../extracted-file.ts'
import { PARSE_FAILED, type StreamParser } from '../stream-parser.ts'
import { HttpBody } from './http-body-facts.ts'
import { type HttpHead, headerValue, httpHeadEnd, readHttpHead } from './http-head.ts'
import { HttpSide } from './http-side.ts'
import { RESPONSE_START, requestLine, startsResponse } from './http-start-line.ts'
import { HttpTransaction } from './http-transaction.ts'

/** All that is wrong with HTTP is so with a transaction. */
const NO_ANOMALIES: string[] = []
const LONGEST_CHUNK_LINE = 1024
/** Nothing was taken, but the phase changed. */
const CONTINUE = -2

/** HTTP/1.x: requests and responses in their order, bodies by length, in chunks or up to the end. */
export class HttpParser implements StreamParser {
  readonly name = 'http'
  transactions: HttpTransaction[] = []
  readonly anomalies: string[] = NO_ANOMALIES
  readonly isEncrypted = false
  readonly #client = new HttpSide()
  readonly #server = new HttpSide()
  readonly #bodies: BytePool
  readonly #hashes: readonly FileHash[]
  #count = 0
  /** Requests that have no response yet. */
  #unanswered: HttpTransaction[] = []

  constructor(bodies: BytePool, hashes: readonly FileHash[]) {
    this.#bodies = bodies
    this.#hashes = hashes
  }

  parse(direction: Direction, bytes: Uint8Array, start: number, end: number): number {
    const side = direction === 0 ? this.#client : this.#server
    let at = start
    while (at < end) {
      const taken = this.#step(direction, side, bytes, at, end)
      if (taken === PARSE_FAILED) return PARSE_FAILED
      if (taken === CONTINUE) continue
      if (taken === 0) break
      at += taken
    }
    return at - start
  }

  skip(direction: Direction, length: number): boolean {
    const side = direction === 0 ? this.#client : this.#server
    if (side.phase === 'until-close' || side.phase === 'tunnel') {
      side.body?.addGap(length)
      return true
    }
    // Between messages nothing is lost but the beginning of the next.
    if (side.phase === 'head' && side.searched === 0) return true
    if ((side.phase === 'counted' || side.phase === 'chunk') && length <= side.left) {
      side.body?.addGap(length)
      side.left -= length
      if (side.left === 0) {
        if (side.phase === 'counted') this.#bodyDone(direction, side, true)
        else side.phase = 'chunk-end'
      }
      return true
    }
    return false
  }

  finish(direction: Direction): void {
    const side = direction === 0 ? this.#client : this.#server
    const { transaction } = side
    // Suricata takes what came before the connection's end for the whole file.
    if (transaction && side.phase !== 'head') this.#bodyDone(direction, side, true)
    if (direction === 1) {
      for (const open of this.transactions) if (!open.isResponseComplete) open.changed(1)
      for (const open of this.transactions) open.finish()
    }
  }

  #step(direction: Direction, side: HttpSide, bytes: Uint8Array, start: number, end: number): number {
    switch (side.phase) {
      case 'head':
        return this.#head(direction, side, bytes, start, end)
      case 'counted':
      case 'chunk': {
        const taken = Math.min(side.left, end - start)
        side.body?.add(bytes, start, start + taken)
        side.left -= taken
        if (side.left === 0) {
          if (side.phase === 'counted') this.#bodyDone(direction, side, true)
          else side.phase = 'chunk-end'
        }
        return taken
      }
      case 'chunk-end':
      case 'chunk-size':
      case 'trailers':
        return this.#line(direction, side, bytes, start, end)
      case 'until-close':
        side.body?.add(bytes, start, end)
        return end - start
      case 'tunnel':
        return end - start
    }
  }

  #line(direction: Direction, side: HttpSide, bytes: Uint8Array, start: number, end: number): number {
    const lineEnd = bytes.indexOf(10, start)
    if (lineEnd < 0 || lineEnd >= end) {
      if (end - start <= LONGEST_CHUNK_LINE) return 0
      return this.#failed(side, 'INVALID_RESPONSE_CHUNK_LEN')
    }
    const taken = lineEnd + 1 - start
    if (taken > LONGEST_CHUNK_LINE) return this.#failed(side, 'INVALID_RESPONSE_CHUNK_LEN')
    const line = Buffer.from(bytes.buffer, bytes.byteOffset + start, taken)
      .toString('latin1')
      .trim()
    if (side.phase !== 'trailers') side.body?.addFraming(taken)
    if (side.phase === 'chunk-end') side.phase = 'chunk-size'
    else if (side.phase === 'trailers') {
      if (line === '') this.#bodyDone(direction, side, true)
    } else {
      const size = /^([0-9a-fA-F]{1,8})\s*(?:;|$)/.exec(line)?.[1]
      if (size === undefined) {
        const event = direction === 0 ? 'INVALID_REQUEST_CHUNK_LEN' : 'INVALID_RESPONSE_CHUNK_LEN'
        return this.#failed(side, event)
      }
      side.left = Number.parseInt(size, 16)
      side.phase = side.left === 0 ? 'trailers' : 'chunk'
    }
    return taken
  }

  #head(direction: Direction, side: HttpSide, bytes: Uint8Array, start: number, end: number): number {
    // Empty lines before a message are passed over (RFC 9112 section 2.2).
    if (bytes[start] === 10) return 1
    if (bytes[start] === 13)
      return end - start < 2 ? 0 : bytes[start + 1] === 10 ? 2 : this.#headFailed(direction, side)
    if (direction === 1 && end - start >= RESPONSE_START.length && !startsResponse(bytes, start)) {
      return this.#bareBody(side, bytes, start, end)
    }
    const headEnd = httpHeadEnd(bytes, start, end, start + side.searched)
    if (headEnd < 0) {
      if (end - start > INSPECTION_LIMITS.httpHead) return this.#headFailed(direction, side)
      side.searched = Math.max(0, end - start - 3)
      return 0
    }
    if (headEnd - start > INSPECTION_LIMITS.httpHead * 4) return this.#headFailed(direction, side)
    side.searched = 0
    const head = readHttpHead(bytes, start, headEnd)
    const isTaken = direction === 0 ? this.#request(side, head) : this.#response(side, head)
    return isTaken ? headEnd - start : PARSE_FAILED
  }

  /** What does not begin like a response is a body without a head, up to the connection's end: so libhtp takes it. */
  #bareBody(side: HttpSide, bytes: Uint8Array, start: number, end: number): number {
    const lineEnd = bytes.indexOf(10, start)
    const isLineHere = lineEnd >= 0 && lineEnd < end
    if (!isLineHere && end - start < INSPECTION_LIMITS.httpHead) return 0
    const transaction = this.#unanswered[0] ?? this.#open()
    side.transaction = transaction
    side.body = new HttpBody(undefined, undefined, this.#bodies, this.#hashes)
    transaction.responseBody = side.body
    transaction.addAnomaly('RESPONSE_INVALID_STATUS')
    side.phase = 'until-close'
    if (!isLineHere) return CONTINUE
    // Of its first line, the end does not count.
    side.body.add(bytes, start, lineEnd > start && bytes[lineEnd - 1] === 13 ? lineEnd - 1 : lineEnd)
    return lineEnd + 1 - start
  }

  #headFailed(direction: Direction, side: HttpSide): number {
    const transaction = direction === 0 ? this.#open() : (this.#unanswered[0] ?? this.#open())
    transaction.addAnomaly(direction === 0 ? 'REQUEST_FIELD_TOO_LONG' : 'RESPONSE_FIELD_TOO_LONG')
    side.transaction = transaction
    return PARSE_FAILED
  }

  #failed(side: HttpSide, event: string): number {
    side.transaction?.addAnomaly(event)
    return PARSE_FAILED
  }

  #request(side: HttpSide, head: HttpHead): boolean {
    const { method, target, protocol } = requestLine(head.startLine)
    const transaction = this.#open()
    this.#unanswered = added(this.#unanswered, transaction)
    transaction.request = head
    transaction.method = method
    transaction.target = target
    if (protocol !== '') transaction.requestProtocol = protocol
    for (const event of head.anomalies) {
      transaction.addAnomaly(event === 'FIELD_MISSING_COLON' ? 'REQUEST_FIELD_MISSING_COLON' : event)
    }
    if (transaction.rawHost === undefined && protocol === 'HTTP/1.1') transaction.addAnomaly('MISSING_HOST_HEADER')
    const authority = /^[a-z][a-z0-9+.-]*:\/\/([^/?#]+)/i.exec(target)?.[1]
    if (authority !== undefined && authority !== headerValue(head, 'host')) {
      transaction.addAnomaly('HOST_HEADER_AMBIGUOUS')
    }
    transaction.changed(0)
    side.transaction = transaction
    this.#beginBody(0, side, transaction, head, method === 'CONNECT' ? 'none' : 'request')
    return true
  }

  #response(side: HttpSide, head: HttpHead): boolean {
    const [, protocol = '', status = '', message = ''] =
      /^(HTTP\/\S*)\s+(\d{3})(?:\s+(.*))?$/.exec(head.startLine) ?? []
    let transaction = this.#unanswered[0]
    if (!transaction) {
      transaction = this.#open()
      transaction.isRequestComplete = true
      transaction.addAnomaly('UNABLE_TO_MATCH_RESPONSE_TO_REQUEST')
      this.#unanswered = added(this.#unanswered, transaction)
    }
    const isInterim = status.startsWith('1') && status !== '101'
    if (isInterim) return true
    transaction.response = head
    transaction.responseProtocol = protocol
    // A status that cannot be read counts as 0.
    transaction.status = Number(status)
    transaction.statusMessage = message
    for (const event of head.anomalies) {
      transaction.addAnomaly(event === 'FIELD_MISSING_COLON' ? 'RESPONSE_FIELD_MISSING_COLON' : event)
    }
    transaction.changed(1)
    side.transaction = transaction
    const isSwitch = status === '101' || (transaction.method === 'CONNECT' && status.startsWith('2'))
    if (isSwitch) {
      this.#client.phase = 'tunnel'
      side.phase = 'tunnel'
      this.#messageDone(1, side)
      return true
    }
    // A 204 or 304 that announces a length is taken at its word, as libhtp does.
    const isBare =
      headerValue(head, 'content-length') === undefined && headerValue(head, 'transfer-encoding') === undefined
    const hasNone = transaction.method === 'HEAD' || ((status === '204' || status === '304') && isBare)
    this.#beginBody(1, side, transaction, head, hasNone ? 'none' : 'response')
    return true
  }

  #beginBody(
    direction: Direction,
    side: HttpSide,
    transaction: HttpTransaction,
    head: HttpHead,
    kind: 'none' | 'request' | 'response',
  ): void {
    const isChunked = /(?:^|,)\s*chunked\s*$/i.test(headerValue(head, 'transfer-encoding') ?? '')
    const lengthText = headerValue(head, 'content-length')
    const length = lengthText === undefined ? undefined : Number(/^\d{1,15}/.exec(lengthText)?.[0] ?? Number.NaN)
    if (kind === 'none' || (kind === 'request' && !isChunked && !(length !== undefined && length > 0))) {
      this.#messageDone(direction, side)
      return
    }
    if (length !== undefined && Number.isNaN(length)) {
      transaction.addAnomaly(
        direction === 0 ? 'INVALID_CONTENT_LENGTH_FIELD_IN_REQUEST' : 'INVALID_CONTENT_LENGTH_FIELD_IN_RESPONSE',
      )
    }
    if (!isChunked && length === 0) {
      this.#messageDone(direction, side)
      return
    }
    side.body = new HttpBody(
      headerValue(head, 'content-encoding'),
      isChunked ? undefined : length,
      this.#bodies,
      this.#hashes,
    )
    if (direction === 0) transaction.requestBody = side.body
    else transaction.responseBody = side.body
    if (isChunked) side.phase = 'chunk-size'
    else if (length !== undefined && !Number.isNaN(length)) {
      side.phase = 'counted'
      side.left = length
    } else side.phase = 'until-close'
  }

  #bodyDone(direction: Direction, side: HttpSide, isWhole: boolean): void {
    const { body, transaction } = side
    if (body && transaction) {
      body.finish(isWhole)
      if (body.isDamaged) transaction.addAnomaly('COMPRESSION_BOMB_OR_DAMAGED_BODY')
      const facts = body.file(transaction.fileName(direction), transaction.id)
      if (facts) transaction.addFile({ direction, facts, isLogged: false })
    }
    this.#messageDone(direction, side)
  }

  #messageDone(direction: Direction, side: HttpSide): void {
    const { transaction } = side
    if (side.phase !== 'tunnel') side.phase = 'head'
    side.body = undefined
    side.transaction = undefined
    side.left = 0
    if (!transaction) return
    if (direction === 0) transaction.isRequestComplete = true
    else {
      transaction.isResponseComplete = true
      const place = this.#unanswered.indexOf(transaction)
      if (place === 0 && this.#unanswered.length === 1) this.#unanswered.length = 0
      else if (place >= 0) this.#unanswered.splice(place, 1)
    }
    transaction.changed(direction)
  }

  #open(): HttpTransaction {
    if (this.transactions.length >= INSPECTION_LIMITS.transactions) {
      const [oldest] = this.transactions
      oldest?.addAnomaly('TOO_MANY_PENDING_REQUESTS')
      oldest?.finish()
      if (oldest && this.#unanswered[0] === oldest) this.#unanswered.shift()
      // One segment may bring more requests than are looked at between two packets.
      if (this.transactions.length >= INSPECTION_LIMITS.transactions * 2) this.transactions.shift()?.release()
    }
    const transaction = new HttpTransaction(this.#count)
    this.#count += 1
    this.transactions = added(this.transactions, transaction)
    return transaction
  }
}

/** A list with one more. The only one has a list without the room that `push` makes for others: mostly there are none. */
function added(list: HttpTransaction[], transaction: HttpTransaction): HttpTransaction[] {
  if (list.length === 0) return [transaction]
  list.push(transaction)
  return list
}
