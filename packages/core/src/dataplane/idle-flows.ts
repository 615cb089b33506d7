import type { Packet } from '../packet/packet.ts'
import { ExpiryWheel } from './expiry-wheel.ts'
import { FiveTupleTable } from './five-tuple-table.ts'
import { packetInError } from './icmp-message.ts'
import { TrackedFlowKey } from './tracked-flow-key.ts'

/**
 * Flows that something stateful on the way remembers until they are idle for a time, each with a number of the owner's. `isEgress` tells
 * on which side of the owner the packet's source is: both directions of a flow mean the same entry.
 */
export class IdleFlows {
  readonly #idleMicroseconds: number
  readonly #table = new FiveTupleTable()
  readonly #wheel = new ExpiryWheel(this.#table, (entry) => this.#table.remove(entry))
  readonly #key = new TrackedFlowKey()

  constructor(idleSeconds: number) {
    this.#idleMicroseconds = idleSeconds * 1_000_000
  }

  get size(): number {
    return this.#table.size
  }

  /** Remembers the packet's flow, or keeps it for another while. ICMP errors belong to no flow of their own. */
  remember(scope: number, packet: Packet, isEgress: boolean, value: number, timeMicroseconds: number): void {
    this.#wheel.advance(timeMicroseconds)
    const key = this.#key
    if (!key.set(packet, isEgress)) return
    let entry = this.#find(scope)
    const deadline = timeMicroseconds + this.#idleMicroseconds
    const isNew = entry < 0
    if (isNew) entry = this.#table.insert(scope, key.protocol, key.nearPort, key.farPort, key.near, key.far)
    this.#table.setDeadline(entry, deadline)
    this.#table.setValue(entry, value)
    if (isNew) this.#wheel.start(entry)
  }

  /** The number that was remembered with the packet's flow (for ICMP errors the quoted packet's), which keeps it; -1 for unknown flows. */
  find(scope: number, packet: Packet, isEgress: boolean, timeMicroseconds: number): number {
    this.#wheel.advance(timeMicroseconds)
    const quoted = packetInError(packet)
    if (!this.#key.set(quoted ?? packet, quoted ? !isEgress : isEgress)) return -1
    const entry = this.#find(scope)
    if (entry < 0 || timeMicroseconds >= this.#table.deadline(entry)) return -1
    if (!quoted) this.#table.setDeadline(entry, timeMicroseconds + this.#idleMicroseconds)
    return this.#table.value(entry)
  }

  #find(scope: number): number {
    const key = this.#key
    return this.#table.find(scope, key.protocol, key.nearPort, key.farPort, key.near, key.far)
  }
}
