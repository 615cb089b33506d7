import { toBytes } from '../kernel/bytes.ts'
import type {
  DnsAnswer,
  DnsQuery,
  DnsQueryOutcome,
  HostIdentity,
  LookupOutcome,
  PingOptions,
  Probe,
  ProbeOutcome,
  ShellHost,
  TcpConnection,
  TcpConnectOptions,
  TcpConnectOutcome,
  TcpListener,
  UdpSocket,
} from '../shell-host.ts'
import { Mailbox, type Task } from '../task.ts'
import type { FakeNetwork, FakePeer } from './fake-network.ts'

/** A host of the network of tests, with a small network stack of its own. */
export class FakeShellHost implements ShellHost {
  readonly network: FakeNetwork
  readonly identity: HostIdentity
  readonly listeners: Map<number, Mailbox<TcpConnection>> = new Map()
  readonly #hosts: Map<string, FakeShellHost>
  #randomState: number
  #nextPort = 40_000

  constructor(network: FakeNetwork, address: string, hosts: Map<string, FakeShellHost> = new Map()) {
    this.network = network
    this.#hosts = hosts
    hosts.set(address, this)
    this.identity = {
      hostname: `ip-${address.replaceAll('.', '-')}`,
      domain: 'us-west-2.compute.internal',
      nameServer: '10.0.0.2',
      interfaces: [
        {
          name: 'ens5',
          macAddress: '06:2d:0f:3a:91:5b',
          mtu: 9001,
          addresses: [{ address, prefixLength: 24, router: address.replace(/\d+$/, '1') }],
        },
      ],
    }
    this.#randomState = [...address].reduce((sum, character) => (sum * 31 + character.charCodeAt(0)) >>> 0, 7)
  }

  get address(): string {
    return this.identity.interfaces[0]?.addresses[0]?.address ?? ''
  }

  get nowMicroseconds(): number {
    return this.network.clock.nowMicroseconds
  }

  get clockMicroseconds(): number {
    return this.nowMicroseconds
  }

  sleepUntil(timeMicroseconds: number): Task {
    return this.network.clock.sleepUntil(timeMicroseconds)
  }

  randomUint32(): number {
    this.#randomState = (Math.imul(this.#randomState, 1_664_525) + 1_013_904_223) >>> 0
    return this.#randomState
  }

  *lookup(name: string, version?: 4 | 6): Task<LookupOutcome> {
    if (/^\d+\.\d+\.\d+\.\d+$/.test(name))
      return version === 6 ? { kind: 'not-found' } : { kind: 'found', addresses: [name] }
    this.network.note(this.address, `dns ${name} A AAAA`)
    yield* this.#pause(500)
    if (this.network.deadServers.has(this.identity.nameServer)) {
      yield* this.#pause(10_000_000)
      return { kind: 'no-answer' }
    }
    const addresses = this.#addresses(name)
    return addresses.length > 0 ? { kind: 'found', addresses } : { kind: 'not-found' }
  }

  #addresses(name: string): string[] {
    const wanted = name.toLowerCase().replace(/\.$/, '')
    const records = this.network.records.filter((record) => record.name === wanted)
    const alias = records.find((record) => record.type === 'CNAME')
    if (alias) return this.#addresses(alias.data)
    return records.filter((record) => record.type === 'A').map((record) => record.data)
  }

  *queryDns(query: DnsQuery): Task<DnsQueryOutcome> {
    this.network.note(this.address, `dns ${query.name} ${query.type} @${query.server} ${query.transport}`)
    const start = this.nowMicroseconds
    const server = this.network.peers.get(query.server)
    if (this.network.deadServers.has(query.server) || (server?.isDown ?? query.server !== this.identity.nameServer)) {
      yield* this.#pause(query.timeoutMicroseconds * query.attempts)
      return { kind: 'timeout' }
    }
    yield* this.#pause(2 * (server?.latencyMicroseconds ?? 250))
    if (server && !server.udp?.[53]) return { kind: 'refused' }
    const name = query.name.toLowerCase().replace(/\.$/, '')
    const chain: DnsAnswer['answers'][number][] = []
    let at = name
    for (;;) {
      const alias = this.network.records.find((record) => record.name === at && record.type === 'CNAME')
      if (!alias || query.type === 'CNAME') break
      chain.push(alias)
      at = alias.data
    }
    const exact = this.network.records.filter(
      (record) => record.name === at && (record.type === query.type || query.type === 'ANY'),
    )
    const answers = [...chain, ...exact.filter((record) => !chain.includes(record))]
    const exists = this.network.records.some((record) => record.name === at)
    return {
      kind: 'answer',
      answer: {
        status: exists ? 'NOERROR' : 'NXDOMAIN',
        answers,
        authority: [],
        id: this.randomUint32() & 0xffff,
        authoritative: false,
        recursionAvailable: true,
        messageBytes: 12 + query.name.length + 6 + answers.length * 16 + 11,
        roundTripMicroseconds: this.nowMicroseconds - start,
      },
    }
  }

  *connect(options: TcpConnectOptions): Task<TcpConnectOutcome> {
    const { address, port } = options
    const localPort = options.localPort ?? this.#takePort()
    this.network.note(this.address, `tcp ${localPort}>${address}:${port} SYN`)
    const other = this.#hosts.get(address)
    if (other) {
      yield* this.#pause(400)
      const accepting = other.listeners.get(port)
      if (!accepting) return { kind: 'failed', failure: 'refused' }
      const [near, far] = connectionPair(this, other, localPort, port)
      accepting.put(far)
      return { kind: 'connected', connection: near }
    }
    const peer = this.network.peers.get(address)
    const service = peer?.tcp?.[port]
    if (!peer || peer.isDown || (!service && peer.otherPorts === 'filtered')) {
      yield* this.#pause(options.timeoutMicroseconds ?? 130_000_000)
      return { kind: 'failed', failure: 'timeout' }
    }
    yield* this.#pause(2 * peer.latencyMicroseconds)
    if (!service) return { kind: 'failed', failure: 'refused' }
    return { kind: 'connected', connection: new FakeConnection(this, peer, localPort, port) }
  }

  listen(port: number): TcpListener | undefined {
    if (this.listeners.has(port)) return undefined
    const arrivals = new Mailbox<TcpConnection>()
    this.listeners.set(port, arrivals)
    return { port, accept: () => arrivals.take(), close: () => this.listeners.delete(port) }
  }

  openUdp(port?: number): UdpSocket | undefined {
    const local = port ?? this.#takePort()
    const arrivals = new Mailbox<ReturnType<UdpSocket['receive']> extends Task<infer Arrival> ? Arrival : never>()
    return {
      port: local,
      send: (address, remote, bytes) => {
        this.network.note(this.address, `udp ${local}>${address}:${remote} ${bytes.length}`)
        const peer = this.network.peers.get(address)
        if (!peer || peer.isDown) return
        const at = this.nowMicroseconds + 2 * peer.latencyMicroseconds
        const service = peer.udp?.[remote]
        const answer = service?.(bytes)
        if (!service && peer.otherPorts === 'filtered') return
        this.network.clock.callAt(at, () => {
          if (!service) arrivals.put({ kind: 'failed', failure: 'refused' })
          else if (answer !== undefined) {
            const payload = typeof answer === 'string' ? toBytes(answer) : answer
            arrivals.put({ kind: 'datagram', address, port: remote, bytes: payload })
          }
        })
      },
      receive: () => arrivals.take(),
      close: () => {},
    }
  }

  *probe(options: Probe): Task<ProbeOutcome> {
    const { address, protocol, hopLimit } = options
    const what = protocol === 'icmp' ? `seq=${options.sequence}` : `port=${options.port}`
    this.network.note(this.address, `probe ${protocol} ${address} ${what} ttl=${hopLimit} ${options.payload.length}`)
    const peer = this.network.peers.get(address)
    const start = this.nowMicroseconds
    const after = (latency: number): { roundTripMicroseconds: number } => ({ roundTripMicroseconds: 2 * latency })
    const hops = peer?.hops ?? []
    if (peer && hopLimit <= hops.length) {
      const router = hops[hopLimit - 1]
      if (router === undefined) return yield* this.#timeout(options)
      const latency = Math.round((peer.latencyMicroseconds * hopLimit) / (hops.length + 1))
      yield* this.network.clock.sleepUntil(start + 2 * latency)
      return { kind: 'hop-limit-exceeded', from: router, ...after(latency) }
    }
    if (!peer || peer.isDown) return yield* this.#timeout(options)
    if (options.dontFragment && peer.mtu !== undefined && options.payload.length + 28 > peer.mtu) {
      yield* this.#pause(100)
      return { kind: 'too-big', mtu: peer.mtu, from: hops[0] ?? address, ...after(50) }
    }
    const answer = this.#probeAnswer(peer, options)
    if (!answer) return yield* this.#timeout(options)
    if (2 * peer.latencyMicroseconds > options.timeoutMicroseconds) return yield* this.#timeout(options)
    yield* this.network.clock.sleepUntil(start + 2 * peer.latencyMicroseconds)
    return { ...answer, from: address, ...after(peer.latencyMicroseconds) }
  }

  #probeAnswer(
    peer: FakePeer,
    options: Probe,
  ):
    | { readonly kind: 'echo-reply'; readonly bytes: number; readonly hopLimit: number }
    | { readonly kind: 'open' | 'closed'; readonly hopLimit: number }
    | undefined {
    const hopLimit = 64 - (peer.hops?.length ?? 0)
    if (options.protocol === 'icmp') {
      if (peer.answersPing === false) return undefined
      return { kind: 'echo-reply', bytes: options.payload.length + 8, hopLimit }
    }
    const services = options.protocol === 'tcp' ? peer.tcp : peer.udp
    const port = options.port ?? 0
    if (services?.[port]) {
      if (options.protocol === 'udp' && services[port]?.(options.payload) === undefined) return undefined
      return { kind: 'open', hopLimit }
    }
    return peer.otherPorts === 'filtered' ? undefined : { kind: 'closed', hopLimit }
  }

  *ping(options: PingOptions, onAnswer: (outcome: ProbeOutcome, sequence: number) => void): Task {
    const { address, hopLimit, dontFragment, timeoutMicroseconds } = options
    const payload = new Uint8Array(options.bytes)
    for (let sequence = 1; sequence <= (options.count ?? Number.POSITIVE_INFINITY); sequence += 1) {
      this.network.note(this.address, `ping ${address} seq=${sequence} ttl=${hopLimit} ${options.bytes}`)
      const outcome = this.#echo({
        address,
        protocol: 'icmp',
        hopLimit,
        dontFragment,
        timeoutMicroseconds,
        payload,
        sequence,
      })
      if (outcome && !this.network.lostPings.has(sequence)) {
        const { after, answer } = outcome
        this.network.clock.callAt(this.nowMicroseconds + after, () => onAnswer(answer, sequence))
      }
      if (sequence !== options.count) yield* this.#pause(options.intervalMicroseconds)
    }
    yield* this.#pause(timeoutMicroseconds)
  }

  /** What comes back for an echo request, and when; undefined for nothing. */
  #echo(options: Probe): { readonly after: number; readonly answer: ProbeOutcome } | undefined {
    const peer = this.network.peers.get(options.address)
    const hops = peer?.hops ?? []
    if (!peer) return undefined
    const answered = (from: string, after: number): { from: string; roundTripMicroseconds: number } => ({
      from,
      roundTripMicroseconds: after,
    })
    if (options.hopLimit <= hops.length) {
      const router = hops[options.hopLimit - 1]
      const after = 2 * Math.round((peer.latencyMicroseconds * options.hopLimit) / (hops.length + 1))
      return router === undefined
        ? undefined
        : { after, answer: { kind: 'hop-limit-exceeded', ...answered(router, after) } }
    }
    if (peer.isDown) return undefined
    if (options.dontFragment && peer.mtu !== undefined && options.payload.length + 28 > peer.mtu) {
      return { after: 100, answer: { kind: 'too-big', mtu: peer.mtu, ...answered(hops[0] ?? peer.address, 100) } }
    }
    if (peer.unreachableCode !== undefined) {
      return {
        after: 400,
        answer: { kind: 'unreachable', code: peer.unreachableCode, ...answered(hops[0] ?? '10.0.1.1', 400) },
      }
    }
    const answer = this.#probeAnswer(peer, options)
    const after = 2 * peer.latencyMicroseconds
    return answer && { after, answer: { ...answer, ...answered(peer.address, after) } }
  }

  *#timeout(options: Probe): Task<ProbeOutcome> {
    yield* this.#pause(options.timeoutMicroseconds)
    return { kind: 'timeout' }
  }

  *#pause(microseconds: number): Task {
    yield* this.network.clock.sleepUntil(this.nowMicroseconds + microseconds)
  }

  #takePort(): number {
    this.#nextPort += 1
    return this.#nextPort
  }
}

class FakeConnection implements TcpConnection {
  readonly localAddress: string
  readonly localPort: number
  readonly remoteAddress: string
  readonly remotePort: number
  readonly #host: FakeShellHost
  readonly #peer: FakePeer
  readonly #arrivals = new Mailbox<Uint8Array | 'end' | 'reset'>()
  #request: Uint8Array = new Uint8Array(0)
  #isClosed = false

  constructor(host: FakeShellHost, peer: FakePeer, localPort: number, remotePort: number) {
    this.#host = host
    this.#peer = peer
    this.localAddress = host.address
    this.localPort = localPort
    this.remoteAddress = peer.address
    this.remotePort = remotePort
    const greeting = peer.greetings?.[remotePort]
    if (greeting !== undefined) this.#arrivals.put(toBytes(greeting))
  }

  send(bytes: Uint8Array): boolean {
    if (this.#isClosed) return false
    this.#host.network.note(
      this.#host.address,
      `tcp ${this.localPort}>${this.remoteAddress}:${this.remotePort} ${bytes.length}`,
    )
    const request = new Uint8Array(this.#request.length + bytes.length)
    request.set(this.#request)
    request.set(bytes, this.#request.length)
    this.#request = request
    const response = this.#peer.tcp?.[this.remotePort]?.(request)
    if (!response) return true
    this.#request = new Uint8Array(0)
    const answer = typeof response.answer === 'string' ? toBytes(response.answer) : response.answer
    this.#host.network.clock.callAt(this.#host.nowMicroseconds + 2 * this.#peer.latencyMicroseconds, () => {
      if (answer.length > 0) this.#arrivals.put(answer)
      if (response.closes) this.#arrivals.put('end')
    })
    return true
  }

  read(): Task<Uint8Array | 'end' | 'reset'> {
    return this.#arrivals.take()
  }

  *startTls(options: { readonly serverName?: string }): Task<boolean> {
    this.#host.network.note(this.#host.address, `tls ${options.serverName ?? '-'}`)
    yield* this.#host.sleepUntil(this.#host.nowMicroseconds + 2 * this.#peer.latencyMicroseconds)
    return this.#peer.speaksTls ?? false
  }

  endOutput(): void {
    if (this.#isClosed) return
    this.close()
    const { clock } = this.#host.network
    clock.callAt(clock.nowMicroseconds + 2 * this.#peer.latencyMicroseconds, () => this.#arrivals.put('end'))
  }

  close(): void {
    if (this.#isClosed) return
    this.#isClosed = true
    this.#host.network.note(this.#host.address, `tcp ${this.localPort}>${this.remoteAddress}:${this.remotePort} FIN`)
  }
}

function connectionPair(
  near: FakeShellHost,
  far: FakeShellHost,
  nearPort: number,
  farPort: number,
): [TcpConnection, TcpConnection] {
  const toFar = new Mailbox<Uint8Array | 'end' | 'reset'>()
  const toNear = new Mailbox<Uint8Array | 'end' | 'reset'>()
  const side = (
    host: FakeShellHost,
    other: FakeShellHost,
    ports: readonly [number, number],
    outgoing: Mailbox<Uint8Array | 'end' | 'reset'>,
    incoming: Mailbox<Uint8Array | 'end' | 'reset'>,
  ): TcpConnection => {
    let hasEnded = false
    const end = (): void => {
      if (!hasEnded) host.network.clock.callAt(host.nowMicroseconds + 200, () => outgoing.put('end'))
      hasEnded = true
    }
    return {
      localAddress: host.address,
      localPort: ports[0],
      remoteAddress: other.address,
      remotePort: ports[1],
      send: (bytes) => {
        host.network.clock.callAt(host.nowMicroseconds + 200, () => outgoing.put(bytes))
        return true
      },
      read: () => incoming.take(),
      startTls: function* () {
        yield* host.sleepUntil(host.nowMicroseconds + 400)
        return false
      },
      endOutput: end,
      close: end,
    }
  }
  return [side(near, far, [nearPort, farPort], toFar, toNear), side(far, near, [farPort, nearPort], toNear, toFar)]
}
