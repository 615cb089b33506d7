import { readUint16 } from '../byte-order.ts'
import { ByteReader } from '../byte-reader.ts'
import { ByteWriter } from '../byte-writer.ts'
import type { PacketIssue } from '../packet-issue.ts'
import { encodeTlsHandshake, readTlsHandshake, type TlsHandshake } from './tls-handshake.ts'
import { TLS_CONTENT_TYPE, TLS_VERSION } from './tls-numbers.ts'

//  TLS records (RFC 8446 section 5.1, RFC 5246 section 6.2.1):
//
//  +--------+--------+--------+--------+--------+--------...
//  |  Type  |     Version     |     Length      |  Fragment
//  +--------+--------+--------+--------+--------+--------...

/** One record as it is on the wire. */
export interface TlsRecord {
  /** {@link TLS_CONTENT_TYPE}. */
  readonly contentType: number
  readonly version: number
  readonly fragment: Uint8Array
}

/** The complete records at the start of a TCP payload. */
export interface TlsLayer {
  readonly kind: 'tls'
  readonly records: readonly TlsRecord[]
  /** The handshake messages that stand as a whole and unencrypted in the records. On encoding, only the records count. */
  readonly handshakes: readonly TlsHandshake[]
}

const HEADER_LENGTH = 5
/** RFC 5246 section 6.2.3: a protected fragment. */
const LONGEST_FRAGMENT = 2 ** 14 + 2048

/** Bytes of records on the wire. */
export function tlsRecordsLength(records: readonly TlsRecord[]): number {
  return records.reduce((sum, { fragment }) => sum + HEADER_LENGTH + fragment.length, 0)
}

/** Whether a complete record starts at `start`. */
export function startsTlsRecord(bytes: Uint8Array, start: number, end: number): boolean {
  return end - start >= HEADER_LENGTH && recordEnd(bytes, start) <= end
}

/**
 * The records in `bytes[start]` to `bytes[end - 1]`, up to the first that is not there as a whole, and their handshake messages. An issue
 * where such a message is malformed. Other fragments, and handshake messages behind a ChangeCipherSpec, are taken as encrypted.
 */
export function decodeTls(bytes: Uint8Array, start: number = 0, end: number = bytes.length): TlsLayer | PacketIssue {
  const records: TlsRecord[] = []
  const handshakes: TlsHandshake[] = []
  let isEncrypted = false
  let run: { start: number; parts: Uint8Array[] } | undefined
  for (let at = start; startsTlsRecord(bytes, at, end); ) {
    const next = recordEnd(bytes, at)
    const contentType = bytes[at] as number
    const fragment = bytes.slice(at + HEADER_LENGTH, next)
    records.push({ contentType, version: readUint16(bytes, at + 1), fragment })
    if (contentType === TLS_CONTENT_TYPE.changeCipherSpec) isEncrypted = true
    if (contentType === TLS_CONTENT_TYPE.handshake && !isEncrypted) {
      run ??= { start: at + HEADER_LENGTH, parts: [] }
      run.parts.push(fragment)
    }
    at = next
  }
  if (run) {
    const reader = handshakeReader(bytes, run.start, run.parts)
    for (let message = readTlsHandshake(reader); message; message = readTlsHandshake(reader)) handshakes.push(message)
    // A message over several records was put together: its failure is located at the first of them.
    if (reader.issue) return run.parts.length === 1 ? reader.issue : { ...reader.issue, offset: run.start }
  }
  return { kind: 'tls', records, handshakes }
}

/** The bytes of records. */
export function encodeTlsRecords(records: readonly TlsRecord[]): Uint8Array {
  const writer = new ByteWriter(tlsRecordsLength(records))
  for (const { contentType, version, fragment } of records) {
    writer.uint8(contentType).uint16(version)
    writer.uint16(fragment.length).bytes(fragment)
  }
  return writer.finish()
}

/**
 * Records with handshake messages, as many as a fragment's 2^14 bytes ask for. The version is that of the record layer: 0x0301 for a
 * first ClientHello (RFC 8446 section 5.1), 0x0303 for others.
 */
export function tlsHandshakeRecords(
  messages: readonly TlsHandshake[],
  version: number = messages[0]?.kind === 'client-hello' ? TLS_VERSION.tls10 : TLS_VERSION.tls12,
): readonly TlsRecord[] {
  const writer = new ByteWriter()
  for (const message of messages) writer.bytes(encodeTlsHandshake(message))
  const bytes = writer.finish()
  const records: TlsRecord[] = []
  for (let at = 0; at < bytes.length; at += 2 ** 14) {
    records.push({ contentType: TLS_CONTENT_TYPE.handshake, version, fragment: bytes.subarray(at, at + 2 ** 14) })
  }
  return records
}

function handshakeReader(bytes: Uint8Array, start: number, parts: readonly Uint8Array[]): ByteReader {
  const [first] = parts
  if (first && parts.length === 1) return new ByteReader(bytes, start, start + first.length, 'tls')
  const joined = new ByteWriter()
  for (const part of parts) joined.bytes(part)
  const whole = joined.finish()
  return new ByteReader(whole, 0, whole.length, 'tls')
}

/** Where the record at `start` ends; infinity where none starts there. */
function recordEnd(bytes: Uint8Array, start: number): number {
  const type = bytes[start] as number
  const length = readUint16(bytes, start + 3)
  const isRecord =
    type >= TLS_CONTENT_TYPE.changeCipherSpec &&
    type <= TLS_CONTENT_TYPE.heartbeat &&
    bytes[start + 1] === 3 &&
    (bytes[start + 2] as number) <= 4 &&
    length <= LONGEST_FRAGMENT
  return isRecord ? start + HEADER_LENGTH + length : Number.POSITIVE_INFINITY
}
