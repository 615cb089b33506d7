/** What happens at a time: called with the two values that it was scheduled with, so that no closure is needed. */
export type EventAction<Target, Detail> = (target: Target, detail: Detail) => void

/** Of an event that can be cancelled; 0 is no event's. */
export type EventId = number

/** Slots are numbered below this; the rest of an event's id counts how often its slot was used before. */
const SLOT_LIMIT = 2 ** 26
/** Uses of a slot are counted up to here and from 0 again, so that ids stay exact. */
const COUNTED_USES = 2 ** 26 - 1
/** Numbers that a slot keeps. */
const MARKS = 4
const [PLACE, USES, ACTIVITY] = [0, 1, 2] as const
/** An event's action, target and detail. */
const EVENT = 3
/** Children of a heap's node: four keep a node and its children in few cache lines. */
const ARITY = 4

/**
 * The virtual clock: integer microseconds since 1970, and the queue of what is to happen. Time moves only when an event is taken from
 * the queue. Events of equal times happen in the order in which they were scheduled, so a run is a function of its inputs.
 *
 * `activity` is the label under which things happen now: an event carries the one under which it was scheduled, so that everything that
 * a packet causes (answers, retransmissions, ICMP errors) belongs to the activity that sent it.
 */
export class SimClock {
  /** Number of the activity at work, 0 for none. */
  activity = 0
  #now: number

  // The heap: times and slots in heap order. Slots hold the events, what belongs together standing together: a simulation of many
  // connections spends its time waiting for memory.
  #times = new Float64Array(1024)
  #slots = new Int32Array(1024)
  #size = 0
  #nextOrder = 0

  /** By slot: action, target and detail of its event. */
  readonly #events: unknown[] = []
  /** By slot: place in the heap (-1 when free), number of uses, activity. */
  #marks = new Int32Array(1024 * MARKS).fill(-1)
  /** By slot: the event's place in the order of scheduling, which decides between equal times. */
  #orders = new Float64Array(1024)
  #slotCount = 0
  readonly #freeSlots: number[] = []

  // What is to happen at this moment, before the next event: a queue that is emptied before time moves.
  readonly #soon: unknown[] = []
  readonly #soonActivities: number[] = []
  #soonFirst = 0
  #soonCount = 0
  #eventCount = 0

  /** A clock that stands at `startMicroseconds` (since 1970). Throws a RangeError unless that is a natural number. */
  constructor(startMicroseconds: number) {
    if (!Number.isSafeInteger(startMicroseconds) || startMicroseconds < 0) {
      throw new RangeError(`a clock starts at a natural number of microseconds since 1970, not ${startMicroseconds}`)
    }
    this.#now = startMicroseconds
  }

  /** Microseconds since 1970. */
  get nowMicroseconds(): number {
    return this.#now
  }

  /** Events that wait. */
  get pendingEvents(): number {
    return this.#size
  }

  /** Events that have happened. */
  get eventCount(): number {
    return this.#eventCount
  }

  /** Time of the next event; undefined when nothing waits. */
  get nextEventMicroseconds(): number | undefined {
    if (this.#soonFirst < this.#soonCount) return this.#now
    return this.#size === 0 ? undefined : this.#times[0]
  }

  /** Has `action(target, detail)` called at a time. Throws a RangeError for times that are past or no integers. */
  schedule<Target, Detail>(
    timeMicroseconds: number,
    action: EventAction<Target, Detail>,
    target: Target,
    detail: Detail,
  ): EventId {
    if (!(timeMicroseconds >= this.#now) || timeMicroseconds !== Math.floor(timeMicroseconds)) {
      throw new RangeError(`events are at integer times from now (${this.#now}) on, not at ${timeMicroseconds}`)
    }
    const slot = this.#freeSlots.pop() ?? this.#addSlot()
    const event = slot * EVENT
    this.#events[event] = action
    this.#events[event + 1] = target
    this.#events[event + 2] = detail
    this.#marks[slot * MARKS + ACTIVITY] = this.activity
    if (this.#size === this.#times.length) this.#growHeap()
    this.#orders[slot] = this.#nextOrder
    this.#nextOrder += 1
    this.#size += 1
    this.#siftUp(this.#size - 1, timeMicroseconds, slot)
    return this.#idOf(slot)
  }

  /** Has `action(target, detail)` called at this moment, after what happens now and before any event of the queue. */
  soon<Target, Detail>(action: EventAction<Target, Detail>, target: Target, detail: Detail): void {
    const at = this.#soonCount
    this.#soonCount = at + 1
    this.#soon[at * EVENT] = action
    this.#soon[at * EVENT + 1] = target
    this.#soon[at * EVENT + 2] = detail
    this.#soonActivities[at] = this.activity
  }

  /** Takes an event back. False where it has happened or was cancelled before. */
  cancel(id: EventId): boolean {
    if (id <= 0) return false
    const slot = (id - 1) % SLOT_LIMIT
    const place = this.#marks[slot * MARKS + PLACE] ?? -1
    if (place < 0 || this.#idOf(slot) !== id) return false
    this.#removeAt(place)
    this.#free(slot)
    return true
  }

  /**
   * Lets the next thing happen: what was called for {@link SimClock.soon}, else the first event if it is due by `untilMicroseconds`.
   * False where there is none; time stays then.
   */
  step(untilMicroseconds: number): boolean {
    if (this.#soonFirst < this.#soonCount) {
      this.#stepSoon()
      return true
    }
    if (this.#size === 0) return false
    const time = this.#times[0] as number
    if (time > untilMicroseconds) return false
    this.#now = time
    const slot = this.#slots[0] as number
    const event = slot * EVENT
    const action = this.#events[event] as EventAction<unknown, unknown>
    const target = this.#events[event + 1]
    const detail = this.#events[event + 2]
    this.activity = this.#marks[slot * MARKS + ACTIVITY] as number
    this.#removeAt(0)
    this.#free(slot)
    this.#eventCount += 1
    action(target, detail)
    return true
  }

  /** Moves time to a moment at which nothing is left to happen before. Throws a RangeError where something is. */
  advanceTo(timeMicroseconds: number): void {
    const next = this.nextEventMicroseconds
    if (timeMicroseconds < this.#now || (next !== undefined && next < timeMicroseconds)) {
      throw new RangeError(
        `the clock cannot move from ${this.#now} to ${timeMicroseconds}: something happens at ${next}`,
      )
    }
    this.#now = timeMicroseconds
  }

  #stepSoon(): void {
    const at = this.#soonFirst * EVENT
    const action = this.#soon[at] as EventAction<unknown, unknown>
    const target = this.#soon[at + 1]
    const detail = this.#soon[at + 2]
    this.activity = this.#soonActivities[this.#soonFirst] as number
    this.#soon[at] = undefined
    this.#soon[at + 1] = undefined
    this.#soon[at + 2] = undefined
    this.#soonFirst += 1
    if (this.#soonFirst === this.#soonCount) {
      this.#soonFirst = 0
      this.#soonCount = 0
    }
    this.#eventCount += 1
    action(target, detail)
  }

  #idOf(slot: number): EventId {
    return ((this.#marks[slot * MARKS + USES] as number) + 1) * SLOT_LIMIT + slot + 1
  }

  #addSlot(): number {
    const slot = this.#slotCount
    if (slot === SLOT_LIMIT) throw new RangeError(`more than ${SLOT_LIMIT} events wait at once`)
    this.#slotCount = slot + 1
    this.#events.push(undefined, undefined, undefined)
    if (slot === this.#orders.length) {
      this.#marks = grown(this.#marks, new Int32Array(slot * 2 * MARKS).fill(-1))
      this.#orders = grown(this.#orders, new Float64Array(slot * 2))
    }
    return slot
  }

  #growHeap(): void {
    this.#times = grown(this.#times, new Float64Array(this.#size * 2))
    this.#slots = grown(this.#slots, new Int32Array(this.#size * 2))
  }

  #free(slot: number): void {
    const event = slot * EVENT
    this.#events[event] = undefined
    this.#events[event + 1] = undefined
    this.#events[event + 2] = undefined
    this.#marks[slot * MARKS + PLACE] = -1
    this.#marks[slot * MARKS + USES] = ((this.#marks[slot * MARKS + USES] as number) + 1) & COUNTED_USES
    this.#freeSlots.push(slot)
  }

  #removeAt(place: number): void {
    const last = this.#size - 1
    this.#size = last
    if (place === last) return
    const time = this.#times[last] as number
    const slot = this.#slots[last] as number
    const parent = (place - 1) >> 2
    if (place > 0 && this.#isBefore(time, slot, this.#times[parent] as number, this.#slots[parent] as number)) {
      this.#siftUp(place, time, slot)
    } else this.#siftDown(place, time, slot)
  }

  #isBefore(time: number, slot: number, otherTime: number, otherSlot: number): boolean {
    return (
      time < otherTime || (time === otherTime && (this.#orders[slot] as number) < (this.#orders[otherSlot] as number))
    )
  }

  #siftUp(from: number, time: number, slot: number): void {
    const times = this.#times
    const slots = this.#slots
    const marks = this.#marks
    const orders = this.#orders
    let place = from
    while (place > 0) {
      const parent = (place - 1) >> 2
      const parentTime = times[parent] as number
      const parentSlot = slots[parent] as number
      if (time > parentTime || (time === parentTime && (orders[slot] as number) > (orders[parentSlot] as number))) break
      times[place] = parentTime
      slots[place] = parentSlot
      marks[parentSlot * MARKS + PLACE] = place
      place = parent
    }
    times[place] = time
    slots[place] = slot
    marks[slot * MARKS + PLACE] = place
  }

  #siftDown(from: number, time: number, slot: number): void {
    const times = this.#times
    const slots = this.#slots
    const marks = this.#marks
    const orders = this.#orders
    const size = this.#size
    const order = orders[slot] as number
    let place = from
    for (;;) {
      const firstChild = place * ARITY + 1
      if (firstChild >= size) break
      let child = firstChild
      let childTime = times[child] as number
      const end = Math.min(firstChild + ARITY, size)
      for (let other = firstChild + 1; other < end; other += 1) {
        const otherTime = times[other] as number
        if (otherTime > childTime) continue
        if (
          otherTime < childTime ||
          (orders[slots[other] as number] as number) < (orders[slots[child] as number] as number)
        ) {
          child = other
          childTime = otherTime
        }
      }
      const childSlot = slots[child] as number
      if (time < childTime || (time === childTime && order < (orders[childSlot] as number))) break
      times[place] = childTime
      slots[place] = childSlot
      marks[childSlot * MARKS + PLACE] = place
      place = child
    }
    times[place] = time
    slots[place] = slot
    marks[slot * MARKS + PLACE] = place
  }
}

function grown<Values extends Int32Array | Float64Array>(values: Values, larger: Values): Values {
  larger.set(values)
  return larger
}
