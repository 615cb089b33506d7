import type { IpAddress, NetworkInterface, Vpc } from '@flowtap/core'
import type { NameServer } from './dns-server.ts'
import type { Host, ListenOptions, ListenUdpOptions, OperatingSystem } from './host.ts'
import { IpStack, type IpStackOptions } from './ip-stack.ts'
import { OpenTcpPort, OpenUdpPort, type Serve } from './open-ports.ts'
import { STACK_PROFILES } from './operating-system.ts'
import { ProcessHost } from './process-host.ts'
import { Task } from './task.ts'
import type { World } from './world.ts'

/** What makes a host. */
export interface SimulatedHostOptions {
  readonly name: string
  readonly kind: Host['kind']
  readonly operatingSystem: OperatingSystem
  readonly link: IpStackOptions['link']
  readonly mtu: number
  readonly bitsPerMicrosecond: number
  readonly answersPing: boolean
  readonly ownsAllAddresses?: boolean
}

/** Where a host is at the moment: a change of the design moves it. */
export interface HostPlace {
  readonly addresses: readonly IpAddress[]
  readonly publicAddresses: readonly IpAddress[]
  readonly networkInterfaces: readonly NetworkInterface[]
  readonly vpc: Vpc | undefined
  /** Whom it asks for names; undefined where it asks nobody by packets. */
  readonly resolver: IpAddress | undefined
}

const NOWHERE: HostPlace = {
  addresses: [],
  publicAddresses: [],
  networkInterfaces: [],
  vpc: undefined,
  resolver: undefined,
}

/** A host of the simulation: its stack, its open ports, and the processes that run on it. */
export class SimulatedHost {
  readonly name: string
  readonly kind: Host['kind']
  readonly operatingSystem: OperatingSystem
  readonly world: World
  readonly stack: IpStack
  /** The host as what belongs to no process sees it: for scenarios. */
  readonly view: Host
  readonly #root: Task
  /** What closes the ports that are open without having been asked for. */
  readonly #defaultPorts = new Map<number, () => void>()
  /** How far its own clock is ahead. */
  clockSkewMicroseconds = 0
  #place: HostPlace = NOWHERE

  constructor(world: World, options: SimulatedHostOptions) {
    const {
      name,
      kind,
      operatingSystem,
      link,
      mtu,
      bitsPerMicrosecond,
      answersPing,
      ownsAllAddresses = false,
    } = options
    this.name = name
    this.kind = kind
    this.operatingSystem = operatingSystem
    this.world = world
    const random = world.random.stream('hosts').stream(name)
    this.stack = new IpStack(world, {
      profile: STACK_PROFILES[operatingSystem],
      link,
      mtu,
      bitsPerMicrosecond,
      answersPing,
      ownsAllAddresses,
      secret: random.stream('secret').uint32(),
    })
    this.#root = new Task(world.clock, name, random.stream('processes'), 0)
    this.view = new ProcessHost(this, this.#root)
  }

  get place(): HostPlace {
    return this.#place
  }

  /** Where the host's name server gets its answers from, and what it serves itself on port 53. */
  get nameServer(): NameServer {
    return { names: this.world.names, vpc: this.#place.vpc }
  }

  /** Puts the host to its place. */
  moveTo(place: HostPlace): void {
    this.#place = place
    this.stack.setAddresses(place.addresses)
  }

  /** Opens a TCP port; a default one gives way when another opens it. Gives what closes it. */
  listen(options: ListenOptions & { readonly isDefault?: boolean }, serve: Serve = this.#serve): () => void {
    this.#defaultPorts.get(options.port)?.()
    this.#defaultPorts.delete(options.port)
    const port = new OpenTcpPort(this, options.port, options.address, options.application, serve)
    this.stack.tcp.listen(port)
    const close = (): void => this.stack.tcp.unlisten(port)
    if (options.isDefault) this.#defaultPorts.set(options.port, close)
    return close
  }

  /** Opens a UDP port. Gives what closes it. */
  listenUdp(options: ListenUdpOptions, serve: Serve = this.#serve): () => void {
    const user = new OpenUdpPort(this, options.application, serve)
    const port = this.stack.udp.open(user, this.#root.stackRandom, options.port, options.address)
    user.bind(port)
    return () => this.stack.udp.close(port)
  }

  readonly #serve: Serve = (name, body, prepare) => {
    ProcessHost.start(this, this.#root, name, body, { isServing: true }, prepare)
  }
}
