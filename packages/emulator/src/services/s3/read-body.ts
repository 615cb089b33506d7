import { Readable } from 'node:stream'
import type { BlobReferences } from '../../state/blob-references.ts'
import type { BlobPiece, BlobStore, ByteSpan } from '../../state/blob-store.ts'

/** A span of the bytes that pieces make one after another: in memory where it is short, else as a stream. */
export async function readBody(
  blobs: BlobStore,
  references: BlobReferences,
  pieces: readonly BlobPiece[],
  span: ByteSpan,
): Promise<Uint8Array | Readable> {
  const spans = spansOf(pieces, span)
  const [only, ...others] = spans
  if (!only) return new Uint8Array(0)
  if (others.length === 0) {
    // What is deleted after it was opened can still be read to its end.
    const release = references.hold([only.blob])
    try {
      return await blobs.read(only.blob, only)
    } finally {
      release()
    }
  }
  const release = references.hold(spans.map(({ blob }) => blob))
  return Readable.from(readInTurn(blobs, spans), { objectMode: false }).once('close', release)
}

/** Bytes of a span, as they come. */
export async function* streamBody(
  blobs: BlobStore,
  references: BlobReferences,
  pieces: readonly BlobPiece[],
  span: ByteSpan,
): AsyncGenerator<Uint8Array, void, void> {
  const spans = spansOf(pieces, span)
  const release = references.hold(spans.map(({ blob }) => blob))
  try {
    yield* readInTurn(blobs, spans)
  } finally {
    release()
  }
}

type BlobSpan = ByteSpan & { readonly blob: string }

async function* readInTurn(blobs: BlobStore, spans: readonly BlobSpan[]): AsyncGenerator<Uint8Array, void, void> {
  for (const span of spans) {
    const content = await blobs.read(span.blob, span)
    if (content instanceof Uint8Array) yield content
    else yield* content as AsyncIterable<Uint8Array>
  }
}

/** The part of a span that lies in each piece. */
function spansOf(pieces: readonly BlobPiece[], { start, end }: ByteSpan): readonly BlobSpan[] {
  const spans: BlobSpan[] = []
  let offset = 0
  for (const { blob, size } of pieces) {
    const from = Math.max(start - offset, 0)
    const to = Math.min(end - offset, size)
    if (from < to) spans.push({ blob, start: from, end: to })
    offset += size
  }
  return spans
}
