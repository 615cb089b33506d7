import { IP_PROTOCOL, type IpAddress, Packet } from '@flowtap/core'
import type { ContentView } from './content.ts'
import type { StackProfile } from './operating-system.ts'
import { appendSack, encodeSynOptions, encodeTimestamps, type SynOptions, TCP_FLAG } from './tcp-options.ts'

const NO_BYTES: Uint8Array = new Uint8Array(0)
/** A sender may run ahead by this much at most, what the receiver's memory holds (Linux: half of `tcp_rmem`). */
export const LARGEST_WINDOW: number = 3 * 1024 * 1024

/** Makes the segments of one side of a connection: headers, options, windows. */
export class TcpSegments {
  readonly #profile: StackProfile
  readonly local: IpAddress
  readonly localPort: number
  readonly remote: IpAddress
  readonly remotePort: number
  readonly initialSequence: number
  #peerSequence = 0
  #windowScale = 0
  #hasTimestamps: boolean
  #hasSack = true
  readonly #timestampOffset: number
  #peerTimestamp = 0
  #encodedTimestamp = -1
  #encodedPeerTimestamp = -1
  #options: Uint8Array = NO_BYTES
  #identification: number

  constructor(
    profile: StackProfile,
    local: IpAddress,
    localPort: number,
    remote: IpAddress,
    remotePort: number,
    initialSequence: number,
  ) {
    this.#profile = profile
    this.local = local
    this.localPort = localPort
    this.remote = remote
    this.remotePort = remotePort
    this.initialSequence = initialSequence
    this.#hasTimestamps = profile.tcpTimestamps
    this.#identification = (initialSequence ^ (initialSequence >>> 16)) & 0xffff
    this.#timestampOffset = Math.imul(initialSequence, 0x9e3779b1) >>> 0
  }

  /** Of timestamps, in every segment but the first. */
  get optionBytes(): number {
    return this.#hasTimestamps ? 12 : 0
  }

  /** The sequence number that follows the other side's SYN: that of its first byte. */
  get peerSequence(): number {
    return this.#peerSequence
  }

  /** Takes what the other side's SYN says: features that only one side has are left out. */
  agree(peerSequence: number, options: SynOptions): void {
    this.#peerSequence = peerSequence
    this.#hasTimestamps = this.#hasTimestamps && options.timestamp !== undefined
    this.#peerTimestamp = options.timestamp ?? 0
    this.#hasSack = options.selectiveAcknowledgments
    this.#windowScale = options.windowScale === undefined ? 0 : this.#profile.windowScale
  }

  /** The other side's timestamp, to be echoed. */
  heardTimestamp(timestamp: number): void {
    if (this.#hasTimestamps && timestamp >= 0) this.#peerTimestamp = timestamp
  }

  /** A SYN, or the answer to one. */
  syn(isAnswer: boolean, maximumSegmentSize: number, nowMicroseconds: number): Packet {
    const hasScale = !isAnswer || this.#windowScale > 0
    const options = encodeSynOptions(
      {
        maximumSegmentSize,
        windowScale: hasScale ? this.#profile.windowScale : undefined,
        selectiveAcknowledgments: this.#hasSack,
        timestamp: this.#hasTimestamps ? this.#timestamp(nowMicroseconds) : undefined,
      },
      this.#peerTimestamp,
    )
    return this.#packet(
      isAnswer ? TCP_FLAG.syn | TCP_FLAG.ack : TCP_FLAG.syn,
      this.initialSequence,
      isAnswer ? this.#peerSequence : 0,
      Math.min(65_535, this.#profile.initialWindow),
      options,
      isAnswer ? 0 : this.#nextIdentification(),
      NO_BYTES,
      0,
      0,
    )
  }

  /** A segment with `size` bytes of data from `offset` on, that acknowledges the other side's stream up to `expected`. */
  segment(
    flags: number,
    offset: number,
    size: number,
    view: ContentView | undefined,
    expected: number,
    bytesReceived: number,
    nowMicroseconds: number,
  ): Packet {
    const window = Math.min(this.#profile.initialWindow + 2 * bytesReceived, LARGEST_WINDOW)
    return this.#packet(
      flags,
      (this.initialSequence + 1 + offset) >>> 0,
      (this.#peerSequence + expected) >>> 0,
      flags & TCP_FLAG.rst ? 0 : Math.min(65_535, Math.floor(window / 2 ** this.#windowScale)),
      this.#currentOptions(nowMicroseconds),
      this.#nextIdentification(),
      view?.bytes ?? NO_BYTES,
      view?.offset ?? 0,
      size,
    )
  }

  /** The same segment with a selective acknowledgment of a block of the other side's stream. */
  withSack(packet: Packet, from: number, to: number): Packet {
    if (!this.#hasSack) return packet
    const sequenceOf = (offset: number): number => (this.#peerSequence + offset) >>> 0
    return packet.with({ tcpOptions: appendSack(packet.tcpOptions, sequenceOf(from), sequenceOf(to)) })
  }

  #packet(
    tcpFlags: number,
    tcpSequence: number,
    tcpAcknowledgment: number,
    tcpWindow: number,
    tcpOptions: Uint8Array,
    identification: number,
    payload: Uint8Array,
    payloadOffset: number,
    payloadLength: number,
  ): Packet {
    return new Packet({
      source: this.local,
      destination: this.remote,
      protocol: IP_PROTOCOL.tcp,
      sourcePort: this.localPort,
      destinationPort: this.remotePort,
      hopLimit: this.#profile.hopLimit,
      identification,
      dontFragment: this.local.version === 4,
      tcpFlags,
      tcpSequence,
      tcpAcknowledgment,
      tcpWindow,
      tcpOptions,
      payload,
      payloadOffset,
      payloadLength,
    })
  }

  #currentOptions(nowMicroseconds: number): Uint8Array {
    if (!this.#hasTimestamps) return NO_BYTES
    const timestamp = this.#timestamp(nowMicroseconds)
    if (timestamp !== this.#encodedTimestamp || this.#peerTimestamp !== this.#encodedPeerTimestamp) {
      this.#encodedTimestamp = timestamp
      this.#encodedPeerTimestamp = this.#peerTimestamp
      this.#options = encodeTimestamps(timestamp, this.#peerTimestamp)
    }
    return this.#options
  }

  /** The TCP timestamp of a time: milliseconds from a place of the connection's own (Linux, since 4.10). */
  #timestamp(nowMicroseconds: number): number {
    return (Math.floor(nowMicroseconds / 1_000) + this.#timestampOffset) >>> 0
  }

  #nextIdentification(): number {
    if (this.local.version === 6) return 0
    this.#identification = (this.#identification + 1) & 0xffff
    return this.#identification
  }
}
