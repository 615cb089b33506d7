import { IpAddress, type IpVersion } from '../../../net/ip-address.ts'
import { IP_PROTOCOL } from '../../../packet/ip-protocol.ts'
import type { EvePacketSource } from '../../eve-event.ts'
import type { PacketView } from '../../rules/match-context.ts'

const NO_BYTES: Uint8Array = new Uint8Array(0)

/**
 * A decoded packet as numbers: one object per nesting level is used for all packets, so that decoding allocates nothing. Words of
 * addresses are signed 32-bit integers, an IPv4 address is the last word.
 */
export class InspectedPacket implements PacketView {
  bytes: Uint8Array = NO_BYTES
  number = 0
  timeMicroseconds = 0
  /** Where this packet's own headers start: the link layer, or the inner IP header. */
  start = 0
  ipStart = 0
  ipEnd = 0
  version: IpVersion = 4
  source0 = 0
  source1 = 0
  source2 = 0
  source3 = 0
  destination0 = 0
  destination1 = 0
  destination2 = 0
  destination3 = 0
  protocol = 0
  /** False in fragments, and where the transport header is malformed or unknown. */
  hasTransport = false
  isFragment = false
  sourcePort = 0
  destinationPort = 0
  ttl = 0
  ipIdentification = 0
  typeOfService = 0
  fragmentBits = 0
  fragmentOffset = 0
  /** Bits of TCP, or 0. */
  flags = 0
  sequence = 0
  acknowledgment = 0
  window = 0
  windowScale = -1
  messageType = 0
  messageCode = 0
  messageIdentifier = 0
  messageSequence = 0
  payloadStart = 0
  payloadEnd = 0
  /** Bytes that flows count. */
  length = 0
  readonly vlans: number[] = []
  layers = 0
  /** Around this packet, where it was unwrapped. */
  outer: InspectedPacket | undefined
  depth = 0
  networkIdentifier = -1
  packetSource: EvePacketSource = 'wire/pcap'
  /** False: rules do not look at the payload, e.g. behind a TLS handshake. */
  showsPayload = true
  #source: IpAddress | undefined
  #destination: IpAddress | undefined
  #payload: Uint8Array | undefined

  /** Ready for another packet. */
  reset(): void {
    this.hasTransport = false
    this.isFragment = false
    this.sourcePort = 0
    this.destinationPort = 0
    this.flags = 0
    this.windowScale = -1
    this.fragmentBits = 0
    this.fragmentOffset = 0
    this.payloadStart = 0
    this.payloadEnd = 0
    this.ipStart = -1
    this.showsPayload = true
    this.forgetViews()
  }

  /** After the addresses or the payload changed. */
  forgetViews(): void {
    this.#source = undefined
    this.#destination = undefined
    this.#payload = undefined
  }

  /** The addresses as the flow keeps them already. */
  useAddresses(source: IpAddress, destination: IpAddress): void {
    this.#source = source
    this.#destination = destination
  }

  get payloadLength(): number {
    return this.payloadEnd - this.payloadStart
  }

  get source(): IpAddress {
    this.#source ??=
      this.version === 4
        ? IpAddress.fromIpv4Bits(this.source3)
        : IpAddress.fromIpv6Words(this.source0, this.source1, this.source2, this.source3)
    return this.#source
  }

  get destination(): IpAddress {
    this.#destination ??=
      this.version === 4
        ? IpAddress.fromIpv4Bits(this.destination3)
        : IpAddress.fromIpv6Words(this.destination0, this.destination1, this.destination2, this.destination3)
    return this.#destination
  }

  get payload(): Uint8Array {
    this.#payload ??=
      this.payloadEnd > this.payloadStart && this.showsPayload
        ? this.bytes.subarray(this.payloadStart, this.payloadEnd)
        : NO_BYTES
    return this.#payload
  }

  get isTcp(): boolean {
    return this.hasTransport && this.protocol === IP_PROTOCOL.tcp
  }

  get isIcmp(): boolean {
    return this.hasTransport && (this.protocol === IP_PROTOCOL.icmp || this.protocol === IP_PROTOCOL.icmpv6)
  }

  get ipId(): number | undefined {
    return this.version === 4 ? this.ipIdentification : undefined
  }

  get tos(): number | undefined {
    return this.version === 4 ? this.typeOfService : undefined
  }

  get tcpFlags(): number | undefined {
    return this.isTcp ? this.flags : undefined
  }

  get tcpSequence(): number | undefined {
    return this.isTcp ? this.sequence >>> 0 : undefined
  }

  get tcpAcknowledgment(): number | undefined {
    return this.isTcp ? this.acknowledgment >>> 0 : undefined
  }

  get tcpWindow(): number | undefined {
    return this.isTcp ? this.window : undefined
  }

  get icmpType(): number | undefined {
    return this.isIcmp ? this.messageType : undefined
  }

  get icmpCode(): number | undefined {
    return this.isIcmp ? this.messageCode : undefined
  }

  get icmpId(): number | undefined {
    return this.#hasIdentifier ? this.messageIdentifier : undefined
  }

  get icmpSequence(): number | undefined {
    return this.#hasIdentifier ? this.messageSequence : undefined
  }

  get #hasIdentifier(): boolean {
    if (!this.isIcmp) return false
    if (this.protocol === IP_PROTOCOL.icmpv6) return this.messageType === 128 || this.messageType === 129
    // Echo, timestamp, information and address mask, each with its reply (RFC 792, RFC 950).
    return this.messageType === 0 || this.messageType === 8 || (this.messageType >= 13 && this.messageType <= 18)
  }
}

/** An address as EVE writes it: IPv6 in full, without `::`. */
export function eveAddress(address: IpAddress): string {
  if (address.version === 4) return address.toString()
  return [address.word0, address.word1, address.word2, address.word3]
    .flatMap((word) => [word >>> 16, word & 0xffff])
    .map((group) => group.toString(16).padStart(4, '0'))
    .join(':')
}
