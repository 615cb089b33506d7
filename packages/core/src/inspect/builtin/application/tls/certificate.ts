import { createHash } from 'node:crypto'
import { type DerElement, derChildren, readDer } from './der-reader.ts'

/** What events and rules say of an X.509 certificate (RFC 5280 section 4.1), in Suricata's text forms. */
export interface CertificateFacts {
  /** `C=DE, O=Example, Inc., CN=tls.example.com` */
  readonly subject: string
  readonly issuer: string
  /** `76:C5:80:…` */
  readonly serial: string
  /** SHA-1, `02:2a:43:…` */
  readonly fingerprint: string
  /** `2026-11-23T22:25:41`; undefined where it cannot be read. */
  readonly notBefore: string | undefined
  readonly notAfter: string | undefined
}

const TAG = { integer: 0x02, oid: 0x06, utcTime: 0x17, generalizedTime: 0x18, sequence: 0x30, set: 0x31, version: 0xa0 }

/** Short names of attribute types (RFC 4519 section 2, RFC 2985), by their DER in hexadecimal. */
const ATTRIBUTES: Readonly<Record<string, string>> = {
  '550403': 'CN',
  '550404': 'SN',
  '550405': 'serialNumber',
  '550406': 'C',
  '550407': 'L',
  '550408': 'ST',
  '550409': 'STREET',
  '55040a': 'O',
  '55040b': 'OU',
  '55040c': 'title',
  '55042a': 'GN',
  '2a864886f70d010901': 'emailAddress',
  '0992268993f22c640119': 'DC',
  '0992268993f22c640101': 'UID',
}

/** The facts of a certificate in DER; undefined where it is none. */
export function readCertificate(bytes: Uint8Array): CertificateFacts | undefined {
  const whole = readDer(bytes, 0, bytes.length)
  const body = whole && whole.tag === TAG.sequence ? readDer(bytes, whole.contentStart, whole.end) : undefined
  if (!body || body.tag !== TAG.sequence) return undefined
  const fields = derChildren(bytes, body)
  const first = fields[0]?.tag === TAG.version ? 1 : 0
  const [serial, , issuer, validity, subject] = fields.slice(first)
  if (!serial || serial.tag !== TAG.integer || !issuer || !validity || !subject) return undefined
  const [notBefore, notAfter] = derChildren(bytes, validity)
  const isPadded = bytes[serial.contentStart] === 0 && serial.end - serial.contentStart > 1
  return {
    subject: distinguishedName(bytes, subject),
    issuer: distinguishedName(bytes, issuer),
    serial: hexadecimal(bytes.subarray(serial.contentStart + (isPadded ? 1 : 0), serial.end)).toUpperCase(),
    fingerprint: hexadecimal(createHash('sha1').update(bytes).digest()),
    notBefore: notBefore && timeText(bytes, notBefore),
    notAfter: notAfter && timeText(bytes, notAfter),
  }
}

function distinguishedName(bytes: Uint8Array, name: DerElement): string {
  const parts: string[] = []
  for (const set of derChildren(bytes, name)) {
    for (const attribute of derChildren(bytes, set)) {
      const [type, value] = derChildren(bytes, attribute)
      if (!type || !value) continue
      const label = ATTRIBUTES[Buffer.from(bytes.subarray(type.contentStart, type.end)).toString('hex')]
      parts.push(`${label ?? dottedOid(bytes, type)}=${attributeText(bytes, value)}`)
    }
  }
  return parts.join(', ')
}

function attributeText(bytes: Uint8Array, { tag, contentStart, end }: DerElement): string {
  const content = bytes.subarray(contentStart, end)
  // BMPString has two bytes per character.
  if (tag === 0x1e) return new TextDecoder('utf-16be').decode(content)
  return Buffer.from(content).toString(tag === 0x0c ? 'utf8' : 'latin1')
}

function dottedOid(bytes: Uint8Array, { contentStart, end }: DerElement): string {
  const first = bytes[contentStart] ?? 0
  const arcs: number[] = [Math.min(2, Math.floor(first / 40)), first < 80 ? first % 40 : first - 80]
  let arc = 0
  for (let at = contentStart + 1; at < end; at += 1) {
    const byte = bytes[at] as number
    arc = arc * 128 + (byte & 0x7f)
    if (byte < 0x80) {
      arcs.push(arc)
      arc = 0
    }
  }
  return arcs.join('.')
}

/** UTCTime and GeneralizedTime (RFC 5280 section 4.1.2.5). */
function timeText(bytes: Uint8Array, { tag, contentStart, end }: DerElement): string | undefined {
  const text = Buffer.from(bytes.subarray(contentStart, end)).toString('latin1')
  const [, year, month, day, hour, minute, second] =
    (tag === TAG.utcTime ? /^(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)?/ : /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)?/).exec(
      text,
    ) ?? []
  if (year === undefined) return undefined
  const fullYear = year.length === 4 ? year : `${Number(year) >= 50 ? 19 : 20}${year}`
  return `${fullYear}-${month}-${day}T${hour}:${minute}:${second ?? '00'}`
}

function hexadecimal(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(':')
}
