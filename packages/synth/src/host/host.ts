import type { IpAddress, IpVersion, NetworkInterface } from '@flowtap/core'
import type { ActivityLabel } from '../labels.ts'
import type { Random } from '../random.ts'
import type { Connection, Listener, TcpApplication } from './connection.ts'
import type { ContentLike } from './content.ts'
import type { DnsAnswer, DnsQuestionType } from './dns-answer.ts'
import type { Process, ProcessBody, ProcessHandle } from './process.ts'
import type { Datagram, UdpApplication, UdpSocket } from './udp.ts'

/** `linux` and `windows` as in the design; `network-device` is what stands behind services of AWS and routers. */
export type OperatingSystem = 'linux' | 'windows' | 'network-device'

/**
 * Where to send: an address, its text, a name that is looked up first (with the packets that this takes), or a host. Of a host, those
 * inside AWS's network reach its first private address and internet hosts its public one; name an address to choose another.
 */
export type Destination = IpAddress | string | Host

/**
 * A computer as the process on it sees it: an instance, an internet host, a service of AWS. It has the addresses of its ENIs, an IP
 * stack that behaves like its operating system's, and whatever listens on it.
 *
 * Each process gets a `Host` of its own: `random` is the process's own stream, its sockets are closed when it ends, and what it sends
 * carries its label. All times are integers of microseconds.
 */
export interface Host {
  /** Of an instance its design name, of an internet host the design's or the scenario's, of a service its service name. */
  readonly name: string
  readonly kind: 'instance' | 'interface' | 'internet' | 'service'
  readonly operatingSystem: OperatingSystem
  /** Own addresses, the primary ENI's first IPv4 address first; private ones inside a VPC. */
  readonly addresses: readonly IpAddress[]
  /** Public addresses that an internet gateway maps to it, and its IPv6 addresses; of an internet host all of `addresses`. */
  readonly publicAddresses: readonly IpAddress[]
  /** ENIs, the primary first; empty outside of VPCs. */
  readonly networkInterfaces: readonly NetworkInterface[]
  /** Simulated time, microseconds since 1970. */
  readonly nowMicroseconds: number
  /** What the host's own clock shows: the same, unless a fault put it off. */
  readonly clockMicroseconds: number
  /** The random stream of the process: named after it, so that no other process changes what it gives. */
  readonly random: Random

  // Time and processes

  /** Waits. 0 lets everything else that is due at this moment happen first. */
  sleep(microseconds: number): Process
  /** Waits until a time; not at all where it has passed. */
  sleepUntil(timeMicroseconds: number): Process
  /**
   * Starts another process on this host, at once or after `delayMicroseconds`. It ends with the one that started it unless `detached`.
   * The name is its random stream; a second one of the same name becomes `name#2`.
   */
  spawn<Result>(name: string, body: ProcessBody<Result>, options?: SpawnOptions): ProcessHandle<Result>
  /**
   * Runs a part of the process under a label: all packets that it causes, on its side and as answers, are counted as that activity's in
   * the ground truth. Labels nest; the inner one counts.
   */
  during<Result>(label: ActivityLabel, part: Process<Result>): Process<Result>

  // Names

  /**
   * Looks a name up as `getaddrinfo` does: the texts of addresses stand for themselves; else A and AAAA are asked for at once, of the
   * families that the host has. Addresses in the order to be tried, IPv4 first. Throws `ENOTFOUND`, or `EAI_AGAIN` without an answer.
   */
  lookup(name: string, options?: LookupOptions): Process<readonly IpAddress[]>
  /** Asks a name server one question, as `dig` does. Any answer is a result, NXDOMAIN too; throws `ETIMEDOUT` without one. */
  resolve(name: string, options?: ResolveOptions): Process<DnsAnswer>

  // TCP

  /**
   * Opens a TCP connection: handshake with SYN retransmissions as the operating system has them. Throws `ECONNREFUSED`, `ETIMEDOUT`
   * (after 127 s on Linux unless `timeoutMicroseconds` is given), `EHOSTUNREACH`, `ENETUNREACH`, `EACCES`, or what a lookup throws.
   */
  connect(options: ConnectOptions): Process<Connection>
  /** Opens a TCP port. Throws `EADDRINUSE`. Without an application the port plays the part that the connecting side has for it. */
  listen(options: ListenOptions): Listener

  // UDP

  /** Opens a UDP socket, on a free ephemeral port unless one is given. */
  openUdp(options?: UdpOptions): UdpSocket
  /** Opens a UDP port with something that answers each datagram. Throws `EADDRINUSE`. */
  listenUdp(options: ListenUdpOptions): Listener
  /**
   * One datagram and its answer, from a socket of its own. Gives undefined where nothing came in `timeoutMicroseconds`; throws
   * `ECONNREFUSED`, `EHOSTUNREACH` or `ENETUNREACH` when an ICMP message says so.
   */
  exchangeUdp(options: ExchangeUdpOptions): Process<Datagram | undefined>

  // ICMP and probes

  /** Pings as the `ping` command does: one echo request each interval whatever comes back. The result tells of each request. */
  ping(options: PingOptions): Process<readonly ProbeOutcome[]>
  /** Sends one packet and waits for what comes back: an answer, an ICMP error, or nothing. The tool of traceroute and port scans. */
  probe(options: ProbeOptions): Process<ProbeOutcome>

  // Raw packets

  /**
   * Sends one packet with the given fields and waits for nothing. What comes back meets the stack as any stray packet does: a
   * SYN/ACK that nobody waits for is answered with a RST.
   */
  sendPacket(packet: RawPacket): void
}

/** How a process is started. */
export interface SpawnOptions {
  readonly delayMicroseconds?: number
  /** It goes on when the process that started it ends. */
  readonly detached?: boolean
  readonly label?: ActivityLabel
}

/** How a name is looked up. */
export interface LookupOptions {
  /** Only addresses of this family. */
  readonly version?: IpVersion
}

/** How a name server is asked. */
export interface ResolveOptions {
  /** `A` unless given. `PTR` takes an address's text as the name. */
  readonly type?: DnsQuestionType
  /** A name server; the VPC's Amazon resolver unless given, for internet hosts their provider's. */
  readonly server?: Destination
  /** 53 unless given. */
  readonly port?: number
  /** 5 s unless given, for each attempt. */
  readonly timeoutMicroseconds?: number
  /** How often it is asked; 2 unless given. */
  readonly attempts?: number
  readonly transport?: 'udp' | 'tcp'
  /** UDP payload size in the question's EDNS record; 0 for a question without one. 1232 unless given. */
  readonly ednsBytes?: number
  /** True unless given. */
  readonly recursionDesired?: boolean
}

/** What a connection is opened with. */
export interface ConnectOptions {
  readonly to: Destination
  readonly port: number
  /** Own address; the first that fits unless given. */
  readonly from?: IpAddress
  /** Own port; a free ephemeral one unless given. Throws `EADDRINUSE`. */
  readonly fromPort?: number
  readonly timeoutMicroseconds?: number
  /**
   * How a port without an application of its own behaves: `exchange` (unless given) does what this side's {@link Connection.exchange}
   * says and nothing else; `service` is the well-known service of the port's number (a web server on 80, a greeting on 22), to be
   * spoken to with `send` and `read`.
   */
  readonly peer?: 'exchange' | 'service'
}

/** What a TCP port is opened with. */
export interface ListenOptions {
  readonly port: number
  /** Only at this address; at all unless given. */
  readonly address?: IpAddress
  /**
   * A process for each accepted connection. Without it the port answers as {@link ConnectOptions.peer} of the connecting side says.
   */
  readonly application?: TcpApplication
}

/** What a UDP socket is opened with. */
export interface UdpOptions {
  readonly port?: number
  /** Own address; the one that fits each destination unless given. */
  readonly address?: IpAddress
  readonly hopLimit?: number
}

/** What a UDP port is opened with. */
export interface ListenUdpOptions {
  readonly port: number
  readonly address?: IpAddress
  /** What answers a datagram. Without it the port answers as {@link Host.exchangeUdp} of the sender says, and else as its number's well-known service. */
  readonly application?: UdpApplication
}

/** One UDP question. */
export interface ExchangeUdpOptions {
  readonly to: Destination
  readonly port: number
  readonly send: ContentLike
  /** What a port without an application of its own answers; an array for several datagrams. Nothing unless given. */
  readonly receive?: ContentLike | readonly ContentLike[]
  /** How long that port takes to answer. */
  readonly serverDelayMicroseconds?: number
  readonly from?: IpAddress
  readonly fromPort?: number
  /** 5 s unless given. */
  readonly timeoutMicroseconds?: number
}

/** One `ping` command. */
export interface PingOptions {
  readonly to: Destination
  /** 4 unless given. */
  readonly count?: number
  /** 1 s unless given. */
  readonly intervalMicroseconds?: number
  /** Bytes of data in each request; 56 on Linux and 32 on Windows unless given. */
  readonly bytes?: number
  readonly hopLimit?: number
  /** How long the last answer is waited for; 10 s on Linux and 4 s on Windows unless given. */
  readonly timeoutMicroseconds?: number
  readonly dontFragment?: boolean
  readonly from?: IpAddress
  /** Called as each answer comes, in order of time; sequence numbers begin at 1. */
  readonly onOutcome?: (outcome: ProbeOutcome, sequence: number) => void
}

/** One probe. */
export interface ProbeOptions {
  readonly to: Destination
  readonly protocol: 'icmp' | 'tcp' | 'udp'
  /** Destination port; of TCP and UDP. */
  readonly port?: number
  readonly fromPort?: number
  /** 64 unless given. */
  readonly hopLimit?: number
  /** Bytes of payload; 56 for ICMP, 32 for UDP, 0 for TCP unless given. */
  readonly bytes?: number
  readonly payload?: ContentLike
  /** TCP flag bits, SYN unless given: FIN 1, SYN 2, RST 4, PSH 8, ACK 16, URG 32. */
  readonly tcpFlags?: number
  /** ICMP echo sequence number. */
  readonly sequence?: number
  readonly dontFragment?: boolean
  readonly from?: IpAddress
  /** 1 s unless given. */
  readonly timeoutMicroseconds?: number
}

/** What came back for a probe. */
export type ProbeOutcome =
  | ({ readonly kind: 'echo-reply'; readonly bytes: number; readonly hopLimit: number } & Answered)
  /** TCP: SYN and ACK. UDP: a datagram. */
  | ({ readonly kind: 'open'; readonly bytes: number; readonly hopLimit: number } & Answered)
  /** TCP: RST. UDP: ICMP port unreachable. */
  | ({ readonly kind: 'closed'; readonly hopLimit: number } & Answered)
  | ({ readonly kind: 'hop-limit-exceeded' } & Answered)
  /** `mtu` of "fragmentation needed" and "packet too big". */
  | ({ readonly kind: 'too-big'; readonly mtu: number } & Answered)
  /** Any other ICMP destination unreachable, by its code. */
  | ({ readonly kind: 'unreachable'; readonly code: number } & Answered)
  | { readonly kind: 'timeout'; readonly sentMicroseconds: number }

/** Who answered a probe, and when. */
export interface Answered {
  readonly from: IpAddress
  readonly sentMicroseconds: number
  readonly roundTripMicroseconds: number
}

/** A packet by its fields; source address and what a stack fills in have defaults. */
export interface RawPacket {
  readonly to: IpAddress
  /** Own address that fits unless given; internet hosts may send from any (spoofed), answers to others do not come back. */
  readonly from?: IpAddress
  /** IANA number. */
  readonly protocol: number
  readonly sourcePort?: number
  readonly destinationPort?: number
  readonly hopLimit?: number
  readonly tcpFlags?: number
  readonly tcpSequence?: number
  readonly tcpAcknowledgment?: number
  readonly icmpType?: number
  readonly icmpCode?: number
  readonly icmpIdentifier?: number
  readonly icmpSequence?: number
  readonly dontFragment?: boolean
  readonly payload?: ContentLike
}
