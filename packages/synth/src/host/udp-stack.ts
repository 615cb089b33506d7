import { IP_PROTOCOL, type IpAddress, Packet } from '@flowtap/core'
import type { Random } from '../random.ts'
import { Content, type ContentLike, type ContentView } from './content.ts'
import type { IpStack } from './ip-stack.ts'
import { NetworkError } from './process.ts'

/** Who uses a UDP port. */
export interface UdpUser {
  onDatagram(packet: Packet): void
  /** An ICMP error about a datagram that the port sent. */
  onError(error: NetworkError): void
}

/** An open UDP port. */
export interface UdpPort {
  readonly port: number
  readonly address: IpAddress | undefined
  readonly user: UdpUser
  /** IP identification of the datagram that left last. */
  identification: number
}

const LARGEST_PAYLOAD = { 4: 65_507, 6: 65_487 } as const
const NO_BYTES = new Uint8Array(0)
const view: ContentView = { bytes: NO_BYTES, offset: 0 }

/** The UDP of a host. */
export class UdpStack {
  readonly #ip: IpStack
  readonly #ports = new Map<number, UdpPort[]>()

  constructor(ip: IpStack) {
    this.#ip = ip
  }

  /** Opens a port, a free ephemeral one unless one is given. Throws `EADDRINUSE`, `EADDRNOTAVAIL`. */
  open(user: UdpUser, random: Random, wanted: number | undefined, address: IpAddress | undefined): UdpPort {
    const number = wanted ?? this.freePort(random)
    const port = { port: number, address, user, identification: Math.imul(number, 0x9e37) & 0xffff }
    const open = this.#ports.get(port.port) ?? []
    if (open.some((other) => !other.address || !address || other.address.equals(address))) {
      throw new NetworkError('EADDRINUSE', `UDP port ${port.port} is in use`)
    }
    open.push(port)
    this.#ports.set(port.port, open)
    return port
  }

  close(port: UdpPort): void {
    const rest = (this.#ports.get(port.port) ?? []).filter((other) => other !== port)
    if (rest.length > 0) this.#ports.set(port.port, rest)
    else this.#ports.delete(port.port)
  }

  isOpen(port: number): boolean {
    return this.#ports.has(port)
  }

  /** Sends a datagram. Throws `EMSGSIZE` for more than a datagram holds. */
  send(
    port: UdpPort,
    local: IpAddress,
    remote: IpAddress,
    remotePort: number,
    content: ContentLike,
    options: { readonly hopLimit?: number | undefined; readonly dontFragment?: boolean | undefined } = {},
  ): void {
    const data = Content.from(content)
    const largest = LARGEST_PAYLOAD[remote.version]
    if (data.length > largest) {
      throw new NetworkError('EMSGSIZE', `a datagram holds ${largest} bytes, not ${data.length}`)
    }
    port.identification = (port.identification + 1) & 0xffff
    data.view(0, data.length, view)
    this.#ip.transmit(
      new Packet({
        source: local,
        destination: remote,
        protocol: IP_PROTOCOL.udp,
        sourcePort: port.port,
        destinationPort: remotePort,
        hopLimit: options.hopLimit ?? this.#ip.profile.hopLimit,
        identification: port.identification,
        dontFragment: options.dontFragment ?? false,
        payload: data.length > 0 ? view.bytes : NO_BYTES,
        payloadOffset: view.offset,
        payloadLength: data.length,
      }),
    )
  }

  receive(packet: Packet): void {
    const port = this.#find(packet.destination, packet.destinationPort)
    if (port) port.user.onDatagram(packet)
    else if (this.#ip.probes.isEmpty || !this.#ip.probes.onUdp(packet, this.#ip.clock.nowMicroseconds)) {
      this.#ip.icmp.portUnreachable(packet)
    }
  }

  onIcmpError(quoted: Packet, error: NetworkError): void {
    this.#find(quoted.source, quoted.sourcePort)?.user.onError(error)
  }

  #find(address: IpAddress, port: number): UdpPort | undefined {
    const ports = this.#ports.get(port)
    if (!ports) return undefined
    return ports.find((open) => !open.address || open.address.equals(address))
  }

  /** A port that is free now. Throws `EADDRNOTAVAIL`. */
  freePort(random: Random): number {
    const { firstEphemeralPort: first, lastEphemeralPort: last } = this.#ip.profile
    const size = last - first + 1
    const start = random.integer(0, size - 1)
    for (let i = 0; i < size; i += 1) {
      const port = first + ((start + i) % size)
      if (!this.#ports.has(port)) return port
    }
    throw new NetworkError('EADDRNOTAVAIL', `no free UDP port from ${first} to ${last}`)
  }
}
