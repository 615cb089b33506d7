import { minutes, seconds } from '../duration.ts'
import type { Destination, Host } from '../host/host.ts'
import type { Process, ProcessBody } from '../host/process.ts'
import type { ActivityLabel } from '../labels.ts'
import { inRounds, type RoundOptions } from './rounds.ts'

/** `traceroute` now and then. */
export interface TracerouteOptions extends RoundOptions {
  readonly to: Destination
  /** `udp` to ports from 33434 on unless given. */
  readonly protocol?: 'udp' | 'icmp' | 'tcp'
  /** 30 unless given. */
  readonly maxHops?: number
  /** Probes for each hop; 3 unless given. */
  readonly queries?: number
}

export const TRACEROUTE: ActivityLabel = {
  kind: 'traceroute',
  intent: 'benign',
  description: 'Traces the way to a host',
}

/** Where the UDP ports of traceroute begin, one more with each probe. */
const FIRST_PORT = 33_434

/** One trace in every round, every 30 min unless given; it ends where the host answers. */
export function traceroute(options: TracerouteOptions): ProcessBody {
  return (host) =>
    host.during(
      TRACEROUTE,
      inRounds(host, { meanGapMicroseconds: minutes(30), ...options }, () => trace(host, options)),
    )
}

function* trace(host: Host, { to, protocol = 'udp', maxHops = 30, queries = 3 }: TracerouteOptions): Process {
  let probes = 0
  for (let hopLimit = 1; hopLimit <= maxHops; hopLimit += 1) {
    let arrived = false
    for (let query = 0; query < queries; query += 1) {
      const port = protocol === 'udp' ? FIRST_PORT + probes : 80
      probes += 1
      const outcome = yield* host.probe({
        to,
        protocol,
        hopLimit,
        sequence: probes,
        ...(protocol === 'icmp' ? {} : { port }),
        timeoutMicroseconds: seconds(5),
      })
      arrived ||= outcome.kind === 'closed' || outcome.kind === 'open' || outcome.kind === 'echo-reply'
    }
    if (arrived) return
  }
}
