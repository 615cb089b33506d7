import type { LayerKind } from './layer.ts'
import { type PacketIssue, type PacketIssueCode, packetIssue } from './packet-issue.ts'

/**
 * Reads an application message front to back. Reading past the end neither throws nor reads beyond: the first failure is kept in
 * `issue`, values are 0 or empty from then on, and the reader stands at its end, so that loops over it stop.
 */
export class ByteReader {
  readonly bytes: Uint8Array
  readonly end: number
  readonly #layer: LayerKind
  readonly #parent: ByteReader | undefined
  #at: number
  #issue: PacketIssue | undefined

  constructor(bytes: Uint8Array, start: number, end: number, layer: LayerKind, parent?: ByteReader) {
    this.bytes = bytes
    this.#at = start
    this.end = end
    this.#layer = layer
    this.#parent = parent
  }

  /** The place of the next byte, counted in the packet. */
  get at(): number {
    return this.#at
  }

  get remaining(): number {
    return this.end - this.#at
  }

  get isAtEnd(): boolean {
    return this.#at >= this.end
  }

  /** The first failure. */
  get issue(): PacketIssue | undefined {
    return this.#issue
  }

  /** Notes a failure, of which the first counts, also for the readers around this one. */
  fail(code: PacketIssueCode, message: string, offset: number = this.#at): void {
    this.#issue ??= packetIssue(code, this.#layer, offset, message)
    this.#at = this.end
    this.#parent?.fail(code, message, offset)
  }

  uint8(what: string): number {
    return this.#has(1, what) ? (this.bytes[this.#at++] as number) : 0
  }

  uint16(what: string): number {
    return this.#number(2, what)
  }

  uint24(what: string): number {
    return this.#number(3, what)
  }

  uint32(what: string): number {
    return this.#number(4, what)
  }

  /** A copy of the next bytes. */
  take(length: number, what: string): Uint8Array {
    if (!this.#has(length, what)) return new Uint8Array(0)
    const start = this.#at
    this.#at += length
    return this.bytes.slice(start, this.#at)
  }

  /** What is left, copied. */
  rest(): Uint8Array {
    return this.take(this.remaining, 'the rest')
  }

  skip(length: number, what: string): void {
    if (this.#has(length, what)) this.#at += length
  }

  /** The next bytes as text, one character per byte (ISO 8859-1). */
  text(length: number, what: string): string {
    if (!this.#has(length, what)) return ''
    const start = this.#at
    this.#at += length
    return byteText(this.bytes, start, this.#at)
  }

  /** A reader over the next bytes, which this one passes. A failure in it is one of this reader, too. */
  part(length: number, what: string): ByteReader {
    if (!this.#has(length, what)) return new ByteReader(this.bytes, this.end, this.end, this.#layer, this)
    const start = this.#at
    this.#at += length
    return new ByteReader(this.bytes, start, this.#at, this.#layer, this)
  }

  /** Notes a failure if bytes are left over. */
  expectEnd(what: string): void {
    if (this.remaining > 0) this.fail('invalid-length', `${this.remaining} bytes are left over after ${what}`)
  }

  #number(length: number, what: string): number {
    if (!this.#has(length, what)) return 0
    let value = 0
    for (let index = 0; index < length; index += 1) value = value * 256 + (this.bytes[this.#at + index] as number)
    this.#at += length
    return value
  }

  #has(length: number, what: string): boolean {
    if (this.remaining >= length) return true
    // A reader that has failed stands at its end: what is missing from then on is no news.
    if (!this.#issue) this.fail('truncated', `${what} needs ${length} bytes, ${this.remaining} are left`)
    return false
  }
}

/** Bytes as text, one character per byte (ISO 8859-1). */
export function byteText(bytes: Uint8Array, start: number, end: number): string {
  let text = ''
  // In pieces: a call takes only so many arguments.
  for (let at = start; at < end; at += 4096) {
    text += String.fromCharCode(...bytes.subarray(at, Math.min(end, at + 4096)))
  }
  return text
}
