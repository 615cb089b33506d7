import { stepByEtherType } from './decode-link.ts'
import { addLayer, type Decoder } from './decode-state.ts'
import { decodeDnsMessage, dnsOverTcpLength } from './dns/dns-message.ts'
import { decodeGeneve, geneveHeaderLength } from './geneve.ts'
import { decodeHttpHead, httpHeadLength } from './http/http-message.ts'
import { decodeNtp } from './ntp.ts'
import { decodeTls, startsTlsRecord, tlsRecordsLength } from './tls/tls-record.ts'
import { decodeVxlan, VXLAN_HEADER_LENGTH } from './vxlan.ts'

export const decodeVxlanStep: Decoder = (state, start, end) => {
  const layer = addLayer(state, start, decodeVxlan(state.bytes, start, end))
  return layer && { kind: 'ethernet', start: start + VXLAN_HEADER_LENGTH, end }
}

export const decodeGeneveStep: Decoder = (state, start, end) => {
  const layer = addLayer(state, start, decodeGeneve(state.bytes, start, end))
  return layer && stepByEtherType(layer.protocolType, start + geneveHeaderLength(layer), end)
}

export const decodeDnsStep: Decoder = (state, start, end) => {
  const layer = addLayer(state, start, decodeDnsMessage(state.bytes, start, end))
  return layer && { kind: 'payload', start: end, end }
}

export const decodeNtpStep: Decoder = (state, start, end) => {
  const layer = addLayer(state, start, decodeNtp(state.bytes, start, end))
  return layer && { kind: 'payload', start: end, end }
}

/** One message that is there as a whole; what follows it is the payload. */
export const decodeDnsOverTcpStep: Decoder = (state, start, end) => {
  const length = dnsOverTcpLength(state.bytes, start, end)
  const messageEnd = start + 2 + (length ?? 0)
  if (length === undefined || messageEnd > end) return { kind: 'payload', start, end }
  const layer = addLayer(state, start + 2, decodeDnsMessage(state.bytes, start + 2, messageEnd))
  return layer && { kind: 'payload', start: messageEnd, end }
}

/** The start of a TCP payload shows whether it is TLS or HTTP, on any port. */
export const decodeStreamStep: Decoder = (state, start, end) => {
  if (startsTlsRecord(state.bytes, start, end)) {
    const layer = addLayer(state, start, decodeTls(state.bytes, start, end))
    return layer && { kind: 'payload', start: start + tlsRecordsLength(layer.records), end }
  }
  const length = httpHeadLength(state.bytes, start, end)
  if (length === undefined) return { kind: 'payload', start, end }
  const layer = addLayer(state, start, decodeHttpHead(state.bytes, start, start + length))
  return layer && { kind: 'payload', start: start + length, end }
}
