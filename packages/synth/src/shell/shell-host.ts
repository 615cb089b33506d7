import type { Task } from './task.ts'

/**
 * What a shell needs of the computer that it runs on: its identity, its clock and its network. An adapter makes one from a host of the
 * simulation; tests use a small network of their own.
 *
 * Addresses are texts (`10.0.1.101`, `2001:db8::1`); times are integers of microseconds. Operations that take simulated time are tasks.
 */
export interface ShellHost {
  /** Simulated time, microseconds since 1970. */
  readonly nowMicroseconds: number
  /** What the computer's own clock shows, which may be wrong: `date`, `$EPOCHSECONDS`, the times of files. */
  readonly clockMicroseconds: number
  readonly identity: HostIdentity

  /** Waits until a time; a time that has passed lets everything else that is due at this moment happen first. */
  sleepUntil(timeMicroseconds: number): Task
  /** A random integer from 0 to 2^32 - 1, from the shell's own stream of the simulation's seed. */
  randomUint32(): number

  /**
   * Looks a name up as `getaddrinfo` does, with the packets that this takes. Addresses in the order to be tried; those of an address's
   * text are itself.
   */
  lookup(name: string, version?: 4 | 6): Task<LookupOutcome>
  /** Asks a name server one question. */
  queryDns(query: DnsQuery): Task<DnsQueryOutcome>

  /** Opens a TCP connection. */
  connect(options: TcpConnectOptions): Task<TcpConnectOutcome>
  /** Opens a TCP port; undefined where it is in use. */
  listen(port: number): TcpListener | undefined

  /** Opens a UDP socket, on a free port unless one is given; undefined where that one is in use. */
  openUdp(port?: number): UdpSocket | undefined

  /** Sends one packet and waits for what comes back: an answer, an ICMP error, or nothing. */
  probe(options: Probe): Task<ProbeOutcome>
  /**
   * Sends ICMP echo requests, one each interval whatever comes back, until it is stopped or has sent `count`; waits then as long as for
   * any answer. `onAnswer` is called as answers and ICMP errors come; sequence numbers begin at 1.
   */
  ping(options: PingOptions, onAnswer: (outcome: ProbeOutcome, sequence: number) => void): Task
}

/** What the programs tell of the computer they run on. */
export interface HostIdentity {
  /** As in the prompt of an EC2 instance: `ip-10-0-1-101`. */
  readonly hostname: string
  /** `us-west-2.compute.internal`; undefined where there is none. */
  readonly domain: string | undefined
  /** The name server of /etc/resolv.conf. */
  readonly nameServer: string
  readonly interfaces: readonly HostInterface[]
}

/** A network interface as `ip addr` shows it. The loopback interface is not among them. */
export interface HostInterface {
  /** `ens5` */
  readonly name: string
  /** `06:2d:0f:3a:91:5b` */
  readonly macAddress: string
  readonly mtu: number
  readonly addresses: readonly HostInterfaceAddress[]
}

/** An address of an interface, with the subnet it is in. */
export interface HostInterfaceAddress {
  /** `10.0.1.101` */
  readonly address: string
  /** 24 */
  readonly prefixLength: number
  /** The subnet's first address, the router's, for IPv4; undefined for IPv6, where the router is a link-local neighbour. */
  readonly router: string | undefined
}

/** How a lookup ended: NXDOMAIN or no address is `not-found`; no name server's answer is `no-answer`. */
export type LookupOutcome =
  | { readonly kind: 'found'; readonly addresses: readonly string[] }
  | { readonly kind: 'not-found' }
  | { readonly kind: 'no-answer' }

/** One question to a name server. */
export interface DnsQuery {
  readonly name: string
  /** `A`, `ANY`, `TXT`; in capitals. */
  readonly type: string
  /** Address of the server. */
  readonly server: string
  readonly port: number
  readonly transport: 'udp' | 'tcp'
  /** UDP payload size of the question's EDNS record; 0 for none. */
  readonly ednsBytes: number
  readonly recursionDesired: boolean
  /** For each attempt. */
  readonly timeoutMicroseconds: number
  readonly attempts: number
}

/** How a question ended. `unsupported`: the simulation has no such record type. */
export type DnsQueryOutcome =
  | { readonly kind: 'answer'; readonly answer: DnsAnswer }
  | { readonly kind: 'timeout' }
  | { readonly kind: 'refused' }
  | { readonly kind: 'unreachable' }
  | { readonly kind: 'unsupported'; readonly supported: readonly string[] }

/** What a name server answered. */
export interface DnsAnswer {
  readonly status: string
  readonly answers: readonly DnsRecord[]
  readonly authority: readonly DnsRecord[]
  readonly id: number
  readonly authoritative: boolean
  readonly recursionAvailable: boolean
  /** Bytes of the message. */
  readonly messageBytes: number
  readonly roundTripMicroseconds: number
}

/** A resource record; the data as zone files write it: `142.250.69.206`, `10 mail.example.com.`, `"v=spf1 -all"`. */
export interface DnsRecord {
  readonly name: string
  readonly type: string
  readonly ttlSeconds: number
  readonly data: string
}

/** What a TCP connection is opened with. */
export interface TcpConnectOptions {
  readonly address: string
  readonly port: number
  readonly localPort?: number
  /** How long the handshake may take; as long as the kernel tries unless given. */
  readonly timeoutMicroseconds?: number
  /** Whether {@link TcpConnection.startTls} is going to be called: the other side then speaks HTTP over TLS. False unless given. */
  readonly forTls?: boolean
}

/** Why the network refused, in the words of system calls. */
export type NetworkFailure =
  | 'refused'
  | 'timeout'
  | 'host-unreachable'
  | 'network-unreachable'
  | 'prohibited'
  | 'address-in-use'

/** How opening a connection ended. */
export type TcpConnectOutcome =
  | { readonly kind: 'connected'; readonly connection: TcpConnection }
  | { readonly kind: 'failed'; readonly failure: NetworkFailure }

/** One side of a TCP connection. */
export interface TcpConnection {
  readonly localAddress: string
  readonly localPort: number
  readonly remoteAddress: string
  readonly remotePort: number
  /** Hands bytes to the kernel. False where the connection is gone. */
  send(bytes: Uint8Array): boolean
  /** The next bytes; `end` after the other side's last, `reset` when it broke the connection off. */
  read(): Task<Uint8Array | 'end' | 'reset'>
  /** A TLS handshake. From here on what is sent and read is carried in TLS records. False where the other side speaks no TLS. */
  startTls(options: { readonly serverName?: string; readonly alpn: readonly string[] }): Task<boolean>
  /** Sends the end of its data; what the other side sends can still be read. */
  endOutput(): void
  /** Sends the end of its data, and lets go of what comes; does not wait for the other side. */
  close(): void
}

/** An open TCP port. */
export interface TcpListener {
  readonly port: number
  accept(): Task<TcpConnection>
  close(): void
}

/** An open UDP socket. */
export interface UdpSocket {
  readonly port: number
  send(address: string, port: number, bytes: Uint8Array): void
  /** The next datagram, or the ICMP error that an earlier one met. */
  receive(): Task<
    | { readonly kind: 'datagram'; readonly address: string; readonly port: number; readonly bytes: Uint8Array }
    | { readonly kind: 'failed'; readonly failure: NetworkFailure }
  >
  close(): void
}

/** One packet that is sent to see what comes back. */
export interface Probe {
  readonly address: string
  readonly protocol: 'icmp' | 'tcp' | 'udp'
  /** Destination port of TCP and UDP. */
  readonly port?: number
  readonly localPort?: number
  readonly hopLimit: number
  readonly payload: Uint8Array
  /** TCP flag bits: FIN 1, SYN 2, RST 4, PSH 8, ACK 16, URG 32. */
  readonly tcpFlags?: number
  /** ICMP echo. */
  readonly sequence?: number
  readonly dontFragment: boolean
  readonly timeoutMicroseconds: number
}

/** One run of `ping`. */
export interface PingOptions {
  readonly address: string
  /** Without end unless given. */
  readonly count: number | undefined
  readonly intervalMicroseconds: number
  /** Bytes of data in each request. */
  readonly bytes: number
  readonly hopLimit: number
  readonly dontFragment: boolean
  /** How long the last answer is waited for. */
  readonly timeoutMicroseconds: number
}

/** What came back. `open` is a SYN/ACK or a datagram, `closed` a RST or ICMP "port unreachable". */
export type ProbeOutcome =
  | ({ readonly kind: 'echo-reply'; readonly bytes: number; readonly hopLimit: number } & ProbeAnswer)
  | ({ readonly kind: 'open'; readonly hopLimit: number } & ProbeAnswer)
  | ({ readonly kind: 'closed'; readonly hopLimit: number } & ProbeAnswer)
  | ({ readonly kind: 'hop-limit-exceeded' } & ProbeAnswer)
  | ({ readonly kind: 'too-big'; readonly mtu: number } & ProbeAnswer)
  | ({ readonly kind: 'unreachable'; readonly code: number } & ProbeAnswer)
  /** The packet could not be sent: no route to that address, or of this IP version. */
  | { readonly kind: 'no-route' }
  | { readonly kind: 'timeout' }

/** Who answered a probe, and how long it took. */
export interface ProbeAnswer {
  readonly from: string
  readonly roundTripMicroseconds: number
}
