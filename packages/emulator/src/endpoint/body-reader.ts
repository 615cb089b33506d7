import { createHash } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { RequestStream } from '../wire/request-stream.ts'
import type { RequestBody } from '../wire/rest-request.ts'
import { ServiceError } from '../wire/service-error.ts'
import { type ChunkVerifier, decodeAwsChunked } from './aws-chunked.ts'

/** How a body is read. */
export interface BodyReaderOptions {
  /** Bytes that are kept in memory of a body that is read whole. */
  readonly maxBytes: number
  /** Whether the digest that the request gives of its content is checked, as S3 does. */
  readonly checksDigest?: boolean
}

/** A request's body: its content, S3's chunks taken apart. It is read once, as a stream or whole. */
export class BodyReader implements RequestBody, RequestStream {
  readonly length: number | undefined
  readonly announced: readonly string[]
  readonly trailers: ReadonlyMap<string, string>
  readonly #trailers = new Map<string, string>()
  readonly #request: IncomingMessage
  readonly #isChunked: boolean
  readonly #maxBytes: number
  /** Of the content, in hexadecimal digits. */
  readonly #digest: string | undefined
  #verifier: ChunkVerifier | undefined
  #whole: Promise<Uint8Array> | undefined

  constructor(request: IncomingMessage, { maxBytes, checksDigest = false }: BodyReaderOptions) {
    const { headers } = request
    const digest = String(headers['x-amz-content-sha256'] ?? '')
    this.#request = request
    this.#maxBytes = maxBytes
    this.#isChunked = Boolean(headers['content-encoding']?.includes('aws-chunked')) || digest.startsWith('STREAMING-')
    this.#digest = checksDigest && /^[0-9a-fA-F]{64}$/.test(digest) ? digest.toLowerCase() : undefined
    this.length = lengthOf(this.#isChunked ? headers['x-amz-decoded-content-length'] : headers['content-length'])
    this.announced = this.#isChunked ? names(headers['x-amz-trailer']) : []
    this.trailers = this.#trailers
  }

  get stream(): RequestStream {
    return this
  }

  /** Has the signatures of S3's chunks checked; called before the body is read. */
  verifyChunks(verifier: ChunkVerifier): void {
    this.#verifier = verifier
  }

  /** @throws ServiceError for a body that is too large. */
  bytes(): Promise<Uint8Array> {
    this.#whole ??= this.#read()
    return this.#whole
  }

  /** The bytes of a body that was read whole; undefined for one that was not. */
  get readBytes(): Promise<Uint8Array> | undefined {
    return this.#whole
  }

  /** @throws ServiceError for content that is not as long, or not the same, as the request says. */
  [Symbol.asyncIterator](): AsyncGenerator<Uint8Array, void, void> {
    return this.#whole ? once(this.#whole) : this.#content()
  }

  async *#content(): AsyncGenerator<Uint8Array, void, void> {
    const hash = this.#digest === undefined ? undefined : createHash('sha256')
    const source: AsyncIterable<Uint8Array> = this.#isChunked
      ? decodeAwsChunked(this.#request, (name, value) => this.#trailers.set(name, value), this.#verifier)
      : this.#request
    let length = 0
    for await (const piece of source) {
      length += piece.length
      if (this.length !== undefined && length > this.length) throw incompleteBody()
      hash?.update(piece)
      yield piece
    }
    if (this.length !== undefined && length !== this.length) throw incompleteBody()
    const digest = hash?.digest('hex')
    if (digest !== this.#digest) {
      const message = "The provided 'x-amz-content-sha256' header does not match what was computed."
      const details = { ClientComputedContentSHA256: this.#digest, S3ComputedContentSHA256: digest }
      throw new ServiceError('XAmzContentSHA256Mismatch', message, { details })
    }
    if (this.announced.some((name) => !this.#trailers.has(name))) {
      const message =
        'The request contained trailing data that was not well-formed or did not conform to our published schema.'
      throw new ServiceError('MalformedTrailerError', message)
    }
  }

  async #read(): Promise<Uint8Array> {
    const pieces: Uint8Array[] = []
    let length = 0
    for await (const piece of this.#content()) {
      length += piece.length
      if (length > this.#maxBytes) {
        throw new ServiceError('RequestEntityTooLarge', `The request's body has more than ${this.#maxBytes} bytes.`, {
          status: 413,
        })
      }
      pieces.push(piece)
    }
    return pieces.length === 1 ? (pieces[0] as Uint8Array) : Buffer.concat(pieces)
  }
}

async function* once(bytes: Promise<Uint8Array>): AsyncGenerator<Uint8Array, void, void> {
  yield await bytes
}

function incompleteBody(): ServiceError {
  const message = 'You did not provide the number of bytes specified by the Content-Length HTTP header'
  return new ServiceError('IncompleteBody', message)
}

function lengthOf(text: string | string[] | undefined): number | undefined {
  return typeof text === 'string' && /^\d{1,15}$/.test(text) ? Number(text) : undefined
}

function names(text: string | string[] | undefined): readonly string[] {
  return String(text ?? '')
    .split(',')
    .map((name) => name.trim().toLowerCase())
    .filter((name) => name !== '')
}
