import type { IpAddress } from '@flowtap/core'
import { seconds } from '../duration.ts'
import type { ProcessBody } from '../host/process.ts'
import type { ActivityLabel } from '../labels.ts'
import { inRounds, type RoundOptions } from './rounds.ts'

/** What every public address gets, unasked. */
export interface InternetNoiseOptions extends RoundOptions {
  /** Public addresses, of which one is chosen each time. */
  readonly targets: readonly (IpAddress | string)[]
  /** Ports by how often they are tried; those that scanners like unless given. */
  readonly ports?: readonly number[]
}

export const INTERNET_NOISE: ActivityLabel = {
  kind: 'internet-noise',
  intent: 'malicious',
  description: 'Tries single ports of public addresses',
  technique: 'T1595.001',
}

const LIKED: readonly number[] = [23, 22, 80, 443, 8080, 3389, 5555, 445, 8443, 2323, 6379, 1433, 25, 5900, 81, 9200]

/** A single SYN from an internet host to one of the addresses in every round, every 10 s on average unless given. */
export function internetNoise(options: InternetNoiseOptions): ProcessBody {
  const { targets, ports = LIKED } = options
  const weights = ports.map((_, index) => 1 / (index + 1))
  return (host) =>
    host.during(
      INTERNET_NOISE,
      inRounds(host, { meanGapMicroseconds: seconds(10), ...options }, () =>
        host.probe({
          to: host.random.choice(targets),
          protocol: 'tcp',
          port: host.random.weightedChoice(ports, weights),
          timeoutMicroseconds: seconds(1),
        }),
      ),
    )
}
