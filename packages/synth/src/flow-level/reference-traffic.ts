import { IpAddress } from '@flowtap/core'
import { milliseconds, minutes, seconds } from '../duration.ts'
import type { Random } from '../random.ts'
import type { Conversation, ConversationShape } from './conversation.ts'
import { ConversationList } from './conversation-list.ts'
import type { Traffic, TrafficContext } from './traffic.ts'

/** What `curl google.com` sends, and the redirection that it gets. */
const REQUEST: ConversationShape = { kind: 'tcp', exchanges: [{ send: 73, receive: 327 }] }
const PING: ConversationShape = { kind: 'ping', count: 3 }
const LOOKUP: ConversationShape = { kind: 'udp', exchanges: [{ send: 39, receive: 55, serverDelayMicroseconds: 900 }] }
const TIME: ConversationShape = { kind: 'udp', exchanges: [{ send: 48, receive: 48 }] }
const SYN: ConversationShape = { kind: 'syn' }

/** Addresses of RFC 5737. */
const SCANNERS = [7, 23, 199] as const
/** What scanners try, the most liked first: the n-th an n-th as often. */
const SCANNED_PORTS = [
  23, 22, 80, 443, 8_080, 3_389, 5_555, 445, 8_443, 2_323, 6_379, 1_433, 25, 5_900, 81, 9_200,
] as const
const TIME_SERVICE = '169.254.169.123'

/** A conversation but for its time. */
type Topic = Omit<Conversation, 'afterMicroseconds'>

/** A conversation that comes again and again. */
interface Rounds {
  nextMicroseconds: number
  readonly gap: () => number
  readonly topic: () => Topic
}

/**
 * The traffic of the catalogue's scenario `reference` as conversations: the curl loop of the reference article, pings, look-ups and time (of
 * which flow logs have nothing), a few polls, and three scanners that try the public addresses.
 */
export function referenceTraffic(times: Pick<Traffic, 'startMicroseconds' | 'durationMicroseconds'>): Traffic {
  return {
    name: 'reference',
    ...times,
    setup: (context) => new ConversationList(context, merged(roundsOf(context))),
  }
}

function roundsOf(context: TrafficContext): Rounds[] {
  const { topology } = context
  const instances = context.hosts.filter(({ kind }) => kind === 'instance')
  const [first] = instances
  const [site] = topology.internetHosts
  if (!first || !site) return []
  const publicAddresses = topology.interfaces.flatMap(({ addresses }) =>
    addresses.flatMap(({ publicAddress }) => (publicAddress ? [publicAddress.toString()] : [])),
  )
  const request: Topic = { client: first.name, server: site.name, serverPort: 80, shape: REQUEST }
  const rounds = [
    // The next one comes 30 s after the end of the last, which took a look-up, a handshake and an answer.
    regular(context.random.stream('curl'), seconds(30), milliseconds(140), request),
    independent(context.random.stream('ping'), minutes(15), { client: first.name, server: site.name, shape: PING }),
  ]
  for (const { name, networkInterfaces } of instances) {
    const random = context.random.stream(name)
    const block = networkInterfaces[0]?.vpc.cidrBlocks[0]
    if (block) {
      const server = IpAddress.fromIpv4Bits(block.network.word3 + 2).toString()
      const lookup: Topic = { client: name, server, serverPort: 53, shape: LOOKUP }
      rounds.push(independent(random.stream('lookups'), minutes(2), lookup))
    }
    const time: Topic = { client: name, server: TIME_SERVICE, serverPort: 123, shape: TIME }
    rounds.push(regular(random.stream('time'), seconds(63), seconds(2), time))
    rounds.push(independent(random.stream('polls'), minutes(10), { ...request, client: name }))
  }
  for (const number of publicAddresses.length > 0 ? SCANNERS : []) {
    const name = `scanner-${number}`
    context.addInternetHost({ name, addresses: [`198.51.100.${number}`] })
    rounds.push(scans(context.random.stream(name), name, publicAddresses))
  }
  return rounds
}

function scans(random: Random, client: string, targets: readonly string[]): Rounds {
  const weights = SCANNED_PORTS.map((_, place) => 1 / (place + 1))
  return {
    ...independent(random, seconds(90), { client, server: '', shape: SYN }),
    topic: () => ({
      client,
      server: random.choice(targets),
      serverPort: random.weightedChoice(SCANNED_PORTS, weights),
      shape: SYN,
    }),
  }
}

function regular(random: Random, gapMicroseconds: number, jitterMicroseconds: number, topic: Topic): Rounds {
  const gap = (): number => gapMicroseconds + Math.round(random.uniform(jitterMicroseconds / 2, jitterMicroseconds))
  return { nextMicroseconds: 0, gap, topic: () => topic }
}

function independent(random: Random, meanMicroseconds: number, topic: Topic): Rounds {
  return { nextMicroseconds: 0, gap: () => Math.round(random.exponential(meanMicroseconds)), topic: () => topic }
}

/** The rounds of all in the order of their times, without end. */
function* merged(all: readonly Rounds[]): Generator<Conversation> {
  for (;;) {
    let next: Rounds | undefined
    for (const rounds of all) if (!next || rounds.nextMicroseconds < next.nextMicroseconds) next = rounds
    if (!next) return
    yield { ...next.topic(), afterMicroseconds: next.nextMicroseconds }
    next.nextMicroseconds += next.gap()
  }
}
