import { createHash, type Hash } from 'node:crypto'
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
  readonly #hashes: readonly (readonly [FileHash, Hash])[]
  size = 0
  hasGaps = false
  isTruncated = false

  constructor(hashes: readonly FileHash[]) {
    this.#hashes = hashes.map((name) => [name, createHash(name)] as const)
  }

  add(bytes: Uint8Array): void {
    this.size += bytes.length
    for (const [, hash] of this.#hashes) hash.update(bytes)
  }

  facts(filename: string, transactionId: number): EveFile {
    const isWhole = !this.isTruncated && !this.hasGaps
    const digests: { [name in FileHash]?: string } = {}
    if (isWhole) for (const [name, hash] of this.#hashes) digests[name] = hash.digest('hex')
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
