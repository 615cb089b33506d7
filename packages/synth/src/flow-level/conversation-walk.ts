import {
  Network,
  type NetworkInterface,
  type NetworkObserver,
  type Packet,
  type Topology,
  type TransitGatewayAttachment,
} from '@flowtap/core'
import { PacketLosses } from '../faults.ts'
import { Conversations } from '../host/conversation.ts'
import { HostDirectory } from '../host/host-directory.ts'
import { NameDirectory } from '../host/name-directory.ts'
import type { World } from '../host/world.ts'
import { ActivityLog } from '../labels.ts'
import { Random } from '../random.ts'
import { SimClock } from '../sim-clock.ts'
import { SimulationContext } from '../simulation-context.ts'
import { SimulationObserver } from '../simulation-observer.ts'
import type { ConversationPair, ConversationShape, ConversationSlot } from './conversation.ts'
import type { ConversationTemplate, PassingPacket } from './conversation-template.ts'
import { converse } from './converse.ts'
import { NAT_PORTS } from './nat-draws.ts'
import { type IntervalOf, TemplateBuilder } from './template-builder.ts'
import type { TrafficContext } from './traffic.ts'

/** How long a conversation is followed. Nothing that hosts do of themselves goes on for so long. */
const LONGEST_MICROSECONDS = 24 * 3_600_000_000
/** Between conversations: what remembers them for a while (connection tracking, NAT, TIME-WAIT, limits of ICMP errors) has forgotten. */
const GAP_MICROSECONDS = 3_600_000_000

/** When and where traffic happens, and whose records are wanted. */
export interface ConversationWalkOptions {
  readonly topology: Topology
  readonly seed: number
  readonly startMicroseconds: number
  readonly endMicroseconds: number
  readonly intervalOf: IntervalOf
}

/**
 * A simulation of its own in which single conversations are walked through hosts and network, packet by packet, each as if it were alone;
 * what they leave is made a template of. Hosts keep what they learn of paths.
 */
export class ConversationWalk {
  /** What traffic is set up with; its hosts are those that conversations are walked between. */
  readonly context: TrafficContext
  /** Conversations walked. */
  count = 0
  readonly #clock: SimClock
  readonly #recorder: CaptureRecorder
  readonly #builder: TemplateBuilder
  /** What the network draws is for ports of NAT gateways and balancers alone. */
  #draw: () => number = () => 0
  #draws = 0
  #natPort = 0

  constructor({ topology, seed, startMicroseconds, endMicroseconds, intervalOf }: ConversationWalkOptions) {
    const clock = new SimClock(startMicroseconds)
    const random = Random.fromSeed(seed)
    const world: World = {
      clock,
      random,
      conversations: new Conversations(),
      datagramScripts: new WeakMap(),
      names: new NameDirectory(),
      activities: new ActivityLog(),
      losses: new PacketLosses(),
    }
    this.#clock = clock
    this.#recorder = new CaptureRecorder(clock, topology)
    this.#builder = new TemplateBuilder(topology, intervalOf)
    const observer: SimulationObserver = new SimulationObserver(clock, () => hosts, world.losses, world.activities, [
      this.#recorder,
    ])
    const network: Network = new Network({
      topology,
      random: {
        nextUint32: () => {
          const drawn = this.#draw()
          this.#draws += 1
          this.#natPort = NAT_PORTS.first + (drawn % NAT_PORTS.count)
          return drawn
        },
      },
      observer,
      // Copies would depend on more than classes of ports: their own source port is a hash over those of the packet.
      mirroring: false,
    })
    const hosts: HostDirectory = new HostDirectory(world, topology, () => network)
    this.context = new SimulationContext({
      world,
      hosts,
      observer,
      design: undefined,
      startMicroseconds,
      endMicroseconds,
      topology: () => topology,
      change: () => {},
      join: () => {},
    })
  }

  /** Walks a conversation. `draw` gives what the network draws for it: numbers from 0 to 2^32 - 1. */
  walk(
    pair: ConversationPair,
    shape: ConversationShape,
    slot: ConversationSlot,
    draw: () => number,
  ): ConversationTemplate {
    const clock = this.#clock
    const { clientPort } = slot
    this.count += 1
    this.#draws = 0
    this.#draw = draw
    const start = clock.nowMicroseconds
    this.#recorder.begin(start)
    converse(pair, shape, slot)
    while (clock.step(start + LONGEST_MICROSECONDS)) {}
    if (clock.nextEventMicroseconds !== undefined) {
      throw new RangeError(
        `a conversation of ${pair.client.name} with ${pair.server} goes on for more than 24 hours; make several of it`,
      )
    }
    clock.advanceTo(clock.nowMicroseconds + GAP_MICROSECONDS)
    const { captures, passages, hasTaught, isSpread } = this.#recorder
    const natPort = this.#draws === 1 ? this.#natPort : undefined
    const { serverPort } = pair
    const hasSamePorts = clientPort === serverPort || natPort === clientPort || natPort === serverPort
    const isAmbiguous = hasPorts(shape) && hasSamePorts
    return this.#builder.build(captures, passages, {
      clientPort,
      natPort,
      hasUniquePorts: pair.hasUniquePorts,
      hasTaught,
      // Several draws: several gateways, or one with several addresses, or a balancer.
      isReusable: !hasTaught && !isSpread && !isAmbiguous && this.#draws < 2,
    })
  }
}

/** A packet as it passes an ENI. Times from the conversation's start on. */
export interface RecordedCapture {
  readonly time: number
  readonly cause: number
  readonly capture: Parameters<NetworkObserver['capture']>
}

/** Keeps what a conversation does in the network. */
class CaptureRecorder implements Partial<NetworkObserver> {
  readonly captures: RecordedCapture[] = []
  readonly passages: PassingPacket[] = []
  /** Whether a host was told of a path's MTU. */
  hasTaught = false
  /** Whether the way was chosen by the 5-tuple. */
  isSpread = false
  readonly #clock: SimClock
  readonly #wantsPassages: boolean
  #start = 0

  constructor(clock: SimClock, { flowLogs }: Topology) {
    this.#clock = clock
    this.#wantsPassages = flowLogs.some(({ resource }) => resource.kind.startsWith('transit-gateway'))
  }

  begin(startMicroseconds: number): void {
    this.captures.length = 0
    this.passages.length = 0
    this.hasTaught = false
    this.isSpread = false
    this.#start = startMicroseconds
  }

  capture(...capture: Parameters<NetworkObserver['capture']>): void {
    const [networkInterface, , packet, timeMicroseconds] = capture
    if (networkInterface.attachment.kind === 'load-balancer') this.isSpread = true
    if (tellsMtu(packet)) this.hasTaught = true
    const cause = this.#clock.nowMicroseconds - this.#start
    this.captures.push({ time: timeMicroseconds - this.#start, cause, capture })
  }

  captureAtTransitGateway(
    source: TransitGatewayAttachment,
    sourceInterface: NetworkInterface,
    out: TransitGatewayAttachment | undefined,
    outInterface: NetworkInterface | undefined,
    packet: Packet,
    timeMicroseconds: number,
    loss: PassingPacket['loss'],
  ): void {
    if (source.applianceMode || out?.applianceMode) this.isSpread = true
    if (!this.#wantsPassages) return
    this.passages.push({
      time: timeMicroseconds - this.#start,
      cause: this.#clock.nowMicroseconds - this.#start,
      source,
      sourceInterface,
      out,
      outInterface,
      packet,
      loss,
    })
  }
}

function hasPorts({ kind }: ConversationShape): boolean {
  return kind !== 'ping'
}

/** ICMP "fragmentation needed" and ICMPv6 "packet too big". */
function tellsMtu({ quoted, source, icmpType, icmpCode }: Packet): boolean {
  if (!quoted) return false
  return source.version === 4 ? icmpType === 3 && icmpCode === 4 : icmpType === 2
}
