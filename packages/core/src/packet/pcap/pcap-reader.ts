import type { CaptureHandlers } from './capture-issue.ts'
import type { ChunkWindow } from './chunk-window.ts'
import type { CaptureFormatReader } from './format-reader.ts'

//  The classic capture file (draft-ietf-opsawg-pcap): a header of 24 bytes, then packets behind record headers, all in the byte order of
//  the machine that wrote it:
//
//   0                   1                   2                   3
//   0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
//  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//  |        Magic number 0xa1b2c3d4, with nanoseconds 0xa1b23c4d   |
//  |      Major version 2          |       Minor version 4         |
//  |                          Reserved (64)                        |
//  |                          Snap length                          |
//  | FCS |f|0 0 0 0 0 0 0 0 0 0 0 0|           Link type           |
//  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//
//  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//  |                            Seconds                            |
//  |                  Microseconds or nanoseconds                  |
//  |                        Captured length                        |
//  |                        Original length                        |
//  |                             Packet                            |

export const PCAP_MAGIC = 0xa1b2c3d4
export const PCAP_NANOSECOND_MAGIC = 0xa1b23c4d
export const PCAP_HEADER_LENGTH = 24
export const PCAP_RECORD_HEADER_LENGTH = 16
/** The most bytes that tools capture of a packet, and the most that are read (libpcap's MAXIMUM_SNAPLEN). */
export const MOST_CAPTURED_BYTES = 262_144

const NO_BYTES = new Uint8Array(0)

/** Reads the classic format. */
export class PcapReader implements CaptureFormatReader {
  readonly isInsideBlock: boolean = false
  readonly #handlers: CaptureHandlers
  readonly #littleEndian: boolean
  readonly #unitsPerSecond: number
  #linkType: number | undefined
  #packets = 0

  constructor(handlers: CaptureHandlers, littleEndian: boolean, hasNanoseconds: boolean) {
    this.#handlers = handlers
    this.#littleEndian = littleEndian
    this.#unitsPerSecond = hasNanoseconds ? 1e9 : 1e6
  }

  readNext(window: ChunkWindow): 'read' | 'incomplete' | 'stop' {
    return this.#linkType === undefined ? this.#readHeader(window) : this.#readRecord(window, this.#linkType)
  }

  #readHeader(window: ChunkWindow): 'read' | 'incomplete' | 'stop' {
    const bytes = window.view(PCAP_HEADER_LENGTH)
    if (!bytes) return 'incomplete'
    const header = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
    const major = header.getUint16(4, this.#littleEndian)
    if (major !== 2) {
      const message = `pcap version ${major} is not read; every tool of today writes version 2.4`
      this.#handlers.onIssue({ code: 'unsupported-format', offset: 4, message })
      return 'stop'
    }
    this.#linkType = header.getUint32(20, this.#littleEndian) & 0xffff
    window.consume(PCAP_HEADER_LENGTH)
    return 'read'
  }

  #readRecord(window: ChunkWindow, linkType: number): 'read' | 'incomplete' | 'stop' {
    const { offset } = window
    if (window.available < PCAP_RECORD_HEADER_LENGTH) return 'incomplete'
    const littleEndian = this.#littleEndian
    const capturedLength = window.uint32(8, littleEndian)
    if (capturedLength > MOST_CAPTURED_BYTES) {
      const message =
        `packet ${this.#packets + 1} has a captured length of ${capturedLength} bytes, at most ${MOST_CAPTURED_BYTES} are ` +
        `possible: the file is damaged here. The ${this.#packets} packets before it were read`
      this.#handlers.onIssue({ code: 'invalid-length', offset: offset + 8, message })
      return 'stop'
    }
    const recordLength = PCAP_RECORD_HEADER_LENGTH + capturedLength
    if (window.available < recordLength) return 'incomplete'
    const seconds = window.uint32(0, littleEndian)
    const fraction = window.uint32(4, littleEndian)
    const originalLength = Math.max(capturedLength, window.uint32(12, littleEndian))
    const carried = Math.floor(fraction / this.#unitsPerSecond)
    window.consume(PCAP_RECORD_HEADER_LENGTH)
    const data = window.view(capturedLength) ?? NO_BYTES
    window.consume(capturedLength)
    this.#packets += 1
    this.#handlers.onPacket({
      number: this.#packets,
      linkType,
      interfaceIndex: 0,
      interfaceName: undefined,
      hasTime: true,
      timeSeconds: seconds + carried,
      timeNanoseconds: (fraction - carried * this.#unitsPerSecond) * (1e9 / this.#unitsPerSecond),
      data,
      originalLength,
      offset,
    })
    return 'read'
  }
}
