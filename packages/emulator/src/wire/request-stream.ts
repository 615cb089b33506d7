/** A request's content as it comes, for operations whose body is streamed. */
export interface RequestStream extends AsyncIterable<Uint8Array> {
  /** Bytes of the content; undefined where the request does not say. */
  readonly length: number | undefined
  /** What came after the content, by lower-case names; complete when the stream has ended. */
  readonly trailers: ReadonlyMap<string, string>
  /** The names of the trailers that the request has announced, in lower case. */
  readonly announced: readonly string[]
}
