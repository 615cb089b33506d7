import type { Packet } from '@flowtap/core'

/** A segment that came before its turn. */
interface EarlySegment {
  readonly from: number
  readonly to: number
  readonly packet: Packet
  readonly isLast: boolean
}

/** Segments that wait for one that is lost, in the order of the stream. Offsets count from the stream's first byte. */
export class TcpReassembly {
  #segments: EarlySegment[] = []
  /** Segments before this place have been taken. */
  #first = 0
  /** What the segments cover, in order and without gaps or overlaps between neighbours. */
  readonly #blocks: { from: number; to: number }[] = []

  get isEmpty(): boolean {
    return this.#first === this.#segments.length
  }

  /** Keeps a segment; one that brings nothing new is dropped. `isLast`: a FIN follows its data. */
  add(from: number, to: number, packet: Packet, isLast: boolean): void {
    const segments = this.#segments
    let at = segments.length
    while (at > this.#first && (segments[at - 1] as EarlySegment).from > from) at -= 1
    const before = at > this.#first ? segments[at - 1] : undefined
    if (before && (before.to > to || (before.to === to && (before.isLast || !isLast)))) return
    const segment = { from, to, packet, isLast }
    if (at === segments.length) segments.push(segment)
    else segments.splice(at, 0, segment)
    this.#cover(from, to)
  }

  /** Takes the next segment if the stream has reached it. */
  takeUpTo(offset: number): EarlySegment | undefined {
    const first = this.#segments[this.#first]
    if (!first || first.from > offset) return undefined
    this.#first += 1
    const [block] = this.#blocks
    if (block && block.to <= first.to) this.#blocks.shift()
    if (this.#first > 1_024 && this.#first * 2 > this.#segments.length) {
      this.#segments = this.#segments.slice(this.#first)
      this.#first = 0
    }
    return first
  }

  /** First and last offset of the block of segments that hang together around an offset, for selective acknowledgments. */
  blockAround(offset: number): { readonly from: number; readonly to: number } {
    return this.#blocks.find(({ from, to }) => from <= offset && offset <= to) ?? { from: offset, to: offset }
  }

  #cover(from: number, to: number): void {
    const blocks = this.#blocks
    let at = blocks.length
    while (at > 0 && (blocks[at - 1] as { to: number }).to >= from) at -= 1
    const block = { from, to }
    let end = at
    for (let next = blocks[end]; next && next.from <= to; next = blocks[end]) {
      block.from = Math.min(block.from, next.from)
      block.to = Math.max(block.to, next.to)
      end += 1
    }
    blocks.splice(at, end - at, block)
  }
}
