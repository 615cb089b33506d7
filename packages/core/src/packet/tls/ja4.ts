import { createHash } from 'node:crypto'
import { tlsExtensionType } from './tls-extension.ts'
import type { TlsClientHello } from './tls-handshake.ts'
import { isGrease, TLS_EXTENSION } from './tls-numbers.ts'

/** What carries the hello. */
export type Ja4Transport = 'tcp' | 'quic' | 'dtls'

const TRANSPORTS: Readonly<Record<Ja4Transport, string>> = { tcp: 't', quic: 'q', dtls: 'd' }
const VERSIONS: ReadonlyMap<number, string> = new Map([
  [0x0304, '13'],
  [0x0303, '12'],
  [0x0302, '11'],
  [0x0301, '10'],
  [0x0300, 's3'],
  [0x0002, 's2'],
  [0xfeff, 'd1'],
  [0xfefd, 'd2'],
  [0xfefc, 'd3'],
])
const NO_VALUES = '000000000000'

/**
 * The client fingerprint JA4, e.g. `t13d1516h2_8daaf6152771_e5627efa2ab1`: what the hello offers, a hash of its cipher suites and one of
 * its extensions and signature algorithms. Source: FoxIO, "JA4: TLS Client Fingerprinting" (technical_details/JA4.md).
 */
export function ja4(hello: TlsClientHello, transport: Ja4Transport = 'tcp'): string {
  const [ciphers, extensions] = hashedLists(hello)
  return `${offer(hello, transport)}_${hash(ciphers)}_${hash(extensions)}`
}

/** JA4_r: the fingerprint with the lists themselves in the place of their hashes. */
export function ja4Raw(hello: TlsClientHello, transport: Ja4Transport = 'tcp'): string {
  const [ciphers, extensions] = hashedLists(hello)
  return `${offer(hello, transport)}_${ciphers}_${extensions}`
}

function offer(hello: TlsClientHello, transport: Ja4Transport): string {
  const types = withoutGrease(hello.extensions.map(tlsExtensionType))
  const count = (values: readonly number[]): string => String(Math.min(values.length, 99)).padStart(2, '0')
  return (
    TRANSPORTS[transport] +
    (VERSIONS.get(highestVersion(hello, transport)) ?? '00') +
    (types.includes(TLS_EXTENSION.serverName) ? 'd' : 'i') +
    count(withoutGrease(hello.cipherSuites)) +
    count(types) +
    protocolLetters(hello)
  )
}

function hashedLists(hello: TlsClientHello): readonly [ciphers: string, extensions: string] {
  const ciphers = hexList(withoutGrease(hello.cipherSuites).toSorted((a, b) => a - b))
  const types = withoutGrease(hello.extensions.map(tlsExtensionType))
    .filter((type) => type !== TLS_EXTENSION.serverName && type !== TLS_EXTENSION.alpn)
    .toSorted((a, b) => a - b)
  const algorithms = hello.extensions.flatMap((extension) =>
    extension.kind === 'signature-algorithms' ? withoutGrease(extension.algorithms) : [],
  )
  const isBare = types.length === 0 || algorithms.length === 0
  return [ciphers, isBare ? hexList(types) : `${hexList(types)}_${hexList(algorithms)}`]
}

function highestVersion(hello: TlsClientHello, transport: Ja4Transport): number {
  const offered = hello.extensions.flatMap((extension) =>
    extension.kind === 'supported-versions' ? withoutGrease(extension.versions) : [],
  )
  if (offered.length === 0) return hello.legacyVersion
  // Versions of DTLS count down.
  return transport === 'dtls' ? Math.min(...offered) : Math.max(...offered)
}

/** First and last character of the first protocol, of its hexadecimal form where one of them is neither letter nor digit. */
function protocolLetters(hello: TlsClientHello): string {
  const alpn = hello.extensions.find((extension) => extension.kind === 'alpn')
  const protocol = alpn?.kind === 'alpn' ? (alpn.protocols[0] ?? '') : ''
  if (protocol === '') return '00'
  const ends = (text: string): string => `${text[0]}${text.at(-1)}`
  if (/^[\dA-Za-z]{2}$/.test(ends(protocol))) return ends(protocol)
  return ends(Buffer.from(protocol, 'latin1').toString('hex'))
}

function withoutGrease(values: readonly number[]): readonly number[] {
  return values.filter((value) => !isGrease(value))
}

function hexList(values: readonly number[]): string {
  return values.map((value) => value.toString(16).padStart(4, '0')).join(',')
}

function hash(list: string): string {
  return list === '' ? NO_VALUES : createHash('sha256').update(list).digest('hex').slice(0, 12)
}
