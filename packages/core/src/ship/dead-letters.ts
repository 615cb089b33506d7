import { appendFile } from 'node:fs/promises'

/** A document that was not taken, and why. */
export interface DeadLetter {
  readonly id: string
  readonly reason: string
  readonly attempts: number
  /** The document's JSON. */
  readonly document: string
}

/** Keeps what cannot be delivered. It is awaited: what it took is safe. */
export interface DeadLetterSink {
  put(letters: readonly DeadLetter[]): Promise<void>
}

/**
 * Appends dead letters to a file, one JSON object per line: `id`, `reason`, `attempts` and the `document` itself. The file is made with the
 * first one. Node only.
 */
export class DeadLetterFile implements DeadLetterSink {
  readonly #path: string

  constructor(path: string) {
    this.#path = path
  }

  /** @throws what the file system throws. */
  async put(letters: readonly DeadLetter[]): Promise<void> {
    const lines = letters.map(
      ({ id, reason, attempts, document }) =>
        `{"id":${JSON.stringify(id)},"reason":${JSON.stringify(reason)},"attempts":${attempts},"document":${document}}\n`,
    )
    await appendFile(this.#path, lines.join(''))
  }
}
