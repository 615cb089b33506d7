import { FileError } from '../files/file-error.ts'
import { type Device, fileBytes, type RegularFile } from '../files/inode.ts'
import type { InstanceFileSystem } from '../files/instance-file-system.ts'
import type { Task } from '../task.ts'
import { OpenFile } from './open-file.ts'

/** How a file is opened. */
export interface OpenMode {
  readonly read: boolean
  readonly write: boolean
  /** Every write goes to the end. */
  readonly append: boolean
}

/** A regular file opened; its position is shared by all descriptors that refer to it. */
export class FileHandle extends OpenFile {
  readonly file: RegularFile
  readonly #fileSystem: InstanceFileSystem
  readonly #mode: OpenMode
  #position = 0

  constructor(fileSystem: InstanceFileSystem, file: RegularFile, mode: OpenMode) {
    super()
    this.#fileSystem = fileSystem
    this.file = file
    this.#mode = mode
  }

  /** Whether there is something left to read now. */
  get isBeforeEnd(): boolean {
    return this.#position < this.file.size
  }

  // biome-ignore lint/correctness/useYield: files in memory never wait
  override *read(maximumBytes: number, delimiter?: number): Task<Uint8Array> {
    if (!this.#mode.read) throw new FileError('EBADF')
    const bytes = fileBytes(this.file)
    let end = Math.min(bytes.length, this.#position + maximumBytes)
    if (delimiter !== undefined) {
      const at = bytes.indexOf(delimiter, this.#position)
      if (at >= 0) end = Math.min(end, at + 1)
    }
    const taken = bytes.slice(this.#position, end)
    this.#position = Math.max(this.#position, end)
    return taken
  }

  // biome-ignore lint/correctness/useYield: files in memory never wait
  override *write(bytes: Uint8Array): Task<boolean> {
    if (!this.#mode.write) throw new FileError('EBADF')
    if (this.#mode.append) this.#position = this.file.size
    this.#fileSystem.writeAt(this.file, this.#position, bytes)
    this.#position += bytes.length
    return true
  }
}

/** Bytes to read, as a here-document or the input given to a command. */
export class InputBytes extends OpenFile {
  readonly #bytes: Uint8Array
  #position = 0

  constructor(bytes: Uint8Array) {
    super()
    this.#bytes = bytes
  }

  // biome-ignore lint/correctness/useYield: memory never waits
  override *read(maximumBytes: number, delimiter?: number): Task<Uint8Array> {
    let end = Math.min(this.#bytes.length, this.#position + maximumBytes)
    if (delimiter !== undefined) {
      const at = this.#bytes.indexOf(delimiter, this.#position)
      if (at >= 0) end = Math.min(end, at + 1)
    }
    const taken = this.#bytes.subarray(this.#position, end)
    this.#position = end
    return taken
  }

  // biome-ignore lint/correctness/useYield: refused at once
  override *write(): Task<boolean> {
    throw new FileError('EBADF')
  }
}

/** /dev/null and its like. */
export class DeviceHandle extends OpenFile {
  readonly #device: Device['device']
  readonly #randomUint32: () => number

  constructor(device: Device['device'], randomUint32: () => number) {
    super()
    this.#device = device
    this.#randomUint32 = randomUint32
  }

  // biome-ignore lint/correctness/useYield: devices never wait
  override *read(maximumBytes: number, delimiter?: number): Task<Uint8Array> {
    switch (this.#device) {
      case 'null':
      case 'tty':
        return new Uint8Array(0)
      case 'zero':
      case 'full':
        return new Uint8Array(Math.min(maximumBytes, 65_536))
      case 'random': {
        const bytes = new Uint8Array(Math.min(maximumBytes, 65_536))
        for (let i = 0; i < bytes.length; i += 1) bytes[i] = this.#randomUint32() >>> 24
        const at = delimiter === undefined ? -1 : bytes.indexOf(delimiter)
        return at < 0 ? bytes : bytes.subarray(0, at + 1)
      }
    }
  }

  // biome-ignore lint/correctness/useYield: devices never wait
  override *write(): Task<boolean> {
    return true
  }
}
