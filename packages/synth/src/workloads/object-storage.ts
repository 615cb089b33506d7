import { seconds } from '../duration.ts'
import type { ProcessBody } from '../host/process.ts'
import type { ActivityLabel } from '../labels.ts'
import { fetchHttp } from './http-exchange.ts'
import { inRounds, type RoundOptions } from './rounds.ts'

/** Reads and writes objects of S3, by whatever way the routes give: gateway endpoint, interface endpoint, NAT or internet gateway. */
export interface ObjectStorageOptions extends RoundOptions {
  /** e.g. `my-bucket.s3.us-west-2.amazonaws.com`. */
  readonly to: string
  /** Part of the requests that write, 0 to 1; 0.3 unless given. */
  readonly writes?: number
  /** Median bytes of an object; 64,000 unless given. */
  readonly medianBytes?: number
  /** HTTPS unless false. */
  readonly tls?: boolean
}

export const OBJECT_STORAGE: ActivityLabel = {
  kind: 'object-storage',
  intent: 'benign',
  description: 'Reads and writes objects of S3',
}

/** One object in every round, every 30 s on average unless given. */
export function objectStorage(options: ObjectStorageOptions): ProcessBody {
  const { to, writes = 0.3, medianBytes = 64_000, tls = true } = options
  return (host) =>
    host.during(
      OBJECT_STORAGE,
      inRounds(host, { meanGapMicroseconds: seconds(30), ...options }, () => {
        const { random } = host
        const bytes = Math.min(500_000_000, Math.ceil(random.logNormal(medianBytes, 1.5)))
        const path = `/data/${random.integer(1, 99_999)}`
        const common = { to, tls, path, userAgent: 'aws-sdk-js/3', serverDelayMicroseconds: 12_000 }
        return random.chance(writes)
          ? fetchHttp(host, { ...common, method: 'PUT', body: bytes })
          : fetchHttp(host, { ...common, answerBytes: bytes, contentType: 'binary/octet-stream' })
      }),
    )
}
