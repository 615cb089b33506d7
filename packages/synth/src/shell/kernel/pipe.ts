import { FileError } from '../files/file-error.ts'
import { Condition, type Task } from '../task.ts'
import { ByteQueue } from './byte-queue.ts'
import { OpenFile } from './open-file.ts'

/** Bytes that a pipe holds before its writers wait (pipe(7)). */
const PIPE_CAPACITY = 65_536

/** A pipe's two ends. */
export function openPipe(): { readonly reader: OpenFile; readonly writer: OpenFile } {
  const pipe = new Pipe()
  return { reader: new PipeReader(pipe), writer: new PipeWriter(pipe) }
}

class Pipe {
  readonly queue: ByteQueue = new ByteQueue()
  readonly changed: Condition = new Condition()
  hasReader = true
  hasWriter = true
}

class PipeReader extends OpenFile {
  readonly #pipe: Pipe

  constructor(pipe: Pipe) {
    super()
    this.#pipe = pipe
  }

  override *read(maximumBytes: number, delimiter?: number): Task<Uint8Array> {
    const pipe = this.#pipe
    while (pipe.queue.length === 0 && pipe.hasWriter) yield* pipe.changed.wait()
    const bytes = pipe.queue.shift(maximumBytes, delimiter)
    if (bytes.length > 0) pipe.changed.notify()
    return bytes
  }

  // biome-ignore lint/correctness/useYield: the reading end refuses at once
  override *write(): Task<boolean> {
    throw new FileError('EBADF')
  }

  override get isReadable(): boolean {
    return this.#pipe.queue.length > 0 || !this.#pipe.hasWriter
  }

  protected override close(): void {
    this.#pipe.hasReader = false
    this.#pipe.changed.notify()
  }
}

class PipeWriter extends OpenFile {
  readonly #pipe: Pipe

  constructor(pipe: Pipe) {
    super()
    this.#pipe = pipe
  }

  // biome-ignore lint/correctness/useYield: the writing end refuses at once
  override *read(): Task<Uint8Array> {
    throw new FileError('EBADF')
  }

  override *write(bytes: Uint8Array): Task<boolean> {
    const pipe = this.#pipe
    let at = 0
    for (;;) {
      if (!pipe.hasReader) return false
      const count = Math.min(bytes.length - at, PIPE_CAPACITY - pipe.queue.length)
      if (count > 0) {
        pipe.queue.push(bytes.subarray(at, at + count))
        at += count
        pipe.changed.notify()
      }
      if (at === bytes.length) return true
      yield* pipe.changed.wait()
    }
  }

  protected override close(): void {
    this.#pipe.hasWriter = false
    this.#pipe.changed.notify()
  }
}
