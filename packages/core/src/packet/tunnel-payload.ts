import type { EthernetAddresses } from './ethernet.ts'
import type { Packet } from './packet.ts'

/**
 * What the packet of a tunnel carries: a VXLAN or GENEVE header and another packet, whose bytes are made only where they are wanted
 * ({@link import('./tunnel-bytes.ts').withTunnelBytes}). Shared between packets, never changed.
 */
export interface TunnelPayload {
  /** The tunnel's own header as on the wire; never written to. */
  readonly header: Uint8Array
  readonly packet: Packet
  /** Of the Ethernet frame around the packet. Without them the packet follows the header directly, as behind a Gateway Load Balancer. */
  readonly macs: EthernetAddresses | undefined
  /** Bytes of the frame or packet that are carried; it is cut where it has more. */
  readonly length: number
  /**
   * Whether the sender's network card has not computed the checksums of what is cut: the transport checksum is 0, and the IPv4 header's
   * as well where that header is cut. Source: Traffic Mirroring guide, "Checksum offloading limitations".
   */
  readonly lacksChecksums: boolean
}
