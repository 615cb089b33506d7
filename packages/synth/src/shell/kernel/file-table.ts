import { FileError } from '../files/file-error.ts'
import type { OpenFile } from './open-file.ts'

/** Highest number of a descriptor plus one, as `ulimit -n` has it on Ubuntu. */
const DESCRIPTOR_LIMIT = 1024

/** The open files of a process, by descriptor. */
export class FileTable {
  readonly #files = new Map<number, OpenFile>()

  get(descriptor: number): OpenFile | undefined {
    return this.#files.get(descriptor)
  }

  /** Throws a FileError (EBADF) where nothing is open. */
  require(descriptor: number): OpenFile {
    const file = this.#files.get(descriptor)
    if (!file) throw new FileError('EBADF')
    return file
  }

  /** Makes a descriptor refer to a file; what it referred to before is released. */
  set(descriptor: number, file: OpenFile): void {
    if (descriptor >= DESCRIPTOR_LIMIT) throw new FileError('EBADF')
    const previous = this.#files.get(descriptor)
    this.#files.set(descriptor, file.retain())
    previous?.release()
  }

  close(descriptor: number): void {
    const file = this.#files.get(descriptor)
    this.#files.delete(descriptor)
    file?.release()
  }

  /** The first free descriptor from a number on, as `{name}>file` takes one. Throws a FileError (EMFILE). */
  free(from: number): number {
    for (let descriptor = from; descriptor < DESCRIPTOR_LIMIT; descriptor += 1) {
      if (!this.#files.has(descriptor)) return descriptor
    }
    throw new FileError('EMFILE')
  }

  /** The table of a child process. */
  clone(): FileTable {
    const clone = new FileTable()
    for (const [descriptor, file] of this.#files) clone.set(descriptor, file)
    return clone
  }

  closeAll(): void {
    for (const descriptor of [...this.#files.keys()]) this.close(descriptor)
  }
}
