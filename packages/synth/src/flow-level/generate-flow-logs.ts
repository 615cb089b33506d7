import {
  type Design,
  type FlowLog,
  FlowLogPipeline,
  type FlowRow,
  type LogEventBatch,
  type LogEventSink,
  type LogObject,
  type LogObjectSink,
  resolveDesign,
  type Topology,
} from '@flowtap/core'
import type { FlowLogRecord } from '@flowtap/parser'
import { Random } from '../random.ts'
import { DEFAULT_START_MICROSECONDS } from '../scenario.ts'
import { conversationSlot } from './conversation.ts'
import { ConversationReplay } from './conversation-replay.ts'
import { ConversationWalk } from './conversation-walk.ts'
import { NatDraws } from './nat-draws.ts'
import { TemplateLibrary } from './template-library.ts'
import type { Traffic } from './traffic.ts'

/** How flow logs are generated; everything has a default. */
export interface FlowLogGenerationOptions {
  /** Same seed, same bytes. 1 unless given. */
  readonly seed?: number
  /** Where log files and log events go to. Without it they are not written. */
  readonly objectSink?: LogObjectSink
  readonly eventSink?: LogEventSink
  /** Called with every record as an object, which takes longer than writing it. */
  readonly onRecord?: (record: FlowLogRecord, flowLog: FlowLog) => void
  /** 0 (stored) to 9; 6 unless given. */
  readonly gzipLevel?: number
  /** The run ends with the aggregation interval in which so many records of ENIs were written. Never unless given. */
  readonly records?: number
  /** Called now and then with how far it is. */
  readonly onProgress?: (progress: { readonly nowMicroseconds: number; readonly recordCount: number }) => void
}

/** What a whole run came to. */
export interface FlowLogGenerationSummary {
  readonly traffic: string
  readonly seed: number
  readonly startMicroseconds: number
  readonly endMicroseconds: number
  readonly conversationCount: number
  /** Conversations that were walked through the network with their packets; the others are like one of them. */
  readonly walkCount: number
  /** Records in log files and log events. */
  readonly recordCount: number
}

/**
 * Writes the flow logs of traffic without its packets: for data sets of millions of records. A conversation of each kind is walked through
 * hosts and network once; the others are replayed from it, so that the records are those that `simulate` gives for
 * `conversationsScenario(traffic)`.
 *
 * Conversations do not touch each other here. With packets they do where they share a link's last bits per second, a host's limit of ICMP
 * errors, or a 5-tuple at a time. Ports that NAT gateways give are others, and so is the order of records within an interval.
 *
 * ```ts
 * await generateFlowLogs(demoDesign(), everydayTraffic({ durationMicroseconds: hours(24), conversationsPerSecond: 100 }), {
 *   objectSink: new LogObjectFolder('logs'),
 *   records: 1_000_000,
 * })
 * ```
 *
 * Memory depends on how many records there are in the quarter of an hour that delivery takes, not on the length of the run.
 */
export async function generateFlowLogs(
  design: Design | Topology,
  traffic: Traffic,
  options: FlowLogGenerationOptions = {},
): Promise<FlowLogGenerationSummary> {
  const { seed = 1, records = Number.POSITIVE_INFINITY, onRecord, onProgress, gzipLevel } = options
  if (!(records > 0)) throw new RangeError(`records is a number above 0, not ${records}`)
  const topology = isTopology(design) ? design : resolveDesign(design)
  const startMicroseconds = traffic.startMicroseconds ?? DEFAULT_START_MICROSECONDS
  const lastMicroseconds = startMicroseconds + traffic.durationMicroseconds
  const random = Random.fromSeed(seed)
  const sinks = new CountingSinks(options)
  const pipeline = new FlowLogPipeline(topology, {
    startMicroseconds,
    seed: random.stream('delivery').uint32(),
    // Templates are cut at the borders of intervals, which are those of whole minutes.
    intervalPhaseSeconds: 0,
    ...sinks.wrapped,
    ...(onRecord && { onRecord }),
    ...(gzipLevel !== undefined && { gzipLevel }),
  })
  const walk = new ConversationWalk({
    topology,
    seed,
    startMicroseconds,
    endMicroseconds: lastMicroseconds,
    intervalOf: (networkInterface) => pipeline.intervalOf(networkInterface),
  })
  const source = traffic.setup(walk.context)
  const library = new TemplateLibrary(walk, source, topology, new NatDraws(random))
  const replay = new ConversationReplay(pipeline, startMicroseconds, lastMicroseconds)
  const counter = new RecordCounter(topology, pipeline)
  if (records !== Number.POSITIVE_INFINITY || onProgress) replay.onRow = counter.count
  const slot = conversationSlot()
  let endMicroseconds = lastMicroseconds
  while (source.next(slot) && slot.startMicroseconds <= lastMicroseconds) {
    if (slot.startMicroseconds >= replay.minuteEndMicroseconds) {
      const intervalEnd = roundUp(replay.minuteEndMicroseconds, counter.longestIntervalMicroseconds)
      if (counter.records >= records && slot.startMicroseconds >= intervalEnd) {
        endMicroseconds = intervalEnd
        break
      }
      await replay.advance(slot.startMicroseconds)
      onProgress?.({ nowMicroseconds: slot.startMicroseconds, recordCount: counter.records })
    }
    slot.number += 1
    const template = library.find(slot)
    replay.replay(template, slot.startMicroseconds, slot.clientPort, library.natPort)
  }
  await replay.end(endMicroseconds)
  await pipeline.end(endMicroseconds)
  return {
    traffic: traffic.name,
    seed,
    startMicroseconds,
    endMicroseconds,
    conversationCount: slot.number + 1,
    walkCount: walk.count,
    recordCount: sinks.records,
  }
}

/** Counts the records of rows before they are delivered. */
class RecordCounter {
  records = 0
  /** Of the ENIs that flow logs cover. */
  readonly longestIntervalMicroseconds: number
  /** By place of the ENI. */
  readonly #ofAccepted: Float64Array
  readonly #ofRejected: Float64Array

  constructor({ interfaces, flowLogs }: Topology, pipeline: FlowLogPipeline) {
    const covering = interfaces.map((own) =>
      flowLogs.filter(({ resource }) => {
        if (resource.kind === 'vpc') return resource.vpc.id === own.vpc.id
        if (resource.kind === 'subnet') return resource.subnet.id === own.subnet.id
        return resource.kind === 'network-interface' && resource.networkInterface.id === own.id
      }),
    )
    const count = (action: FlowLog['trafficType']): Float64Array =>
      Float64Array.from(
        covering,
        (own) => own.filter(({ trafficType }) => trafficType === 'ALL' || trafficType === action).length,
      )
    this.#ofAccepted = count('ACCEPT')
    this.#ofRejected = count('REJECT')
    this.longestIntervalMicroseconds = interfaces.reduce(
      (longest, own) => Math.max(longest, (pipeline.intervalOf(own) ?? 0) * 1_000_000),
      60_000_000,
    )
  }

  readonly count = ({ networkInterface, action }: FlowRow): void => {
    const counts = action === 'ACCEPT' ? this.#ofAccepted : this.#ofRejected
    this.records += counts[networkInterface.index] as number
  }
}

/** The sinks that were given, with the records counted that they get. */
class CountingSinks {
  records = 0
  readonly wrapped: { readonly objectSink?: LogObjectSink; readonly eventSink?: LogEventSink }

  constructor({ objectSink, eventSink }: FlowLogGenerationOptions) {
    this.wrapped = {
      ...(objectSink && {
        objectSink: {
          put: (object: LogObject) => {
            this.records += object.recordCount
            return objectSink.put(object)
          },
        },
      }),
      ...(eventSink && {
        eventSink: {
          put: (batch: LogEventBatch) => {
            this.records += batch.events.length
            return eventSink.put(batch)
          },
        },
      }),
    }
  }
}

function isTopology(design: Design | Topology): design is Topology {
  return 'interfaces' in design && Array.isArray(design.interfaces)
}

function roundUp(value: number, step: number): number {
  return Math.ceil(value / step) * step
}
