import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ExpiryWheel } from './expiry-wheel.ts'

const SECOND = 1_000_000
const HOUR = 3600 * SECOND
const DAY = 24 * HOUR

class DeadlineMap extends Map<number, number> {
  deadline(entry: number): number {
    return this.get(entry) ?? 0
  }
}

/** What a wheel should hold, with a list that is looked through for each step. */
class ListOfTimers {
  /** Second in which the timer runs out, by entry. */
  readonly deadlines: Map<number, number> = new Map()
  #now = 0

  set(entry: number, deadline: number): void {
    this.deadlines.set(entry, Math.max(Math.ceil(deadline / SECOND), this.#now + 1))
  }

  advance(time: number): number[] {
    this.#now = Math.max(this.#now, Math.floor(time / SECOND))
    const due = [...this.deadlines].filter(([, deadline]) => deadline <= this.#now)
    for (const [entry] of due) this.deadlines.delete(entry)
    return due.map(([entry]) => entry).sort((a, b) => a - b)
  }
}

const duration = fc.oneof(
  fc.integer({ min: 0, max: 3 * SECOND }),
  fc.integer({ min: 0, max: 600 * SECOND }),
  fc.integer({ min: 0, max: 30 * HOUR }),
  fc.integer({ min: 0, max: 400 * DAY }),
  fc.constantFrom(
    0,
    SECOND,
    255 * SECOND,
    256 * SECOND,
    257 * SECOND,
    65_535 * SECOND,
    65_536 * SECOND,
    2 ** 24 * SECOND,
  ),
)
const step = fc.oneof(
  fc.record({ kind: fc.constant('set' as const), entry: fc.nat({ max: 200 }), duration }),
  fc.record({ kind: fc.constant('cancel' as const), entry: fc.nat({ max: 200 }) }),
  fc.record({ kind: fc.constant('advance' as const), duration }),
)

describe('expiry wheel', () => {
  it('expires what a list of deadlines expires, at the same calls', () => {
    const start = fc.constantFrom(0, 1_630_000_000 * SECOND, 1_630_000_000 * SECOND + 999_999, 5_000_000_000 * SECOND)
    fc.assert(
      fc.property(start, fc.array(step, { maxLength: 200, size: 'max' }), (startTime, steps) => {
        let expired: number[] = []
        const deadlines = new DeadlineMap()
        const wheel = new ExpiryWheel(deadlines, (entry) => expired.push(entry))
        const model = new ListOfTimers()
        let now = startTime
        wheel.advance(now)
        model.advance(now)
        for (const one of steps) {
          if (one.kind === 'set') {
            const deadline = now + one.duration
            const isNearer = deadline < deadlines.deadline(one.entry)
            deadlines.set(one.entry, deadline)
            if (!model.deadlines.has(one.entry)) wheel.start(one.entry)
            else if (isNearer) wheel.shorten(one.entry)
            model.set(one.entry, deadline)
          } else if (one.kind === 'cancel') {
            if (model.deadlines.delete(one.entry)) wheel.cancel(one.entry)
          } else {
            now += one.duration
            expired = []
            wheel.advance(now)
            expect(expired.sort((a, b) => a - b)).toEqual(model.advance(now))
          }
        }
      }),
      { numRuns: 300 },
    )
  })

  it('jumps over empty centuries, and over years with one timer at their end', () => {
    let expired = 0
    const deadlines = new DeadlineMap([[0, 130 * 365 * DAY]])
    const wheel = new ExpiryWheel(deadlines, () => expired++)
    wheel.advance(100 * 365 * DAY)
    wheel.start(0)
    wheel.advance(130 * 365 * DAY - 1)
    expect(expired).toBe(0)
    wheel.advance(130 * 365 * DAY)
    expect(expired).toBe(1)
  })

  it('ignores times that fall', () => {
    const wheel = new ExpiryWheel(new DeadlineMap([[0, 101 * SECOND]]), () => {
      throw new Error('expired')
    })
    wheel.advance(100 * SECOND)
    wheel.start(0)
    wheel.advance(50 * SECOND)
    wheel.cancel(0)
    wheel.advance(200 * SECOND)
  })
})
