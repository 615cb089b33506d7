import type { Task } from '../task.ts'

/**
 * An open file as descriptors share it: of the file system, a pipe's end, the terminal, a socket. It is closed when the last descriptor
 * that refers to it is.
 */
export abstract class OpenFile {
  /** Whether it is the terminal: what programs ask for to choose the form of their output. */
  readonly isTerminal: boolean = false
  #references = 0

  retain(): this {
    this.#references += 1
    return this
  }

  release(): void {
    this.#references -= 1
    if (this.#references === 0) this.close()
  }

  /**
   * The next bytes, at most so many, as soon as there are some; empty at the end. With a delimiter none after its first occurrence
   * are taken. Throws a FileError where it cannot be read.
   */
  abstract read(maximumBytes: number, delimiter?: number): Task<Uint8Array>

  /** Writes all bytes, waiting as long as a pipe is full. False where nobody can read them any more. */
  abstract write(bytes: Uint8Array): Task<boolean>

  /** Whether a read would not wait now. */
  get isReadable(): boolean {
    return true
  }

  protected close(): void {}
}
