import { seconds } from '../duration.ts'
import type { Destination, Host } from '../host/host.ts'
import type { Process, ProcessBody } from '../host/process.ts'
import type { ActivityLabel } from '../labels.ts'

/** A large upload to a stranger. */
export interface DataExfiltrationOptions {
  readonly to: Destination
  /** 443, with TLS, unless given. */
  readonly port?: number
  /** 500,000,000 unless given. */
  readonly bytes?: number
  /** Sent at once before a pause; 10,000,000 unless given. */
  readonly partBytes?: number
  /** Mean pause between parts; 5 s unless given. */
  readonly meanPauseMicroseconds?: number
}

export const DATA_EXFILTRATION: ActivityLabel = {
  kind: 'data-exfiltration',
  intent: 'malicious',
  description: 'Uploads a large amount of data to a foreign host',
  technique: 'T1048.002',
  findingType: 'Behavior:EC2/TrafficVolumeUnusual',
}

/** One upload. */
export function dataExfiltration(options: DataExfiltrationOptions): ProcessBody {
  return (host) => host.during(DATA_EXFILTRATION, upload(host, options))
}

function* upload(host: Host, options: DataExfiltrationOptions): Process {
  const { to, port = 443, bytes = 500_000_000, partBytes = 10_000_000, meanPauseMicroseconds = seconds(5) } = options
  const connection = yield* host.connect({ to, port })
  if (port === 443) yield* connection.startTls({})
  for (let sent = 0; sent < bytes; sent += partBytes) {
    if (sent > 0) yield* host.sleep(Math.round(host.random.exponential(meanPauseMicroseconds)))
    yield* connection.exchange({ send: Math.min(partBytes, bytes - sent), receive: 180 })
  }
  yield* connection.close()
}
