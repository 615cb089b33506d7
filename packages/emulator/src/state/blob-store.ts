import type { Readable } from 'node:stream'

/** Bytes that are kept outside the tables; rows refer to them by `blob`. */
export interface BlobPiece {
  /** Its id; of this store alone. */
  readonly blob: string
  /** Bytes. */
  readonly size: number
}

/** Part of a blob's bytes: from `start`, which counts from 0, up to `end`, which is not part of it. */
export interface ByteSpan {
  readonly start: number
  readonly end: number
}

/**
 * Where bodies are that are too large for rows: those of objects, and of functions' archives. A blob is written once, whole, and never
 * changed; it can be read as soon as `write` has resolved, and in a store that outlives the process it is then durable.
 */
export interface BlobStore {
  /** Keeps what comes. Where the source throws, nothing is kept. */
  write(source: AsyncIterable<Uint8Array>): Promise<BlobPiece>
  /** A span of a blob, in memory where it is short, else as a stream. @throws Error for a blob that there is not. */
  read(blob: string, span: ByteSpan): Promise<Uint8Array | Readable>
  /** The file that has exactly the blob's bytes; undefined where they are in memory. */
  path(blob: string): string | undefined
  /** Forgets blobs. Those that there are not, and readers that have opened one, are left alone. */
  delete(blobs: Iterable<string>): Promise<void>
  /** Forgets all blobs but these. */
  keepOnly(blobs: ReadonlySet<string>): Promise<void>
  /** Leaves what is open; a store that does not outlive the process removes its files. */
  close(): Promise<void>
}
