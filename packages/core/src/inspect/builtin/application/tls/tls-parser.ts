import { hash } from 'node:crypto'
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
  return hash('md5', text)
}

/** All that is wrong with TLS is so with the transaction. */
const NO_ANOMALIES: string[] = []
const RECORD_HEADER = 5
const HANDSHAKE_HEADER = 4

/** What is known of one direction. */
class TlsSide {
  isEncrypted = false
  /** Bytes of a record that are left to skip. */
  left = 0
  /** Handshake bytes of records before. */
  handshake: Uint8Array | undefined = undefined
  /** Records that they came in. */
  pieces = 0
}

/** TLS up to the point where it is encrypted. */
export class TlsParser implements StreamParser {
  readonly name = 'tls'
  readonly transactions: Transaction[]
  readonly anomalies: string[] = NO_ANOMALIES
  readonly #transaction = new TlsTransaction(0)
  readonly #client = new TlsSide()
  readonly #server = new TlsSide()

  constructor() {
    this.transactions = [this.#transaction]
  }

  /** Both sides have changed to encryption, and one has sent data since. */
  isEncrypted = false

  parse(direction: Direction, bytes: Uint8Array, start: number, end: number): number {
    let at = start
    const side = direction === 0 ? this.#client : this.#server
    while (at < end) {
      if (side.left > 0) {
        const skipped = Math.min(side.left, end - at)
        side.left -= skipped
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
      if (type === TLS_CONTENT_TYPE.handshake && !side.isEncrypted) {
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
        const areBoth = this.#client.isEncrypted && this.#server.isEncrypted
        if ((areBoth || isNew) && type === TLS_CONTENT_TYPE.applicationData) this.isEncrypted = true
      }
      side.left = length
      at += RECORD_HEADER
    }
    return at - start
  }

  skip(): boolean {
    return this.#client.isEncrypted && this.#server.isEncrypted
  }

  finish(): void {
    this.#transaction.finish()
  }

  #fail(event: string): number {
    this.#transaction.addAnomaly(event)
    return PARSE_FAILED
  }

  #encrypted(direction: Direction): void {
    ;(direction === 0 ? this.#client : this.#server).isEncrypted = true
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
    const side = direction === 0 ? this.#client : this.#server
    const before = side.handshake
    side.pieces = before ? side.pieces + 1 : 1
    if (side.pieces > INSPECTION_LIMITS.tlsHandshakeRecords) {
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
    side.handshake = at < bytes.length ? bytes.slice(at) : undefined
    return true
  }

  #message(direction: Direction, message: TlsHandshake, isMalformed: boolean): void {
    const transaction = this.#transaction
    if (isMalformed) transaction.addAnomaly('INVALID_HANDSHAKE_MESSAGE')
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
        if (!transaction.certificate) transaction.addAnomaly('INVALID_CERTIFICATE')
        transaction.isNewToClient = true
        return
      }
      case 'other-handshake':
        if (message.type === TLS_HANDSHAKE_TYPE.serverHelloDone && direction === 1) this.#serverDone()
    }
  }
}
