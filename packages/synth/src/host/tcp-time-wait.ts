import type { IpAddress } from '@flowtap/core'
import type { SimClock } from '../sim-clock.ts'
import type { TcpSegments } from './tcp-segments.ts'

/** A connection that is over, for as long as late packets of it may come (RFC 9293, 3.3.2: TIME-WAIT). */
export interface WaitingConnection {
  /** What the last segment was made by, and from; it answers the other side's FIN when that comes again. */
  readonly segments: TcpSegments
  readonly offset: number
  readonly expected: number
  readonly bytesReceived: number
}

interface Entry {
  readonly connection: WaitingConnection
  readonly untilMicroseconds: number
  next: Entry | undefined
}

/** The connections in TIME-WAIT, which all wait equally long: so they leave in the order in which they came. */
export class TimeWaitTable {
  readonly #clock: SimClock
  readonly #waitMicroseconds: number
  readonly #entries = new Map<number, Entry>()
  #queue: Entry[] = []
  #first = 0
  #size = 0

  constructor(clock: SimClock, waitMicroseconds: number) {
    this.#clock = clock
    this.#waitMicroseconds = waitMicroseconds
  }

  get size(): number {
    return this.#size
  }

  add(connection: WaitingConnection): void {
    const untilMicroseconds = this.#clock.nowMicroseconds + this.#waitMicroseconds
    const key = (connection.segments.localPort << 16) | connection.segments.remotePort
    const entry: Entry = { connection, untilMicroseconds, next: this.#entries.get(key) }
    this.#entries.set(key, entry)
    if (this.#first === this.#queue.length)
      this.#clock.schedule(untilMicroseconds, expire, this as TimeWaitTable, undefined)
    this.#queue.push(entry)
    this.#size += 1
  }

  find(local: IpAddress, localPort: number, remote: IpAddress, remotePort: number): WaitingConnection | undefined {
    let entry = this.#entries.get((localPort << 16) | remotePort)
    while (entry && !isOf(entry.connection, local, remote)) entry = entry.next
    return entry?.connection
  }

  /** Forgets a connection before its time: a new one takes its place. */
  remove(connection: WaitingConnection): void {
    const key = (connection.segments.localPort << 16) | connection.segments.remotePort
    let before: Entry | undefined
    for (let entry = this.#entries.get(key); entry; before = entry, entry = entry.next) {
      if (entry.connection !== connection) continue
      this.#size -= 1
      if (before) before.next = entry.next
      else if (entry.next) this.#entries.set(key, entry.next)
      else this.#entries.delete(key)
      return
    }
  }

  /** For the clock alone. */
  expire(): void {
    const now = this.#clock.nowMicroseconds
    for (let entry = this.#queue[this.#first]; entry; entry = this.#queue[this.#first]) {
      if (entry.untilMicroseconds > now) {
        this.#clock.schedule(entry.untilMicroseconds, expire, this as TimeWaitTable, undefined)
        break
      }
      this.remove(entry.connection)
      this.#first += 1
    }
    if (this.#first > 1_024 && this.#first * 2 > this.#queue.length) {
      this.#queue = this.#queue.slice(this.#first)
      this.#first = 0
    } else if (this.#first === this.#queue.length) {
      this.#queue = []
      this.#first = 0
    }
  }
}

function expire(table: TimeWaitTable): void {
  table.expire()
}

function isOf(connection: WaitingConnection, local: IpAddress, remote: IpAddress): boolean {
  return connection.segments.remote.equals(remote) && connection.segments.local.equals(local)
}
