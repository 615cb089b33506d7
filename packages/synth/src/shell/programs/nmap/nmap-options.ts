import { servicePorts } from '../net/service-names.ts'
import { commonPorts } from './common-ports.ts'

/** How ports are looked at. `list` only names the targets, `ping` only looks whether they are there. */
export type ScanKind = 'syn' | 'connect' | 'udp' | 'ack' | 'fin' | 'null' | 'xmas' | 'ping' | 'list'

/** What a command line of nmap asks for. */
export interface NmapOptions {
  readonly kind: ScanKind
  readonly targets: readonly string[]
  readonly excluded: readonly string[]
  readonly inputFile: string | undefined
  readonly ports: readonly number[]
  readonly skipsDiscovery: boolean
  readonly names: 'never' | 'sometimes' | 'always'
  readonly verbosity: number
  readonly openOnly: boolean
  readonly showsReason: boolean
  readonly detectsVersions: boolean
  readonly detectsSystem: boolean
  readonly isSequential: boolean
  readonly retries: number
  /** Probes a second at most. */
  readonly maximumRate: number | undefined
  readonly scanDelayMicroseconds: number
  readonly normalOutput: string | undefined
  readonly grepOutput: string | undefined
}

/** Why nmap does not start. */
export interface NmapRefusal {
  readonly message: string
  readonly status: number
}

const SCANS: Readonly<Record<string, ScanKind>> = {
  '-sS': 'syn',
  '-sT': 'connect',
  '-sU': 'udp',
  '-sA': 'ack',
  '-sF': 'fin',
  '-sN': 'null',
  '-sX': 'xmas',
  '-sn': 'ping',
  '-sP': 'ping',
  '-sL': 'list',
}
/** Options of nmap that the simulation has no part for. */
const NOT_SIMULATED =
  /^(?:-s[WMIYZOC]|-b|-f|-D|-S|-e|-g|-6|-iR|-oX|-oA|-oS|-d\d*|-PO|-PP|-PM|-PY|--(?:script|scanflags|traceroute|osscan|mtu|source-port|data|ip-options|ttl|spoof-mac|proxies|badsum|adler32|send-eth|send-ip|resume|stylesheet|webxml|packet-trace|iflist|dns-servers|version-trace|datadir|unprivileged|privileged|script-args|ttl|data-length|data-string|nsock-engine|defeat-rst-ratelimit|port-ratio|stats-every|disable-arp-ping|exclude-ports|excludefile|append-output|system-dns|min-rate|min-parallelism|max-parallelism|min-hostgroup|max-hostgroup|initial-rtt-timeout|min-rtt-timeout|max-rtt-timeout|host-timeout|max-scan-delay|resolve-all|unique|log-errors|noninteractive|no-stylesheet|version-intensity|version-light|version-all|osscan-limit|osscan-guess|fuzzy|max-os-tries))/

/** Microseconds between two probes for each of -T0 to -T5, and how often silent ports are asked again. */
const TIMING: readonly { readonly delay: number; readonly retries: number }[] = [
  { delay: 300_000_000, retries: 1 },
  { delay: 15_000_000, retries: 1 },
  { delay: 400_000, retries: 1 },
  { delay: 0, retries: 1 },
  { delay: 0, retries: 1 },
  { delay: 0, retries: 1 },
]
const TIMING_NAMES = ['paranoid', 'sneaky', 'polite', 'normal', 'aggressive', 'insane']

interface Draft {
  kind: ScanKind | undefined
  targets: string[]
  excluded: string[]
  inputFile: string | undefined
  portText: string | undefined
  topPorts: number | undefined
  skipsDiscovery: boolean
  names: NmapOptions['names']
  verbosity: number
  openOnly: boolean
  showsReason: boolean
  detectsVersions: boolean
  detectsSystem: boolean
  isSequential: boolean
  retries: number | undefined
  maximumRate: number | undefined
  delay: number
  normalOutput: string | undefined
  grepOutput: string | undefined
}

/** Reads nmap's command line. */
export function readNmapOptions(args: readonly string[], isPrivileged: boolean): NmapOptions | NmapRefusal {
  const draft: Draft = {
    kind: undefined,
    targets: [],
    excluded: [],
    inputFile: undefined,
    portText: undefined,
    topPorts: undefined,
    skipsDiscovery: false,
    names: 'sometimes',
    verbosity: 0,
    openOnly: false,
    showsReason: false,
    detectsVersions: false,
    detectsSystem: false,
    isSequential: false,
    retries: undefined,
    maximumRate: undefined,
    delay: 0,
    normalOutput: undefined,
    grepOutput: undefined,
  }
  const rest = [...args]
  while (rest.length > 0) {
    const word = rest.shift() as string
    const problem = word.startsWith('-') && word.length > 1 ? readOption(word, rest, draft) : undefined
    if (problem) return problem
    if (!word.startsWith('-')) draft.targets.push(word)
  }
  const kind = draft.kind ?? (isPrivileged ? 'syn' : 'connect')
  const needsRights = !['connect', 'ping', 'list'].includes(kind) || draft.detectsSystem
  if (needsRights && !isPrivileged) {
    const what =
      draft.detectsSystem && kind === 'connect'
        ? 'TCP/IP fingerprinting (for OS scan) requires root privileges.'
        : 'You requested a scan type which requires root privileges.'
    return { message: `${what}\nQUITTING!\n`, status: 1 }
  }
  const protocol = kind === 'udp' ? 'udp' : 'tcp'
  const ports =
    draft.portText === undefined ? commonPorts(draft.topPorts ?? 1000, protocol) : parsePorts(draft.portText, protocol)
  if (typeof ports === 'string') return { message: `${ports}\nQUITTING!\n`, status: 1 }
  const { portText: _, topPorts: __, delay, retries, ...others } = draft
  return { ...others, kind, ports: [...new Set(ports)], retries: retries ?? 1, scanDelayMicroseconds: delay }
}

function readOption(word: string, rest: string[], draft: Draft): NmapRefusal | undefined {
  const scan = SCANS[word]
  if (scan !== undefined) {
    if (draft.kind !== undefined && draft.kind !== scan)
      return refusal('nmap: more than one scan type at once is not simulated')
    draft.kind = scan
    return undefined
  }
  const argument = (attached: string): string | undefined => attached || rest.shift()
  const [name = '', inline] = word.startsWith('--') ? word.split(/=(.*)/s) : [word]
  const value = (): string | undefined => inline ?? rest.shift()
  const number = (text: string | undefined): number => Number(/^\d+(?:\.\d+)?$/.test(text ?? '') ? text : Number.NaN)
  switch (name) {
    case '-sV':
      draft.detectsVersions = true
      return undefined
    case '-A':
      draft.detectsVersions = true
      draft.detectsSystem = true
      return undefined
    case '-O':
      draft.detectsSystem = true
      return undefined
    case '-Pn':
    case '-P0':
    case '-PN':
      draft.skipsDiscovery = true
      return undefined
    case '-F':
      draft.topPorts = 100
      return undefined
    case '-n':
      draft.names = 'never'
      return undefined
    case '-R':
      draft.names = 'always'
      return undefined
    case '-r':
      draft.isSequential = true
      return undefined
    case '-v':
    case '-vv':
    case '-vvv':
      draft.verbosity += word.length - 1
      return undefined
    case '--open':
      draft.openOnly = true
      return undefined
    case '--reason':
      draft.showsReason = true
      return undefined
    case '--exclude':
      draft.excluded.push(...(value() ?? '').split(','))
      return undefined
    case '--top-ports':
      draft.topPorts = number(value())
      return draft.topPorts >= 1 && draft.topPorts <= 65_535
        ? undefined
        : refusal('--top-ports should be an integer 1 or greater\nQUITTING!', 1)
    case '--max-retries':
      draft.retries = number(value())
      return Number.isInteger(draft.retries) ? undefined : refusal('max-retries must be positive\nQUITTING!', 1)
    case '--max-rate':
      draft.maximumRate = number(value())
      return draft.maximumRate > 0
        ? undefined
        : refusal('Argument to --max-rate must be a positive floating-point number\nQUITTING!', 1)
    case '--scan-delay': {
      const match = /^(\d+(?:\.\d+)?)(ms|s|m|h)?$/.exec(value() ?? '')
      if (!match) return refusal('Bogus --scan-delay argument specified.\nQUITTING!', 1)
      const units: Readonly<Record<string, number>> = { ms: 1000, s: 1_000_000, m: 60_000_000, h: 3_600_000_000 }
      draft.delay = Number(match[1]) * (units[match[2] ?? 's'] ?? 0)
      return undefined
    }
    case '-iL':
      draft.inputFile = rest.shift()
      return undefined
    case '-oN':
      draft.normalOutput = rest.shift()
      return undefined
    case '-oG':
      draft.grepOutput = rest.shift()
      return undefined
  }
  if (/^-p/.test(word)) {
    draft.portText = argument(word.slice(2))
    return draft.portText === undefined ? refusal("nmap: option requires an argument -- 'p'", 255) : undefined
  }
  if (/^-T/.test(word)) return readTiming(argument(word.slice(2)) ?? '', draft)
  // Which probes look for hosts is not a choice here: the usual ones are sent.
  if (/^-P[ESAU][\d,-]*$/.test(word)) return undefined
  if (NOT_SIMULATED.test(word)) return refusal(`nmap: ${name}: option not simulated`, 255)
  return refusal(`nmap: unrecognized option '${word}'\nSee the output of nmap -h for a summary of options.`, 255)
}

function readTiming(text: string, draft: Draft): NmapRefusal | undefined {
  const level = /^[0-5]$/.test(text) ? Number(text) : TIMING_NAMES.indexOf(text.toLowerCase())
  const timing = TIMING[level]
  if (!timing)
    return refusal(
      'Unknown timing mode (-T argument).  Use either "Paranoid", "Sneaky", "Polite", "Normal", "Aggressive", "Insane" or a number from 0 (Paranoid) to 5 (Insane)\nQUITTING!',
      1,
    )
  draft.delay = timing.delay
  return undefined
}

function refusal(message: string, status = 255): NmapRefusal {
  return { message: `${message}\n`, status }
}

/** The ports of `-p`: numbers, ranges, names, `-` for all, and with `T:` and `U:` those of the protocol that is scanned. */
function parsePorts(text: string, protocol: 'tcp' | 'udp'): number[] | string {
  const ports: number[] = []
  let applies = true
  for (const item of text.split(',')) {
    let part = item
    const prefix = /^([TUSP]):/.exec(part)
    if (prefix) {
      applies = prefix[1] === (protocol === 'tcp' ? 'T' : 'U')
      part = part.slice(2)
    }
    if (!applies) continue
    const range = /^(\d*)-(\d*)$/.exec(part)
    if (range) {
      const first = range[1] === '' ? 1 : Number(range[1])
      const last = range[2] === '' ? 65_535 : Number(range[2])
      if (first > 65_535 || last > 65_535) return 'Ports specified must be between 0 and 65535 inclusive'
      if (first > last) return `Your port range ${part} is backwards. Did you mean ${last}-${first}?`
      for (let port = first; port <= last; port += 1) ports.push(port)
    } else if (/^\d+$/.test(part)) {
      if (Number(part) > 65_535) return 'Ports specified must be between 0 and 65535 inclusive'
      ports.push(Number(part))
    } else {
      const named = servicePorts(part, protocol)
      if (named.length === 0) return `Found no matches for the service mask '${part}' and your specified protocols`
      ports.push(...named)
    }
  }
  return ports
}
