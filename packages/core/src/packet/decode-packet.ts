import {
  decodeDnsOverTcpStep,
  decodeDnsStep,
  decodeGeneveStep,
  decodeNtpStep,
  decodeStreamStep,
  decodeVxlanStep,
} from './decode-application.ts'
import { decodeArpStep, LINK_DECODERS, linkStep, unsupportedLinkType } from './decode-link.ts'
import { decodeIpStep } from './decode-network.ts'
import { type Decoder, decodeState, type Step, type StepKind } from './decode-state.ts'
import { decodeIcmpStep, decodeIcmpv6Step, decodeTcpStep, decodeUdpStep } from './decode-transport.ts'
import type { Layer } from './layer.ts'
import { LINK_TYPE } from './link-type.ts'
import type { PacketIssue } from './packet-issue.ts'

/** What a packet's bytes hold. */
export interface DecodedPacket {
  /** From the outermost to the innermost that decodes. */
  readonly layers: readonly Layer[]
  /** For each layer, the byte at which it starts. */
  readonly layerOffsets: readonly number[]
  /** What stands behind the last layer and belongs to it, which the padding of a frame does not. A view. */
  readonly payload: Uint8Array
  /** What is wrong, in the order in which it was found. */
  readonly issues: readonly PacketIssue[]
  /** The packet that an ICMP error quotes, as far as it is quoted. Its offsets count from the same first byte. */
  readonly quoted: DecodedPacket | undefined
}

/**
 * Takes a captured packet apart. It never throws and never reads beyond `bytes`: malformed packets give the layers that decode and a
 * located issue. Messages over TCP are decoded where a segment starts with them; one that goes on in the next segment is no issue.
 */
export function decodePacket(bytes: Uint8Array, linkType: number = LINK_TYPE.ethernet): DecodedPacket {
  const kind = linkStep(linkType)
  if (kind) return decodeFrom(bytes, { kind, start: 0, end: bytes.length }, false)
  return { layers: [], layerOffsets: [], payload: bytes, issues: [unsupportedLinkType(linkType)], quoted: undefined }
}

/** The first layer of the kind. */
export function findLayer<K extends Layer['kind']>(
  { layers }: Pick<DecodedPacket, 'layers'>,
  kind: K,
): Extract<Layer, { kind: K }> | undefined {
  return layers.find((layer): layer is Extract<Layer, { kind: K }> => layer.kind === kind)
}

function decodeFrom(bytes: Uint8Array, first: Step, isQuote: boolean): DecodedPacket {
  const state = decodeState(bytes, isQuote)
  let { start, end } = first
  for (let step: Step | undefined = first; step; ) {
    start = step.start
    end = step.end
    step = step.kind === 'payload' ? undefined : DECODERS[step.kind](state, start, end)
  }
  const { layers, layerOffsets, issues, quote } = state
  // Quotes do not nest: an ICMP error answers no ICMP error (RFC 1122 section 3.2.2).
  const quoted = quote && !isQuote ? decodeFrom(bytes, { kind: 'ip', ...quote }, true) : undefined
  return { layers, layerOffsets, payload: bytes.subarray(start, end), issues, quoted }
}

const DECODERS: Readonly<Record<Exclude<StepKind, 'payload'>, Decoder>> = {
  ...LINK_DECODERS,
  arp: decodeArpStep,
  ip: decodeIpStep,
  tcp: decodeTcpStep,
  udp: decodeUdpStep,
  icmp: decodeIcmpStep,
  icmpv6: decodeIcmpv6Step,
  vxlan: decodeVxlanStep,
  geneve: decodeGeneveStep,
  dns: decodeDnsStep,
  'dns-over-tcp': decodeDnsOverTcpStep,
  stream: decodeStreamStep,
  ntp: decodeNtpStep,
}
