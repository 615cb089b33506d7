import { readUint16, readUint24, writeUint16, writeUint24 } from './byte-order.ts'
import { type PacketIssue, packetIssue, truncatedIssue } from './packet-issue.ts'

//  Generic Network Virtualization Encapsulation (RFC 8926 sections 3.4 and 3.5), in UDP to port 6081:
//
//   0                   1                   2                   3
//   0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
//  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//  |Ver|  Opt Len  |O|C|    Rsvd.  |          Protocol type        |
//  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//  |        Virtual network identifier (VNI)       |    Reserved   |
//  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//  |          Option class         |      Type     |R|R|R| Length  |  (each option)
//  |                      Option data                              |
//  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+

/** An option of a GENEVE header. */
export interface GeneveOption {
  /** 0x0108 are the options of Gateway Load Balancers. */
  readonly optionClass: number
  /** The highest bit says that the option is critical. */
  readonly type: number
  /** A multiple of 4 bytes, at most 124. */
  readonly data: Uint8Array
}

/** A GENEVE header. */
export interface GeneveLayer {
  readonly kind: 'geneve'
  /** A control packet. */
  readonly isControl: boolean
  /** Some option is critical. */
  readonly hasCriticalOptions: boolean
  /** EtherType of the payload; 0x6558 is a whole Ethernet frame. */
  readonly protocolType: number
  /** 24 bits. */
  readonly virtualNetworkId: number
  readonly options: readonly GeneveOption[]
}

/** Destination port (RFC 8926 section 3.3). */
export const GENEVE_PORT = 6081
const FIXED_LENGTH = 8
const OPTION_HEADER_LENGTH = 4
const MOST_OPTIONS_LENGTH = 252

/** Bytes of the header with its options. */
export function geneveHeaderLength(layer: GeneveLayer): number {
  return layer.options.reduce((sum, { data }) => sum + OPTION_HEADER_LENGTH + data.length, FIXED_LENGTH)
}

/** The header from `start`, or where it is malformed. */
export function decodeGeneve(bytes: Uint8Array, start: number, end: number): GeneveLayer | PacketIssue {
  const available = end - start
  if (available < FIXED_LENGTH) return truncatedIssue('geneve', 'a GENEVE header', start, FIXED_LENGTH, available)
  const first = bytes[start] as number
  if (first >>> 6 !== 0) {
    return packetIssue('invalid-value', 'geneve', start, `the version of a GENEVE header is 0, not ${first >>> 6}`)
  }
  const length = FIXED_LENGTH + (first & 0x3f) * 4
  if (available < length) return truncatedIssue('geneve', 'the GENEVE header', start, length, available)
  const options: GeneveOption[] = []
  for (let at = start + FIXED_LENGTH; at < start + length; ) {
    const dataLength = ((bytes[at + 3] as number) & 0x1f) * 4
    const next = at + OPTION_HEADER_LENGTH + dataLength
    if (next > start + length) {
      return packetIssue(
        'invalid-length',
        'geneve',
        at + 3,
        `an option with ${dataLength} bytes of data does not fit the ${start + length - at} bytes that are left`,
      )
    }
    options.push({
      optionClass: readUint16(bytes, at),
      type: bytes[at + 2] as number,
      data: bytes.slice(at + OPTION_HEADER_LENGTH, next),
    })
    at = next
  }
  const flags = bytes[start + 1] as number
  return {
    kind: 'geneve',
    isControl: (flags & 0x80) !== 0,
    hasCriticalOptions: (flags & 0x40) !== 0,
    protocolType: readUint16(bytes, start + 2),
    virtualNetworkId: readUint24(bytes, start + 4),
    options,
  }
}

/** Writes the header. RangeError where an option does not fit. */
export function encodeGeneve(layer: GeneveLayer, bytes: Uint8Array, at: number): void {
  const length = geneveHeaderLength(layer)
  if (length - FIXED_LENGTH > MOST_OPTIONS_LENGTH) {
    throw new RangeError(`GENEVE options have at most 252 bytes, not ${length - FIXED_LENGTH}`)
  }
  bytes[at] = (length - FIXED_LENGTH) / 4
  bytes[at + 1] = (layer.isControl ? 0x80 : 0) | (layer.hasCriticalOptions ? 0x40 : 0)
  writeUint16(bytes, at + 2, layer.protocolType)
  writeUint24(bytes, at + 4, layer.virtualNetworkId)
  bytes[at + 7] = 0
  let place = at + FIXED_LENGTH
  for (const { optionClass, type, data } of layer.options) {
    if (data.length % 4 !== 0 || data.length > 124) {
      throw new RangeError(`the data of a GENEVE option is a multiple of 4 bytes, at most 124; this is ${data.length}`)
    }
    writeUint16(bytes, place, optionClass)
    bytes[place + 2] = type
    bytes[place + 3] = data.length / 4
    bytes.set(data, place + OPTION_HEADER_LENGTH)
    place += OPTION_HEADER_LENGTH + data.length
  }
}
