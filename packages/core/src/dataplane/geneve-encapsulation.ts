import type { IpAddress } from '../net/ip-address.ts'
import { writeUint32 } from '../packet/byte-order.ts'
import { ETHER_TYPE } from '../packet/ether-type.ts'
import { encodeGeneve, GENEVE_PORT, type GeneveLayer, geneveHeaderLength } from '../packet/geneve.ts'
import { IP_PROTOCOL } from '../packet/ip-protocol.ts'
import { Packet } from '../packet/packet.ts'
import type { GatewayLoadBalancerEndpoint } from '../topology/topology.ts'
import { flowHash } from './flow-hash.ts'

/** Options of Gateway Load Balancers. Source: Gateway Load Balancer guide, "Target groups": routing configuration. */
export const GENEVE_OPTION_CLASS = 0x0108

/**
 * Their types: the endpoint's id and the attachment's id of 64 bits each, the flow cookie of 32 bits.
 * Source: AWS Networking blog, "Integrate your custom logic or appliance with AWS Gateway Load Balancer".
 */
export const GENEVE_OPTION_TYPE = { endpointId: 1, attachmentId: 2, flowCookie: 3 } as const

/** The attachment that traffic has come by; AWS names no value for traffic that came by none. */
export const GENEVE_ATTACHMENT_ID = 0n

/** Header fields of the packets to appliances; AWS documents none. The UDP checksum is left out, as RFC 8926 (3.3) allows over IPv4. */
export const GENEVE_OUTER_HEADER = { hopLimit: 255, trafficClass: 0, identification: 0 } as const

/** Source ports of these packets, by the flow: RFC 8926 (3.3) recommends the dynamic ones. AWS documents none. */
export const GENEVE_SOURCE_PORTS = { first: 49_152, count: 16_384 } as const

const COOKIE_LENGTH = 4

/** Wraps what comes by an endpoint into GENEVE (RFC 8926), always over IPv4. Source: Gateway Load Balancer guide, "IP address type". */
export class GeneveEncapsulation {
  readonly #headers: Readonly<Record<4 | 6, Uint8Array>>

  constructor(endpoint: GatewayLoadBalancerEndpoint) {
    this.#headers = {
      4: headerFor(endpoint, ETHER_TYPE.ipv4),
      6: headerFor(endpoint, ETHER_TYPE.ipv6),
    }
  }

  /** The packet, unchanged, on its way from a balancer's ENI to an appliance. */
  wrap(packet: Packet, from: IpAddress, to: IpAddress): Packet {
    const hash = flowHash(packet)
    const header = this.#headers[packet.source.version].slice()
    // The last option.
    writeUint32(header, header.length - COOKIE_LENGTH, hash)
    return new Packet({
      ...GENEVE_OUTER_HEADER,
      source: from,
      destination: to,
      protocol: IP_PROTOCOL.udp,
      sourcePort: GENEVE_SOURCE_PORTS.first + (hash % GENEVE_SOURCE_PORTS.count),
      destinationPort: GENEVE_PORT,
      hasUdpChecksum: false,
      payloadLength: header.length + packet.length,
      tunnel: { header, packet, macs: undefined, length: packet.length, lacksChecksums: false },
    })
  }
}

function headerFor({ id }: GatewayLoadBalancerEndpoint, protocolType: number): Uint8Array {
  const layer: GeneveLayer = {
    kind: 'geneve',
    isControl: false,
    hasCriticalOptions: false,
    protocolType,
    virtualNetworkId: 0,
    options: [
      option(GENEVE_OPTION_TYPE.endpointId, bytesOf(endpointNumber(id))),
      option(GENEVE_OPTION_TYPE.attachmentId, bytesOf(GENEVE_ATTACHMENT_ID)),
      option(GENEVE_OPTION_TYPE.flowCookie, new Uint8Array(COOKIE_LENGTH)),
    ],
  }
  const bytes = new Uint8Array(geneveHeaderLength(layer))
  encodeGeneve(layer, bytes, 0)
  return bytes
}

/** The hexadecimal digits of an endpoint's id as a number; of the 17 digits of long ids the first is 0. */
function endpointNumber(id: string): bigint {
  return BigInt.asUintN(64, BigInt(`0x${id.slice(id.lastIndexOf('-') + 1)}`))
}

function option(type: number, data: Uint8Array): GeneveLayer['options'][number] {
  return { optionClass: GENEVE_OPTION_CLASS, type, data }
}

function bytesOf(number: bigint): Uint8Array {
  const bytes = new Uint8Array(8)
  new DataView(bytes.buffer).setBigUint64(0, number)
  return bytes
}
