const EMPTY = new Uint8Array(0)

/** Reads an async iterable of chunks by counts of bytes. */
export class ByteReader {
  readonly #source: AsyncIterator<Uint8Array>
  #buffer: Uint8Array = EMPTY
  #offset = 0
  #ended = false
  #failure: { readonly error: unknown } | undefined

  constructor(source: AsyncIterable<Uint8Array>) {
    this.#source = source[Symbol.asyncIterator]()
  }

  /** Bytes taken so far. */
  get offset(): number {
    return this.#offset
  }

  /** The bytes that are at hand and not yet taken. */
  get available(): Uint8Array {
    return this.#buffer
  }

  /** Like {@link need}, but a source that fails does not throw before the bytes that it gave are taken. */
  async peek(count: number): Promise<void> {
    try {
      await this.need(count)
    } catch (error) {
      this.#failure = { error }
    }
  }

  /** Waits until `count` bytes are at hand; false if the source ends before. */
  async need(count: number): Promise<boolean> {
    while (this.#buffer.length < count) {
      if (this.#failure !== undefined) throw this.#failure.error
      if (this.#ended) return false
      const next = await this.#source.next()
      if (next.done === true) this.#ended = true
      else this.#buffer = this.#buffer.length === 0 ? next.value : concat(this.#buffer, next.value)
    }
    return true
  }

  /** Takes bytes that are at hand. */
  take(count: number): Uint8Array {
    const taken = this.#buffer.subarray(0, count)
    this.#buffer = this.#buffer.subarray(taken.length)
    this.#offset += taken.length
    return taken
  }

  /** All bytes that are not yet taken, as they come. */
  async *rest(): AsyncGenerator<Uint8Array, void> {
    while (await this.need(1)) yield this.take(this.#buffer.length)
  }

  /** Tells the source that nothing more is wanted. */
  async close(): Promise<void> {
    if (!this.#ended) await this.#source.return?.()
    this.#ended = true
  }
}

function concat(a: Uint8Array, b: Uint8Array): Uint8Array {
  const both = new Uint8Array(a.length + b.length)
  both.set(a)
  both.set(b, a.length)
  return both
}
