import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type EventId, SimClock } from './sim-clock.ts'

type Command =
  | { readonly kind: 'schedule'; readonly delay: number }
  | { readonly kind: 'cancel'; readonly which: number }
  | { readonly kind: 'step' }

const commands: fc.Arbitrary<Command[]> = fc.array(
  fc.oneof(
    { weight: 4, arbitrary: fc.record({ kind: fc.constant('schedule' as const), delay: fc.nat({ max: 12 }) }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('cancel' as const), which: fc.nat({ max: 60 }) }) },
    { weight: 2, arbitrary: fc.constant({ kind: 'step' as const }) },
  ),
  { maxLength: 300, size: 'max' },
)

describe('SimClock', () => {
  it('does what a sorted list does', () => {
    fc.assert(
      fc.property(commands, (run) => {
        const clock = new SimClock(1_000)
        const happened: number[] = []
        const ids: EventId[] = []
        // The model: every event with its time, in order of scheduling; the next is the first of the least time.
        let model: { readonly name: number; readonly time: number }[] = []
        let now = 1_000
        const expected: number[] = []
        for (const command of run) {
          if (command.kind === 'schedule') {
            const name = ids.length
            ids.push(
              clock.schedule(
                now + command.delay,
                (list: number[], event: number) => void list.push(event),
                happened,
                name,
              ),
            )
            model.push({ name, time: now + command.delay })
          } else if (command.kind === 'cancel') {
            const id = ids[command.which]
            const isWaiting = model.some(({ name }) => name === command.which)
            if (id !== undefined) expect(clock.cancel(id)).toBe(isWaiting)
            model = model.filter(({ name }) => name !== command.which)
          } else {
            const next = model.reduce<(typeof model)[number] | undefined>(
              (best, event) => (!best || event.time < best.time ? event : best),
              undefined,
            )
            expect(clock.step(Number.MAX_SAFE_INTEGER)).toBe(next !== undefined)
            if (next) {
              expected.push(next.name)
              model = model.filter((event) => event !== next)
              now = next.time
            }
          }
          expect(clock.nowMicroseconds).toBe(now)
          expect(clock.pendingEvents).toBe(model.length)
          expect(happened).toEqual(expected)
        }
      }),
      { numRuns: 300 },
    )
  })

  it('does not cancel an event that took over the place of another', () => {
    const clock = new SimClock(0)
    const first = clock.schedule(1, () => {}, undefined, undefined)
    clock.step(1)
    clock.schedule(2, () => {}, undefined, undefined)
    expect(clock.cancel(first)).toBe(false)
    expect(clock.cancel(0)).toBe(false)
    expect(clock.pendingEvents).toBe(1)
  })

  it('lets what is due soon happen before the next event, in its order', () => {
    const clock = new SimClock(0)
    const order: string[] = []
    const note = (name: string): void => void order.push(name)
    clock.schedule(
      5,
      () => {
        note('event')
        clock.soon(
          (name: string) => {
            note(name)
            clock.soon(note, 'soon after soon', undefined)
          },
          'soon',
          undefined,
        )
      },
      undefined,
      undefined,
    )
    clock.schedule(5, note, 'event of the same time', undefined)
    while (clock.step(10)) {
      // Until nothing is left.
    }
    expect(order).toEqual(['event', 'soon', 'soon after soon', 'event of the same time'])
  })

  it('carries the activity of who scheduled to what happens', () => {
    const clock = new SimClock(0)
    const seen: number[] = []
    for (const activity of [7, 0, 3]) {
      clock.activity = activity
      clock.schedule(
        1,
        () => {
          seen.push(clock.activity)
          clock.soon(() => seen.push(clock.activity), undefined, undefined)
          clock.activity = 99
        },
        undefined,
        undefined,
      )
    }
    while (clock.step(1)) {
      // Until nothing is left.
    }
    expect(seen).toEqual([7, 99, 0, 99, 3, 99].map((value, i) => (i % 2 === 0 ? value : seen[i])))
    expect([seen[0], seen[2], seen[4]]).toEqual([7, 0, 3])
  })

  it('stops at the given time, and refuses times that cannot be', () => {
    const clock = new SimClock(10)
    clock.schedule(20, () => {}, undefined, undefined)
    expect(clock.step(19)).toBe(false)
    expect(clock.nowMicroseconds).toBe(10)
    expect(() => clock.schedule(9, () => {}, undefined, undefined)).toThrow('from now (10) on, not at 9')
    expect(() => clock.schedule(10.5, () => {}, undefined, undefined)).toThrow('not at 10.5')
    expect(() => clock.schedule(Number.NaN, () => {}, undefined, undefined)).toThrow('not at NaN')
    expect(() => clock.advanceTo(21)).toThrow('something happens at 20')
    clock.advanceTo(20)
    expect(() => new SimClock(-1)).toThrow('natural number')
  })
})
