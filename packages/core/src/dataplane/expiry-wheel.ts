/** Deadlines are acted upon at the next whole second of simulated time. */
const TICK_MICROSECONDS = 1_000_000
const BUCKETS = 256
const LEVELS = 3
/** What each level reaches, in ticks: 256 s, 18 hours, 194 days. Later deadlines wait in the last level and are placed anew. */
const REACH = [BUCKETS, BUCKETS ** 2, BUCKETS ** 3] as const
const NONE = -1
const INITIAL_ENTRIES = 64

/** Where the deadlines of entries are kept: a table, next to its keys. */
export interface Deadlines {
  /** When the timer of an entry runs out, in microseconds. */
  deadline(entry: number): number
}

/**
 * Idle timers of the entries of a table, as a hierarchical timer wheel (Varghese and Lauck, 1987): starting, extending, shortening,
 * ending and expiring a timer take constant amortised time, whatever the number of entries. To extend a timer its owner sets the
 * deadline and does not call the wheel at all; the entry is placed anew when its old place comes up.
 *
 * An entry whose deadline has come is given to `expire` at the first whole second of simulated time at or after it (and after the call
 * that started or shortened it), by the next call of {@link ExpiryWheel.advance}; owners that need the exact moment look at the deadline
 * as well. What expires at which call depends on deadlines and times alone.
 */
export class ExpiryWheel {
  readonly #deadlines: Deadlines
  readonly #expire: (entry: number) => void
  readonly #heads: Int32Array = new Int32Array(LEVELS * BUCKETS).fill(NONE)
  readonly #counts: Int32Array = new Int32Array(LEVELS)
  #next: Int32Array = new Int32Array(INITIAL_ENTRIES)
  #previous: Int32Array = new Int32Array(INITIAL_ENTRIES)
  #buckets: Int16Array = new Int16Array(INITIAL_ENTRIES)
  #tick = 0
  #nextTickMicroseconds = TICK_MICROSECONDS

  /** `expire` is called once for each timer that runs out; it may remove the entry from its table, and must not touch other timers. */
  constructor(deadlines: Deadlines, expire: (entry: number) => void) {
    this.#deadlines = deadlines
    this.#expire = expire
  }

  /** Starts the timer of an entry that has none; its deadline is set before. */
  start(entry: number): void {
    if (entry >= this.#next.length) this.#grow(entry)
    this.#place(entry)
  }

  /** Takes note that the deadline of a running timer has come nearer. */
  shorten(entry: number): void {
    this.#unlink(entry)
    this.#place(entry)
  }

  /** Ends a running timer without a call of `expire`. */
  cancel(entry: number): void {
    this.#unlink(entry)
  }

  /** Lets time pass and timers run out. A time before the latest one changes nothing. */
  advance(timeMicroseconds: number): void {
    if (timeMicroseconds >= this.#nextTickMicroseconds)
      this.#advanceTo(Math.floor(timeMicroseconds / TICK_MICROSECONDS))
  }

  #advanceTo(target: number): void {
    const counts = this.#counts
    while (this.#tick < target) {
      // Where the finer levels are empty, nothing happens before the next border of the first level that is not.
      const stride = counts[0] !== 0 ? 1 : counts[1] !== 0 ? REACH[0] : counts[2] !== 0 ? REACH[1] : Infinity
      const border = stride === Infinity ? Infinity : this.#tick - (this.#tick % stride) + stride
      this.#tick = Math.min(border, target)
      if (border > target) break
      if (border % REACH[1] === 0) this.#empty(2 * BUCKETS + ((border / REACH[1]) % BUCKETS))
      if (border % REACH[0] === 0) this.#empty(BUCKETS + ((border / REACH[0]) % BUCKETS))
      this.#empty(border % BUCKETS)
    }
    this.#nextTickMicroseconds = (this.#tick + 1) * TICK_MICROSECONDS
  }

  /** Takes every entry out of a bucket: what is due expires, the rest is placed anew. */
  #empty(bucket: number): void {
    let entry = this.#heads[bucket] as number
    while (entry !== NONE) {
      const next = this.#next[entry] as number
      this.#unlink(entry)
      if (this.#dueTick(entry) <= this.#tick) this.#expire(entry)
      else this.#place(entry)
      entry = next
    }
  }

  #place(entry: number): void {
    const tick = Math.min(Math.max(this.#dueTick(entry), this.#tick + 1), this.#tick + REACH[2] - 1)
    const distance = tick - this.#tick
    const level = distance < REACH[0] ? 0 : distance < REACH[1] ? 1 : 2
    const bucket = level * BUCKETS + (Math.floor(tick / BUCKETS ** level) % BUCKETS)
    const head = this.#heads[bucket] as number
    this.#buckets[entry] = bucket
    this.#previous[entry] = NONE
    this.#next[entry] = head
    if (head !== NONE) this.#previous[head] = entry
    this.#heads[bucket] = entry
    this.#counts[level] = (this.#counts[level] as number) + 1
  }

  #unlink(entry: number): void {
    const bucket = this.#buckets[entry] as number
    const next = this.#next[entry] as number
    const previous = this.#previous[entry] as number
    if (previous === NONE) this.#heads[bucket] = next
    else this.#next[previous] = next
    if (next !== NONE) this.#previous[next] = previous
    const level = Math.floor(bucket / BUCKETS)
    this.#counts[level] = (this.#counts[level] as number) - 1
  }

  #dueTick(entry: number): number {
    return Math.ceil(this.#deadlines.deadline(entry) / TICK_MICROSECONDS)
  }

  #grow(entry: number): void {
    const length = Math.max(entry + 1, this.#next.length * 2)
    const next = new Int32Array(length)
    const previous = new Int32Array(length)
    const buckets = new Int16Array(length)
    next.set(this.#next)
    previous.set(this.#previous)
    buckets.set(this.#buckets)
    this.#next = next
    this.#previous = previous
    this.#buckets = buckets
  }
}
