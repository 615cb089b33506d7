import type { ServiceName } from '../wire/service-catalogue.ts'

/** What clients asked for and did not get, for the health page. */
export class CallCounts {
  readonly #notImplemented = new Map<string, number>()
  #served = 0

  /** An operation was performed or refused. */
  countServed(): void {
    this.#served += 1
  }

  /** The endpoint does not have the operation. */
  countNotImplemented(service: ServiceName, operation: string): void {
    const name = `${service}:${operation}`
    this.#notImplemented.set(name, (this.#notImplemented.get(name) ?? 0) + 1)
  }

  /** For JSON. */
  report(): Readonly<{ served: number; notImplemented: Readonly<Record<string, number>> }> {
    return { served: this.#served, notImplemented: Object.fromEntries(this.#notImplemented) }
  }
}
