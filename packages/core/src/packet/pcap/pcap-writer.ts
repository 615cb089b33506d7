import { encodePacket, frameLength } from '../encode-packet.ts'
import type { EthernetAddresses } from '../ethernet.ts'
import { LINK_TYPE } from '../link-type.ts'
import type { Packet } from '../packet.ts'
import {
  MOST_CAPTURED_BYTES,
  PCAP_HEADER_LENGTH,
  PCAP_MAGIC,
  PCAP_NANOSECOND_MAGIC,
  PCAP_RECORD_HEADER_LENGTH,
} from './pcap-reader.ts'

/** How a capture file is written; everything but the sink has a default. */
export interface PcapWriterOptions {
  /**
   * Gets the file piece by piece. With `reuseBuffer` the bytes are its own only until it returns, as `fs.writeSync` needs them; otherwise
   * for good, as streams need them.
   */
  readonly onBytes: (bytes: Uint8Array) => void
  readonly reuseBuffer?: boolean
  /** Bytes of a piece; 256 KiB unless given. */
  readonly bufferBytes?: number
  /** Unit of the file's times; microseconds unless given. */
  readonly timeUnit?: 'microseconds' | 'nanoseconds'
  /** Packets are cut to so many bytes of their frames; 262,144, which is all of them, unless given. */
  readonly snapLength?: number
  readonly linkType?: number
}

const DEFAULT_BUFFER_BYTES = 1 << 18
const VERSION_MAJOR = 2
const VERSION_MINOR = 4
const MOST_SECONDS = 0xffff_ffff

/**
 * Writes a classic capture file, little-endian, in constant memory: one buffer, handed over whenever it is full. Frames are written
 * without padding and check sequence, as captures on hosts have them.
 */
export class PcapWriter {
  readonly #options: Required<PcapWriterOptions>
  #bytes: Uint8Array
  #view: DataView
  #length = 0

  constructor(options: PcapWriterOptions) {
    this.#options = {
      reuseBuffer: false,
      bufferBytes: DEFAULT_BUFFER_BYTES,
      timeUnit: 'microseconds',
      snapLength: MOST_CAPTURED_BYTES,
      linkType: LINK_TYPE.ethernet,
      ...options,
    }
    const { bufferBytes, snapLength, timeUnit, linkType } = this.#options
    if (!(snapLength >= 1 && snapLength <= MOST_CAPTURED_BYTES)) {
      throw new RangeError(`a snap length is 1 to ${MOST_CAPTURED_BYTES} bytes, not ${snapLength}`)
    }
    this.#bytes = new Uint8Array(Math.max(bufferBytes, PCAP_HEADER_LENGTH))
    this.#view = new DataView(this.#bytes.buffer)
    this.#view.setUint32(0, timeUnit === 'microseconds' ? PCAP_MAGIC : PCAP_NANOSECOND_MAGIC, true)
    this.#view.setUint16(4, VERSION_MAJOR, true)
    this.#view.setUint16(6, VERSION_MINOR, true)
    this.#view.setUint32(16, snapLength, true)
    this.#view.setUint32(20, linkType, true)
    this.#length = PCAP_HEADER_LENGTH
  }

  /**
   * Writes a packet of the simulation as an Ethernet frame. The time is in microseconds since 1970; `nanoseconds`, 0 to 999, go into files
   * of that unit. RangeError where the time does not fit the file's 32 bits of seconds.
   */
  writePacket(packet: Packet, timeMicroseconds: number, macs: EthernetAddresses, nanoseconds = 0): void {
    const length = frameLength(packet)
    this.#reserve(PCAP_RECORD_HEADER_LENGTH + length)
    // The frame first: a packet or time that cannot be written leaves no trace.
    encodePacket(packet, this.#bytes, this.#length + PCAP_RECORD_HEADER_LENGTH, macs)
    const captured = Math.min(length, this.#options.snapLength)
    this.#writeRecordHeader(timeMicroseconds, nanoseconds, captured, length)
    this.#length += captured
  }

  /** Writes bytes of the file's link type; `originalLength` where they are not all of the packet. */
  writeFrame(
    frame: Uint8Array,
    timeMicroseconds: number,
    nanoseconds = 0,
    originalLength: number = frame.length,
  ): void {
    const captured = Math.min(frame.length, this.#options.snapLength)
    this.#reserve(PCAP_RECORD_HEADER_LENGTH + captured)
    this.#writeRecordHeader(timeMicroseconds, nanoseconds, captured, Math.max(originalLength, frame.length))
    this.#bytes.set(captured === frame.length ? frame : frame.subarray(0, captured), this.#length)
    this.#length += captured
  }

  /** Hands over what has not been handed over. The file is whole then; more packets may follow. */
  flush(): void {
    if (this.#length === 0) return
    const { reuseBuffer, onBytes } = this.#options
    const bytes = this.#bytes.subarray(0, this.#length)
    this.#length = 0
    if (!reuseBuffer) this.#allocate(this.#bytes.length)
    onBytes(bytes)
  }

  #reserve(length: number): void {
    if (this.#length + length <= this.#bytes.length) return
    this.flush()
    if (length > this.#bytes.length) this.#allocate(length)
  }

  #allocate(length: number): void {
    this.#bytes = new Uint8Array(length)
    this.#view = new DataView(this.#bytes.buffer)
  }

  #writeRecordHeader(timeMicroseconds: number, nanoseconds: number, captured: number, original: number): void {
    const seconds = Math.floor(timeMicroseconds / 1e6)
    if (!(seconds >= 0 && seconds <= MOST_SECONDS)) {
      throw new RangeError(`a pcap file has times from 1970 to 2106; ${timeMicroseconds} µs since 1970 is none of them`)
    }
    const microseconds = Math.floor(timeMicroseconds - seconds * 1e6)
    const view = this.#view
    const at = this.#length
    view.setUint32(at, seconds, true)
    view.setUint32(
      at + 4,
      this.#options.timeUnit === 'microseconds' ? microseconds : microseconds * 1000 + nanoseconds,
      true,
    )
    view.setUint32(at + 8, captured, true)
    view.setUint32(at + 12, original, true)
    this.#length = at + PCAP_RECORD_HEADER_LENGTH
  }
}
