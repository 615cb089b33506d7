import { hours } from '../duration.ts'
import type { Destination, Host } from '../host/host.ts'
import type { Process, ProcessBody } from '../host/process.ts'
import type { ActivityLabel } from '../labels.ts'
import { attempt } from './rounds.ts'

/** A copy of everything, once a day. */
export interface BackupsOptions {
  readonly to: Destination
  /** 873, rsync's, unless given. */
  readonly port?: number
  /** Time of day, microseconds after midnight UTC; 2 h unless given. */
  readonly timeOfDayMicroseconds?: number
  /** Of a whole backup; 200,000,000 unless given. Each day's differs by up to a tenth. */
  readonly bytes?: number
}

export const BACKUP: ActivityLabel = {
  kind: 'backup',
  intent: 'benign',
  description: 'Copies its data to another host',
}

const DAY = hours(24)
/** What is sent before an acknowledgment of the other program is waited for. */
const PART = 4_000_000

/** One long upload a day at the same time. */
export function backups(options: BackupsOptions): ProcessBody {
  const { timeOfDayMicroseconds = hours(2) } = options
  return function* (host) {
    for (;;) {
      const now = host.nowMicroseconds
      const today = now - (now % DAY) + timeOfDayMicroseconds
      yield* host.sleepUntil(today >= now ? today : today + DAY)
      yield* host.during(BACKUP, attempt(copy(host, options)))
      yield* host.sleep(1)
    }
  }
}

function* copy(host: Host, { to, port = 873, bytes = 200_000_000 }: BackupsOptions): Process {
  const connection = yield* host.connect({ to, port })
  yield* connection.exchange({ send: '@RSYNCD: 31.0\n', receive: '@RSYNCD: 31.0\n' })
  let rest = Math.round(bytes * host.random.uniform(0.9, 1.1))
  while (rest > 0) {
    const part = Math.min(PART, rest)
    yield* connection.exchange({ send: part, receive: 60, serverDelayMicroseconds: 8_000 })
    rest -= part
  }
  yield* connection.close()
}
