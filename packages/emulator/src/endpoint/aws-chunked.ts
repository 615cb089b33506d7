import { ServiceError } from '../wire/service-error.ts'

/** Bytes of a chunk's first line, or of a trailer, at the most. */
const LONGEST_LINE = 16 * 1024

/** Checks the signatures of chunks and trailers. */
export interface ChunkVerifier {
  /** A chunk's content, in pieces. */
  update(content: Uint8Array): void
  /** A chunk has ended. @throws ServiceError where its signature is another, or missing. */
  endChunk(signature: string | undefined): void
  /** The body has ended. @throws ServiceError where the trailers' signature is another, or missing. */
  endBody(trailers: readonly (readonly [name: string, value: string])[], signature: string | undefined): void
}

type ChunkState = 'size' | 'content' | 'content-end' | 'trailer' | 'end'

/** The trailer that signs those before it. */
const TRAILER_SIGNATURE = 'x-amz-trailer-signature'

/**
 * The content of a body in S3's chunks, `size;chunk-signature=…` before each and trailers after the last. `onTrailer` is told of trailers,
 * in lower case. Sources: S3 API reference, "Signature calculations: transferring payload in multiple chunks", and "with trailing headers".
 * @throws ServiceError InvalidRequest for chunks that are malformed, IncompleteBody for those that end too early, and what the verifier throws.
 */
export async function* decodeAwsChunked(
  source: AsyncIterable<Uint8Array>,
  onTrailer: (name: string, value: string) => void,
  verifier?: ChunkVerifier,
): AsyncGenerator<Uint8Array, void, void> {
  let buffer: Buffer = Buffer.alloc(0)
  let left = 0
  let signature: string | undefined
  const trailers: (readonly [string, string])[] = []
  let trailerSignature: string | undefined
  let state = 'size' as ChunkState
  for await (const piece of source) {
    buffer =
      buffer.length === 0 ? Buffer.from(piece.buffer, piece.byteOffset, piece.length) : Buffer.concat([buffer, piece])
    while (state !== 'end') {
      if (state === 'content') {
        const content = buffer.subarray(0, left)
        buffer = buffer.subarray(content.length)
        left -= content.length
        verifier?.update(content)
        if (content.length > 0) yield content
        if (left > 0) break
        verifier?.endChunk(signature)
        state = 'content-end'
        continue
      }
      const end = buffer.indexOf('\r\n')
      if (end < 0) {
        if (buffer.length > LONGEST_LINE) throw malformed('a line of the chunked body is too long')
        break
      }
      const line = buffer.toString('latin1', 0, end)
      buffer = buffer.subarray(end + 2)
      if (state === 'content-end') {
        if (line !== '') throw malformed('a chunk does not end where its size says')
        state = 'size'
      } else if (state === 'size') {
        const size = /^([0-9a-fA-F]{1,12})(;.*)?$/.exec(line)
        if (!size) throw malformed(`'${line.slice(0, 40)}' is no chunk size`)
        left = Number.parseInt(size[1] as string, 16)
        signature = /;\s*chunk-signature=([0-9a-f]{64})/.exec(size[2] ?? '')?.[1]
        state = left === 0 ? 'trailer' : 'content'
        if (left === 0) verifier?.endChunk(signature)
      } else if (line === '') state = 'end'
      else {
        const colon = line.indexOf(':')
        if (colon < 1) throw malformed(`'${line.slice(0, 40)}' is no trailer`)
        const name = line.slice(0, colon).trim().toLowerCase()
        const value = line.slice(colon + 1).trim()
        if (name === TRAILER_SIGNATURE) trailerSignature = value
        else {
          trailers.push([name, value])
          onTrailer(name, value)
        }
      }
    }
  }
  const last = state as ChunkState
  if (last !== 'end' && last !== 'trailer') {
    throw new ServiceError(
      'IncompleteBody',
      'The request body terminated unexpectedly: the chunked body ends too early.',
    )
  }
  verifier?.endBody(trailers, trailerSignature)
}

function malformed(message: string): ServiceError {
  return new ServiceError('InvalidRequest', `The request's chunks cannot be read: ${message}.`)
}
