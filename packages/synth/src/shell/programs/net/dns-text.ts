import type { DnsAnswer, DnsRecord } from '../../shell-host.ts'

/** Record types that can be named, besides those of the simulation: questions for them are refused by name. */
const KNOWN_TYPES: ReadonlySet<string> = new Set(
  `A AAAA AFSDB ANY AXFR CAA CDNSKEY CDS CERT CNAME DNAME DNSKEY DS HINFO HTTPS IXFR LOC MX NAPTR NS NSEC NSEC3 NSEC3PARAM OPENPGPKEY
  PTR RP RRSIG SMIMEA SOA SPF SRV SSHFP SVCB TLSA TSIG TXT URI`.split(/\s+/),
)

/** The name of a record type in capitals; undefined for what is none. */
export function recordType(text: string): string | undefined {
  const name = text.toUpperCase()
  return KNOWN_TYPES.has(name) ? name : undefined
}

/** A name with its final dot. */
export function dotted(name: string): string {
  return name.endsWith('.') ? name : `${name}.`
}

/** Goes on to a column with tabs of eight; where the text is there already, one blank. */
function toColumn(text: string, column: number): string {
  if (text.length === 0 || widthOf(text) >= column) return `${text} `
  let padded = text
  while (widthOf(padded) < column) padded += '\t'
  return padded
}

function widthOf(text: string): number {
  let width = 0
  for (const character of text) width += character === '\t' ? 8 - (width % 8) : 1
  return width
}

/** A record as a line of a zone file, in the columns of BIND's tools. */
export function recordLine(record: DnsRecord): string {
  let line = toColumn(dotted(record.name), 24) + record.ttlSeconds
  line = `${toColumn(line, 32)}IN`
  line = toColumn(line, 40) + record.type
  return toColumn(line, 48) + record.data
}

/** A question as BIND's tools write it. */
export function questionLine(name: string, type: string): string {
  return `${toColumn(`${toColumn(`;${dotted(name)}`, 32)}IN`, 40)}${type}`
}

/** The two lines about a message's header. */
export function headerLines(
  answer: DnsAnswer,
  options: { readonly recursionDesired: boolean; readonly additional: number },
): string {
  const flags = ['qr', ...(answer.authoritative ? ['aa'] : [])]
  if (options.recursionDesired) flags.push('rd')
  if (answer.recursionAvailable) flags.push('ra')
  const counts = `QUERY: 1, ANSWER: ${answer.answers.length}, AUTHORITY: ${answer.authority.length}, ADDITIONAL: ${options.additional}`
  const warning =
    options.recursionDesired && !answer.recursionAvailable ? ';; WARNING: recursion requested but not available\n' : ''
  return `;; ->>HEADER<<- opcode: QUERY, status: ${answer.status}, id: ${answer.id}\n;; flags: ${flags.join(' ')}; ${counts}\n${warning}`
}
