import type { BufferDirection, BufferName } from '../../../rules/buffer-names.ts'
import type { Direction } from '../../flow/flow.ts'
import { INSPECTION_LIMITS } from '../../inspection-limits.ts'
import { PARSE_FAILED, type StreamParser } from '../stream-parser.ts'
import { Transaction, textBytes } from '../transaction.ts'

/** A side's identification (RFC 4253 section 4.2), without comment. */
export interface SshBanner {
  readonly protocol: string
  readonly software: string
}

/** The one transaction of an SSH flow. */
export class SshTransaction extends Transaction {
  readonly application = 'ssh' as const
  client: SshBanner | undefined
  server: SshBanner | undefined

  /** Banners do not make rules look at the stream. */
  override get isReadyToServer(): boolean {
    return false
  }

  override get isReadyToClient(): boolean {
    return false
  }

  buffer(name: BufferName, direction: BufferDirection, index: number): Uint8Array | undefined {
    const banner = direction === 'toserver' ? this.client : this.server
    if (index > 0 || !banner) return undefined
    if (name === 'ssh.proto') return textBytes(banner.protocol)
    return name === 'ssh.software' ? textBytes(banner.software) : undefined
  }
}

const NEW_KEYS = 21
const RECORD_HEADER = 6
/** RFC 4253 section 6.1 asks for 35,000 at least. */
const LONGEST_PACKET = 2 ** 18

/** SSH up to the point where keys are taken into use. */
export class SshParser implements StreamParser {
  readonly name = 'ssh'
  readonly transactions: Transaction[]
  readonly anomalies: string[] = []
  readonly #transaction = new SshTransaction(0)
  readonly #hasNewKeys = [false, false]
  /** Bytes of a packet that are left to skip, by direction. */
  readonly #left = [0, 0]

  constructor() {
    this.transactions = [this.#transaction]
  }

  get isEncrypted(): boolean {
    return this.#hasNewKeys[0] === true && this.#hasNewKeys[1] === true
  }

  parse(direction: Direction, bytes: Uint8Array, start: number, end: number): number {
    let at = start
    const side = direction === 0 ? 'client' : 'server'
    while (at < end) {
      if (this.#transaction[side] === undefined) {
        const taken = this.#banner(side, bytes, at, end)
        if (taken <= 0) return taken < 0 ? PARSE_FAILED : at - start
        at += taken
        continue
      }
      if (this.#hasNewKeys[direction]) return end - start
      const left = this.#left[direction] ?? 0
      if (left > 0) {
        const skipped = Math.min(left, end - at)
        this.#left[direction] = left - skipped
        at += skipped
        continue
      }
      if (end - at < RECORD_HEADER) break
      const length =
        (bytes[at] as number) * 2 ** 24 +
        (((bytes[at + 1] as number) << 16) | ((bytes[at + 2] as number) << 8) | (bytes[at + 3] as number))
      if (length < 2 || length > LONGEST_PACKET) {
        this.anomalies.push('INVALID_RECORD')
        return PARSE_FAILED
      }
      if (bytes[at + 5] === NEW_KEYS) this.#hasNewKeys[direction] = true
      this.#left[direction] = length - 2
      at += RECORD_HEADER
    }
    return at - start
  }

  skip(): boolean {
    return false
  }

  finish(): void {
    this.#transaction.finish()
  }

  #banner(side: 'client' | 'server', bytes: Uint8Array, start: number, end: number): number {
    const lineEnd = bytes.subarray(start, end).indexOf(10)
    const length = lineEnd < 0 ? end - start : lineEnd
    if (length > INSPECTION_LIMITS.sshBanner) {
      this.#transaction.addAnomaly('LONG_BANNER')
      this.#transaction.isNewToServer = true
      return PARSE_FAILED
    }
    if (lineEnd < 0) return 0
    const line = Buffer.from(bytes.buffer, bytes.byteOffset + start, length)
      .toString('latin1')
      .replace(/\r$/, '')
    // A server may send other lines first.
    if (!line.startsWith('SSH-')) return length + 1
    const [, protocol = '', software = ''] = /^SSH-([^-]*)-([^ ]*)/.exec(line) ?? []
    if (protocol === '') {
      this.#transaction.addAnomaly('INVALID_BANNER')
      return PARSE_FAILED
    }
    this.#transaction[side] = { protocol, software }
    if (side === 'client') this.#transaction.isNewToServer = true
    else this.#transaction.isNewToClient = true
    if (this.#transaction.client && this.#transaction.server) this.#transaction.finish()
    return length + 1
  }
}
