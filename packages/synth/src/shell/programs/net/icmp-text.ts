import type { ProbeOutcome } from '../../shell-host.ts'

/** What `ping` says of each code of ICMP "destination unreachable" (iputils). */
const UNREACHABLE: Readonly<Record<number, string>> = {
  0: 'Destination Net Unreachable',
  1: 'Destination Host Unreachable',
  2: 'Destination Protocol Unreachable',
  3: 'Destination Port Unreachable',
  5: 'Source Route Failed',
  6: 'Destination Net Unknown',
  7: 'Destination Host Unknown',
  8: 'Source Host Isolated',
  9: 'Destination Net Prohibited',
  10: 'Destination Host Prohibited',
  11: 'Destination Net Unreachable for Type of Service',
  12: 'Destination Host Unreachable for Type of Service',
  13: 'Packet filtered',
  14: 'Precedence Violation',
  15: 'Precedence Cutoff',
}

/** What `ping` says of each code of ICMPv6 "destination unreachable". */
const UNREACHABLE6: Readonly<Record<number, string>> = {
  0: 'Destination unreachable: No route',
  1: 'Destination unreachable: Administratively prohibited',
  2: 'Destination unreachable: Beyond scope of source address',
  3: 'Destination unreachable: Address unreachable',
  4: 'Destination unreachable: Port unreachable',
}

/** The text of an ICMP error in `ping`'s output; undefined for answers that are none. */
export function icmpErrorText(outcome: ProbeOutcome, version: 4 | 6): string | undefined {
  switch (outcome.kind) {
    case 'hop-limit-exceeded':
      return version === 4 ? 'Time to live exceeded' : 'Time exceeded: Hop limit'
    case 'too-big':
      return version === 4 ? `Frag needed and DF set (mtu = ${outcome.mtu})` : `Packet too big: mtu=${outcome.mtu}`
    case 'unreachable':
      if (version === 6) return UNREACHABLE6[outcome.code] ?? `Unknown code: ${outcome.code}`
      return UNREACHABLE[outcome.code] ?? `Dest Unreachable, Bad Code: ${outcome.code}`
    case 'closed':
      return version === 4 ? UNREACHABLE[3] : UNREACHABLE6[4]
    default:
      return undefined
  }
}

/** What `traceroute` writes behind a time for each code of ICMP "destination unreachable". */
export function tracerouteMark(code: number): string {
  const marks: Readonly<Record<number, string>> = {
    0: '!N',
    1: '!H',
    2: '!P',
    4: '!F',
    5: '!S',
    6: '!U',
    7: '!W',
    8: '!I',
    9: '!A',
    10: '!Z',
    11: '!Q',
    12: '!T',
    13: '!X',
    14: '!V',
    15: '!C',
  }
  return marks[code] ?? `!<${code}>`
}
