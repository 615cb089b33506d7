import { addIssue, addLayer, type Decoder, type DecodeState, type Step, type StepKind } from './decode-state.ts'
import { decodeIpv4Options } from './header-options.ts'
import { checksumOf, onesComplementSum } from './internet-checksum.ts'
import { IP_PROTOCOL } from './ip-protocol.ts'
import { decodeIpv4, IPV4_HEADER_LENGTH, ipv4HeaderLength } from './ipv4.ts'
import { decodeIpv6, IPV6_HEADER_LENGTH, type Ipv6Layer, ipv6Fragment, ipv6HeaderLength } from './ipv6.ts'
import { IPV6_EXTENSION } from './ipv6-extension.ts'
import { packetIssue } from './packet-issue.ts'

const PROTOCOL_STEPS: ReadonlyMap<number, StepKind> = new Map<number, StepKind>([
  [IP_PROTOCOL.tcp, 'tcp'],
  [IP_PROTOCOL.udp, 'udp'],
  [IP_PROTOCOL.icmp, 'icmp'],
  [IP_PROTOCOL.icmpv6, 'icmpv6'],
])

/** The version of an IP packet by its first four bits; bytes that are neither are taken for IPv4, which then says so. */
export const decodeIpStep: Decoder = (state, start, end) =>
  start < end && (state.bytes[start] as number) >>> 4 === 6
    ? decodeIpv6Step(state, start, end)
    : decodeIpv4Step(state, start, end)

function decodeIpv4Step(state: DecodeState, start: number, end: number): Step | undefined {
  const { bytes } = state
  const layer = addLayer(state, start, decodeIpv4(bytes, start, end))
  if (!layer) return undefined
  const headerEnd = start + ipv4HeaderLength(layer)
  const options = decodeIpv4Options(layer.options, start + IPV4_HEADER_LENGTH)
  if ('kind' in options) addIssue(state, options)
  if (checksumOf(onesComplementSum(bytes, start, headerEnd)) !== 0) {
    addIssue(state, packetIssue('bad-checksum', 'ipv4', start + 10, 'the IPv4 header checksum does not fit the header'))
  }
  state.hasFinalDestination = true
  const { totalLength = 0, moreFragments, fragmentOffset, protocol } = layer
  const wanted = totalLength === 0 ? end : start + totalLength
  return behindHeaders(state, 'ipv4', start, headerEnd, end, wanted, protocol, fragmentOffset, moreFragments)
}

function decodeIpv6Step(state: DecodeState, start: number, end: number): Step | undefined {
  const layer = addLayer(state, start, decodeIpv6(state.bytes, start, end))
  if (!layer) return undefined
  const { payloadLength = 0, protocol } = layer
  const headerEnd = start + ipv6HeaderLength(layer)
  if (payloadLength === 0 && hasHopByHopOptions(layer)) {
    addIssue(state, packetIssue('unsupported', 'ipv6', start + 4, 'jumbograms (RFC 2675) are not decoded'))
    return { kind: 'payload', start: headerEnd, end }
  }
  const wanted = payloadLength === 0 ? end : start + IPV6_HEADER_LENGTH + payloadLength
  state.hasFinalDestination = !hasSegmentsLeft(layer)
  const { fragmentOffset = 0, moreFragments = false } = ipv6Fragment(layer) ?? {}
  return behindHeaders(state, 'ipv6', start, headerEnd, end, wanted, protocol, fragmentOffset, moreFragments)
}

/** `end` is where the bytes end, `wanted` where the header says that the packet ends. */
function behindHeaders(
  state: DecodeState,
  layer: 'ipv4' | 'ipv6',
  start: number,
  headerEnd: number,
  end: number,
  wanted: number,
  protocol: number,
  fragmentOffset: number,
  moreFragments: boolean,
): Step {
  if (wanted > end) {
    const message = `the packet has ${wanted - start} bytes by its header, ${end - start} of them are here`
    addIssue(state, packetIssue('truncated', layer, end, message))
  }
  state.isWhole = wanted <= end && fragmentOffset === 0 && !moreFragments
  return {
    kind: fragmentOffset > 0 ? 'payload' : (PROTOCOL_STEPS.get(protocol) ?? 'payload'),
    start: headerEnd,
    end: Math.max(headerEnd, Math.min(end, wanted)),
  }
}

function hasHopByHopOptions({ extensions: [first] }: Ipv6Layer): boolean {
  return first?.kind === 'extension' && first.protocol === IPV6_EXTENSION.hopByHop
}

/** Whether a routing header has segments left (RFC 8200 section 4.4): its third and fourth byte are type and count. */
function hasSegmentsLeft({ extensions }: Ipv6Layer): boolean {
  return extensions.some(
    (extension) =>
      extension.kind === 'extension' && extension.protocol === IPV6_EXTENSION.routing && extension.data[1] !== 0,
  )
}
