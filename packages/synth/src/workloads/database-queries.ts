import { seconds } from '../duration.ts'
import type { Connection } from '../host/connection.ts'
import type { Destination, Host } from '../host/host.ts'
import type { Process, ProcessBody } from '../host/process.ts'
import type { ActivityLabel } from '../labels.ts'
import { inRounds, type RoundOptions } from './rounds.ts'

/** A client with a small pool of long connections to a database. */
export interface DatabaseQueriesOptions extends RoundOptions {
  readonly to: Destination
  /** `postgresql` unless given. */
  readonly engine?: 'postgresql' | 'mysql' | 'redis'
  readonly port?: number
  /** Connections that are kept; 2 unless given. */
  readonly connections?: number
  /** Median bytes of an answer; 600 unless given. */
  readonly medianAnswerBytes?: number
}

export const DATABASE_QUERIES: ActivityLabel = {
  kind: 'database-queries',
  intent: 'benign',
  description: 'Queries a database over kept connections',
}

const ENGINES: Readonly<
  Record<
    'postgresql' | 'mysql' | 'redis',
    { port: number; serverSpeaksFirst: boolean; logIn: readonly (readonly [number, number])[] }
  >
> = {
  postgresql: {
    port: 5432,
    serverSpeaksFirst: false,
    logIn: [
      [8, 1],
      [84, 24],
      [60, 412],
    ],
  },
  mysql: {
    port: 3306,
    serverSpeaksFirst: true,
    logIn: [
      [0, 78],
      [190, 11],
      [37, 130],
    ],
  },
  redis: { port: 6379, serverSpeaksFirst: false, logIn: [[43, 5]] },
}

/** One query in every round, every 2 s on average unless given, on one of the kept connections, which are opened again when they break. */
export function databaseQueries(options: DatabaseQueriesOptions): ProcessBody {
  const { connections = 2, meanGapMicroseconds = seconds(2) } = options
  return (host) => host.during(DATABASE_QUERIES, pool(host, options, connections, meanGapMicroseconds * connections))
}

function* pool(host: Host, options: DatabaseQueriesOptions, size: number, meanGapMicroseconds: number): Process {
  const clients = Array.from({ length: size }, (_, index) =>
    host.spawn(`connection-${index}`, (client) => keepQuerying(client, options, meanGapMicroseconds)),
  )
  for (const client of clients) yield* client.join()
}

function* keepQuerying(host: Host, options: DatabaseQueriesOptions, meanGapMicroseconds: number): Process {
  let connection: Connection | undefined
  yield* inRounds(host, { ...options, meanGapMicroseconds }, function* () {
    if (connection?.state !== 'open') connection = yield* logIn(host, options)
    const { random } = host
    yield* connection.exchange({
      send: random.integer(60, 420),
      receive: Math.min(20_000_000, Math.ceil(random.logNormal(options.medianAnswerBytes ?? 600, 1.3))),
      serverDelayMicroseconds: Math.round(random.logNormal(1_500, 1)),
    })
  })
  if (connection) yield* connection.close()
}

function* logIn(host: Host, { to, engine = 'postgresql', port }: DatabaseQueriesOptions): Process<Connection> {
  const { port: usual, logIn: steps } = ENGINES[engine]
  const connection = yield* host.connect({ to, port: port ?? usual })
  for (const [send, receive] of steps) yield* connection.exchange({ send, receive, serverDelayMicroseconds: 1_000 })
  return connection
}
