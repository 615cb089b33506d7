/**
 * Suricata's EVE events as plain data, with the names, types and order of the fields that Suricata 7.0 writes (user guide 7.0, "EVE JSON
 * Format", and its output). `JSON.stringify(event)` is one line of eve.json: absent fields are left out, not null.
 */

/** What all events of a packet or flow begin with. */
export interface EveHeader {
  /** `2023-11-14T22:13:20.001000+0000`, always in UTC. */
  timestamp: string
  /** The same for all events of a flow; exact as a number. */
  flow_id?: number
  /** Number of the packet in the capture, from 1; absent in events of flows and of packets that were unwrapped or put together. */
  pcap_cnt?: number
  /** VLAN ids, the outer first. */
  vlan?: readonly number[]
  src_ip: string
  src_port?: number
  dest_ip: string
  dest_port?: number
  /** `TCP`, `UDP`, `ICMP`, `IPv6-ICMP`, or the number of another protocol in three digits. */
  proto: string
  icmp_type?: number
  icmp_code?: number
  response_icmp_type?: number
  response_icmp_code?: number
  pkt_src?: EvePacketSource
  tx_id?: number
}

/** Where a packet comes from: the capture, a tunnel, put-together fragments, or the end of a stream. */
export type EvePacketSource =
  | 'wire/pcap'
  | 'vxlan encapsulation'
  | 'geneve encapsulation'
  | 'defrag'
  | 'stream (flow timeout)'

/** The packet around an unwrapped one. */
export interface EveTunnel {
  src_ip: string
  src_port?: number
  dest_ip: string
  dest_port?: number
  proto: string
  /** 1 for what one header was taken off. */
  depth: number
  pcap_cnt?: number
  pkt_src: EvePacketSource
  /** Of flowtap, not of Suricata: the VXLAN or GENEVE network identifier. */
  vni?: number
  /** Of flowtap: id of the traffic mirror session whose identifier it is, where the inspector was told. */
  mirror_session?: string
}

/** Packets and bytes of a flow so far, both ways; bytes are those of whole frames. */
export interface EveFlowCounts {
  pkts_toserver: number
  pkts_toclient: number
  bytes_toserver: number
  bytes_toclient: number
  start: string
}

/** TCP flags of a flow, as hexadecimal numbers and one by one, and its state. */
export interface EveTcp {
  /** Two hexadecimal digits: all flags that were seen. */
  tcp_flags: string
  tcp_flags_ts: string
  tcp_flags_tc: string
  syn?: true
  fin?: true
  rst?: true
  psh?: true
  ack?: true
  urg?: true
  ecn?: true
  cwr?: true
  state?: string
  ts_gap?: true
  tc_gap?: true
  ts_max_regions?: number
  tc_max_regions?: number
}

/** A flow has ended, or has been idle for long enough. */
export interface EveFlowEvent extends EveHeader {
  event_type: 'flow'
  app_proto?: string
  app_proto_ts?: string
  app_proto_tc?: string
  flow: EveFlowCounts & {
    end: string
    /** Whole seconds between the first and the last packet's second. */
    age: number
    state: 'new' | 'established' | 'closed'
    reason: 'timeout' | 'forced' | 'shutdown'
    alerted: boolean
    /** What a rule decided for the flow; absent where none did. */
    action?: 'pass' | 'drop'
  }
  metadata?: { flowbits: readonly string[] }
  tcp?: EveTcp
  tunnel?: EveTunnel
}

/** One side of an alert. */
export interface EveEndpoint {
  ip: string
  port?: number
}

/** What a rule says of the packet that it matched. */
export interface EveAlert {
  /** Who attacks whom, where the rule has `target`. */
  source?: EveEndpoint
  target?: EveEndpoint
  /** `blocked` by a rule that rejects: an inspector that only listens lets everything else pass. */
  action: 'allowed' | 'blocked'
  gid: number
  signature_id: number
  rev: number
  signature: string
  category: string
  severity: number
  metadata?: Readonly<Record<string, readonly string[]>>
}

/** What the application layer said, as alerts and files carry it. */
export interface EveApplication {
  http?: EveHttp
  dns?: { version: 2; query?: readonly EveDnsQuery[]; answer?: EveDnsAnswer }
  tls?: EveTls
  ssh?: EveSsh
}

/** A rule matched. */
export interface EveAlertEvent extends EveHeader, EveApplication {
  event_type: 'alert'
  /** The transaction was not what matched, but the only one there was. */
  tx_guessed?: true
  alert: EveAlert
  tunnel?: EveTunnel
  files?: readonly EveFile[]
  app_proto?: string
  app_proto_ts?: string
  app_proto_tc?: string
  direction?: 'to_server' | 'to_client'
  flow?: EveFlowCounts & { src_ip: string; dest_ip: string; src_port?: number; dest_port?: number }
  metadata?: { flowbits: readonly string[] }
}

/** A question as `dns` events of type query have it. */
export interface EveDnsQuery {
  type: 'query'
  id: number
  rrname: string
  rrtype: string
  tx_id: number
  opcode: number
}

/** A resource record of an answer. */
export interface EveDnsRecord {
  rrname: string
  rrtype: string
  ttl: number
  /** Absent for types whose data Suricata does not write. */
  rdata?: string
  soa?: Readonly<Record<string, string | number>>
  srv?: Readonly<Record<string, string | number>>
  sshfp?: Readonly<Record<string, string | number>>
}

/** An answer, of version 2. */
export interface EveDnsAnswer {
  type: 'answer'
  id: number
  /** Hexadecimal. */
  flags: string
  qr: boolean
  aa?: true
  tc?: true
  rd?: true
  ra?: true
  z?: true
  opcode: number
  rrname?: string
  rrtype?: string
  rcode: string
  answers?: readonly EveDnsRecord[]
  grouped?: Readonly<Record<string, readonly unknown[]>>
  authorities?: readonly EveDnsRecord[]
}

/** A DNS question, or an answer (version 2 of the format). */
export interface EveDnsEvent extends EveHeader {
  event_type: 'dns'
  dns: { version: 2 } & (EveDnsQuery | EveDnsAnswer)
  tunnel?: EveTunnel
}

/** Of an HTTP transaction. */
export interface EveHttp {
  hostname?: string
  http_port?: number
  url?: string
  http_user_agent?: string
  http_content_type?: string
  http_refer?: string
  http_method?: string
  protocol?: string
  status?: number
  redirect?: string
  /** Bytes of the response's body as sent, without chunk headers. */
  length: number
}

/** An HTTP request with its response. */
export interface EveHttpEvent extends EveHeader {
  event_type: 'http'
  http: EveHttp
  tunnel?: EveTunnel
}

/** What the handshake of a TLS connection shows. */
export interface EveTls {
  subject?: string
  issuerdn?: string
  serial?: string
  /** SHA-1 of the certificate. */
  fingerprint?: string
  session_resumed?: true
  sni?: string
  version?: string
  notbefore?: string
  notafter?: string
  ja3?: { hash: string; string: string }
  ja3s?: { hash: string; string: string }
}

/** The handshake of a TLS connection is over. */
export interface EveTlsEvent extends EveHeader {
  event_type: 'tls'
  tls: EveTls
  tunnel?: EveTunnel
}

export interface EveSshSide {
  proto_version: string
  software_version: string
}

/** The two banners of an SSH connection. */
export interface EveSsh {
  client?: EveSshSide
  server?: EveSshSide
}

/** The banners of an SSH connection are known. */
export interface EveSshEvent extends EveHeader {
  event_type: 'ssh'
  ssh: EveSsh
  tunnel?: EveTunnel
}

/** A file that came over HTTP. */
export interface EveFile {
  filename: string
  gaps: boolean
  /** `CLOSED` where the whole file was seen. */
  state: 'CLOSED' | 'TRUNCATED' | 'UNKNOWN'
  md5?: string
  sha1?: string
  sha256?: string
  stored: false
  size: number
  tx_id: number
}

/** A file that is complete, or as much of it as came. */
export interface EveFileinfoEvent extends EveHeader, EveApplication {
  event_type: 'fileinfo'
  app_proto: string
  fileinfo: EveFile
  tunnel?: EveTunnel
}

/** What is wrong with a packet, a stream or an application's bytes. */
export interface EveAnomaly {
  app_proto?: string
  type: 'decode' | 'stream' | 'applayer'
  /** Suricata's name of the event, or one of flowtap's own, which begin with `flowtap.`. */
  event: string
  layer?: 'proto_detect' | 'proto_parser'
}

/** Something that no well-made traffic has. */
export interface EveAnomalyEvent extends Omit<EveHeader, 'src_ip' | 'dest_ip' | 'proto'> {
  event_type: 'anomaly'
  src_ip?: string
  dest_ip?: string
  proto?: string
  anomaly: EveAnomaly
  tunnel?: EveTunnel
}

/** Counters by name, in groups. */
export interface EveCounters {
  readonly [name: string]: number | EveCounters
}

/** Counters at the end. */
export interface EveStatsEvent {
  timestamp: string
  event_type: 'stats'
  stats: EveCounters
}

/** Any event, to be told apart by `event_type`. */
export type EveEvent =
  | EveAlertEvent
  | EveAnomalyEvent
  | EveDnsEvent
  | EveFileinfoEvent
  | EveFlowEvent
  | EveHttpEvent
  | EveSshEvent
  | EveStatsEvent
  | EveTlsEvent
