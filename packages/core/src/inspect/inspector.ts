import type { EveEvent } from './eve-event.ts'

/** A packet as an inspector takes it: a capture's packet is one. */
export interface InspectedFrame {
  /** Counted from 1: EVE's `pcap_cnt`. */
  readonly number: number
  /** A link type of tcpdump.org's list. */
  readonly linkType: number
  readonly timeSeconds: number
  /** 0 to 999,999,999, to be added. */
  readonly timeNanoseconds: number
  /** What was captured. It is not kept past `push`. */
  readonly data: Uint8Array
  /** Bytes of the packet on the wire. */
  readonly originalLength: number
}

/** What an inspector calls, in the order of the packets, and does not wait for. */
export type EveEventHandler = (event: EveEvent) => void

/** What an inspector calls, one event after the other: where it gives a promise, the next event comes when that is resolved. */
export type AwaitedEveEventHandler = (event: EveEvent) => void | Promise<void>

/**
 * Packets in, events out. Packets come in the order of their times; `end` finishes what is still open and gives the events that are left.
 *
 * Back-pressure: an inspector that runs in this process answers at once, and one packet gives few events: whoever calls `push` waits
 * between packets until its events are where they belong (`end` gives at most the events of the flows that are open, which are bounded).
 * One that runs in a process of its own answers by promises, to be awaited before the next call; its handler may give a promise, too, and
 * gets the next event when that is resolved, so that no more than one event waits. Where a handler throws or its promise is rejected, the
 * call that is under way throws the same.
 */
export interface Inspector {
  push(frame: InspectedFrame): void | Promise<void>
  /**
   * Time goes on without packets, in microseconds since 1970: flows whose time is over end. For live traffic; in captures, packets tell
   * the time. An inspector without it keeps flows until a packet comes.
   */
  advance?(timeMicroseconds: number): void | Promise<void>
  end(): void | Promise<void>
}
