/** Chunks whose source can be told to stop while a read waits: Node's streams are such. */
export interface DestroyableChunks extends AsyncIterable<unknown> {
  destroy(): unknown
}

export function isDestroyable(source: object): source is DestroyableChunks {
  return 'destroy' in source && typeof source.destroy === 'function' && Symbol.asyncIterator in source
}
