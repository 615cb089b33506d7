import { ByteReader } from '../byte-reader.ts'
import { ByteWriter } from '../byte-writer.ts'
import { readTlsExtensions, type TlsExtension, writeTlsExtensions } from './tls-extension.ts'
import { TLS_HANDSHAKE_TYPE } from './tls-numbers.ts'

//  Handshake messages (RFC 8446 section 4, RFC 5246 section 7.4):
//
//  +--------+--------+--------+--------+--------...
//  |  Type  |          Length          |  Body
//  +--------+--------+--------+--------+--------...

/** The first message of a client (RFC 8446 section 4.1.2). */
export interface TlsClientHello {
  readonly kind: 'client-hello'
  /** 0x0303 in TLS 1.2 and 1.3. */
  readonly legacyVersion: number
  /** 32 bytes. */
  readonly random: Uint8Array
  /** At most 32 bytes. */
  readonly sessionId: Uint8Array
  readonly cipherSuites: readonly number[]
  readonly compressionMethods: readonly number[]
  readonly extensions: readonly TlsExtension[]
}

/** The server's answer (RFC 8446 section 4.1.3), or its request for another hello (section 4.1.4). */
export interface TlsServerHello {
  readonly kind: 'server-hello'
  readonly legacyVersion: number
  /** 32 bytes. */
  readonly random: Uint8Array
  readonly sessionId: Uint8Array
  readonly cipherSuite: number
  readonly compressionMethod: number
  readonly extensions: readonly TlsExtension[]
}

/** The certificates of TLS 1.2 and older (RFC 5246 section 7.4.2); TLS 1.3 encrypts them. */
export interface TlsCertificate {
  readonly kind: 'certificate'
  /** X.509 in DER, the peer's own first. */
  readonly certificates: readonly Uint8Array[]
}

/** A handshake message; those that are not taken apart are `other-handshake`. */
export type TlsHandshake =
  | TlsClientHello
  | TlsServerHello
  | TlsCertificate
  | { readonly kind: 'other-handshake'; readonly type: number; readonly body: Uint8Array }

const HEADER_LENGTH = 4
const RANDOM_LENGTH = 32
/** SHA-256 of "HelloRetryRequest" (RFC 8446 section 4.1.3). */
const RETRY_RANDOM: Uint8Array = Uint8Array.from(
  Buffer.from('cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c', 'hex'),
)

/** The next message; `undefined` where it is not there as a whole, and nothing is read then. Failures are the reader's. */
export function readTlsHandshake(reader: ByteReader): TlsHandshake | undefined {
  const { bytes, at, remaining } = reader
  if (remaining < HEADER_LENGTH) return undefined
  const length = new ByteReader(bytes, at + 1, at + HEADER_LENGTH, 'tls').uint24('a length')
  if (remaining < HEADER_LENGTH + length) return undefined
  const type = reader.uint8('the type of a handshake message')
  const body = reader.part(reader.uint24('the length of a handshake message'), 'a handshake message')
  switch (type) {
    case TLS_HANDSHAKE_TYPE.clientHello:
      return readClientHello(body)
    case TLS_HANDSHAKE_TYPE.serverHello:
      return readServerHello(body)
    case TLS_HANDSHAKE_TYPE.certificate:
      return readCertificate(body)
    default:
      return { kind: 'other-handshake', type, body: body.rest() }
  }
}

/** The bytes of a message with its header, to be put into a record. RangeError where a part does not fit its field. */
export function encodeTlsHandshake(message: TlsHandshake): Uint8Array {
  const writer = new ByteWriter(512)
  switch (message.kind) {
    case 'client-hello':
      return framed(writer, TLS_HANDSHAKE_TYPE.clientHello, () => writeClientHello(writer, message))
    case 'server-hello':
      return framed(writer, TLS_HANDSHAKE_TYPE.serverHello, () => writeServerHello(writer, message))
    case 'certificate':
      return framed(writer, TLS_HANDSHAKE_TYPE.certificate, () => {
        writer.counted(3, 'the certificates', () => {
          for (const certificate of message.certificates) {
            writer.counted(3, 'a certificate', () => writer.bytes(certificate))
          }
        })
      })
    case 'other-handshake':
      return framed(writer, message.type, () => writer.bytes(message.body))
  }
}

/** Whether a ServerHello is a HelloRetryRequest. */
export function isHelloRetryRequest({ random }: Pick<TlsServerHello, 'random'>): boolean {
  return random.length === RANDOM_LENGTH && random.every((byte, index) => byte === RETRY_RANDOM[index])
}

function readClientHello(body: ByteReader): TlsClientHello {
  const legacyVersion = body.uint16('the version')
  const random = body.take(RANDOM_LENGTH, 'the random')
  const sessionId = readSessionId(body)
  const suites = body.part(body.uint16('the length of the cipher suites'), 'the cipher suites')
  const cipherSuites: number[] = []
  while (!suites.isAtEnd) cipherSuites.push(suites.uint16('a cipher suite'))
  const compressionMethods = [...body.take(body.uint8('the number of compression methods'), 'compression methods')]
  const extensions = readTlsExtensions(body, 'client')
  body.expectEnd('the ClientHello')
  return { kind: 'client-hello', legacyVersion, random, sessionId, cipherSuites, compressionMethods, extensions }
}

function readServerHello(body: ByteReader): TlsServerHello {
  const legacyVersion = body.uint16('the version')
  const random = body.take(RANDOM_LENGTH, 'the random')
  const sessionId = readSessionId(body)
  const cipherSuite = body.uint16('the cipher suite')
  const compressionMethod = body.uint8('the compression method')
  const extensions = readTlsExtensions(body, isHelloRetryRequest({ random }) ? 'retry' : 'server')
  body.expectEnd('the ServerHello')
  return { kind: 'server-hello', legacyVersion, random, sessionId, cipherSuite, compressionMethod, extensions }
}

function readCertificate(body: ByteReader): TlsCertificate {
  const list = body.part(body.uint24('the length of the certificates'), 'the certificates')
  const certificates: Uint8Array[] = []
  while (!list.isAtEnd) certificates.push(list.take(list.uint24('the length of a certificate'), 'a certificate'))
  body.expectEnd('the certificates')
  return { kind: 'certificate', certificates }
}

function readSessionId(body: ByteReader): Uint8Array {
  const length = body.uint8('the length of the session id')
  if (length > 32) body.fail('invalid-length', `a session id has at most 32 bytes, not ${length}`)
  return body.take(length, 'the session id')
}

function framed(writer: ByteWriter, type: number, write: () => void): Uint8Array {
  return writer.uint8(type).counted(3, 'a handshake message', write).finish()
}

function writeClientHello(writer: ByteWriter, hello: TlsClientHello): void {
  writeHelloStart(writer, hello)
  writer.counted(2, 'the cipher suites', () => {
    for (const suite of hello.cipherSuites) writer.uint16(suite)
  })
  writer.counted(1, 'the compression methods', () => {
    for (const method of hello.compressionMethods) writer.uint8(method)
  })
  writeTlsExtensions(writer, hello.extensions)
}

function writeServerHello(writer: ByteWriter, hello: TlsServerHello): void {
  writeHelloStart(writer, hello)
  writer.uint16(hello.cipherSuite).uint8(hello.compressionMethod)
  writeTlsExtensions(writer, hello.extensions)
}

function writeHelloStart(writer: ByteWriter, hello: TlsClientHello | TlsServerHello): void {
  if (hello.random.length !== RANDOM_LENGTH || hello.sessionId.length > 32) {
    throw new RangeError(
      `a hello has a random of 32 bytes and a session id of at most 32, not ${hello.random.length} and ${hello.sessionId.length}`,
    )
  }
  writer.uint16(hello.legacyVersion).bytes(hello.random)
  writer.counted(1, 'the session id', () => writer.bytes(hello.sessionId))
}
