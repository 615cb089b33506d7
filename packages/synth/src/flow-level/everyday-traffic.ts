import type { Random } from '../random.ts'
import { activityAt } from '../workloads/diurnal.ts'
import { ClientPorts } from './client-ports.ts'
import type { ConversationPair, ConversationShape, ConversationSlot, ConversationSource } from './conversation.ts'
import { type EverydayPair, everydayPairs } from './everyday-pairs.ts'
import { everydayShapes, LONGEST_CONVERSATION_MICROSECONDS } from './everyday-shapes.ts'
import { NAT_PORTS } from './nat-draws.ts'
import type { Traffic, TrafficContext } from './traffic.ts'
import { WeightedDraw } from './weighted-draw.ts'

/** Everyday traffic of any design. */
export interface EverydayTrafficOptions {
  /** `volume` unless given. */
  readonly name?: string
  /** Microseconds since 1970; `DEFAULT_START_MICROSECONDS` unless given. */
  readonly startMicroseconds?: number
  readonly durationMicroseconds: number
  /** On average over a working day; 20 unless given. */
  readonly conversationsPerSecond?: number
}

const MINUTE = 60_000_000
const DAY_MINUTES = 1_440
/** A Wednesday, 7 January 1970. */
const WORKING_DAY = 6 * DAY_MINUTES * MINUTE
/** How many templates there may be about; pairs have the fewer shapes the more they are. */
const TEMPLATES = 2_000
const SHAPES_OF_PAIR = { least: 2, most: 12 } as const
/** How much more conversations than on average may come in a time. */
const SURPLUS = 1.25

/**
 * What goes on in a network day by day, for any design and without end: people and programs at web sites, calls between instances, databases,
 * look-ups, time, pings, backups, visitors of public instances, and scanners of every public address, whom groups refuse. Conversations
 * come as independent events whose rate follows the hours of the day and the days of the week.
 */
export function everydayTraffic(options: EverydayTrafficOptions): Traffic {
  const { name = 'volume', conversationsPerSecond = 20, durationMicroseconds, startMicroseconds } = options
  if (!(conversationsPerSecond > 0 && conversationsPerSecond <= 1e6)) {
    throw new RangeError(`conversationsPerSecond is a number above 0, at most 1,000,000, not ${conversationsPerSecond}`)
  }
  return {
    name,
    durationMicroseconds,
    ...(startMicroseconds !== undefined && { startMicroseconds }),
    setup(context) {
      const pairs = everydayPairs(context)
      return pairs.length === 0 ? NOTHING : new EverydayConversations(context, pairs, conversationsPerSecond / 1e6)
    },
  }
}

const NOTHING: ConversationSource = { pairs: [], shapes: [], next: () => false }

/** What conversations of a pair choose from. */
interface PairChoice {
  readonly shapes: readonly number[]
  /** undefined where the protocol has no ports. */
  readonly ports: ClientPorts | undefined
}

class EverydayConversations implements ConversationSource {
  readonly pairs: readonly ConversationPair[]
  readonly shapes: readonly ConversationShape[]
  readonly #choices: readonly PairChoice[]
  readonly #draw: WeightedDraw
  readonly #random: Random
  /** On average over a working day. */
  readonly #conversationsPerMicrosecond: number
  #time: number
  /** The rate is that of the minute's beginning until its end. */
  #minuteEnd: number
  #meanGap = 0

  constructor(context: TrafficContext, everyday: readonly EverydayPair[], conversationsPerMicrosecond: number) {
    const { random, startMicroseconds } = context
    const { shapes, places } = everydayShapes(random.stream('shapes'))
    const perPair = Math.floor(TEMPLATES / everyday.length)
    const shapeCount = Math.min(SHAPES_OF_PAIR.most, Math.max(SHAPES_OF_PAIR.least, perPair))
    const choosing = random.stream('choices')
    const ports = portsOf(everyday, random.stream('client-ports'))
    this.shapes = shapes
    this.#choices = everyday.map(({ kind }, place) => ({
      shapes: choosing.shuffle(places[kind]).slice(0, shapeCount),
      ports: ports[place],
    }))
    const isUnique = uniquePorts(context, everyday, ports, conversationsPerMicrosecond)
    this.pairs = everyday.map(({ client, server, serverPort }, place) => ({
      client,
      from: undefined,
      server,
      serverPort,
      hasUniquePorts: isUnique[place] === true,
    }))
    this.#draw = new WeightedDraw(everyday.map(({ weight }) => weight))
    this.#random = random.stream('conversations')
    this.#conversationsPerMicrosecond = conversationsPerMicrosecond
    this.#time = startMicroseconds
    this.#minuteEnd = startMicroseconds
  }

  next(slot: ConversationSlot): boolean {
    const random = this.#random
    for (;;) {
      if (this.#time >= this.#minuteEnd) this.#beginMinute()
      const gap = -Math.log((random.uint32() + 1) / 4_294_967_296) * this.#meanGap
      this.#time += gap
      if (this.#time < this.#minuteEnd) break
      // Independent events have no memory: from the next minute on the wait begins anew, at that minute's rate.
      this.#time = this.#minuteEnd
    }
    const place = this.#draw.next(random)
    const choice = this.#choices[place] as PairChoice
    slot.startMicroseconds = Math.floor(this.#time)
    slot.pair = place
    slot.shape = choice.shapes[random.uint32() % choice.shapes.length] as number
    slot.clientPort = choice.ports === undefined ? 0 : choice.ports.next()
    return true
  }

  #beginMinute(): void {
    const start = this.#minuteEnd
    this.#minuteEnd = (Math.floor(start / MINUTE) + 1) * MINUTE
    this.#meanGap = MEAN_ACTIVITY / (this.#conversationsPerMicrosecond * activityAt(start, {}))
  }
}

/** Activity on average over a working day, as a part of the busiest hour's. */
const MEAN_ACTIVITY =
  Array.from({ length: DAY_MINUTES }, (_, minute) => activityAt(WORKING_DAY + minute * MINUTE, {})).reduce(
    (sum, activity) => sum + activity,
    0,
  ) / DAY_MINUTES

/** TCP ports may be shared by destinations, so each pair has its own; UDP ports are the host's. */
function portsOf(everyday: readonly EverydayPair[], random: Random): readonly (ClientPorts | undefined)[] {
  const ofHosts = new Map<string, ClientPorts>()
  return everyday.map(({ kind, client }, place) => {
    if (kind === 'ping') return undefined
    if (kind !== 'lookup' && kind !== 'time') return new ClientPorts(client, random.stream(`${place}`))
    const ports = ofHosts.get(client.name) ?? new ClientPorts(client, random.stream(client.name))
    ofHosts.set(client.name, ports)
    return ports
  })
}

/** Whether the ports of each pair, and those that NAT gateways give, come again only after all intervals that they were used in. */
function uniquePorts(
  { topology }: TrafficContext,
  everyday: readonly EverydayPair[],
  ports: readonly (ClientPorts | undefined)[],
  conversationsPerMicrosecond: number,
): readonly boolean[] {
  const total = everyday.reduce((sum, { weight }) => sum + weight, 0)
  const longestSeconds = topology.flowLogs.reduce(
    (longest, { maxAggregationIntervalSeconds }) => Math.max(longest, maxAggregationIntervalSeconds),
    60,
  )
  const window = longestSeconds * 1_000_000 + LONGEST_CONVERSATION_MICROSECONDS
  const most = (conversationsPerMicrosecond / MEAN_ACTIVITY) * SURPLUS * window
  const ofPorts = new Map<ClientPorts, number>()
  const ofDestinations = new Map<string, number>()
  everyday.forEach(({ weight, server, serverPort }, place) => {
    const own = ports[place]
    const count = (weight / total) * most
    const destination = `${server} ${serverPort}`
    if (own) ofPorts.set(own, (ofPorts.get(own) ?? 0) + count)
    ofDestinations.set(destination, (ofDestinations.get(destination) ?? 0) + count)
  })
  return everyday.map(({ server, serverPort }, place) => {
    const own = ports[place]
    if (!own) return false
    const toDestination = ofDestinations.get(`${server} ${serverPort}`) ?? 0
    return (ofPorts.get(own) ?? 0) < own.size && toDestination < NAT_PORTS.count
  })
}
