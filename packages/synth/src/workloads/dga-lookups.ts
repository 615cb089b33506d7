import { seconds } from '../duration.ts'
import type { ProcessBody } from '../host/process.ts'
import type { ActivityLabel } from '../labels.ts'
import type { Random } from '../random.ts'
import { inRounds, type RoundOptions } from './rounds.ts'

/** Malware that searches its controller among generated names. */
export interface DgaLookupsOptions extends RoundOptions {
  /** Letters of a name; 12 to 20 unless given. */
  readonly length?: Readonly<{ from: number; to: number }>
  /** `com`, `net`, `org`, `info`, `biz` and `ru` unless given. */
  readonly topLevelDomains?: readonly string[]
}

export const DGA_LOOKUPS: ActivityLabel = {
  kind: 'dga-lookups',
  intent: 'malicious',
  description: 'Looks up names made by a domain-generation algorithm',
  technique: 'T1568.002',
  findingType: 'Trojan:EC2/DGADomainRequest.B',
}

const LETTERS = 'abcdefghijklmnopqrstuvwxyz'

/** One name in every round, every 1.5 s on average and 200 rounds unless given; hardly any exists. */
export function dgaLookups(options: DgaLookupsOptions = {}): ProcessBody {
  return (host) =>
    host.during(
      DGA_LOOKUPS,
      inRounds(host, { rounds: 200, meanGapMicroseconds: seconds(1.5), ...options }, () =>
        host.resolve(generatedName(host.random, options)),
      ),
    )
}

/** A name without sense: letters, each as likely as another. */
export function generatedName(random: Random, options: DgaLookupsOptions): string {
  const { length = { from: 12, to: 20 }, topLevelDomains = ['com', 'net', 'org', 'info', 'biz', 'ru'] } = options
  let name = ''
  for (let letters = random.integer(length.from, length.to); letters > 0; letters -= 1) {
    name += LETTERS[random.integer(0, LETTERS.length - 1)]
  }
  return `${name}.${random.choice(topLevelDomains)}`
}
