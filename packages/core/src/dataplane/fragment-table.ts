import type { Packet } from '../packet/packet.ts'
import { ExpiryWheel } from './expiry-wheel.ts'
import { FiveTupleTable } from './five-tuple-table.ts'

/**
 * How long later fragments follow their first one, in microseconds: AWS publishes nothing (network facts, fragments), 30 s is what
 * Linux waits for the rest of a datagram.
 */
export const FRAGMENT_MICROSECONDS = 30_000_000

/**
 * What was decided about the first fragment of a datagram, for the later ones, which have no ports: found by scope, addresses, protocol
 * and identification (RFC 791, 2.3; RFC 8200, 4.5).
 */
export class FragmentTable<T> {
  readonly #table = new FiveTupleTable()
  readonly #decisions: (T | undefined)[] = []
  readonly #wheel = new ExpiryWheel(this.#table, (entry) => this.#forget(entry))

  /** Datagrams remembered. */
  get size(): number {
    return this.#table.size
  }

  /** Notes the decision about the first fragment of a datagram. */
  remember(scope: number, packet: Packet, decision: T, timeMicroseconds: number): void {
    this.#wheel.advance(timeMicroseconds)
    const { protocol, identification: id, source, destination } = packet
    let entry = this.#table.find(scope, protocol, id >>> 16, id & 0xffff, source, destination)
    if (entry < 0) {
      entry = this.#table.insert(scope, protocol, id >>> 16, id & 0xffff, source, destination)
      this.#table.setDeadline(entry, timeMicroseconds + FRAGMENT_MICROSECONDS)
      this.#wheel.start(entry)
    } else {
      this.#table.setDeadline(entry, timeMicroseconds + FRAGMENT_MICROSECONDS)
    }
    this.#decisions[entry] = decision
  }

  /** The decision about the first fragment of the datagram that the packet is part of. */
  find(scope: number, packet: Packet, timeMicroseconds: number): T | undefined {
    const { protocol, identification: id, source, destination } = packet
    const entry = this.#table.find(scope, protocol, id >>> 16, id & 0xffff, source, destination)
    return entry >= 0 && timeMicroseconds < this.#table.deadline(entry) ? this.#decisions[entry] : undefined
  }

  /** Forgets every datagram of some scopes. */
  dropScopes(isGone: (scope: number) => boolean): void {
    for (let entry = 0; entry < this.#table.entryBound; entry++) {
      if (!this.#table.has(entry) || !isGone(this.#table.scope(entry))) continue
      this.#wheel.cancel(entry)
      this.#forget(entry)
    }
  }

  #forget(entry: number): void {
    this.#table.remove(entry)
    this.#decisions[entry] = undefined
  }
}
