import type { DeliveryFaults, PlannedDelivery } from './delivery-fault.ts'
import { DELIVERY_SUCCESS, type FlowLogDeliveryStatus, failedDelivery } from './delivery-status.ts'
import { LogDeliveryError } from './log-sinks.ts'

/** Hands a delivery over; `copy` is 0, and 1 for the second one of a duplicate. */
type Handover = (dueMicroseconds: number, copy: number) => void | Promise<void>

interface QueuedDelivery {
  readonly dueMicroseconds: number
  readonly flowLogId: string
  readonly handOver: () => void | Promise<void>
}

/**
 * Deliveries on their way, in order of the times at which they arrive; those of one time in the order in which they were planned. Keeps the
 * delivery status of each flow log. A refused delivery is lost.
 */
export class DeliveryQueue {
  readonly #faults: DeliveryFaults | undefined
  readonly #queue: QueuedDelivery[] = []
  readonly #status = new Map<string, FlowLogDeliveryStatus>()
  #running: Promise<void> = Promise.resolve()

  constructor(faults?: DeliveryFaults) {
    this.#faults = faults
  }

  /** How many deliveries are on their way. */
  get size(): number {
    return this.#queue.length
  }

  /** Puts a delivery on its way, or what a fault makes of it. */
  plan(planned: PlannedDelivery, dueMicroseconds: number, handOver: Handover): void {
    const { flowLogId } = planned
    const fault = this.#faults?.(planned)
    if (fault?.kind === 'missing') return
    if (fault?.kind === 'refused') {
      const refusal = new LogDeliveryError(fault.code, `the destination of ${flowLogId} refuses: ${fault.code}`)
      this.#add(flowLogId, dueMicroseconds, 0, () => Promise.reject(refusal))
      return
    }
    const arrivesAt = dueMicroseconds + (fault?.kind === 'late' ? fault.byMicroseconds : 0)
    this.#add(flowLogId, arrivesAt, 0, handOver)
    if (fault?.kind === 'duplicate') this.#add(flowLogId, arrivesAt, 1, handOver)
  }

  /**
   * Hands over what arrives until a time, one after another.
   *
   * @throws What a sink throws that is no LogDeliveryError; the delivery stays in the queue.
   */
  deliverThrough(timeMicroseconds: number): Promise<void> {
    const first = this.#queue[0]
    if (first === undefined || first.dueMicroseconds > timeMicroseconds) return this.#running
    const run = this.#running.then(() => this.#deliver(timeMicroseconds))
    this.#running = run.catch(() => undefined)
    return run
  }

  /** How the flow log's last delivery went. */
  status(flowLogId: string): FlowLogDeliveryStatus {
    return this.#status.get(flowLogId) ?? DELIVERY_SUCCESS
  }

  async #deliver(timeMicroseconds: number): Promise<void> {
    for (let next = this.#queue[0]; next && next.dueMicroseconds <= timeMicroseconds; next = this.#queue[0]) {
      try {
        await next.handOver()
        this.#status.set(next.flowLogId, DELIVERY_SUCCESS)
      } catch (error) {
        if (!(error instanceof LogDeliveryError)) throw error
        this.#status.set(next.flowLogId, failedDelivery(error))
      }
      this.#queue.splice(this.#queue.indexOf(next), 1)
    }
  }

  #add(flowLogId: string, dueMicroseconds: number, copy: number, handOver: Handover): void {
    let place = this.#queue.length
    while (place > 0 && (this.#queue[place - 1]?.dueMicroseconds ?? 0) > dueMicroseconds) place -= 1
    this.#queue.splice(place, 0, { dueMicroseconds, flowLogId, handOver: () => handOver(dueMicroseconds, copy) })
  }
}
