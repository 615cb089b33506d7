import { createHash, type Hash, hash } from 'node:crypto'
import type { EveFile } from '../../eve-event.ts'
import type { Direction } from '../flow/flow.ts'

/** The digests that files are given. */
export type FileHash = 'md5' | 'sha1' | 'sha256'

/** A file that went over the network: its facts, not its bytes. */
export interface ExtractedFile {
  readonly direction: Direction
  readonly facts: EveFile
  isLogged: boolean
}

/** Hashes a file as its bytes come. */
export class FileDigest {
  readonly #names: readonly FileHash[]
  /** Made for what comes in parts only: a hash that goes on is a large object, which stays until the next full garbage collection. */
  #hashes: readonly Hash[] | undefined
  #digests: readonly string[] | undefined
  size = 0
  hasGaps = false
  isTruncated = false

  constructor(hashes: readonly FileHash[]) {
    this.#names = hashes
  }

  add(bytes: Uint8Array): void {
    this.size += bytes.length
    this.#hashes ??= this.#names.map((name) => createHash(name))
    for (const each of this.#hashes) each.update(bytes)
  }

  /** All of the file at once, in place of {@link add}. */
  addWhole(bytes: Uint8Array): void {
    this.size = bytes.length
    this.#digests = this.#names.map((name) => hash(name, bytes))
  }

  facts(filename: string, transactionId: number): EveFile {
    const isWhole = !this.isTruncated && !this.hasGaps
    const digests: { [name in FileHash]?: string } = {}
    if (isWhole) {
      this.#names.forEach((name, place) => {
        digests[name] = this.#digests?.[place] ?? (this.#hashes?.[place] ?? createHash(name)).digest('hex')
      })
    }
    return {
      filename,
      gaps: this.hasGaps,
      state: isWhole ? 'CLOSED' : 'TRUNCATED',
      ...digests,
      stored: false,
      size: this.size,
      tx_id: transactionId,
    }
  }
}
