import { INSPECTION_LIMITS } from '../inspection-limits.ts'
import type { BytePool, Slab } from './byte-pool.ts'

interface WaitingSegment {
  offset: number
  data: Uint8Array
}

/** What became of a segment's bytes. */
export type SegmentOutcome = 'added' | 'known' | 'different' | 'outside' | 'dropped'

/**
 * One direction of a TCP connection: its bytes in order. Offsets count from the first byte of data. What was received in order and is
 * still wanted stands in one buffer; segments that came too early wait. Where bytes overlap, the first ones win, unless the later segment
 * begins before the waiting one, or at the same place and is longer: Linux's policy (Novak and Sturges, "Target-Based TCP Stream
 * Reassembly", 2007).
 */
export class TcpStream {
  /** Flags that were seen in this direction. */
  flags = 0
  initialSequence = 0
  isSynchronized = false
  /** Sequence number behind the highest byte seen. */
  nextSequence = 0
  /** The highest acknowledgment that the other side sent, as a sequence number. */
  acknowledgedSequence = 0
  window = 0
  windowScale = 0
  /** The sequence number of offset 0. */
  #baseSequence = 0
  /** Offset behind the last byte in order. */
  receivedEnd = 0
  acknowledgedEnd = 0
  hasFin = false
  hasGap = false
  isDepthReached = false
  applicationProgress = 0
  rawProgress = 0
  /** Nothing more goes to the application layer, or to the rules' view of the stream. */
  isApplicationDone = false
  isRawDone = false
  /** Rules look at what is there, however little. */
  isRawTriggered = false
  /** Holds the bytes from a place of its own on. */
  #slab: Slab | undefined
  /** Where they may begin in the slab's array. */
  #pieceStart = 0
  /** The offset that the array's first byte would have: below 0 where the piece lies further behind than the stream is long. */
  #bufferStart = 0
  #beforeGap: Uint8Array | undefined
  #lastSegmentStart = 0
  #waiting: WaitingSegment[] | undefined
  #waitingBytes = 0

  /** The handshake told the first sequence number, or a stream is picked up in the middle. */
  synchronize(initialSequence: number): void {
    this.initialSequence = initialSequence
    this.isSynchronized = true
    this.#baseSequence = (initialSequence + 1) | 0
    this.nextSequence = this.#baseSequence
    this.acknowledgedSequence = this.#baseSequence
  }

  /** The array that holds the bytes, and those of others; the byte of an offset is at that offset less {@link bufferStart}. */
  get buffer(): Uint8Array | undefined {
    return this.#slab?.bytes
  }

  get bufferStart(): number {
    return this.#bufferStart
  }

  /** Offset of the first byte that is held; that of the next one where none is. */
  get heldStart(): number {
    return this.#slab ? this.#bufferStart + this.#pieceStart : this.receivedEnd
  }

  get hasWaiting(): boolean {
    return this.#waiting !== undefined && this.#waiting.length > 0
  }

  get waitingStart(): number {
    return this.#waiting?.[0]?.offset ?? Number.POSITIVE_INFINITY
  }

  get waitingCount(): number {
    return this.#waiting?.length ?? 0
  }

  /** The offset of a sequence number near what was received. */
  offsetOf(sequence: number): number {
    return this.receivedEnd + ((sequence - this.#baseSequence - this.receivedEnd) | 0)
  }

  /** Adds a segment's bytes; on `waiting` too many. */
  add(sequence: number, bytes: Uint8Array, start: number, end: number, pool: BytePool): SegmentOutcome {
    const offset = this.offsetOf(sequence)
    const segmentEnd = offset + (end - start)
    if (segmentEnd <= this.receivedEnd) {
      return this.#differs(offset, bytes, start, this.receivedEnd) ? 'different' : 'known'
    }
    if (offset > this.receivedEnd) return this.#wait(offset, bytes, start, end, pool)
    let outcome: SegmentOutcome = 'added'
    if (offset < this.receivedEnd && this.#slab) {
      if (this.#differs(offset, bytes, start, this.receivedEnd)) {
        outcome = 'different'
        if (offset === this.#lastSegmentStart && offset >= this.acknowledgedEnd) this.#overwrite(offset, bytes, start)
      }
    }
    const skip = this.receivedEnd - offset
    if (this.#waiting !== undefined && this.#waiting.length > 0) {
      return this.#addBeforeWaiting(offset, bytes, start, end, pool) ? 'different' : outcome
    }
    if (!this.#append(bytes, start + skip, end, pool)) return 'dropped'
    this.#lastSegmentStart = offset
    return outcome
  }

  /** Skips what never came: from the end of what is here to `offset`, or to the first segment that waits. Returns how many bytes. */
  skipGap(offset: number, pool: BytePool): number {
    const to = Math.min(offset, this.waitingStart)
    const length = to - this.receivedEnd
    if (length <= 0) return 0
    this.hasGap = true
    this.#keepForRules()
    this.#release(pool)
    this.receivedEnd = to
    this.applicationProgress = to
    this.rawProgress = to
    this.#drain(pool)
    return length
  }

  /** What rules have not seen of the bytes before a gap, which is to be looked at by itself; taken once. */
  takeBeforeGap(): Uint8Array | undefined {
    const bytes = this.#beforeGap
    this.#beforeGap = undefined
    return bytes
  }

  #keepForRules(): void {
    const slab = this.#slab
    if (!slab || this.isRawDone || this.rawProgress >= this.receivedEnd) return
    const from = Math.max(this.#pieceStart, this.rawProgress - this.#bufferStart)
    this.#beforeGap = slab.bytes.slice(from, this.receivedEnd - this.#bufferStart)
    this.isRawTriggered = true
  }

  /** Lets go of bytes that nobody wants any more. */
  discard(pool: BytePool): void {
    if (!this.#slab) return
    const keptFrom = Math.min(
      this.isApplicationDone ? this.receivedEnd : this.applicationProgress,
      this.isRawDone ? this.receivedEnd : this.rawProgress,
    )
    if (keptFrom >= this.receivedEnd) this.#release(pool)
  }

  /** Lets go of everything. */
  close(pool: BytePool): void {
    this.#beforeGap = undefined
    this.#release(pool)
    this.#forgetWaiting(pool)
    this.isApplicationDone = true
    this.isRawDone = true
  }

  #forgetWaiting(pool: BytePool): void {
    pool.free(this.#waitingBytes)
    this.#waitingBytes = 0
    this.#waiting = undefined
  }

  #release(pool: BytePool): void {
    if (this.#slab) pool.give(this.#slab, this.#pieceStart)
    this.#slab = undefined
  }

  #append(bytes: Uint8Array, start: number, end: number, pool: BytePool): boolean {
    let length = end - start
    if (this.receivedEnd + length > INSPECTION_LIMITS.streamDepth) {
      this.isDepthReached = true
      length = Math.max(0, INSPECTION_LIMITS.streamDepth - this.receivedEnd)
    }
    if (this.isApplicationDone && this.isRawDone) {
      this.#release(pool)
      this.receivedEnd += end - start
      return true
    }
    if (length > 0) {
      const slab = this.#slab
      if (!slab) {
        this.#slab = pool.take(length)
        if (!this.#slab) return false
        this.#pieceStart = pool.start
        this.#bufferStart = this.receivedEnd - this.#pieceStart
      } else if (this.receivedEnd + length - this.#bufferStart - this.#pieceStart > slab.capacity) {
        if (!this.#grow(slab, length, pool)) return false
      }
      const target = (this.#slab as Slab).bytes
      const at = this.receivedEnd - this.#bufferStart
      if (start === 0 && length === bytes.length) target.set(bytes, at)
      else target.set(bytes.subarray(start, start + length), at)
    }
    if (this.isDepthReached) {
      // What follows is not looked at, so nothing has to be kept for it.
      this.receivedEnd += length
    } else this.receivedEnd += end - start
    return true
  }

  /** Room for `length` more bytes: by dropping what is not wanted any more, and else by a larger buffer. */
  #grow(old: Slab, length: number, pool: BytePool): boolean {
    const from = Math.min(
      this.isApplicationDone ? this.receivedEnd : this.applicationProgress,
      this.isRawDone ? this.receivedEnd : this.rawProgress,
    )
    const kept = this.receivedEnd - from
    const { bytes, capacity } = old
    const start = this.#pieceStart
    if (kept + length <= capacity / 2 || (from > this.heldStart && kept + length <= capacity)) {
      bytes.copyWithin(start, from - this.#bufferStart, this.receivedEnd - this.#bufferStart)
      this.#bufferStart = from - start
      return true
    }
    const larger = pool.take(kept + length)
    if (!larger) return false
    larger.bytes.set(bytes.subarray(from - this.#bufferStart, this.receivedEnd - this.#bufferStart), pool.start)
    this.#slab = larger
    this.#pieceStart = pool.start
    this.#bufferStart = from - pool.start
    pool.give(old, start)
    return true
  }

  #differs(offset: number, bytes: Uint8Array, start: number, limit: number): boolean {
    const buffer = this.buffer
    if (!buffer) return false
    const from = Math.max(offset, this.heldStart)
    const to = Math.min(limit, offset + (bytes.length - start), this.receivedEnd)
    for (let at = from; at < to; at += 1) {
      if (buffer[at - this.#bufferStart] !== bytes[start + at - offset]) return true
    }
    return false
  }

  #overwrite(offset: number, bytes: Uint8Array, start: number): void {
    const buffer = this.buffer
    if (!buffer || offset < this.heldStart) return
    buffer.set(bytes.subarray(start, start + this.receivedEnd - offset), offset - this.#bufferStart)
  }

  #wait(offset: number, bytes: Uint8Array, start: number, end: number, pool: BytePool): SegmentOutcome {
    if (this.isApplicationDone && this.isRawDone) {
      this.#release(pool)
      this.receivedEnd = offset + end - start
      return 'added'
    }
    if (offset > this.receivedEnd + INSPECTION_LIMITS.streamDepth) return 'outside'
    this.#waiting ??= []
    if (this.#waiting.length >= INSPECTION_LIMITS.waitingSegments || !pool.reserve(end - start)) return 'dropped'
    this.#waitingBytes += end - start
    const { segments, hasDifferent } = merge(this.#waiting, offset, bytes.slice(start, end))
    this.#waiting = segments
    return hasDifferent ? 'different' : 'added'
  }

  /** Whether it differed from what waited. */
  #addBeforeWaiting(offset: number, bytes: Uint8Array, start: number, end: number, pool: BytePool): boolean {
    const skip = this.receivedEnd - offset
    const { segments, hasDifferent } = merge(this.#waiting ?? [], offset, bytes.slice(start, end), skip)
    this.#waiting = segments
    this.#lastSegmentStart = offset
    this.#drain(pool)
    return hasDifferent
  }

  #drain(pool: BytePool): void {
    const waiting = this.#waiting
    if (!waiting) return
    let count = 0
    for (const { offset, data } of waiting) {
      if (offset > this.receivedEnd) break
      count += 1
      const skip = this.receivedEnd - offset
      if (skip < data.length && !this.#append(data, skip, data.length, pool)) break
    }
    waiting.splice(0, count)
    if (waiting.length === 0) this.#forgetWaiting(pool)
  }
}

/** Waiting segments with one more, cut so that none overlap. `skip` bytes at the start of the new one are already delivered. */
function merge(
  waiting: readonly WaitingSegment[],
  offset: number,
  data: Uint8Array,
  skip = 0,
): { segments: WaitingSegment[]; hasDifferent: boolean } {
  let hasDifferent = false
  const end = offset + data.length
  const kept: WaitingSegment[] = []
  // The parts of the new segment that are still to be placed: it is cut where older bytes win.
  let parts: WaitingSegment[] = [{ offset: offset + skip, data: skip > 0 ? data.subarray(skip) : data }]
  for (const old of waiting) {
    const oldEnd = old.offset + old.data.length
    if (oldEnd <= offset + skip || old.offset >= end) {
      kept.push(old)
      continue
    }
    const from = Math.max(old.offset, offset + skip)
    const to = Math.min(oldEnd, end)
    for (let at = from; at < to && !hasDifferent; at += 1) {
      hasDifferent = old.data[at - old.offset] !== data[at - offset]
    }
    const isNewPreferred = offset < old.offset || (offset === old.offset && end > oldEnd)
    if (isNewPreferred) {
      if (oldEnd > end) kept.push({ offset: end, data: old.data.subarray(end - old.offset) })
    } else {
      kept.push(old)
      parts = parts.flatMap((part) => without(part, old.offset, oldEnd))
    }
  }
  const segments = [...kept, ...parts.filter((part) => part.data.length > 0)].sort((a, b) => a.offset - b.offset)
  return { segments, hasDifferent }
}

/** A segment without the bytes from `from` to `to`. */
function without(part: WaitingSegment, from: number, to: number): WaitingSegment[] {
  const end = part.offset + part.data.length
  if (to <= part.offset || from >= end) return [part]
  const left: WaitingSegment[] = []
  if (from > part.offset) left.push({ offset: part.offset, data: part.data.subarray(0, from - part.offset) })
  if (to < end) left.push({ offset: to, data: part.data.subarray(to - part.offset) })
  return left
}
