import type { ArpLayer } from './arp.ts'
import type { DnsMessage } from './dns/dns-message.ts'
import type { EthernetLayer } from './ethernet.ts'
import type { GeneveLayer } from './geneve.ts'
import type { HttpRequestHead, HttpResponseHead } from './http/http-message.ts'
import type { IcmpLayer } from './icmp.ts'
import type { Icmpv6Layer } from './icmpv6.ts'
import type { Ipv4Layer } from './ipv4.ts'
import type { Ipv6Layer } from './ipv6.ts'
import type { LinuxCookedLayer } from './linux-cooked.ts'
import type { LoopbackLayer } from './loopback.ts'
import type { NtpMessage } from './ntp.ts'
import type { TcpLayer } from './tcp.ts'
import type { TlsLayer } from './tls/tls-record.ts'
import type { UdpLayer } from './udp.ts'
import type { VxlanLayer } from './vxlan.ts'

/** One protocol's part of a packet: plain data with the protocol's name as `kind`. */
export type Layer =
  | EthernetLayer
  | LinuxCookedLayer
  | LoopbackLayer
  | ArpLayer
  | Ipv4Layer
  | Ipv6Layer
  | TcpLayer
  | UdpLayer
  | IcmpLayer
  | Icmpv6Layer
  | VxlanLayer
  | GeneveLayer
  | DnsMessage
  | HttpRequestHead
  | HttpResponseHead
  | TlsLayer
  | NtpMessage

/** The name of a protocol that is decoded. */
export type LayerKind = Layer['kind']
