import { DNS_PORT } from '../../../packet/dns/dns-numbers.ts'
import { NTP_PORT } from '../../../packet/ntp.ts'
import { dnsMessageKind } from './dns/dns-probe.ts'

/** What the first bytes of a direction are: a name; `undefined` where more bytes are needed; `failed` where nothing fits. */
export type DetectedApplication = 'http' | 'tls' | 'ssh' | 'dns' | 'ntp' | 'failed' | undefined

/** Methods by which Suricata recognises requests, each with what follows it. */
const REQUEST_STARTS: readonly string[] = [
  ...['GET', 'PUT', 'POST', 'HEAD', 'TRACE', 'OPTIONS', 'CONNECT', 'DELETE', 'PATCH', 'PROPFIND', 'PROPPATCH', 'MKCOL'],
  ...['COPY', 'MOVE', 'LOCK', 'UNLOCK', 'CHECKOUT', 'CHECKIN', 'UNCHECKOUT', 'VERSION-CONTROL', 'MERGE', 'REPORT'],
  ...['UPDATE', 'LABEL', 'BASELINE-CONTROL', 'MKACTIVITY', 'MKWORKSPACE', 'ACL', 'INVALID'],
].flatMap((method) => [`${method} `, `${method}\t`])
const RESPONSE_START = 'HTTP/'
const SSH_START = 'SSH-'
const STARTS_BY_FIRST = startsByFirst([...REQUEST_STARTS, RESPONSE_START, SSH_START])
const TLS_HANDSHAKE = 22
/** Bytes by which Suricata has seen enough to give up: its longest patterns, `BASELINE-CONTROL ` and `HTTP/1.1`. */
const LONGEST_REQUEST_START = 17
const LONGEST_RESPONSE_START = 8

/** The application of a TCP stream's first bytes, of the direction that goes to `destinationPort`. */
export function detectTcpApplication(
  bytes: Uint8Array,
  start: number,
  end: number,
  sourcePort: number,
  destinationPort: number,
  isToServer: boolean,
): DetectedApplication {
  const length = end - start
  if (length === 0) return undefined
  const first = bytes[start] as number
  if (first === TLS_HANDSHAKE) {
    if (length < 3) return undefined
    if (bytes[start + 1] === 3 && (bytes[start + 2] as number) <= 3) return 'tls'
  }
  let isPartial = false
  for (const text of STARTS_BY_FIRST[first >= 97 && first <= 122 ? first - 32 : first] ?? []) {
    const match = startsWith(bytes, start, end, text)
    if (match === 'whole') return text === SSH_START ? 'ssh' : 'http'
    if (match === 'partial') isPartial = true
  }
  if (isPartial) return undefined
  if (sourcePort === DNS_PORT || destinationPort === DNS_PORT) {
    if (length < 14) return undefined
    const messageLength = (first << 8) | (bytes[start + 1] as number)
    const kind =
      messageLength >= 12 ? dnsMessageKind(bytes, start + 2, Math.min(end, start + 2 + messageLength), true) : undefined
    if (kind !== undefined) return 'dns'
  }
  return length < (isToServer ? LONGEST_REQUEST_START : LONGEST_RESPONSE_START) ? undefined : 'failed'
}

/** The application of a flow's first datagram, sent to `destinationPort`; `sourcePort` counts where answers may come first. */
export function detectUdpApplication(
  bytes: Uint8Array,
  start: number,
  end: number,
  sourcePort: number,
  destinationPort: number,
  mayAnswerFirst: boolean,
): DetectedApplication {
  if (destinationPort === DNS_PORT || (mayAnswerFirst && sourcePort === DNS_PORT)) {
    if (dnsMessageKind(bytes, start, end, false) !== undefined) return 'dns'
  }
  if ((sourcePort === NTP_PORT || destinationPort === NTP_PORT) && end - start >= 48) {
    const version = ((bytes[start] as number) >>> 3) & 7
    const mode = (bytes[start] as number) & 7
    if (version >= 1 && version <= 4 && mode !== 0) return 'ntp'
  }
  return 'failed'
}

function startsWith(bytes: Uint8Array, start: number, end: number, text: string): 'whole' | 'partial' | 'no' {
  const length = Math.min(end - start, text.length)
  for (let at = 0; at < length; at += 1) {
    const byte = bytes[start + at] as number
    const wanted = text.charCodeAt(at)
    if (byte !== wanted && (byte !== (wanted | 32) || wanted < 65 || wanted > 90 || text === SSH_START)) return 'no'
  }
  return length === text.length ? 'whole' : 'partial'
}

function startsByFirst(starts: readonly string[]): readonly (readonly string[] | undefined)[] {
  const table: (string[] | undefined)[] = new Array<string[] | undefined>(256).fill(undefined)
  for (const text of starts) {
    const first = text.charCodeAt(0)
    table[first] = [...(table[first] ?? []), text]
  }
  return table
}
