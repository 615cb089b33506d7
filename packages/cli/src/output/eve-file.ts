import { closeSync, openSync, writeSync } from 'node:fs'
import type { EveEvent } from '@flowtap/core/inspect'
import type { EventOutput } from './event-output.ts'

/** Characters that are written at once. */
const PIECE_CHARACTERS = 1 << 16

/**
 * EVE events as JSON, one per line, in a file. It writes as events come, without waiting for its turn: so no more than a piece is ever held,
 * not even of the many events at the end of a capture.
 */
export class EveFile implements EventOutput {
  readonly isFull = false
  readonly #file: number
  #text = ''

  /** @throws where the file cannot be made. */
  constructor(path: string) {
    this.#file = openSync(path, 'w')
  }

  take(event: EveEvent): void {
    this.#text += `${JSON.stringify(event)}\n`
    if (this.#text.length >= PIECE_CHARACTERS) this.#write()
  }

  async flush(): Promise<void> {
    this.#write()
  }

  async close(): Promise<void> {
    this.#write()
    closeSync(this.#file)
  }

  #write(): void {
    if (this.#text === '') return
    const bytes = Buffer.from(this.#text)
    this.#text = ''
    for (let at = 0; at < bytes.length; ) at += writeSync(this.#file, bytes, at)
  }
}
