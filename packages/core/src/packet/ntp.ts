import { readUint32, writeUint32 } from './byte-order.ts'
import { type PacketIssue, packetIssue, truncatedIssue } from './packet-issue.ts'

//  Network Time Protocol, version 4, and its older versions (RFC 5905 section 7.3):
//
//   0                   1                   2                   3
//   0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
//  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//  |LI | VN  |Mode |    Stratum     |     Poll      |  Precision   |
//  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//  |                         Root delay                            |
//  |                         Root dispersion                       |
//  |                          Reference ID                         |
//  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//  |                     Reference timestamp (64)                  |
//  |                      Origin timestamp (64)                    |
//  |                      Receive timestamp (64)                   |
//  |                      Transmit timestamp (64)                  |
//  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//  |           Extension fields, key identifier and digest         |
//  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+

/** 64 bits: seconds since 1900 modulo 2^32, and the fraction of a second in units of 2^-32. Both 0: unknown. */
export interface NtpTimestamp {
  readonly seconds: number
  readonly fraction: number
}

/** A message of modes 1 to 5. */
export interface NtpMessage {
  readonly kind: 'ntp'
  /** 0 none, 1 and 2 a leap second ahead, 3 not synchronised. */
  readonly leapIndicator: number
  readonly version: number
  /** 3 client, 4 server, 1 and 2 symmetric, 5 broadcast. */
  readonly mode: number
  readonly stratum: number
  /** Exponent of 2, in seconds; signed. */
  readonly poll: number
  /** Exponent of 2, in seconds; signed. */
  readonly precision: number
  /** In units of 2^-16 seconds. */
  readonly rootDelay: number
  readonly rootDispersion: number
  /** Four ASCII characters at stratum 0 and 1, an IPv4 address above. */
  readonly referenceId: number
  readonly reference: NtpTimestamp
  readonly origin: NtpTimestamp
  readonly receive: NtpTimestamp
  readonly transmit: NtpTimestamp
  /** Extension fields and message authentication code as they are. */
  readonly extension: Uint8Array
}

/** Of servers, and of clients that are daemons (RFC 5905 section 7.2). */
export const NTP_PORT = 123
const HEADER_LENGTH = 48
/** Seconds from 1900 to 1970 (RFC 5905 section 6, figure 4). */
const UNIX_EPOCH = 2_208_988_800

/** The timestamp of a Unix time in microseconds. */
export function ntpTimestamp(unixMicroseconds: number): NtpTimestamp {
  const seconds = Math.floor(unixMicroseconds / 1e6)
  const microseconds = unixMicroseconds - seconds * 1e6
  const fraction = Math.round((microseconds * 2 ** 32) / 1e6)
  return { seconds: (seconds + UNIX_EPOCH) % 2 ** 32, fraction: Math.min(fraction, 0xffff_ffff) }
}

/** The Unix time in microseconds, in the era of which the first second is 1900-01-01, or from 2036 on the next (RFC 4330 section 3). */
export function ntpUnixMicroseconds({ seconds, fraction }: NtpTimestamp): number {
  const era = seconds < 0x8000_0000 ? 2 ** 32 : 0
  return (seconds + era - UNIX_EPOCH) * 1e6 + Math.round((fraction * 1e6) / 2 ** 32)
}

/** Whether bytes on the NTP port are a message of modes 1 to 5: modes 6 and 7 (control, private) have another form. */
export function isTimeMessage(firstByte: number): boolean {
  const mode = firstByte & 7
  return mode >= 1 && mode <= 5
}

/** The message in `bytes[start]` to `bytes[end - 1]`, or where it is malformed. */
export function decodeNtp(bytes: Uint8Array, start: number = 0, end: number = bytes.length): NtpMessage | PacketIssue {
  if (end - start < HEADER_LENGTH) return truncatedIssue('ntp', 'an NTP message', start, HEADER_LENGTH, end - start)
  const first = bytes[start] as number
  const version = (first >>> 3) & 7
  if (version < 1 || version > 4 || !isTimeMessage(first)) {
    return packetIssue(
      'invalid-value',
      'ntp',
      start,
      `version ${version} and mode ${first & 7} are not a time message, which has version 1 to 4 and mode 1 to 5`,
    )
  }
  const timestamp = (at: number): NtpTimestamp => ({
    seconds: readUint32(bytes, start + at),
    fraction: readUint32(bytes, start + at + 4),
  })
  const signed = (at: number): number => ((bytes[start + at] as number) << 24) >> 24
  return {
    kind: 'ntp',
    leapIndicator: first >>> 6,
    version,
    mode: first & 7,
    stratum: bytes[start + 1] as number,
    poll: signed(2),
    precision: signed(3),
    rootDelay: readUint32(bytes, start + 4),
    rootDispersion: readUint32(bytes, start + 8),
    referenceId: readUint32(bytes, start + 12),
    reference: timestamp(16),
    origin: timestamp(24),
    receive: timestamp(32),
    transmit: timestamp(40),
    extension: bytes.slice(start + HEADER_LENGTH, end),
  }
}

/** The bytes of a message. */
export function encodeNtp(message: NtpMessage): Uint8Array {
  const bytes = new Uint8Array(HEADER_LENGTH + message.extension.length)
  bytes[0] = (message.leapIndicator << 6) | ((message.version & 7) << 3) | (message.mode & 7)
  bytes[1] = message.stratum
  bytes[2] = message.poll
  bytes[3] = message.precision
  writeUint32(bytes, 4, message.rootDelay)
  writeUint32(bytes, 8, message.rootDispersion)
  writeUint32(bytes, 12, message.referenceId)
  for (const [index, { seconds, fraction }] of [
    message.reference,
    message.origin,
    message.receive,
    message.transmit,
  ].entries()) {
    writeUint32(bytes, 16 + index * 8, seconds)
    writeUint32(bytes, 20 + index * 8, fraction)
  }
  bytes.set(message.extension, HEADER_LENGTH)
  return bytes
}
