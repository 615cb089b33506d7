import { IpAddress, type IpVersion } from '@flowtap/core'
import type { DnsQuestionType } from '../host/dns-answer.ts'
import type { Host } from '../host/host.ts'
import { NetworkError, type NetworkErrorCode } from '../host/process.ts'
import type { Random } from '../random.ts'
import type {
  DnsQuery,
  DnsQueryOutcome,
  HostIdentity,
  HostInterface,
  LookupOutcome,
  NetworkFailure,
  PingOptions,
  Probe,
  ProbeOutcome,
  ShellHost,
  TcpConnection,
  TcpConnectOptions,
  TcpConnectOutcome,
  TcpListener,
  UdpSocket,
} from './shell-host.ts'
import type { ShellScheduler } from './shell-scheduler.ts'
import { SimulatedConnection, SimulatedTlsConnection } from './simulated-connection.ts'
import { Mailbox, type Task } from './task.ts'

/** Record types that the simulation's name servers know. */
const QUESTION_TYPES = [
  'A',
  'AAAA',
  'ANY',
  'CNAME',
  'MX',
  'NS',
  'PTR',
  'SOA',
  'SRV',
  'TXT',
] as const satisfies readonly DnsQuestionType[]
/** MTU of ENIs inside of a VPC. */
const INTERFACE_MTU = 9_001
/** First number of an ENI's name on Nitro instances. */
const FIRST_INTERFACE_NUMBER = 5
/** What a host outside of a VPC shows as its name server. */
const STUB_RESOLVER = '127.0.0.53'

const FAILURES: Readonly<Partial<Record<NetworkErrorCode, NetworkFailure>>> = {
  ECONNREFUSED: 'refused',
  ECONNRESET: 'refused',
  ETIMEDOUT: 'timeout',
  EHOSTUNREACH: 'host-unreachable',
  ENETUNREACH: 'network-unreachable',
  EACCES: 'prohibited',
  EADDRINUSE: 'address-in-use',
  EADDRNOTAVAIL: 'address-in-use',
}

/** A host of the simulation as a shell needs it. */
export class SimulatedShellHost implements ShellHost {
  readonly identity: HostIdentity
  readonly #scheduler: ShellScheduler
  #host: Host
  #random: Random

  /** `host` until {@link SimulatedShellHost.runOn} gives the host as the shell's own process sees it. */
  constructor(host: Host, scheduler: ShellScheduler) {
    this.#host = host
    this.#random = host.random
    this.#scheduler = scheduler
    this.identity = identityOf(host)
  }

  /** The host of the process on which the shell runs: sockets are closed when it ends, packets carry its label. */
  runOn(host: Host): void {
    this.#host = host
    this.#random = host.random
  }

  get nowMicroseconds(): number {
    return this.#host.nowMicroseconds
  }

  get clockMicroseconds(): number {
    return this.#host.clockMicroseconds
  }

  sleepUntil(timeMicroseconds: number): Task {
    return this.#host.sleepUntil(timeMicroseconds)
  }

  randomUint32(): number {
    return this.#random.uint32()
  }

  *lookup(name: string, version?: IpVersion): Task<LookupOutcome> {
    const families = this.identity.interfaces.flatMap((one) => one.addresses.map(({ address }) => address))
    if (version === 6 && !families.some((address) => address.includes(':'))) return yield* this.#lookupIpv6(name)
    try {
      const addresses = yield* this.#host.lookup(name, version === undefined ? {} : { version })
      return { kind: 'found', addresses: addresses.map(String) }
    } catch (error) {
      return { kind: failureCode(error) === 'ENOTFOUND' ? 'not-found' : 'no-answer' }
    }
  }

  /** Asked for IPv6 by name, programs ask for it on a host that has none too, and then have no route. */
  *#lookupIpv6(name: string): Task<LookupOutcome> {
    try {
      const { records } = yield* this.#host.resolve(name, { type: 'AAAA' })
      const addresses = records.filter(({ type }) => type === 'AAAA').map(({ data }) => data)
      return addresses.length > 0 ? { kind: 'found', addresses } : { kind: 'not-found' }
    } catch (error) {
      failureCode(error)
      return { kind: 'no-answer' }
    }
  }

  *queryDns(query: DnsQuery): Task<DnsQueryOutcome> {
    const type = QUESTION_TYPES.find((candidate) => candidate === query.type)
    if (!type) return { kind: 'unsupported', supported: QUESTION_TYPES }
    const { port, timeoutMicroseconds, attempts, transport, ednsBytes, recursionDesired } = query
    const options = { type, port, timeoutMicroseconds, attempts, transport, ednsBytes, recursionDesired }
    const server = query.server === STUB_RESOLVER ? {} : { server: query.server }
    try {
      const { records, roundTripMicroseconds, ...answer } = yield* this.#host.resolve(query.name, {
        ...options,
        ...server,
      })
      return { kind: 'answer', answer: { ...answer, answers: records, roundTripMicroseconds } }
    } catch (error) {
      const code = failureCode(error)
      if (code === 'ECONNREFUSED') return { kind: 'refused' }
      return { kind: code === 'EHOSTUNREACH' || code === 'ENETUNREACH' ? 'unreachable' : 'timeout' }
    }
  }

  *connect(options: TcpConnectOptions): Task<TcpConnectOutcome> {
    const { address, port, localPort, timeoutMicroseconds, forTls = false } = options
    try {
      const connection = yield* this.#host.connect({
        to: IpAddress.of(address),
        port,
        peer: forTls ? 'exchange' : 'service',
        ...(localPort === undefined ? {} : { fromPort: localPort }),
        ...(timeoutMicroseconds === undefined ? {} : { timeoutMicroseconds }),
      })
      const Kind = forTls ? SimulatedTlsConnection : SimulatedConnection
      return { kind: 'connected', connection: new Kind(connection, this.#scheduler, this) }
    } catch (error) {
      return { kind: 'failed', failure: FAILURES[failureCode(error)] ?? 'host-unreachable' }
    }
  }

  listen(port: number): TcpListener | undefined {
    const arrivals = new Mailbox<TcpConnection>()
    const scheduler = this.#scheduler
    const clock: ShellHost = this
    try {
      const listener = this.#host.listen({
        port,
        *application(_, connection) {
          const accepted = new SimulatedConnection(connection, scheduler, clock)
          arrivals.put(accepted)
          yield* accepted.closed.wait()
        },
      })
      return { port, accept: () => arrivals.take(), close: () => listener.close() }
    } catch (error) {
      if (failureCode(error)) return undefined
      throw error
    }
  }

  openUdp(port?: number): UdpSocket | undefined {
    try {
      const socket = this.#host.openUdp(port === undefined ? {} : { port })
      return {
        port: socket.port,
        send: (address, remotePort, bytes) => socket.send(IpAddress.of(address), remotePort, bytes.slice()),
        *receive() {
          for (;;) {
            try {
              const datagram = yield* socket.receive()
              if (!datagram) continue
              const bytes = datagram.payload.slice()
              return { kind: 'datagram', address: datagram.from.toString(), port: datagram.fromPort, bytes }
            } catch (error) {
              return { kind: 'failed', failure: FAILURES[failureCode(error)] ?? 'host-unreachable' }
            }
          }
        },
        close: () => socket.close(),
      }
    } catch (error) {
      if (failureCode(error)) return undefined
      throw error
    }
  }

  *probe(options: Probe): Task<ProbeOutcome> {
    const {
      address,
      protocol,
      port,
      localPort,
      hopLimit,
      payload,
      tcpFlags,
      sequence,
      dontFragment,
      timeoutMicroseconds,
    } = options
    try {
      const outcome = yield* this.#host.probe({
        to: IpAddress.of(address),
        protocol,
        hopLimit,
        payload,
        dontFragment,
        timeoutMicroseconds,
        ...(port === undefined ? {} : { port }),
        ...(localPort === undefined ? {} : { fromPort: localPort }),
        ...(tcpFlags === undefined ? {} : { tcpFlags }),
        ...(sequence === undefined ? {} : { sequence }),
      })
      return 'from' in outcome ? { ...outcome, from: outcome.from.toString() } : { kind: 'timeout' }
    } catch (error) {
      failureCode(error)
      return { kind: 'no-route' }
    }
  }

  *ping(options: PingOptions, onAnswer: (outcome: ProbeOutcome, sequence: number) => void): Task {
    const { address, count = Number.POSITIVE_INFINITY, ...others } = options
    try {
      yield* this.#host.ping({
        to: IpAddress.of(address),
        count,
        ...others,
        onOutcome: (outcome, sequence) => {
          if ('from' in outcome) onAnswer({ ...outcome, from: outcome.from.toString() }, sequence)
        },
      })
    } catch (error) {
      failureCode(error)
      onAnswer({ kind: 'no-route' }, 1)
    }
  }
}

/** The code of a network error; other errors are thrown on. */
function failureCode(error: unknown): NetworkErrorCode {
  if (error instanceof NetworkError) return error.code
  throw error
}

function identityOf(host: Host): HostIdentity {
  const interfaces = host.networkInterfaces.map((one, i): HostInterface => {
    const { cidrBlock, ipv6CidrBlock, routerAddress } = one.subnet
    const version4 = one.addresses.map(({ address }) => ({
      address: address.toString(),
      prefixLength: cidrBlock?.prefixLength ?? 32,
      router: routerAddress?.toString(),
    }))
    const version6 = one.ipv6Addresses.map((address) => ({
      address: address.toString(),
      prefixLength: ipv6CidrBlock?.prefixLength ?? 128,
      router: undefined,
    }))
    return {
      name: `ens${FIRST_INTERFACE_NUMBER + i}`,
      macAddress: one.macAddress,
      mtu: INTERFACE_MTU,
      addresses: [...version4, ...version6],
    }
  })
  const [primary] = host.networkInterfaces
  const address = primary?.addresses[0]?.address.toString()
  const region = primary?.vpc.region
  return {
    // An instance is named after its private address unless the subnet says otherwise (EC2 user guide, "hostname types").
    hostname:
      address === undefined
        ? host.name.toLowerCase().replace(/[^a-z0-9.-]/g, '-')
        : `ip-${address.replaceAll('.', '-')}`,
    domain: region === undefined ? undefined : region === 'us-east-1' ? 'ec2.internal' : `${region}.compute.internal`,
    // The primary CIDR's base plus two (VPC user guide, "Amazon DNS server").
    nameServer: primary?.vpc.cidrBlocks[0]?.network.plus(2).toString() ?? STUB_RESOLVER,
    interfaces,
  }
}
