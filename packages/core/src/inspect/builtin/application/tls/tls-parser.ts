import { createHash } from 'node:crypto'
import { ByteReader } from '../../../../packet/byte-reader.ts'
import { ja3String, ja3sString } from '../../../../packet/tls/ja3.ts'
import { tlsExtensionType } from '../../../../packet/tls/tls-extension.ts'
import { readTlsHandshake, type TlsHandshake } from '../../../../packet/tls/tls-handshake.ts'
import { TLS_CONTENT_TYPE, TLS_EXTENSION, TLS_HANDSHAKE_TYPE } from '../../../../packet/tls/tls-numbers.ts'
import type { BufferDirection, BufferName } from '../../../rules/buffer-names.ts'
import type { Direction } from '../../flow/flow.ts'
import { INSPECTION_LIMITS } from '../../inspection-limits.ts'
import { PARSE_FAILED, type StreamParser } from '../stream-parser.ts'
import { Transaction, textBytes } from '../transaction.ts'
import { type CertificateFacts, readCertificate } from './certificate.ts'

/** The one transaction of a TLS flow. */
export class TlsTransaction extends Transaction {
  readonly application = 'tls' as const
  serverName: string | undefined
  clientVersion: number | undefined
  /** What the server chose. */
  version: number | undefined
  ja3String: string | undefined
  ja3s: string | undefined
  certificate: CertificateFacts | undefined
  isResumed = false
  hasServerHello = false

  override get tlsVersion(): number | undefined {
    return this.version ?? this.clientVersion
  }

  /** The client takes session tickets (RFC 5077): Suricata tells of its hello even where no server answers. */
  takesTickets = false

  buffer(name: BufferName, direction: BufferDirection, index: number): Uint8Array | undefined {
    if (index > 0) return undefined
    const text = this.#text(name, direction)
    return text === undefined ? undefined : textBytes(text)
  }

  #text(name: BufferName, direction: BufferDirection): string | undefined {
    // The client's certificate is not read.
    const certificate = direction === 'toclient' ? this.certificate : undefined
    switch (name) {
      case 'tls.sni':
        return direction === 'toserver' ? this.serverName : undefined
      case 'tls.cert_subject':
        return certificate?.subject
      case 'tls.cert_issuer':
        return certificate?.issuer
      case 'tls.cert_serial':
        return certificate?.serial
      case 'tls.cert_fingerprint':
        return certificate?.fingerprint
      case 'ja3.string':
        return this.ja3String
      case 'ja3.hash':
        return this.ja3String === undefined ? undefined : md5(this.ja3String)
      case 'ja3s.string':
        return this.ja3s
      case 'ja3s.hash':
        return this.ja3s === undefined ? undefined : md5(this.ja3s)
      default:
        return undefined
    }
  }
}

const VERSION_NAMES: Readonly<Record<number, string>> = {
  768: 'SSLv3',
  769: 'TLSv1',
  770: 'TLS 1.1',
  771: 'TLS 1.2',
  772: 'TLS 1.3',
}

/** A version as EVE names it. */
export function tlsVersionName(version: number): string {
  return VERSION_NAMES[version] ?? `0x${version.toString(16).padStart(4, '0')}`
}

/** In hexadecimal. */
export function md5(text: string): string {
  return createHash('md5').update(text).digest('hex')
}

const RECORD_HEADER = 5
const HANDSHAKE_HEADER = 4

/** TLS up to the point where it is encrypted. */
export class TlsParser implements StreamParser {
  readonly name = 'tls'
  readonly transactions: Transaction[]
  readonly anomalies: string[] = []
  readonly #transaction = new TlsTransaction(0)
  readonly #isEncrypted = [false, false]
  /** Bytes of a record that are left to skip, by direction. */
  readonly #left = [0, 0]
  /** Handshake bytes of records before, by direction. */
  readonly #handshakes: (Uint8Array | undefined)[] = [undefined, undefined]

  readonly #pieces = [0, 0]

  constructor() {
    this.transactions = [this.#transaction]
  }

  /** Both sides have changed to encryption, and one has sent data since. */
  isEncrypted = false

  parse(direction: Direction, bytes: Uint8Array, start: number, end: number): number {
    let at = start
    while (at < end) {
      const left = this.#left[direction] ?? 0
      if (left > 0) {
        const skipped = Math.min(left, end - at)
        this.#left[direction] = left - skipped
        at += skipped
        continue
      }
      if (end - at < RECORD_HEADER) break
      const type = bytes[at] as number
      const length = ((bytes[at + 3] as number) << 8) | (bytes[at + 4] as number)
      if (type < TLS_CONTENT_TYPE.changeCipherSpec || type > TLS_CONTENT_TYPE.heartbeat || bytes[at + 1] !== 3) {
        return this.#fail(type < 20 || type > 24 ? 'INVALID_RECORD_TYPE' : 'INVALID_RECORD_VERSION')
      }
      if (length > INSPECTION_LIMITS.tlsRecord) return this.#fail('INVALID_RECORD_LENGTH')
      if (type === TLS_CONTENT_TYPE.handshake && !this.#isEncrypted[direction]) {
        if (end - at < RECORD_HEADER + length) break
        if (!this.#handshake(direction, bytes.subarray(at + RECORD_HEADER, at + RECORD_HEADER + length))) {
          return PARSE_FAILED
        }
        at += RECORD_HEADER + length
        continue
      }
      if (type === TLS_CONTENT_TYPE.changeCipherSpec || type === TLS_CONTENT_TYPE.applicationData) {
        this.#encrypted(direction)
        if (type === TLS_CONTENT_TYPE.changeCipherSpec) {
          if (direction === 0) this.#transaction.isNewToServer = true
          else this.#transaction.isNewToClient = true
        }
        // TLS 1.3 encrypts from the server's hello on, and may leave out the change of cipher (RFC 8446 appendix D.4).
        const isNew = (this.#transaction.version ?? 0) >= 0x0304
        const areBoth = this.#isEncrypted[0] === true && this.#isEncrypted[1] === true
        if ((areBoth || isNew) && type === TLS_CONTENT_TYPE.applicationData) this.isEncrypted = true
      }
      this.#left[direction] = length
      at += RECORD_HEADER
    }
    return at - start
  }

  skip(): boolean {
    return this.#isEncrypted[0] === true && this.#isEncrypted[1] === true
  }

  finish(): void {
    this.#transaction.finish()
  }

  #fail(event: string): number {
    this.#transaction.anomalies.push(event)
    return PARSE_FAILED
  }

  #encrypted(direction: Direction): void {
    this.#isEncrypted[direction] = true
    const transaction = this.#transaction
    if (direction !== 1 || !transaction.hasServerHello) return
    // In TLS 1.2 a server that shows no certificate goes on with an older session.
    if (transaction.version !== undefined && transaction.version < 0x0304 && !transaction.certificate) {
      transaction.isResumed = true
    }
    this.#serverDone()
  }

  #serverDone(): void {
    this.#transaction.finish()
    this.#transaction.isNewToClient = true
    this.#transaction.isNewToServer = true
  }

  #handshake(direction: Direction, fragment: Uint8Array): boolean {
    const before = this.#handshakes[direction]
    const pieces = before ? (this.#pieces[direction] ?? 0) + 1 : 1
    this.#pieces[direction] = pieces
    if (pieces > INSPECTION_LIMITS.tlsHandshakeRecords) {
      this.#fail('HANDSHAKE_INVALID_LENGTH')
      return false
    }
    const bytes = before ? Buffer.concat([before, fragment]) : fragment
    let at = 0
    while (bytes.length - at >= HANDSHAKE_HEADER) {
      const length = ((bytes[at + 1] as number) << 16) | ((bytes[at + 2] as number) << 8) | (bytes[at + 3] as number)
      if (length > INSPECTION_LIMITS.tlsHandshake) {
        this.#fail('HANDSHAKE_INVALID_LENGTH')
        return false
      }
      if (bytes.length - at < HANDSHAKE_HEADER + length) break
      const reader = new ByteReader(bytes, at, at + HANDSHAKE_HEADER + length, 'tls')
      const message = readTlsHandshake(reader)
      if (message) this.#message(direction, message, reader.issue !== undefined)
      at += HANDSHAKE_HEADER + length
    }
    this.#handshakes[direction] = at < bytes.length ? bytes.slice(at) : undefined
    return true
  }

  #message(direction: Direction, message: TlsHandshake, isMalformed: boolean): void {
    const transaction = this.#transaction
    if (isMalformed) transaction.anomalies.push('INVALID_HANDSHAKE_MESSAGE')
    switch (message.kind) {
      case 'client-hello': {
        if (direction !== 0 || transaction.ja3String !== undefined) return
        for (const extension of message.extensions) {
          if (extension.kind === 'server-name') transaction.serverName = extension.serverName
          if (tlsExtensionType(extension) === TLS_EXTENSION.sessionTicket) transaction.takesTickets = true
        }
        transaction.clientVersion = message.legacyVersion
        transaction.ja3String = ja3String(message)
        transaction.isNewToServer = true
        return
      }
      case 'server-hello': {
        if (direction !== 1) return
        transaction.version = message.legacyVersion
        for (const extension of message.extensions) {
          if (extension.kind === 'selected-version') transaction.version = extension.version
        }
        transaction.ja3s = ja3sString(message)
        transaction.hasServerHello = true
        transaction.isNewToClient = true
        return
      }
      case 'certificate': {
        const [own] = message.certificates
        if (direction !== 1 || !own || transaction.certificate) return
        transaction.certificate = readCertificate(own)
        if (!transaction.certificate) transaction.anomalies.push('INVALID_CERTIFICATE')
        transaction.isNewToClient = true
        return
      }
      case 'other-handshake':
        if (message.type === TLS_HANDSHAKE_TYPE.serverHelloDone && direction === 1) this.#serverDone()
    }
  }
}
