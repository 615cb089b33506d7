import type {
  Design,
  FlowLogDeliveryStatus,
  LogEventSink,
  LogObjectSink,
  NetworkObserver,
  Topology,
} from '@flowtap/core'
import { hours, type ScenarioContext, type Simulation, simulate, type TopologyObserver } from '@flowtap/synth'

/** How long a network may run: longer than anybody waits, and far from where microseconds stop being exact. */
const LIFETIME_MICROSECONDS = hours(24 * 365 * 100)

/** What a live network is made of. */
export interface LiveNetworkOptions {
  readonly design: Design
  readonly seed: number
  /** Milliseconds since 1970. */
  readonly startMilliseconds: number
  readonly objectSink: LogObjectSink
  readonly eventSink: LogEventSink
  readonly observers?: readonly Partial<NetworkObserver & TopologyObserver>[]
}

/** The emulated account's network while it runs: hosts, traffic and deliveries in simulated time, and a design that changes. */
export class LiveNetwork {
  readonly #simulation: Simulation
  readonly #observers: Partial<NetworkObserver & TopologyObserver>[]
  #context: ScenarioContext | undefined
  #isAdvancing = false
  /** What has changed and nobody has looked at yet. */
  #later: (() => Topology) | undefined

  constructor({ design, seed, startMilliseconds, observers = [], ...sinks }: LiveNetworkOptions) {
    this.#observers = [...observers]
    this.#simulation = simulate(
      design,
      {
        name: 'live',
        startMicroseconds: Math.round(startMilliseconds * 1000),
        durationMicroseconds: LIFETIME_MICROSECONDS,
        setup: (context) => {
          this.#context = context
        },
      },
      // The simulation reads the list anew for each packet: who is added later is told too.
      { ...sinks, seed, activities: false, observers: this.#observers },
    )
  }

  /** Simulated time, milliseconds since 1970, with its fraction. */
  get nowMilliseconds(): number {
    return this.#simulation.nowMicroseconds / 1000
  }

  /** What there is now. */
  get topology(): Topology {
    this.#catchUp()
    return this.#simulation.topology
  }

  /** What there was when time passed last, or someone looked: of large networks, instances and ENIs may have come and gone since. */
  get topologyBefore(): Topology {
    return this.#simulation.topology
  }

  /** Tells an observer of all that happens from now on. */
  observe(observer: Partial<NetworkObserver & TopologyObserver>): void {
    this.#observers.push(observer)
  }

  /** What a flow log's deliveries have come to; undefined for one that is not in the network. */
  deliveryStatus(flowLogId: string): FlowLogDeliveryStatus | undefined {
    const isThere = this.topology.flowLogs.some(({ id }) => id === flowLogId)
    return isThere ? this.#simulation.deliveryStatus(flowLogId) : undefined
  }

  /** Hosts, workloads, names and faults of the network; to be asked anew for hosts that have come since. */
  async context(): Promise<ScenarioContext> {
    this.#catchUp()
    if (!this.#context) await this.#simulation.advanceTo(this.#simulation.nowMicroseconds)
    return this.#context as ScenarioContext
  }

  /** Lets time pass, and everything happen in it. */
  async advanceTo(milliseconds: number): Promise<void> {
    this.#catchUp()
    this.#isAdvancing = true
    try {
      await this.#simulation.advanceTo(Math.max(Math.round(milliseconds * 1000), this.#simulation.nowMicroseconds))
    } finally {
      this.#isAdvancing = false
    }
  }

  /**
   * Another design from now on; while time is passing, from the next moment on. @throws DesignError for one with mistakes, which is then
   * not taken over.
   */
  changeDesign(design: Design | Topology): void {
    this.#later = undefined
    if (this.#isAdvancing && this.#context) this.#context.after(0, () => this.#simulation.changeDesign(design))
    else this.#simulation.changeDesign(design)
  }

  /** Another design before time passes next, or someone looks; at once while time is passing. */
  changeDesignLater(design: () => Topology): void {
    if (this.#isAdvancing) this.changeDesign(design())
    else this.#later = design
  }

  #catchUp(): void {
    const later = this.#later
    if (later) this.changeDesign(later())
  }
}
