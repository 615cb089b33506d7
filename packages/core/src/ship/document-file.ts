import { once } from 'node:events'
import { createWriteStream, type WriteStream } from 'node:fs'
import { finished } from 'node:stream/promises'

/** Writes documents to a file, one JSON object per line, with the same calls as a shipper. Node only. */
export class DocumentFile {
  readonly #file: WriteStream
  #failure: Error | undefined

  /** The file is made, or emptied. */
  constructor(path: string) {
    this.#file = createWriteStream(path)
    this.#file.on('error', (error) => {
      this.#failure = error
    })
  }

  /** Resolves when there is room for the next. @throws what the file system throws. */
  async push(document: object): Promise<void> {
    if (this.#failure) throw this.#failure
    if (!this.#file.write(`${JSON.stringify(document)}\n`)) await once(this.#file, 'drain')
  }

  /** @throws what the file system throws. */
  async close(): Promise<void> {
    if (this.#failure) throw this.#failure
    this.#file.end()
    await finished(this.#file)
  }
}
