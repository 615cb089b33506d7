import { addIssue, addLayer, type Decoder, type DecodeState, type StepKind } from './decode-state.ts'
import { DNS_PORT, MULTICAST_DNS_PORT } from './dns/dns-numbers.ts'
import { GENEVE_PORT } from './geneve.ts'
import { decodeTcpOptions } from './header-options.ts'
import { decodeIcmp, ICMP_HEADER_LENGTH, isIcmpError } from './icmp.ts'
import { decodeIcmpv6, isIcmpv6Error } from './icmpv6.ts'
import { IP_PROTOCOL } from './ip-protocol.ts'
import type { LayerKind } from './layer.ts'
import { isTimeMessage, NTP_PORT } from './ntp.ts'
import { packetIssue } from './packet-issue.ts'
import { decodeTcp, TCP_CHECKSUM_OFFSET, TCP_HEADER_LENGTH, tcpHeaderLength } from './tcp.ts'
import { checksumOffset, hasValidChecksum } from './transport-checksum.ts'
import { decodeUdp, UDP_HEADER_LENGTH, type UdpLayer } from './udp.ts'
import { VXLAN_PORT } from './vxlan.ts'

export const decodeTcpStep: Decoder = (state, start, end) => {
  const layer = addLayer(state, start, decodeTcp(state.bytes, start, end))
  if (!layer) return undefined
  const options = decodeTcpOptions(layer.options, start + TCP_HEADER_LENGTH)
  if ('kind' in options) addIssue(state, options)
  verifyChecksum(state, 'tcp', IP_PROTOCOL.tcp, start, end)
  const next = start + tcpHeaderLength(layer)
  const isDns = layer.sourcePort === DNS_PORT || layer.destinationPort === DNS_PORT
  return { kind: next === end ? 'payload' : isDns ? 'dns-over-tcp' : 'stream', start: next, end }
}

export const decodeUdpStep: Decoder = (state, start, end) => {
  const layer = addLayer(state, start, decodeUdp(state.bytes, start, end))
  if (!layer) return undefined
  const next = start + UDP_HEADER_LENGTH
  const { length = 0 } = layer
  if (start + length > end && state.isWhole) {
    const message = `the UDP length is ${length}, the IP packet has ${end - start} bytes for it`
    addIssue(state, packetIssue('invalid-length', 'udp', start + 4, message))
    return { kind: 'payload', start: next, end }
  }
  const payloadEnd = Math.min(end, start + length)
  verifyChecksum(state, 'udp', IP_PROTOCOL.udp, start, payloadEnd)
  return { kind: udpPayloadKind(state, layer, next, payloadEnd), start: next, end: payloadEnd }
}

export const decodeIcmpStep: Decoder = (state, start, end) => {
  const layer = addLayer(state, start, decodeIcmp(state.bytes, start, end))
  if (!layer) return undefined
  verifyChecksum(state, 'icmp', IP_PROTOCOL.icmp, start, end)
  const next = start + ICMP_HEADER_LENGTH
  if (isIcmpError(layer.type) && next < end) state.quote = { start: next, end }
  return { kind: 'payload', start: next, end }
}

export const decodeIcmpv6Step: Decoder = (state, start, end) => {
  const layer = addLayer(state, start, decodeIcmpv6(state.bytes, start, end))
  if (!layer) return undefined
  verifyChecksum(state, 'icmpv6', IP_PROTOCOL.icmpv6, start, end)
  const next = start + ICMP_HEADER_LENGTH
  if (isIcmpv6Error(layer.type) && next < end) state.quote = { start: next, end }
  return { kind: 'payload', start: next, end }
}

function udpPayloadKind(
  state: DecodeState,
  { sourcePort, destinationPort }: UdpLayer,
  start: number,
  end: number,
): StepKind {
  const uses = (port: number): boolean => sourcePort === port || destinationPort === port
  if (destinationPort === VXLAN_PORT) return 'vxlan'
  if (destinationPort === GENEVE_PORT) return 'geneve'
  // The first part of a tunnelled packet still shows its headers; the first part of a message shows nothing.
  if (!state.isWhole || start === end) return 'payload'
  if (uses(DNS_PORT) || uses(MULTICAST_DNS_PORT)) return 'dns'
  if (uses(NTP_PORT) && isTimeMessage(state.bytes[start] as number)) return 'ntp'
  return 'payload'
}

function verifyChecksum(state: DecodeState, layer: LayerKind, protocol: number, start: number, end: number): void {
  const network = state.layers.findLast((outer) => outer.kind === 'ipv4' || outer.kind === 'ipv6')
  if (state.isQuote || !state.isWhole || !state.hasFinalDestination || !network) return
  if (hasValidChecksum(state.bytes, start, end, protocol, network.source, network.destination)) return
  const offset = start + (checksumOffset(protocol) ?? TCP_CHECKSUM_OFFSET)
  addIssue(state, packetIssue('bad-checksum', layer, offset, `the ${layer} checksum does not fit the packet`))
}
