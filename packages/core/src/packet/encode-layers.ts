import type { IpAddress } from '../net/ip-address.ts'
import { ARP_LENGTH, encodeArp } from './arp.ts'
import { encodeDnsMessage } from './dns/dns-message.ts'
import { encodeEthernet, ethernetHeaderLength } from './ethernet.ts'
import { encodeGeneve, geneveHeaderLength } from './geneve.ts'
import { encodeHttpHead } from './http/http-message.ts'
import { encodeIcmp, ICMP_HEADER_LENGTH } from './icmp.ts'
import { encodeIcmpv6 } from './icmpv6.ts'
import { IP_PROTOCOL } from './ip-protocol.ts'
import { encodeIpv4, ipv4HeaderLength } from './ipv4.ts'
import { encodeIpv6, ipv6HeaderLength } from './ipv6.ts'
import type { Layer, LayerKind } from './layer.ts'
import { encodeLinuxCooked, linuxCookedHeaderLength } from './linux-cooked.ts'
import { encodeLoopback, LOOPBACK_HEADER_LENGTH } from './loopback.ts'
import { encodeNtp } from './ntp.ts'
import { encodeTcp, tcpHeaderLength } from './tcp.ts'
import { encodeTlsRecords } from './tls/tls-record.ts'
import { writeTransportChecksum } from './transport-checksum.ts'
import { encodeUdp, UDP_HEADER_LENGTH } from './udp.ts'
import { encodeVxlan, VXLAN_HEADER_LENGTH } from './vxlan.ts'

type LayerOf<K extends LayerKind> = Extract<Layer, { kind: K }>

interface Encoder<K extends LayerKind> {
  /** Bytes of the header. */
  length(layer: LayerOf<K>): number
  /** Writes the header at `at`, in front of a payload that ends at `end`. `network` is the IP header next to the outside. */
  encode(layer: LayerOf<K>, bytes: Uint8Array, at: number, end: number, network: Addresses | undefined): void
}

/** What the checksums of transport protocols cover besides the transport. */
interface Addresses {
  readonly source: IpAddress
  readonly destination: IpAddress
}

/**
 * The bytes of a packet, from the outermost layer to the innermost and then `payload`. They are written from the innermost layer outwards:
 * lengths and checksums that a layer does not give are computed over what is inside. Next-protocol numbers are the caller's. RangeError
 * where a field does not fit.
 */
export function encodeLayers(layers: readonly Layer[], payload: Uint8Array = new Uint8Array(0)): Uint8Array {
  const encoders = layers.map((layer) => encoderOf(layer))
  const lengths = layers.map((layer, index) => (encoders[index] as Encoder<LayerKind>).length(layer))
  const end = lengths.reduce((sum, length) => sum + length, payload.length)
  const bytes = new Uint8Array(end)
  let at = end - payload.length
  bytes.set(payload, at)
  for (let index = layers.length - 1; index >= 0; index -= 1) {
    const network = layers.slice(0, index).findLast((layer) => layer.kind === 'ipv4' || layer.kind === 'ipv6')
    at -= lengths[index] as number
    const encoder = encoders[index] as Encoder<LayerKind>
    encoder.encode(layers[index] as Layer, bytes, at, end, network)
  }
  return bytes
}

function encoderOf(layer: Layer): Encoder<LayerKind> {
  return ENCODERS[layer.kind] as Encoder<LayerKind>
}

const ENCODERS: { readonly [K in LayerKind]: Encoder<K> } = {
  ethernet: { length: ethernetHeaderLength, encode: encodeEthernet },
  'linux-cooked': { length: linuxCookedHeaderLength, encode: encodeLinuxCooked },
  loopback: { length: () => LOOPBACK_HEADER_LENGTH, encode: encodeLoopback },
  arp: { length: () => ARP_LENGTH, encode: encodeArp },
  ipv4: { length: ipv4HeaderLength, encode: encodeIpv4 },
  ipv6: { length: ipv6HeaderLength, encode: encodeIpv6 },
  tcp: {
    length: tcpHeaderLength,
    encode: (layer, bytes, at, end, network) => {
      encodeTcp(layer, bytes, at)
      if (layer.checksum === undefined) checksum(bytes, at, end, IP_PROTOCOL.tcp, network)
    },
  },
  udp: {
    length: () => UDP_HEADER_LENGTH,
    encode: (layer, bytes, at, end, network) => {
      encodeUdp(layer, bytes, at, end)
      if (layer.checksum === undefined) checksum(bytes, at, end, IP_PROTOCOL.udp, network)
    },
  },
  icmp: {
    length: () => ICMP_HEADER_LENGTH,
    encode: (layer, bytes, at, end, network) => {
      encodeIcmp(layer, bytes, at)
      if (layer.checksum === undefined) checksum(bytes, at, end, IP_PROTOCOL.icmp, network)
    },
  },
  icmpv6: {
    length: () => ICMP_HEADER_LENGTH,
    encode: (layer, bytes, at, end, network) => {
      encodeIcmpv6(layer, bytes, at)
      if (layer.checksum === undefined) checksum(bytes, at, end, IP_PROTOCOL.icmpv6, network)
    },
  },
  vxlan: { length: () => VXLAN_HEADER_LENGTH, encode: encodeVxlan },
  geneve: { length: geneveHeaderLength, encode: encodeGeneve },
  dns: message(encodeDnsMessage),
  'http-request': message<'http-request'>(encodeHttpHead),
  'http-response': message<'http-response'>(encodeHttpHead),
  tls: message(({ records }: LayerOf<'tls'>) => encodeTlsRecords(records)),
  ntp: message(encodeNtp),
}

/** Application messages are written as a whole. */
function message<K extends LayerKind>(encode: (layer: LayerOf<K>) => Uint8Array): Encoder<K> {
  return {
    length: (layer) => encode(layer).length,
    encode: (layer, bytes, at) => bytes.set(encode(layer), at),
  }
}

function checksum(bytes: Uint8Array, at: number, end: number, protocol: number, network: Addresses | undefined): void {
  if (!network)
    throw new RangeError('a checksum covers the IP addresses, so an IP header has to stand before TCP, UDP and ICMP')
  writeTransportChecksum(bytes, at, end, protocol, network.source, network.destination, end - at)
}
