import { createWriteStream } from 'node:fs'
import { join } from 'node:path'
import type { Writable } from 'node:stream'
import { finished } from 'node:stream/promises'
import { type EveEvent, ZeekLogs, type ZeekLogsOptions } from '@flowtap/core/inspect'

/** Where events go. */
export interface EventOutput {
  take(event: EveEvent): void
  /** Whether it is to be flushed before it takes more. */
  readonly isFull: boolean
  /** Writes what waits; resolves when there is room. Rejects when the reader is gone (EPIPE). */
  flush(): Promise<void>
  close(): Promise<void>
}

/** Characters that wait before reading stops for the writer. */
const WAITING_CHARACTERS = 1 << 16

/** Text for one stream, kept until it is flushed. */
class StreamText {
  waiting = 0
  readonly #stream: Writable
  #parts: string[] = []
  #failure: Error | undefined
  readonly #onError = (error: Error): void => {
    this.#failure = error
  }

  constructor(stream: Writable) {
    this.#stream = stream
    stream.on('error', this.#onError)
  }

  add(text: string): void {
    this.#parts.push(text)
    this.waiting += text.length
  }

  async flush(): Promise<void> {
    if (this.#failure) throw this.#failure
    if (this.#parts.length === 0) return
    const text = this.#parts.join('')
    this.#parts = []
    this.waiting = 0
    await new Promise<void>((resolve, reject) => {
      this.#stream.write(text, (error) => (error ? reject(error) : resolve()))
    })
  }

  /** The stream itself stays open. */
  release(): void {
    this.#stream.off('error', this.#onError)
  }

  async end(): Promise<void> {
    await this.flush()
    this.#stream.end()
    await finished(this.#stream)
  }
}

/** EVE events as JSON, one per line, on a stream; which is ended with them where it is a file. */
export class EveOutput implements EventOutput {
  readonly #text: StreamText
  readonly #isFile: boolean

  constructor(stream: Writable, isFile: boolean) {
    this.#text = new StreamText(stream)
    this.#isFile = isFile
  }

  get isFull(): boolean {
    return this.#text.waiting > WAITING_CHARACTERS
  }

  take(event: EveEvent): void {
    this.#text.add(`${JSON.stringify(event)}\n`)
  }

  flush(): Promise<void> {
    return this.#text.flush()
  }

  async close(): Promise<void> {
    if (this.#isFile) return this.#text.end()
    await this.#text.flush()
    this.#text.release()
  }
}

/** Zeek's logs in a folder: `conn.log`, `dns.log`, … where there is something to write. */
export class ZeekFolder implements EventOutput {
  #waiting = 0
  readonly #logs: ZeekLogs
  readonly #texts = new Map<string, StreamText>()

  constructor(folder: string, options: Omit<ZeekLogsOptions, 'onText'>) {
    this.#logs = new ZeekLogs({
      ...options,
      onText: (log, text) => {
        let file = this.#texts.get(log)
        if (!file) {
          file = new StreamText(createWriteStream(join(folder, `${log}.log`)))
          this.#texts.set(log, file)
        }
        file.add(text)
        this.#waiting += text.length
      },
    })
  }

  get isFull(): boolean {
    return this.#waiting > WAITING_CHARACTERS
  }

  take(event: EveEvent): void {
    this.#logs.push(event)
  }

  async flush(): Promise<void> {
    for (const file of this.#texts.values()) await file.flush()
    this.#waiting = 0
  }

  async close(): Promise<void> {
    this.#logs.end()
    for (const file of this.#texts.values()) await file.end()
  }
}

/** Several outputs, each of which gets every event. */
export class EveryOutput implements EventOutput {
  readonly #outputs: readonly EventOutput[]

  constructor(outputs: readonly EventOutput[]) {
    this.#outputs = outputs
  }

  get isFull(): boolean {
    return this.#outputs.some(({ isFull }) => isFull)
  }

  take(event: EveEvent): void {
    for (const output of this.#outputs) output.take(event)
  }

  async flush(): Promise<void> {
    for (const output of this.#outputs) await output.flush()
  }

  async close(): Promise<void> {
    for (const output of this.#outputs) await output.close()
  }
}
