import type { IpAddress, Packet } from '@flowtap/core'
import { wholeMicroseconds } from '../duration.ts'
import type { ContentLike } from './content.ts'
import type { UdpOptions } from './host.ts'
import type { IpStack } from './ip-stack.ts'
import type { NetworkError, Process } from './process.ts'
import { Signal } from './signal.ts'
import type { OwnedResource, Task } from './task.ts'
import type { Datagram, UdpSocket } from './udp.ts'
import type { UdpPort, UdpUser } from './udp-stack.ts'

/** Datagrams that wait to be received; more are dropped, as by a full socket buffer. */
const WAITING_DATAGRAMS = 512

/** A UDP socket as its process sees it. */
export class ProcessUdpSocket implements UdpSocket, UdpUser, OwnedResource {
  readonly #stack: IpStack
  readonly #task: Task
  readonly #signal: Signal
  readonly #options: UdpOptions
  readonly #port: UdpPort
  #waiting: Datagram[] = []
  #error: NetworkError | undefined

  constructor(stack: IpStack, task: Task, options: UdpOptions) {
    this.#stack = stack
    this.#task = task
    this.#options = options
    this.#signal = new Signal(stack.clock)
    this.#port = stack.udp.open(this, task.stackRandom, options.port, options.address)
    task.own(this)
  }

  get port(): number {
    return this.#port.port
  }

  send(to: IpAddress, port: number, content: ContentLike): void {
    const from = this.#options.address ?? this.#stack.sourceFor(to)
    this.#stack.udp.send(this.#port, from, to, port, content, { hopLimit: this.#options.hopLimit })
  }

  *receive(options: { readonly timeoutMicroseconds?: number } = {}): Process<Datagram | undefined> {
    const { timeoutMicroseconds } = options
    const { clock } = this.#stack
    const until =
      timeoutMicroseconds === undefined
        ? undefined
        : clock.nowMicroseconds + wholeMicroseconds(timeoutMicroseconds, 'timeoutMicroseconds')
    for (;;) {
      const error = this.#error
      this.#error = undefined
      if (error) throw error
      const datagram = this.#waiting.shift()
      if (datagram || (until !== undefined && clock.nowMicroseconds >= until)) return datagram
      yield this.#signal.wait(until)
    }
  }

  close(): void {
    this.#task.forget(this)
    this.release()
  }

  release(): void {
    this.#stack.udp.close(this.#port)
    this.#waiting = []
  }

  onDatagram(packet: Packet): void {
    if (this.#waiting.length >= WAITING_DATAGRAMS) return
    this.#waiting.push(datagramOf(packet, this.#stack.clock.nowMicroseconds))
    this.#signal.notify()
  }

  onError(error: NetworkError): void {
    this.#error = error
    this.#signal.notify()
  }
}

/** A datagram by the packet that carried it. */
export function datagramOf(packet: Packet, timeMicroseconds: number): Datagram {
  return {
    from: packet.source,
    fromPort: packet.sourcePort,
    to: packet.destination,
    toPort: packet.destinationPort,
    length: packet.payloadLength,
    hopLimit: packet.hopLimit,
    timeMicroseconds,
    get payload(): Uint8Array {
      const { payload, payloadOffset, payloadLength } = packet
      return payload ? payload.subarray(payloadOffset, payloadOffset + payloadLength) : new Uint8Array(payloadLength)
    },
  }
}
