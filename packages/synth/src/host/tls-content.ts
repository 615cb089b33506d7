import {
  encodeTlsRecords,
  IpAddress,
  opensslClientHello,
  opensslServerHello,
  TLS_CONTENT_TYPE,
  TLS_VERSION,
  type TlsClientHello,
  type TlsHandshake,
  type TlsRecord,
  type TlsServerHello,
  tlsHandshakeRecords,
} from '@flowtap/core'
import type { Random } from '../random.ts'
import type { ExchangeOptions, TlsOptions } from './connection.ts'
import { Content } from './content.ts'
import { makeCertificate } from './x509-certificate.ts'

/** Plaintext of a full record, and what encryption adds: a type byte and a tag (RFC 8446, 5.2). */
const RECORD_BYTES = 16_384
const PROTECTION_BYTES = 17
const HEADER_BYTES = 5
const DEFAULT_CERTIFICATE_BYTES = 3_000
/** ECDHE-RSA-AES256-GCM-SHA384. */
const TLS12_CIPHER_SUITE = 0xc030
const SERVER_KEY_EXCHANGE = 12
const SERVER_HELLO_DONE = 14
const CLIENT_KEY_EXCHANGE = 16
const NEW_SESSION_TICKET = 4
/** Sizes of what TLS 1.3 encrypts of a handshake, as OpenSSL has them: Finished, and each of two session tickets. */
const FINISHED_BYTES = 53
const TICKET_BYTES = 233
/** EncryptedExtensions, CertificateVerify and Finished around the certificates. */
const SERVER_FLIGHT_BYTES = 6 + 264 + 52

let fullRecord: Uint8Array | undefined

/** That many bytes as TLS carries them: in records of up to 16,384, encrypted. */
export function inTlsRecords(length: number): Content {
  const full = Math.floor(length / RECORD_BYTES)
  const rest = length - full * RECORD_BYTES
  const recordBytes = HEADER_BYTES + RECORD_BYTES + PROTECTION_BYTES
  fullRecord ??= applicationData(RECORD_BYTES).toBytes()
  return Content.join([Content.repeated(fullRecord, full * recordBytes), rest > 0 ? applicationData(rest) : 0])
}

function applicationData(plainBytes: number): Content {
  const length = plainBytes + PROTECTION_BYTES
  const { applicationData: type } = TLS_CONTENT_TYPE
  return Content.join([Uint8Array.of(type, 3, 3, length >>> 8, length & 255), length])
}

/** The flights of a handshake, each with its answer. */
export function tlsHandshake(options: TlsOptions, random: Random): readonly ExchangeOptions[] {
  const { serverName = '', alpn = [], version = '1.3', certificateBytes = DEFAULT_CERTIFICATE_BYTES } = options
  const hello = opensslClientHello({
    server: serverName === '' ? IpAddress.fromIpv4Bits(0) : serverName,
    protocols: alpn,
    random: random.bytes(32),
    sessionId: random.bytes(32),
    publicKey: random.bytes(32),
  })
  const helloBytes = encodeTlsRecords(tlsHandshakeRecords([hello]))
  const answer = opensslServerHello(hello, { random: random.bytes(32), publicKey: random.bytes(32) })
  return version === '1.3'
    ? tls13Flights(helloBytes, answer, certificateBytes)
    : tls12Flights(helloBytes, hello, answer, serverName, certificateBytes, random)
}

function tls13Flights(hello: Uint8Array, answer: TlsServerHello, certificateBytes: number): readonly ExchangeOptions[] {
  return [
    {
      send: hello,
      receive: Content.join([
        encodeTlsRecords([...tlsHandshakeRecords([answer]), changeCipherSpec()]),
        inTlsRecords(certificateBytes + SERVER_FLIGHT_BYTES),
      ]),
    },
    {
      send: Content.join([encodeTlsRecords([changeCipherSpec()]), applicationData(FINISHED_BYTES - 1)]),
      receive: Content.join([applicationData(TICKET_BYTES), applicationData(TICKET_BYTES)]),
    },
  ]
}

function tls12Flights(
  hello: Uint8Array,
  client: TlsClientHello,
  answer: TlsServerHello,
  serverName: string,
  certificateBytes: number,
  random: Random,
): readonly ExchangeOptions[] {
  const key = random.bytes(32)
  const serverMessages: readonly TlsHandshake[] = [
    { ...answer, sessionId: client.sessionId, cipherSuite: TLS12_CIPHER_SUITE, extensions: [] },
    { kind: 'certificate', certificates: certificates(serverName, certificateBytes, random) },
    {
      kind: 'other-handshake',
      type: SERVER_KEY_EXCHANGE,
      // A named curve (X25519), a key, and a signature by RSA-PSS with SHA-256 (RFC 8422, 5.4).
      body: Uint8Array.of(3, 0, 29, 32, ...key, 8, 4, 1, 0, ...random.bytes(256)),
    },
    { kind: 'other-handshake', type: SERVER_HELLO_DONE, body: new Uint8Array(0) },
  ]
  const clientKey: TlsHandshake = {
    kind: 'other-handshake',
    type: CLIENT_KEY_EXCHANGE,
    body: Uint8Array.of(32, ...random.bytes(32)),
  }
  const ticket: TlsHandshake = {
    kind: 'other-handshake',
    type: NEW_SESSION_TICKET,
    body: Uint8Array.of(0, 0, 0x1c, 0x20, 0, 192, ...random.bytes(192)),
  }
  return [
    { send: hello, receive: encodeTlsRecords(tlsHandshakeRecords(serverMessages)) },
    {
      send: encodeTlsRecords([...tlsHandshakeRecords([clientKey]), changeCipherSpec(), finished(random)]),
      receive: encodeTlsRecords([...tlsHandshakeRecords([ticket]), changeCipherSpec(), finished(random)]),
    },
  ]
}

function changeCipherSpec(): TlsRecord {
  return { contentType: TLS_CONTENT_TYPE.changeCipherSpec, version: TLS_VERSION.tls12, fragment: Uint8Array.of(1) }
}

/** Finished of TLS 1.2 with AES-GCM: 16 bytes, a nonce of 8 and a tag of 16. */
function finished(random: Random): TlsRecord {
  return { contentType: TLS_CONTENT_TYPE.handshake, version: TLS_VERSION.tls12, fragment: random.bytes(40) }
}

/** A server's certificate and that of who issued it, of about so many bytes together. */
function certificates(serverName: string, bytes: number, random: Random): readonly Uint8Array[] {
  const issuer = 'Example TLS CA'
  const notBeforeMicroseconds = Date.UTC(2025, 6, 1) * 1_000
  const half = Math.floor(bytes / 2)
  return [
    { subject: serverName === '' ? 'server' : serverName, issuer },
    { subject: issuer, issuer: 'Example Root CA' },
  ].map((names) => makeCertificate({ ...names, notBeforeMicroseconds, bytes: half, random: random.bytes(600) }))
}
