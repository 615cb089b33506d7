import type { TemplateFlow, TemplatePassage } from './conversation-template.ts'

/** What of flows comes in one minute, later than the minute that is written: no object for each, but places in arrays that are used again. */
export class PendingFlows {
  count = 0
  readonly flows: (TemplateFlow | TemplatePassage)[] = []
  /** When the conversation began, microseconds since 1970. */
  starts: Float64Array = new Float64Array(64)
  /** Client port and NAT port of the conversation; place of the next packet, and behind the last one. */
  numbers: Int32Array = new Int32Array(64 * 4)

  add(
    flow: TemplateFlow | TemplatePassage,
    start: number,
    clientPort: number,
    natPort: number,
    from: number,
    to: number,
  ): void {
    const place = this.count
    if (place === this.starts.length) this.#grow()
    this.count += 1
    this.flows[place] = flow
    this.starts[place] = start
    this.numbers[place * 4] = clientPort
    this.numbers[place * 4 + 1] = natPort
    this.numbers[place * 4 + 2] = from
    this.numbers[place * 4 + 3] = to
  }

  clear(): void {
    this.count = 0
    this.flows.length = 0
  }

  #grow(): void {
    const starts = new Float64Array(this.starts.length * 2)
    starts.set(this.starts)
    this.starts = starts
    const numbers = new Int32Array(this.numbers.length * 2)
    numbers.set(this.numbers)
    this.numbers = numbers
  }
}
