import { milliseconds, minutes, seconds } from '../duration.ts'
import type { Random } from '../random.ts'
import type { ConversationExchange, ConversationShape } from './conversation.ts'

/** Kinds of everyday conversations. */
export type EverydayKind = 'web' | 'call' | 'database' | 'lookup' | 'time' | 'ping' | 'backup' | 'scan'

/** How many shapes each kind has: enough for sizes to look spread, few enough for each to be walked once. */
const SHAPE_COUNTS: Readonly<Record<EverydayKind, number>> = {
  web: 96,
  call: 48,
  database: 24,
  lookup: 8,
  time: 1,
  ping: 3,
  backup: 4,
  scan: 1,
}

/** Most bytes of an answer of a web site. */
const LARGEST_ANSWER = 2_000_000
/** No conversation that succeeds lasts longer than this, and none that fails: SYNs are retransmitted for 127 s. */
export const LONGEST_CONVERSATION_MICROSECONDS: number = seconds(150)

/** The shapes of a run: sizes and times are drawn once, and conversations choose among them. */
export function everydayShapes(random: Random): {
  readonly shapes: readonly ConversationShape[]
  readonly places: Readonly<Record<EverydayKind, readonly number[]>>
} {
  const shapes: ConversationShape[] = []
  const placesOf = (kind: EverydayKind): number[] => {
    const stream = random.stream(kind)
    return Array.from({ length: SHAPE_COUNTS[kind] }, () => shapes.push(DRAW[kind](stream)) - 1)
  }
  const places = {
    web: placesOf('web'),
    call: placesOf('call'),
    database: placesOf('database'),
    lookup: placesOf('lookup'),
    time: placesOf('time'),
    ping: placesOf('ping'),
    backup: placesOf('backup'),
    scan: placesOf('scan'),
  }
  return { shapes, places }
}

const DRAW: Readonly<Record<EverydayKind, (random: Random) => ConversationShape>> = {
  // TLS adds a handshake of some kilobytes before the first request.
  web: (random) => ({
    kind: 'tcp',
    exchanges: [
      { send: 517, receive: random.integer(2_400, 4_800) },
      ...exchanges(random, random.integer(1, 6), {
        sendBytes: 480,
        receiveBytes: 12_000,
        spread: 1.2,
        serverMicroseconds: milliseconds(25),
        thinkMicroseconds: seconds(3),
      }),
    ],
    end: random.chance(0.1) ? 'abort' : 'close',
  }),
  call: (random) => ({
    kind: 'tcp',
    exchanges: exchanges(random, random.integer(1, 3), {
      sendBytes: 420,
      receiveBytes: 1_800,
      spread: 0.9,
      serverMicroseconds: milliseconds(8),
      thinkMicroseconds: 0,
    }),
  }),
  database: (random) => ({
    kind: 'tcp',
    exchanges: exchanges(random, random.integer(3, 20), {
      sendBytes: 160,
      receiveBytes: 700,
      spread: 1.1,
      serverMicroseconds: milliseconds(3),
      thinkMicroseconds: seconds(1),
    }),
  }),
  lookup: (random) => ({
    kind: 'udp',
    exchanges: [
      {
        send: random.integer(32, 60),
        receive: random.integer(60, 300),
        serverDelayMicroseconds: Math.round(random.exponential(milliseconds(4))),
      },
    ],
  }),
  time: () => ({ kind: 'udp', exchanges: [{ send: 48, receive: 48 }] }),
  ping: (random) => ({ kind: 'ping', count: random.integer(1, 5) }),
  backup: (random) => ({
    kind: 'tcp',
    exchanges: [{ send: Math.round(random.uniform(1_000_000, 4_000_000)), receive: 400 }],
  }),
  scan: () => ({ kind: 'syn' }),
}

interface Sizes {
  /** Medians. */
  readonly sendBytes: number
  readonly receiveBytes: number
  /** Standard deviation of the logarithm of sizes. */
  readonly spread: number
  /** Means. */
  readonly serverMicroseconds: number
  readonly thinkMicroseconds: number
}

function exchanges(random: Random, count: number, sizes: Sizes): ConversationExchange[] {
  const { sendBytes, receiveBytes, spread, serverMicroseconds, thinkMicroseconds } = sizes
  const longestThink = Math.floor(minutes(2) / count)
  return Array.from({ length: count }, (_, place) => ({
    send: Math.ceil(random.logNormal(sendBytes, spread / 2)),
    receive: Math.min(LARGEST_ANSWER, Math.ceil(random.logNormal(receiveBytes, spread))),
    serverDelayMicroseconds: Math.round(random.exponential(serverMicroseconds)),
    thinkMicroseconds:
      place === 0 || thinkMicroseconds === 0
        ? 0
        : Math.min(longestThink, Math.round(random.exponential(thinkMicroseconds))),
  }))
}
