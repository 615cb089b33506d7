/** TCP flag bits (RFC 9293, 3.1). */
export const TCP_FLAG = { fin: 1, syn: 2, rst: 4, psh: 8, ack: 16 } as const

/** What the options of a SYN say (RFC 9293, 3.2; RFC 7323; RFC 2018). */
export interface SynOptions {
  /** undefined: not given, which means 536 (IPv4) or 1220 (IPv6). */
  readonly maximumSegmentSize: number | undefined
  /** undefined: not given, so no side scales its window. */
  readonly windowScale: number | undefined
  readonly selectiveAcknowledgments: boolean
  /** The sender's timestamp; undefined: no timestamps. */
  readonly timestamp: number | undefined
}

const END = 0
const NO_OPERATION = 1
const MAXIMUM_SEGMENT_SIZE = 2
const WINDOW_SCALE = 3
const SACK_PERMITTED = 4
const SACK = 5
const TIMESTAMPS = 8

/** The options of a SYN, in the order of Linux (with timestamps: 20 bytes) or Windows (without: 12 bytes). */
export function encodeSynOptions(options: SynOptions, echoedTimestamp: number): Uint8Array {
  const { maximumSegmentSize = 536, windowScale, timestamp, selectiveAcknowledgments } = options
  const bytes = [MAXIMUM_SEGMENT_SIZE, 4, maximumSegmentSize >>> 8, maximumSegmentSize & 255]
  if (timestamp !== undefined) {
    bytes.push(...(selectiveAcknowledgments ? [SACK_PERMITTED, 2] : [NO_OPERATION, NO_OPERATION]))
    bytes.push(TIMESTAMPS, 10, ...word(timestamp), ...word(echoedTimestamp))
    if (windowScale !== undefined) bytes.push(NO_OPERATION, WINDOW_SCALE, 3, windowScale)
  } else {
    if (windowScale !== undefined) bytes.push(NO_OPERATION, WINDOW_SCALE, 3, windowScale)
    if (selectiveAcknowledgments) bytes.push(NO_OPERATION, NO_OPERATION, SACK_PERMITTED, 2)
  }
  return Uint8Array.from(bytes)
}

/** The 12 bytes of timestamps in every segment but the first. */
export function encodeTimestamps(timestamp: number, echoedTimestamp: number): Uint8Array {
  const bytes = new Uint8Array(12)
  bytes[0] = NO_OPERATION
  bytes[1] = NO_OPERATION
  bytes[2] = TIMESTAMPS
  bytes[3] = 10
  putWord(bytes, 4, timestamp)
  putWord(bytes, 8, echoedTimestamp)
  return bytes
}

/** Other options with one selective acknowledgment behind them: sequence numbers of a block that came out of order. */
export function appendSack(options: Uint8Array, from: number, to: number): Uint8Array {
  const bytes = new Uint8Array(options.length + 12)
  bytes.set(options)
  bytes[options.length] = NO_OPERATION
  bytes[options.length + 1] = NO_OPERATION
  bytes[options.length + 2] = SACK
  bytes[options.length + 3] = 10
  putWord(bytes, options.length + 4, from)
  putWord(bytes, options.length + 8, to)
  return bytes
}

/** The sender's timestamp in a segment's options, if they are the usual ones; -1 where there is none. */
export function readTimestamp(options: Uint8Array): number {
  return options.length >= 12 && options[2] === TIMESTAMPS ? wordAt(options, 4) : -1
}

/** Reads the options of a SYN; what is malformed or unknown is passed over. */
export function decodeSynOptions(options: Uint8Array): SynOptions {
  let maximumSegmentSize: number | undefined
  let windowScale: number | undefined
  let timestamp: number | undefined
  let selectiveAcknowledgments = false
  let at = 0
  while (at < options.length) {
    const kind = options[at]
    if (kind === END) break
    if (kind === NO_OPERATION) {
      at += 1
      continue
    }
    const length = options[at + 1] ?? 0
    if (length < 2 || at + length > options.length) break
    if (kind === MAXIMUM_SEGMENT_SIZE && length === 4) {
      maximumSegmentSize = ((options[at + 2] ?? 0) << 8) | (options[at + 3] ?? 0)
    } else if (kind === WINDOW_SCALE && length === 3) windowScale = Math.min(14, options[at + 2] ?? 0)
    else if (kind === SACK_PERMITTED) selectiveAcknowledgments = true
    else if (kind === TIMESTAMPS && length === 10) timestamp = wordAt(options, at + 2)
    at += length
  }
  return { maximumSegmentSize, windowScale, selectiveAcknowledgments, timestamp }
}

function word(value: number): readonly number[] {
  return [value >>> 24, (value >>> 16) & 255, (value >>> 8) & 255, value & 255]
}

function putWord(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value >>> 24
  bytes[at + 1] = value >>> 16
  bytes[at + 2] = value >>> 8
  bytes[at + 3] = value
}

function wordAt(bytes: Uint8Array, at: number): number {
  return (
    (((bytes[at] ?? 0) << 24) | ((bytes[at + 1] ?? 0) << 16) | ((bytes[at + 2] ?? 0) << 8) | (bytes[at + 3] ?? 0)) >>> 0
  )
}
