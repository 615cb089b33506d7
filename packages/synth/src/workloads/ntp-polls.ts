import { seconds } from '../duration.ts'
import type { Destination } from '../host/host.ts'
import type { ProcessBody } from '../host/process.ts'
import type { ActivityLabel } from '../labels.ts'
import { inRounds, type RoundOptions } from './rounds.ts'

/** Asks for the time. */
export interface NtpPollsOptions extends RoundOptions {
  /** `169.254.169.123`, the Amazon Time Sync Service, unless given. */
  readonly to?: Destination
}

export const NTP_POLLS: ActivityLabel = { kind: 'ntp', intent: 'benign', description: 'Asks a time server' }

const NTP_PORT = 123

/** A client's packet (RFC 5905, section 7.3): no leap warning, version 4, mode 3, and nothing else. */
function request(): Uint8Array {
  const bytes = new Uint8Array(48)
  bytes[0] = (4 << 3) | 3
  return bytes
}

/** A server's packet: mode 4, stratum 2. */
function answer(): Uint8Array {
  const bytes = new Uint8Array(48)
  bytes.set([(4 << 3) | 4, 2, 6, 0xe9])
  return bytes
}

/** One question in every round, every 64 s unless given, as chrony begins. */
export function ntpPolls(options: NtpPollsOptions = {}): ProcessBody {
  const { to = '169.254.169.123' } = options
  return (host) =>
    host.during(
      NTP_POLLS,
      inRounds(host, { meanGapMicroseconds: seconds(64), gaps: 0.02, ...options }, () =>
        host.exchangeUdp({ to, port: NTP_PORT, send: request(), receive: answer() }),
      ),
    )
}
