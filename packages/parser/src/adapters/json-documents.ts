const [QUOTE, BACKSLASH, OPEN_BRACKET, CLOSE_BRACKET, OPEN_BRACE, CLOSE_BRACE] = [0x22, 0x5c, 0x5b, 0x5d, 0x7b, 0x7d]

/** A document that is longer than is allowed. */
export class JsonDocumentLimitError extends Error {}

/**
 * Cuts text that arrives in pieces into JSON objects and arrays that stand one after another, with anything or nothing
 * between them: one document, a document per line, or as Firehose writes them. What stands between documents comes out
 * too, as a document that is no JSON, unless it is white space or commas.
 */
export class JsonDocuments {
  readonly #maxLength: number
  /** The document that has begun, up to the piece at hand. */
  #pending = ''
  #depth = 0
  #inString = false
  #isEscaped = false

  constructor(maxLength: number) {
    this.#maxLength = maxLength
  }

  /** The documents that end in this piece. */
  *push(piece: string): Generator<string, void> {
    let start = 0
    for (let at = 0; at < piece.length; at += 1) {
      const boundary = this.#boundary(piece.charCodeAt(at), at)
      if (boundary === undefined) continue
      yield* this.#take(piece.slice(start, boundary))
      start = boundary
    }
    this.#pending += piece.slice(start)
    if (this.#pending.length > this.#maxLength) {
      throw new JsonDocumentLimitError(
        `A payload is longer than ${this.#maxLength} characters (limits.maxPayloadBytes).`,
      )
    }
  }

  /** What is left: a document that was cut off. */
  *end(): Generator<string, void> {
    yield* this.#take('')
  }

  /** Where a document begins or ends, if it does so at this character. */
  #boundary(code: number, at: number): number | undefined {
    if (this.#inString) {
      if (this.#isEscaped) this.#isEscaped = false
      else if (code === BACKSLASH) this.#isEscaped = true
      else if (code === QUOTE) this.#inString = false
    } else if (code === OPEN_BRACE || code === OPEN_BRACKET) {
      this.#depth += 1
      if (this.#depth === 1) return at
    } else if (this.#depth > 0 && code === QUOTE) {
      this.#inString = true
    } else if (this.#depth > 0 && (code === CLOSE_BRACE || code === CLOSE_BRACKET)) {
      this.#depth -= 1
      if (this.#depth === 0) return at + 1
    }
    return undefined
  }

  *#take(rest: string): Generator<string, void> {
    const document = this.#pending + rest
    this.#pending = ''
    if (/[^\s,]/.test(document)) yield document
  }
}
