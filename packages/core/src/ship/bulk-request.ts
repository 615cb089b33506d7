import { createHash } from 'node:crypto'

/** A document on its way, as the two lines that `_bulk` takes. */
export interface BulkItem {
  readonly id: string
  /** The document's JSON. */
  readonly document: string
  /** The action's line, the document's line. */
  readonly lines: string
  readonly bytes: number
  attempts: number
  /** Delivered, or among the dead letters. */
  isSettled: boolean
}

/**
 * An item that creates a document in a data stream. Data streams take `create` alone; a document whose id is already there is refused with
 * 409, so that sending it again makes no second one.
 */
export function bulkItem(dataStream: string, id: string, document: string): BulkItem {
  const lines = `${JSON.stringify({ create: { _index: dataStream, _id: id } })}\n${document}\n`
  return { id, document, lines, bytes: Buffer.byteLength(lines), attempts: 0, isSettled: false }
}

/** A document's id: the same for the same document at the same place of the same source, so that a second run makes no second one. */
export function documentId(source: string, place: number, document: string): string {
  return createHash('sha256').update(`${source}\0${place}\0`).update(document).digest('base64url').slice(0, 27)
}
