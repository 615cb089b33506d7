import { FileError } from '../files/file-error.ts'
import type { TcpConnection } from '../shell-host.ts'
import type { Task } from '../task.ts'
import { ByteQueue } from './byte-queue.ts'
import { OpenFile } from './open-file.ts'

/** A TCP connection as a descriptor: /dev/tcp/HOST/PORT. */
export class SocketFile extends OpenFile {
  readonly #connection: TcpConnection
  readonly #queue: ByteQueue = new ByteQueue()
  #hasEnded = false

  constructor(connection: TcpConnection) {
    super()
    this.#connection = connection
  }

  override *read(maximumBytes: number, delimiter?: number): Task<Uint8Array> {
    while (this.#queue.length === 0 && !this.#hasEnded) {
      const bytes = yield* this.#connection.read()
      if (bytes === 'reset') {
        this.#hasEnded = true
        throw new FileError('ECONNRESET')
      }
      if (bytes === 'end') this.#hasEnded = true
      else this.#queue.push(bytes)
    }
    return this.#queue.shift(maximumBytes, delimiter)
  }

  // biome-ignore lint/correctness/useYield: the kernel takes what is sent
  override *write(bytes: Uint8Array): Task<boolean> {
    return this.#connection.send(bytes)
  }

  protected override close(): void {
    this.#connection.close()
  }
}
