import { seconds } from '../duration.ts'
import type { Destination, Host } from '../host/host.ts'
import type { Process, ProcessBody } from '../host/process.ts'
import type { ActivityLabel } from '../labels.ts'
import { inRounds, type RoundOptions } from './rounds.ts'

/** Reaches hidden places through relays. */
export interface TorClientOptions extends RoundOptions {
  /** Entry relays, of which one is chosen for each connection. */
  readonly relays: readonly Destination[]
  /** 9001 unless given. */
  readonly port?: number
}

export const TOR_CLIENT: ActivityLabel = {
  kind: 'tor-client',
  intent: 'malicious',
  description: 'Talks to entry relays of the Tor network',
  technique: 'T1090.003',
  findingType: 'UnauthorizedAccess:EC2/TorClient',
}

/** Tor's cells have one size (tor-spec, section 3). */
const CELL = 514

/** A circuit and some traffic in every round, every 5 min on average unless given. */
export function torClient(options: TorClientOptions): ProcessBody {
  return (host) =>
    host.during(
      TOR_CLIENT,
      inRounds(host, { meanGapMicroseconds: seconds(300), ...options }, () => circuit(host, options)),
    )
}

function* circuit(host: Host, { relays, port = 9001 }: TorClientOptions): Process {
  const { random } = host
  const connection = yield* host.connect({ to: random.choice(relays), port })
  // The names in Tor's handshakes are random.
  const name = random.uint32().toString(36)
  yield* connection.startTls({ serverName: `www.${name}${random.uint32().toString(36)}.com`, certificateBytes: 600 })
  for (let hop = 0; hop < 3; hop += 1) {
    yield* connection.exchange({ send: CELL, receive: CELL, serverDelayMicroseconds: 40_000 * (hop + 1) })
  }
  const cells = random.integer(5, 60)
  for (let cell = 0; cell < cells; cell += 1) {
    yield* connection.exchange({ send: CELL, receive: CELL * random.integer(1, 20), serverDelayMicroseconds: 150_000 })
    yield* host.sleep(Math.round(random.exponential(400_000)))
  }
  yield* connection.close()
}
