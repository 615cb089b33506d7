import type { LayerKind } from './layer.ts'
import { type PacketIssue, packetIssue } from './packet-issue.ts'

// The options of IPv4 (RFC 791 section 3.1) and TCP (RFC 9293 section 3.1) have one form: a kind, and except for kinds 0 and 1 a
// length that counts kind and length, and data. Kind 0 ends the list; kind 1 fills.
//
//  +--------+--------+--------...
//  |  Kind  | Length |  Data
//  +--------+--------+--------...

/** One option of an IPv4 or TCP header. */
export interface HeaderOption {
  /** 0 end of list, 1 no operation; others by protocol. */
  readonly type: number
  /** Without type and length; empty for types 0 and 1. */
  readonly data: Uint8Array
}

/** Kinds of TCP options (IANA, TCP option kind numbers). */
export const TCP_OPTION = {
  end: 0,
  noOperation: 1,
  maximumSegmentSize: 2,
  windowScale: 3,
  sackPermitted: 4,
  sack: 5,
  timestamps: 8,
  fastOpen: 34,
} as const

/** The options of an IPv4 header's option bytes, or where they are malformed. `offset` is the place of the first byte in the packet. */
export function decodeIpv4Options(options: Uint8Array, offset = 0): readonly HeaderOption[] | PacketIssue {
  return decodeOptions(options, offset, 'ipv4')
}

/** The options of a TCP header's option bytes, or where they are malformed. `offset` is the place of the first byte in the packet. */
export function decodeTcpOptions(options: Uint8Array, offset = 0): readonly HeaderOption[] | PacketIssue {
  return decodeOptions(options, offset, 'tcp')
}

/** Option bytes, padded with zeros (end of list) to a multiple of 4. RangeError above 40 bytes. */
export function encodeHeaderOptions(options: readonly HeaderOption[]): Uint8Array {
  const length = options.reduce((sum, option) => sum + (option.type <= 1 ? 1 : option.data.length + 2), 0)
  if (length > 40) throw new RangeError(`header options have at most 40 bytes, not ${length}`)
  const bytes = new Uint8Array((length + 3) & ~3)
  let at = 0
  for (const { type, data } of options) {
    bytes[at] = type
    if (type <= 1) {
      at += 1
      continue
    }
    bytes[at + 1] = data.length + 2
    bytes.set(data, at + 2)
    at += data.length + 2
  }
  return bytes
}

/** The data of the first option of a type. Malformed options behind it do not matter; with one before it the answer is `undefined`. */
export function findHeaderOption(options: Uint8Array, type: number): Uint8Array | undefined {
  for (let at = 0; at < options.length; ) {
    const found = options[at] as number
    if (found === 0) return undefined
    if (found === 1) {
      at += 1
      continue
    }
    const length = options[at + 1] ?? 0
    if (length < 2 || at + length > options.length) return undefined
    if (found === type) return options.subarray(at + 2, at + length)
    at += length
  }
  return undefined
}

/** MSS option of a TCP header (RFC 9293 section 3.7.1), `undefined` without one. */
export function maximumSegmentSize(tcpOptions: Uint8Array): number | undefined {
  const data = findHeaderOption(tcpOptions, TCP_OPTION.maximumSegmentSize)
  return data?.length === 2 ? ((data[0] as number) << 8) | (data[1] as number) : undefined
}

function decodeOptions(options: Uint8Array, offset: number, layer: LayerKind): readonly HeaderOption[] | PacketIssue {
  const decoded: HeaderOption[] = []
  for (let at = 0; at < options.length; ) {
    const type = options[at] as number
    if (type <= 1) {
      decoded.push({ type, data: new Uint8Array(0) })
      if (type === 0) break
      at += 1
      continue
    }
    const length = options[at + 1]
    if (length === undefined || length < 2 || at + length > options.length) {
      return packetIssue(
        'invalid-length',
        layer,
        offset + at,
        `option ${type} has length ${length ?? 'missing'}; 2 to ${options.length - at} bytes fit here`,
      )
    }
    decoded.push({ type, data: options.slice(at + 2, at + length) })
    at += length
  }
  return decoded
}
