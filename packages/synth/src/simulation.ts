import {
  type BandwidthLimit,
  type Design,
  type FlowLog,
  type FlowLogDeliveryStatus,
  FlowLogPipeline,
  type LogEventBatch,
  type LogEventSink,
  type LogObject,
  type LogObjectSink,
  type MirrorLoss,
  type MirrorReorderingOptions,
  type MirrorTally,
  Network,
  type NetworkObserver,
  resolveDesign,
  type Topology,
} from '@flowtap/core'
import type { FlowLogRecord } from '@flowtap/parser'
import type { AsyncParticipant } from './async-participant.ts'
import { PacketLosses } from './faults.ts'
import { Conversations } from './host/conversation.ts'
import { HostDirectory } from './host/host-directory.ts'
import { NameDirectory } from './host/name-directory.ts'
import type { World } from './host/world.ts'
import { ActivityLog, type ActivityRecord } from './labels.ts'
import type { MirrorBrokerTally } from './mirror-brokers.ts'
import { Random } from './random.ts'
import { DEFAULT_START_MICROSECONDS, type Scenario } from './scenario.ts'
import { SimClock } from './sim-clock.ts'
import { SimulationContext } from './simulation-context.ts'
import { type CapturedPacket, type MirroredPacket, SimulationObserver } from './simulation-observer.ts'

/** What a simulation gives, in the order of simulated time. */
export type Artefact =
  /** A packet at an ENI that was asked for. */
  | ({ readonly kind: 'packet' } & CapturedPacket)
  /** A mirrored packet at the sensor that a mirror session sends it to, where they were asked for. */
  | ({ readonly kind: 'mirrored-packet' } & MirroredPacket)
  /** A flow-log record, when its aggregation interval ends. */
  | { readonly kind: 'flow-log-record'; readonly record: FlowLogRecord; readonly flowLog: FlowLog }
  /** A log file, when S3 has it. */
  | { readonly kind: 'log-file'; readonly object: LogObject }
  /** Log events, when CloudWatch Logs has them. */
  | { readonly kind: 'log-events'; readonly batch: LogEventBatch }
  /** Ground truth about an activity, some time after its end; long ones come in parts. */
  | { readonly kind: 'activity'; readonly activity: ActivityRecord }

/** How a scenario is simulated; everything has a default. */
export interface SimulationOptions {
  /** Same seed, same bytes. 1 unless given. */
  readonly seed?: number
  /** ENIs whose packets are wanted, by name or id or by their instance's; `all`; none unless given. */
  readonly packets?: readonly string[] | 'all'
  /** Whether the design's mirror sessions mirror; true unless given. */
  readonly mirroring?: boolean
  /** Whether mirrored packets are wanted, as the targets of mirror sessions receive them. False unless given. */
  readonly mirroredPackets?: boolean
  /** Whether flow-log records are wanted one by one. False unless given. */
  readonly records?: boolean
  /** Whether log files and log events are wanted. True unless given. */
  readonly logs?: boolean
  /** Whether the ground truth is wanted. True unless given. */
  readonly activities?: boolean
  /** Where log files and log events go to, in place of being artefacts. */
  readonly objectSink?: LogObjectSink
  readonly eventSink?: LogEventSink
  /**
   * Bits per second that an instance may send and receive, undefined for no limit: copies of mirror sessions beyond it are dropped, as
   * production traffic has priority. Without a limit unless given.
   */
  readonly instanceBandwidth?: BandwidthLimit
  /** How copies behind load balancers get out of order: by up to 20 microseconds and the scenario's seed unless given. */
  readonly mirrorReordering?: MirrorReorderingOptions
  /** Others who are told what happens in the network, and when the design changes. */
  readonly observers?: readonly Partial<NetworkObserver & TopologyObserver>[]
}

/** Who is told of a changed design. */
export interface TopologyObserver {
  /** Called when the network has taken the change over. */
  update(topology: Topology, timeMicroseconds: number): void
}

/** Who is told of artefacts as they arise; of {@link Simulation.run} and {@link Simulation.runSync}. */
export interface SimulationHandlers {
  readonly onPacket?: (captured: CapturedPacket) => void
  readonly onMirroredPacket?: (mirrored: MirroredPacket) => void
  readonly onRecord?: (record: FlowLogRecord, flowLog: FlowLog) => void
  readonly onActivity?: (activity: ActivityRecord) => void
}

/** What a whole run came to. */
export interface SimulationSummary {
  readonly scenario: string
  readonly seed: number
  readonly startMicroseconds: number
  readonly endMicroseconds: number
  /** Passages of packets at ENIs, refused ones included. */
  readonly packetCount: number
  readonly eventCount: number
  /** What became of the packets of each mirror source, with CloudWatch's metrics. */
  readonly mirrorTallies: readonly MirrorTally[]
  /** Copies that no target got, of which AWS tells nobody. */
  readonly mirrorLosses: readonly MirrorLoss[]
  /** What brokers replicated, by their platforms, and which of the copies no platform got. */
  readonly mirrorBrokerTallies: readonly MirrorBrokerTally[]
}

/** Artefacts that are made before they are given out. */
const BUFFERED_ARTEFACTS = 1_024
/** How often log files and events that are due are delivered. */
const DELIVERY_STEP_MICROSECONDS = 60_000_000

/**
 * A scenario in a design, simulated: packets from hosts through the network, and the flow logs that AWS would write of them. Nothing
 * happens before it is iterated or run; it can be done once.
 *
 * ```ts
 * for await (const artefact of simulate(demoDesign(), polling, { seed: 7 })) {
 *   if (artefact.kind === 'log-file') console.log(artefact.object.key)
 * }
 * ```
 *
 * Iteration runs the simulation in slices, as far as artefacts are asked for, so that memory does not grow with its length; `break` ends
 * it. The same design, scenario and options give the same artefacts, bit by bit.
 */
export function simulate(design: Design | Topology, scenario: Scenario, options: SimulationOptions = {}): Simulation {
  return new Simulation(design, scenario, options)
}

/** A simulation that is under way or to be; made by {@link simulate}. */
export class Simulation implements AsyncIterable<Artefact> {
  readonly scenario: Scenario
  readonly #seed: number
  readonly #options: SimulationOptions
  readonly #clock: SimClock
  readonly #startMicroseconds: number
  readonly #endMicroseconds: number
  readonly #world: World
  readonly #observer: SimulationObserver
  readonly #network: Network
  readonly #hosts: HostDirectory
  readonly #participants: AsyncParticipant[] = []
  readonly #context: SimulationContext
  #handlers: SimulationHandlers = {}
  #artefacts: Artefact[] | undefined
  #hasBegun = false
  #nextDeliveryMicroseconds: number

  constructor(design: Design | Topology, scenario: Scenario, options: SimulationOptions) {
    const { seed = 1 } = options
    const topology = isTopology(design) ? design : resolveDesign(design)
    const random = Random.fromSeed(seed)
    this.scenario = scenario
    this.#seed = seed
    this.#options = options
    this.#startMicroseconds = scenario.startMicroseconds ?? DEFAULT_START_MICROSECONDS
    this.#endMicroseconds = this.#startMicroseconds + scenario.durationMicroseconds
    this.#nextDeliveryMicroseconds = this.#startMicroseconds + DELIVERY_STEP_MICROSECONDS
    this.#clock = new SimClock(this.#startMicroseconds)
    this.#world = {
      clock: this.#clock,
      random,
      conversations: new Conversations(),
      datagramScripts: new WeakMap(),
      names: new NameDirectory(),
      activities: new ActivityLog(),
      losses: new PacketLosses(),
    }
    this.#observer = new SimulationObserver(
      this.#clock,
      () => this.#hosts,
      this.#world.losses,
      this.#world.activities,
      options.observers ?? [],
    )
    const network = random.stream('network')
    this.#network = new Network({
      topology,
      random: { nextUint32: () => network.uint32() },
      observer: this.#observer,
      losesPacket: (receiver, sender, packet, timeMicroseconds) =>
        this.#world.losses.losesBetween(receiver.id, sender?.id, packet, timeMicroseconds),
      ...(options.mirroring !== undefined && { mirroring: options.mirroring }),
      mirrorReordering: { seed: random.stream('mirror-reordering').uint32(), ...options.mirrorReordering },
      ...(options.instanceBandwidth && { instanceBandwidth: options.instanceBandwidth }),
    })
    this.#hosts = new HostDirectory(this.#world, topology, () => this.#network)
    this.#context = new SimulationContext({
      world: this.#world,
      hosts: this.#hosts,
      observer: this.#observer,
      design: isTopology(design) ? undefined : design,
      startMicroseconds: this.#startMicroseconds,
      endMicroseconds: this.#endMicroseconds,
      topology: () => this.#network.topology,
      change: (changed) => this.#change(changed),
      join: (participant) => this.#participants.push(participant),
    })
  }

  /** The topology at the present moment. */
  get topology(): Topology {
    return this.#network.topology
  }

  /** Simulated time, microseconds since 1970. */
  get nowMicroseconds(): number {
    return this.#clock.nowMicroseconds
  }

  /**
   * What DescribeFlowLogs would say of a flow log's deliveries at the present moment, by its name or id. Throws a RangeError for one that
   * is not there.
   */
  deliveryStatus(flowLog: string): FlowLogDeliveryStatus {
    const { flowLogs } = this.topology
    const found = flowLogs.find(({ id, name }) => id === flowLog || name === flowLog)
    if (!found) {
      throw new RangeError(
        `there is no flow log '${flowLog}'; the flow logs are ${flowLogs.map(({ name }) => name).join(', ')}`,
      )
    }
    return (
      this.#observer.pipeline?.deliveryStatus(found.id) ?? { flowLogStatus: 'ACTIVE', deliverLogsStatus: 'SUCCESS' }
    )
  }

  /**
   * Lets time pass up to a moment, deliveries included, and begins the simulation where it has not begun: for those who step time, and
   * change the design, themselves. Log files and log events go to the sinks. Throws a RangeError for a moment beyond the scenario's end.
   */
  async advanceTo(timeMicroseconds: number, handlers?: SimulationHandlers): Promise<void> {
    if (timeMicroseconds > this.#endMicroseconds) {
      throw new RangeError(`the scenario ends at ${this.#endMicroseconds} us, before ${timeMicroseconds} us`)
    }
    if (!this.#hasBegun) {
      this.#handlers = handlers ?? {}
      this.#begin()
    }
    await this.#advance(() => true, timeMicroseconds)
    this.#clock.advanceTo(timeMicroseconds)
    await this.#observer.pipeline?.advance(timeMicroseconds)
    this.#observer.arrive(timeMicroseconds)
  }

  /** Another design from this moment on. Throws a DesignError for one with mistakes. */
  changeDesign(design: Design | Topology): void {
    this.#change(isTopology(design) ? design : resolveDesign(design))
  }

  /** Gives the artefacts one after another; an error of the scenario's own code ends it. */
  async *[Symbol.asyncIterator](): AsyncGenerator<Artefact, void, void> {
    const artefacts: Artefact[] = []
    this.#artefacts = artefacts
    this.#begin()
    try {
      for (let isRunning = true; isRunning; ) {
        isRunning = await this.#advance(() => artefacts.length < BUFFERED_ARTEFACTS)
        if (!isRunning) await this.#end()
        yield* artefacts
        artefacts.length = 0
      }
    } finally {
      this.#artefacts = []
    }
  }

  /** Runs to the end, deliveries included, and tells the handlers and sinks. Without sinks log files and log events are not made. */
  async run(handlers: SimulationHandlers = {}): Promise<SimulationSummary> {
    this.#handlers = handlers
    this.#begin()
    await this.#advance(() => true)
    await this.#end()
    return this.#summary()
  }

  /**
   * Runs to the end in one go, without log files and log events: packets, records and the ground truth. Throws a TypeError where a
   * participant is made of promises.
   */
  runSync(handlers: SimulationHandlers = {}): SimulationSummary {
    if (this.#options.objectSink || this.#options.eventSink) {
      throw new TypeError('runSync cannot deliver to sinks, which may take real time: use run')
    }
    this.#handlers = handlers
    this.#begin()
    while (this.#clock.step(this.#endMicroseconds)) {
      if (this.#participants.some(({ isBusy }) => isBusy)) {
        throw new TypeError('runSync cannot wait for a participant that is made of promises, such as a shell: use run')
      }
    }
    this.#finish()
    this.#observer.pipeline?.end(this.#endMicroseconds)
    return this.#summary()
  }

  #begin(): void {
    if (this.#hasBegun) throw new TypeError('a simulation runs once: make another one with simulate()')
    this.#hasBegun = true
    const { packets, activities = true } = this.#options
    const wantsPackets = packets !== undefined && packets !== 'all' && packets.length === 0 ? undefined : packets
    if (this.#handlers.onPacket || wantsPackets) {
      this.#observer.onPacket = (captured) => this.#givePacket(captured)
      if (wantsPackets && wantsPackets !== 'all') this.#observer.tapped = this.#interfaceIds(wantsPackets)
    }
    if (this.#handlers.onMirroredPacket || (this.#artefacts && this.#options.mirroredPackets)) {
      this.#observer.onMirroredPacket = (mirrored) => {
        this.#handlers.onMirroredPacket?.(mirrored)
        this.#artefacts?.push({ kind: 'mirrored-packet', ...mirrored })
      }
    }
    if (this.#handlers.onActivity || (this.#artefacts && activities)) {
      this.#world.activities.onRecord = (activity) => {
        this.#handlers.onActivity?.(activity)
        this.#artefacts?.push({ kind: 'activity', activity })
      }
    }
    this.#observer.pipeline = this.#makePipeline()
    this.scenario.setup(this.#context)
  }

  #givePacket(captured: CapturedPacket): void {
    this.#handlers.onPacket?.(captured)
    this.#artefacts?.push({ kind: 'packet', ...captured })
  }

  /** Lets things happen while more is wanted; false when the end has come. */
  async #advance(wantsMore: () => boolean, endMicroseconds: number = this.#endMicroseconds): Promise<boolean> {
    const clock = this.#clock
    const participants = this.#participants
    while (wantsMore()) {
      for (const participant of participants) if (participant.isBusy) await participant.idle()
      const until = Math.min(endMicroseconds, this.#nextDeliveryMicroseconds - 1)
      if (clock.step(until)) continue
      if (until === endMicroseconds) return false
      await this.#deliverThrough(this.#nextDeliveryMicroseconds, endMicroseconds)
    }
    return true
  }

  /** Deliveries up to a time; the next ones are looked for when something has happened again, `endMicroseconds` at the latest. */
  async #deliverThrough(timeMicroseconds: number, endMicroseconds: number): Promise<void> {
    await this.#observer.pipeline?.advance(timeMicroseconds)
    const next = Math.min(this.#clock.nextEventMicroseconds ?? endMicroseconds, endMicroseconds)
    const steps = Math.max(1, Math.floor((next - timeMicroseconds) / DELIVERY_STEP_MICROSECONDS))
    this.#nextDeliveryMicroseconds = timeMicroseconds + steps * DELIVERY_STEP_MICROSECONDS
  }

  async #end(): Promise<void> {
    this.#finish()
    await this.#observer.pipeline?.end(this.#endMicroseconds)
  }

  #finish(): void {
    this.#clock.advanceTo(this.#endMicroseconds)
    // The network has brought copies to sensors that arrive a moment after the end.
    this.#observer.arrive(Number.POSITIVE_INFINITY)
    this.#world.activities.closeAll()
  }

  #summary(): SimulationSummary {
    return {
      scenario: this.scenario.name,
      seed: this.#seed,
      startMicroseconds: this.#startMicroseconds,
      endMicroseconds: this.#endMicroseconds,
      packetCount: this.#observer.packetCount,
      eventCount: this.#clock.eventCount,
      mirrorTallies: this.#observer.mirrorCounters.tallies,
      mirrorLosses: this.#observer.mirrorCounters.losses,
      mirrorBrokerTallies: this.#observer.brokers.tallies,
    }
  }

  #change(topology: Topology): void {
    const { nowMicroseconds } = this.#clock
    this.#network.update(topology, nowMicroseconds)
    this.#observer.pipeline?.update(topology, nowMicroseconds)
    this.#hosts.update(topology)
    for (const observer of this.#options.observers ?? []) observer.update?.(topology, nowMicroseconds)
  }

  #interfaceIds(names: readonly string[]): ReadonlySet<string> {
    const ids = new Set<string>()
    for (const name of names) {
      const own = this.topology.interfaces.find((candidate) => candidate.id === name || candidate.name === name)
      if (own) ids.add(own.id)
      else for (const { id } of this.#hosts.named(name).place.networkInterfaces) ids.add(id)
    }
    return ids
  }

  #makePipeline(): FlowLogPipeline {
    const { records = false, logs = true, objectSink, eventSink } = this.#options
    const { onRecord } = this.#handlers
    const artefacts = this.#artefacts
    const objects = objectSink ?? (artefacts && { put: (object) => void artefacts.push({ kind: 'log-file', object }) })
    const events = eventSink ?? (artefacts && { put: (batch) => void artefacts.push({ kind: 'log-events', batch }) })
    return new FlowLogPipeline(this.#network.topology, {
      startMicroseconds: this.#startMicroseconds,
      seed: this.#world.random.stream('delivery').uint32(),
      faults: (delivery) => this.#context.deliveryFault(delivery),
      ...(logs && objects && { objectSink: objects }),
      ...(logs && events && { eventSink: events }),
      ...((onRecord || (records && artefacts)) && {
        onRecord: (record: FlowLogRecord, flowLog: FlowLog): void => {
          onRecord?.(record, flowLog)
          if (records) artefacts?.push({ kind: 'flow-log-record', record, flowLog })
        },
      }),
    })
  }
}

function isTopology(design: Design | Topology): design is Topology {
  return 'interfaces' in design && Array.isArray(design.interfaces)
}
