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

/** What an inspector calls, in the order of the packets. */
export type EveEventHandler = (event: EveEvent) => void

/**
 * Packets in, events out. Packets come in the order of their times; `end` finishes what is still open and gives the events that are left.
 * An inspector that runs in this process answers at once, one that runs in a process of its own by promises, to be awaited before the
 * next call.
 */
export interface Inspector {
  push(frame: InspectedFrame): void | Promise<void>
  end(): void | Promise<void>
}
