import type { FlowLogPipeline, FlowRow, Packet } from '@flowtap/core'
import type { ConversationTemplate, PortRole, TemplateFlow, TemplatePassage } from './conversation-template.ts'
import { PendingFlows } from './pending-flows.ts'

const MINUTE = 60_000_000
const MICROSECONDS = 1_000_000

/** Where rows go to. */
export type ReplayTarget = Pick<FlowLogPipeline, 'writeFlow' | 'addFlow' | 'captureAtTransitGateway' | 'advance'>

/**
 * Replays conversations from their templates: a row for every flow and aggregation interval that they touch. Conversations come in the
 * order of their starts; what of them lies in later minutes waits until its minute comes, so that rows come in the order of intervals.
 *
 * Nothing is allocated for a row. Rows whose key no other row of the interval can have go straight into the log files.
 */
export class ConversationReplay {
  /** Rows given to the pipeline; with `addFlow` several may become one. */
  rowCount = 0
  /** Called with each row that is written. */
  onRow: ((row: FlowRow) => void) | undefined
  readonly #target: ReplayTarget
  /** What happens later does not happen: the run is over. */
  #endMicroseconds: number
  /** The minute that rows are written of, in minutes since 1970, and its end. */
  #minute: number
  #minuteEnd: number
  /** By minute; none of the current one or before. */
  readonly #pending = new Map<number, PendingFlows>()
  readonly #spare: PendingFlows[] = []

  constructor(target: ReplayTarget, startMicroseconds: number, endMicroseconds: number) {
    this.#target = target
    this.#endMicroseconds = endMicroseconds
    this.#minute = Math.floor(startMicroseconds / MINUTE)
    this.#minuteEnd = (this.#minute + 1) * MINUTE
  }

  /** Where the current minute ends, microseconds: a conversation that starts later needs {@link ConversationReplay.advance} before. */
  get minuteEndMicroseconds(): number {
    return this.#minuteEnd
  }

  /** Writes a conversation that starts in the current minute. */
  replay(template: ConversationTemplate, start: number, clientPort: number, natPort: number): void {
    const { flows } = template
    const isCut = start + template.lastCause > this.#endMicroseconds
    for (let place = 0; place < flows.length; place += 1) {
      const flow = flows[place] as TemplateFlow | TemplatePassage
      const { times } = flow
      let count = times.length
      if (isCut) {
        count = this.#countBeforeEnd(flow, start)
        if (count === 0) continue
      }
      const isWithinMinute = start + (times[count - 1] as number) < this.#minuteEnd
      if (isWithinMinute) this.#write(flow, start, clientPort, natPort, 0, count)
      else this.#writeOn(flow, start, clientPort, natPort, 0, count)
    }
  }

  /** Goes on to the minute of a time, over what waits for minutes between. */
  async advance(timeMicroseconds: number): Promise<void> {
    const minute = Math.floor(timeMicroseconds / MINUTE)
    while (this.#minute < minute) {
      await this.#goTo(this.#pending.size > 0 ? Math.min(minute, this.#nextPendingMinute()) : minute)
    }
  }

  /** Writes what waits and was caused by a time at which the run is over; nothing later happens. */
  async end(endMicroseconds: number): Promise<void> {
    this.#endMicroseconds = endMicroseconds
    while (this.#pending.size > 0) await this.#goTo(this.#nextPendingMinute())
  }

  #nextPendingMinute(): number {
    let next = this.#minute + 1
    if (this.#pending.has(next)) return next
    next = Number.POSITIVE_INFINITY
    for (const minute of this.#pending.keys()) next = Math.min(next, minute)
    return next
  }

  async #goTo(minute: number): Promise<void> {
    await this.#target.advance(minute * MINUTE)
    this.#minute = minute
    this.#minuteEnd = (minute + 1) * MINUTE
    const pending = this.#pending.get(minute)
    if (!pending) return
    this.#pending.delete(minute)
    const { flows, starts, numbers } = pending
    const mayBeCut = this.#minuteEnd > this.#endMicroseconds
    for (let place = 0; place < pending.count; place += 1) {
      const flow = flows[place] as TemplateFlow | TemplatePassage
      const start = starts[place] as number
      const end = numbers[place * 4 + 3] as number
      this.#writeOn(
        flow,
        start,
        numbers[place * 4] as number,
        numbers[place * 4 + 1] as number,
        numbers[place * 4 + 2] as number,
        mayBeCut ? Math.min(end, this.#countBeforeEnd(flow, start)) : end,
      )
    }
    pending.clear()
    this.#spare.push(pending)
  }

  /** Writes packets interval by interval, as far as they begin in this minute; what begins later waits. */
  #writeOn(
    flow: TemplateFlow | TemplatePassage,
    start: number,
    clientPort: number,
    natPort: number,
    first: number,
    end: number,
  ): void {
    const { times, intervalMicroseconds } = flow
    let from = first
    while (from < end) {
      const time = start + (times[from] as number)
      if (time >= this.#minuteEnd) {
        this.#pendingOf(Math.floor(time / MINUTE)).add(flow, start, clientPort, natPort, from, end)
        return
      }
      const intervalEnd = (Math.floor(time / intervalMicroseconds) + 1) * intervalMicroseconds
      const to = placeOf(times, intervalEnd - start, from + 1, end)
      this.#write(flow, start, clientPort, natPort, from, to)
      from = to
    }
  }

  #pendingOf(minute: number): PendingFlows {
    let pending = this.#pending.get(minute)
    if (!pending) {
      pending = this.#spare.pop() ?? new PendingFlows()
      this.#pending.set(minute, pending)
    }
    return pending
  }

  /** Writes packets of one interval. */
  #write(
    flow: TemplateFlow | TemplatePassage,
    start: number,
    clientPort: number,
    natPort: number,
    from: number,
    to: number,
  ): void {
    if (flow.kind === 'passage') {
      this.#pass(flow, start, clientPort, natPort, from, to)
      return
    }
    const { row, times, bytes } = flow
    if (flow.sourcePortRole !== 'fixed') row.sourcePort = flow.sourcePortRole === 'client' ? clientPort : natPort
    if (flow.destinationPortRole !== 'fixed') {
      row.destinationPort = flow.destinationPortRole === 'client' ? clientPort : natPort
    }
    row.packets = to - from
    row.bytes = (bytes[to] as number) - (bytes[from] as number)
    row.tcpFlags = to - from === times.length ? flow.allFlags : flow.flagsOf(from, to)
    row.startSeconds = Math.floor((start + (times[from] as number)) / MICROSECONDS)
    row.endSeconds = Math.floor((start + (times[to - 1] as number)) / MICROSECONDS)
    this.rowCount += 1
    this.onRow?.(row)
    if (flow.isUnique) this.#target.writeFlow(row)
    else this.#target.addFlow(row)
  }

  #pass(
    { packets, sourcePortRole, destinationPortRole }: TemplatePassage,
    start: number,
    clientPort: number,
    natPort: number,
    from: number,
    to: number,
  ): void {
    const portOf = (role: PortRole, fixed: number): number =>
      role === 'fixed' ? fixed : role === 'client' ? clientPort : natPort
    for (let place = from; place < to; place += 1) {
      const passing = packets[place]
      if (!passing) continue
      const { source, sourceInterface, out, outInterface, packet, time, loss } = passing
      const same: Packet = packet.with({
        sourcePort: portOf(sourcePortRole, packet.sourcePort),
        destinationPort: portOf(destinationPortRole, packet.destinationPort),
      })
      this.#target.captureAtTransitGateway(source, sourceInterface, out, outInterface, same, start + time, loss)
    }
  }

  /** How many packets of a flow are caused before the run is over. */
  #countBeforeEnd({ causes }: TemplateFlow | TemplatePassage, start: number): number {
    let count = causes.length
    while (count > 0 && start + (causes[count - 1] as number) > this.#endMicroseconds) count -= 1
    return count
  }
}

/** The first place from `from` on whose time is not below a limit, at most `end`. Times do not fall. */
function placeOf(times: Float64Array, limit: number, from: number, end: number): number {
  let low = from
  let high = end
  while (low < high) {
    const middle = (low + high) >> 1
    if ((times[middle] as number) < limit) low = middle + 1
    else high = middle
  }
  return low
}
