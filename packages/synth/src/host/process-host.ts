import { IP_PROTOCOL, IpAddress, type NetworkInterface, Packet } from '@flowtap/core'
import { minutes, seconds, wholeMicroseconds } from '../duration.ts'
import type { ActivityLabel } from '../labels.ts'
import type { Random } from '../random.ts'
import type { Connection, Listener } from './connection.ts'
import { Content, type ContentView } from './content.ts'
import { Conversation } from './conversation.ts'
import type { DnsAnswer } from './dns-answer.ts'
import { lookupName, resolveName } from './dns-client.ts'
import type {
  ConnectOptions,
  Destination,
  ExchangeUdpOptions,
  Host,
  ListenOptions,
  ListenUdpOptions,
  LookupOptions,
  OperatingSystem,
  PingOptions,
  ProbeOptions,
  ProbeOutcome,
  RawPacket,
  ResolveOptions,
  SpawnOptions,
  UdpOptions,
} from './host.ts'
import { ping, probe } from './probes.ts'
import { NetworkError, type Process, type ProcessBody, type ProcessHandle } from './process.ts'
import { ProcessConnection } from './process-connection.ts'
import { ProcessUdpSocket } from './process-udp-socket.ts'
import type { SimulatedHost } from './simulated-host.ts'
import { SleepWait } from './sleep.ts'
import { Task } from './task.ts'
import type { Datagram, UdpSocket } from './udp.ts'

const DEFAULT_TIMEOUT_MICROSECONDS = seconds(5)
/** How long after its end packets still count as an activity's: what a connection that was left open may still cause. */
const LINGER_MICROSECONDS = minutes(5)
/** How long internet hosts wait for names: they ask a resolver of their provider, out of sight. */
const PROVIDER_LOOKUP_MICROSECONDS = 8_000
const view: ContentView = { bytes: new Uint8Array(0), offset: 0 }

/** A host as one of its processes sees it. */
export class ProcessHost implements Host {
  readonly #host: SimulatedHost
  readonly #task: Task

  constructor(host: SimulatedHost, task: Task) {
    this.#host = host
    this.#task = task
  }

  /**
   * Starts a process below another; `prepare` is called with its task before anything runs. A process that serves what came from outside
   * belongs to the activity that sent that.
   */
  static start<Result>(
    host: SimulatedHost,
    parent: Task,
    name: string,
    body: ProcessBody<Result>,
    options: SpawnOptions & { readonly isServing?: boolean },
    prepare?: (task: Task) => void,
  ): Task<Result> {
    const { clock } = host.world
    const { delayMicroseconds = 0, detached = false, label, isServing = false } = options
    const childName = parent.nameOfChild(name)
    const activity = isServing && clock.activity !== 0 ? clock.activity : parent.activity
    const task = new Task<Result>(clock, `${parent.name}/${childName}`, parent.random.stream(childName), activity)
    const process = new ProcessHost(host, task)
    prepare?.(task)
    const run = function* run(): Process<Result> {
      return yield* label ? process.during(label, body(process)) : body(process)
    }
    if (!detached) parent.adopt(task)
    const startMicroseconds = clock.nowMicroseconds + wholeMicroseconds(delayMicroseconds, 'delayMicroseconds')
    task.start(startMicroseconds, run(), () => parent.disown(task))
    return task
  }

  get name(): string {
    return this.#host.name
  }

  get kind(): Host['kind'] {
    return this.#host.kind
  }

  get operatingSystem(): OperatingSystem {
    return this.#host.operatingSystem
  }

  get addresses(): readonly IpAddress[] {
    return this.#host.place.addresses
  }

  get publicAddresses(): readonly IpAddress[] {
    return this.#host.place.publicAddresses
  }

  get networkInterfaces(): readonly NetworkInterface[] {
    return this.#host.place.networkInterfaces
  }

  get nowMicroseconds(): number {
    return this.#host.world.clock.nowMicroseconds
  }

  get clockMicroseconds(): number {
    return this.nowMicroseconds + this.#host.clockSkewMicroseconds
  }

  get random(): Random {
    return this.#task.random
  }

  *sleep(microseconds: number): Process {
    const { clock } = this.#host.world
    yield new SleepWait(clock, clock.nowMicroseconds + wholeMicroseconds(microseconds, 'the time to sleep'))
  }

  *sleepUntil(timeMicroseconds: number): Process {
    const { clock } = this.#host.world
    if (timeMicroseconds > clock.nowMicroseconds) {
      yield new SleepWait(clock, wholeMicroseconds(timeMicroseconds, 'the time to sleep until'))
    }
  }

  spawn<Result>(name: string, body: ProcessBody<Result>, options: SpawnOptions = {}): ProcessHandle<Result> {
    return ProcessHost.start(this.#host, this.#task, name, body, options)
  }

  *during<Result>(label: ActivityLabel, part: Process<Result>): Process<Result> {
    const { clock, activities } = this.#host.world
    const task = this.#task
    const outer = task.activity
    const activity = activities.begin(label, this.#host.name, task.name, clock.nowMicroseconds)
    task.activity = activity
    clock.activity = activity
    try {
      return yield* part
    } finally {
      task.activity = outer
      clock.activity = outer
      activities.end(activity, clock.nowMicroseconds)
      if (activities.onRecord) {
        clock.schedule(clock.nowMicroseconds + LINGER_MICROSECONDS, closeActivity, activities, activity)
      }
    }
  }

  *lookup(name: string, options: LookupOptions = {}): Process<readonly IpAddress[]> {
    const literal = this.#host.world.names.literalOf(name)
    if (literal) return [literal]
    if (name === 'localhost') return [IpAddress.of('127.0.0.1')]
    const { place, world } = this.#host
    const versions = ([4, 6] as const).filter(
      (version) =>
        (options.version ?? version) === version && place.addresses.some((address) => address.version === version),
    )
    if (this.#host.kind === 'internet') {
      yield* this.sleep(PROVIDER_LOOKUP_MICROSECONDS)
      const addresses = world.names.addressesOf(name).filter(({ version }) => versions.includes(version))
      if (addresses.length === 0) throw new NetworkError('ENOTFOUND', `the name '${name}' has no address`)
      return addresses
    }
    return yield* lookupName(this, this.#task.stackRandom, place.resolver, versions, name)
  }

  *resolve(name: string, options: ResolveOptions = {}): Process<DnsAnswer> {
    const server = options.server === undefined ? this.#host.place.resolver : yield* this.#addressOf(options.server)
    if (!server) throw new NetworkError('EAI_AGAIN', `the host has no name server to ask for '${name}'`)
    return yield* resolveName(this, this.#task.stackRandom, server, name, options)
  }

  *connect(options: ConnectOptions): Process<Connection> {
    const candidates = yield* this.#addressesOf(options.to)
    let failure: NetworkError | undefined
    for (const remote of candidates) {
      try {
        return yield* this.#connectTo(remote, options)
      } catch (error) {
        if (!(error instanceof NetworkError)) throw error
        failure = error
      }
    }
    throw failure ?? new NetworkError('ENOTFOUND', 'there is no address to connect to')
  }

  *#connectTo(remote: IpAddress, options: ConnectOptions): Process<Connection> {
    const { stack, world } = this.#host
    const { port, from = stack.sourceFor(remote), fromPort, timeoutMicroseconds, peer = 'exchange' } = options
    const conversation = new Conversation(peer === 'service')
    const connection = new ProcessConnection(world.clock, this.#task, conversation)
    connection.attach(
      stack.tcp.connect(connection, from, remote, port, this.#task.stackRandom, { fromPort, conversation }),
    )
    yield* connection.established(timeoutMicroseconds)
    return connection
  }

  listen(options: ListenOptions): Listener {
    return this.#listener(options.port, this.#host.listen(options, this.#serve))
  }

  listenUdp(options: ListenUdpOptions): Listener {
    return this.#listener(options.port, this.#host.listenUdp(options, this.#serve))
  }

  #listener(port: number, closePort: () => void): Listener {
    let isOpen = true
    const resource = {
      port,
      close: (): void => {
        this.#task.forget(resource)
        resource.release()
      },
      release: (): void => {
        if (isOpen) closePort()
        isOpen = false
      },
    }
    this.#task.own(resource)
    return resource
  }

  readonly #serve = (name: string, body: ProcessBody, prepare: (task: Task) => void): void => {
    ProcessHost.start(this.#host, this.#task, name, body, { isServing: true }, prepare)
  }

  openUdp(options: UdpOptions = {}): UdpSocket {
    return new ProcessUdpSocket(this.#host.stack, this.#task, options)
  }

  *exchangeUdp(options: ExchangeUdpOptions): Process<Datagram | undefined> {
    const { port, receive, serverDelayMicroseconds = 0, timeoutMicroseconds = DEFAULT_TIMEOUT_MICROSECONDS } = options
    const to = yield* this.#addressOf(options.to)
    const socket = this.openUdp({
      ...(options.from && { address: options.from }),
      ...(options.fromPort !== undefined && { port: options.fromPort }),
    })
    // The bytes are this exchange's own, so that they tell which answer it wants.
    const bytes = Content.from(options.send).toBytes()
    if (receive !== undefined) {
      this.#host.world.datagramScripts.set(bytes, {
        answers: (Array.isArray(receive) ? receive : [receive]).map((content) => Content.from(content)),
        delayMicroseconds: wholeMicroseconds(serverDelayMicroseconds, 'serverDelayMicroseconds'),
      })
    }
    try {
      socket.send(to, port, bytes)
      return yield* socket.receive({ timeoutMicroseconds })
    } finally {
      socket.close()
    }
  }

  *ping(options: PingOptions): Process<readonly ProbeOutcome[]> {
    const to = yield* this.#addressOf(options.to)
    return yield* ping(this, this.#host.stack, this.#task, to, options)
  }

  *probe(options: ProbeOptions): Process<ProbeOutcome> {
    const to = yield* this.#addressOf(options.to)
    return yield* probe(this.#host.stack, this.#task, to, options)
  }

  sendPacket(packet: RawPacket): void {
    const { stack } = this.#host
    const payload = Content.from(packet.payload ?? 0)
    payload.view(0, payload.length, view)
    stack.transmit(
      new Packet({
        source: packet.from ?? stack.sourceFor(packet.to),
        destination: packet.to,
        protocol: packet.protocol,
        sourcePort: packet.sourcePort ?? 0,
        destinationPort: packet.destinationPort ?? 0,
        hopLimit: packet.hopLimit ?? stack.profile.hopLimit,
        identification: stack.nextIdentification(packet.to),
        dontFragment: packet.dontFragment ?? false,
        tcpFlags: packet.tcpFlags ?? 0,
        tcpSequence: packet.tcpSequence ?? 0,
        tcpAcknowledgment: packet.tcpAcknowledgment ?? 0,
        tcpWindow: packet.protocol === IP_PROTOCOL.tcp ? 1024 : 0,
        icmpType: packet.icmpType ?? 0,
        icmpCode: packet.icmpCode ?? 0,
        icmpIdentifier: packet.icmpIdentifier ?? 0,
        icmpSequence: packet.icmpSequence ?? 0,
        payload: view.bytes,
        payloadOffset: view.offset,
        payloadLength: payload.length,
      }),
    )
  }

  *#addressOf(destination: Destination): Process<IpAddress> {
    const [address] = yield* this.#addressesOf(destination)
    if (!address) throw new NetworkError('ENOTFOUND', 'there is no address to send to')
    return address
  }

  *#addressesOf(destination: Destination): Process<readonly IpAddress[]> {
    if (destination instanceof IpAddress) return [destination]
    if (typeof destination === 'string') return yield* this.lookup(destination)
    const isOutside = this.#host.kind === 'internet'
    const addresses = isOutside || destination.kind === 'internet' ? destination.publicAddresses : destination.addresses
    const [address] = addresses
    if (address) return [address]
    throw new NetworkError(
      'EHOSTUNREACH',
      `'${destination.name}' has no ${isOutside ? 'public ' : ''}address that '${this.#host.name}' could reach`,
    )
  }
}

function closeActivity(activities: { close(activity: number): void }, activity: number): void {
  activities.close(activity)
}
