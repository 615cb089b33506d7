import { seconds } from '../duration.ts'
import type { Destination } from '../host/host.ts'
import type { ProcessBody } from '../host/process.ts'
import type { ActivityLabel } from '../labels.ts'
import type { Random } from '../random.ts'
import { inRounds, type RoundOptions } from './rounds.ts'

/** Data in the names of DNS questions. */
export interface DnsTunnellingOptions extends RoundOptions {
  /** The attacker's domain, whose name server reads the names. */
  readonly domain: string
  /** Bytes of data in each question, 1 to 110; 90 unless given. */
  readonly bytesPerQuestion?: number
  /** A name server; the VPC's Amazon resolver unless given. */
  readonly server?: Destination
}

export const DNS_TUNNELLING: ActivityLabel = {
  kind: 'dns-tunnelling',
  intent: 'malicious',
  description: 'Sends data out in the names of DNS questions',
  technique: 'T1048.003',
  findingType: 'Trojan:EC2/DNSDataExfiltration',
}

/** Longest label of a name (RFC 1035, section 2.3.4). */
const LABEL = 63
const HEX = '0123456789abcdef'

/** One question in every round, every quarter second and 929 rounds unless given. */
export function dnsTunnelling(options: DnsTunnellingOptions): ProcessBody {
  const { domain, bytesPerQuestion = 90, server } = options
  if (!(bytesPerQuestion >= 1 && bytesPerQuestion <= 110)) {
    throw new RangeError(
      `bytesPerQuestion must be 1 to 110, since a name has at most 253 characters, not ${bytesPerQuestion}`,
    )
  }
  return (host) =>
    host.during(
      DNS_TUNNELLING,
      inRounds(host, { rounds: 929, meanGapMicroseconds: seconds(0.25), gaps: 0.5, ...options }, () =>
        host.resolve(`${encodedLabels(host.random, bytesPerQuestion)}.${domain}`, {
          type: 'TXT',
          ...(server === undefined ? {} : { server }),
        }),
      ),
    )
}

/** Random data in hexadecimal, cut into labels. */
function encodedLabels(random: Random, bytes: number): string {
  let text = ''
  for (const byte of random.bytes(bytes)) text += `${HEX[byte >> 4]}${HEX[byte & 15]}`
  return text.replace(new RegExp(`.{${LABEL}}(?=.)`, 'g'), '$&.')
}
