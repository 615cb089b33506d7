import { createSocket } from 'node:dgram'
import { IpAddress } from '../../net/ip-address.ts'
import { ETHERNET_HEADER_LENGTH } from '../../packet/ethernet.ts'
import { LINK_TYPE } from '../../packet/link-type.ts'
import { decodeVxlan, VXLAN_HEADER_LENGTH, VXLAN_PORT } from '../../packet/vxlan.ts'
import type { InspectedFrame } from '../inspector.ts'
import { DatagramQueue, type ReceivedDatagram } from './datagram-queue.ts'
import { outerHeadersLength, socketAddress, writeOuterHeaders } from './outer-headers.ts'

/** Who sent a datagram. */
export interface DatagramSender {
  readonly address: string
  readonly port: number
}

/** The part of a node:dgram socket that is needed. */
export interface DatagramSocket {
  bind(options: { readonly port: number; readonly address: string }): unknown
  address(): { readonly address: string; readonly port: number }
  close(): unknown
  on(event: 'message', listener: (data: Uint8Array, sender: DatagramSender) => void): unknown
  on(event: 'error', listener: (error: Error) => void): unknown
  on(event: 'listening', listener: () => void): unknown
}

/** How VXLAN is received. */
export interface VxlanReceiverOptions {
  /** An IPv4 or IPv6 address of this machine; 127.0.0.1 unless given, which no other machine reaches. */
  readonly address?: string
  /** 4789 unless given; 0 for any that is free. */
  readonly port?: number
  /** Microseconds since 1970, when a datagram comes. */
  readonly clock: () => number
  /** Made by node:dgram unless given. */
  readonly createSocket?: (type: 'udp4' | 'udp6') => DatagramSocket
  /** Datagrams that wait at most, to be taken; 65,536 unless given. */
  readonly queuedDatagrams?: number
  /** Bytes of them at most; 64 MiB unless given. */
  readonly queuedBytes?: number
}

/** What a receiver did. What came was taken, was dropped, or waits. */
export interface VxlanReceiverCounts {
  received: number
  /** For want of room in the queue. What the system drops before it comes to the socket is not known here. */
  dropped: number
  /** Of the received: without a VXLAN header or without a frame in it. They are inspected as the UDP packets that they are. */
  malformed: number
}

/** Bytes that the system is asked to hold between two looks at the socket; it may give fewer. */
const SYSTEM_BUFFER_BYTES = 8 << 20

/**
 * VXLAN from the network, as a mirror session or tcpreplay sends it. Each datagram becomes the frame that a capture at this machine would
 * have, its outer headers restored from the socket's addresses and ports, so that an inspector gives the events that it gives for such a
 * capture. The outer destination port is 4789 whatever port is listened to; a socket that listens to all addresses does not know to which
 * of them a datagram came, and 0.0.0.0 or :: stands there.
 *
 * Memory is bounded: what comes while the queue is full is dropped and counted. `take` as long as there is something, then `wait`; let the
 * event loop go round between some hundred packets, or the system drops them before they are counted.
 */
export class VxlanReceiver {
  readonly counts: VxlanReceiverCounts = { received: 0, dropped: 0, malformed: 0 }
  readonly address: string
  readonly port: number
  readonly #socket: DatagramSocket
  readonly #clock: () => number
  readonly #queue: DatagramQueue
  readonly #own: IpAddress
  readonly #senders = new Map<string, IpAddress>()
  #frame = new Uint8Array(1 << 12)
  #number = 0
  #lastMicroseconds = 0
  #isClosed = false
  #failure: Error | undefined
  #wake: (() => void) | undefined

  private constructor(socket: DatagramSocket, options: VxlanReceiverOptions) {
    const { address, port } = socket.address()
    this.address = address
    this.port = port
    this.#socket = socket
    this.#clock = options.clock
    this.#own = socketAddress(address) ?? IpAddress.fromIpv4Bits(0)
    const { queuedDatagrams: datagrams = 65_536, queuedBytes: bytes = 64 << 20 } = options
    this.#queue = new DatagramQueue({ datagrams, bytes })
    socket.on('message', (data, sender) => this.#receive(data, sender))
    socket.on('error', (error) => {
      this.#failure = error
      this.#wakeUp()
    })
  }

  /** RangeError for an address that is none; rejects with the system's error where it cannot listen there (EADDRINUSE, EACCES, …). */
  static async listen(options: VxlanReceiverOptions): Promise<VxlanReceiver> {
    const { address = '127.0.0.1', port = VXLAN_PORT } = options
    const version = IpAddress.parse(address)?.version
    if (version === undefined) throw new RangeError(`an IP address such as 127.0.0.1 is listened to, not "${address}"`)
    const make = options.createSocket ?? ((type) => createSocket({ type, recvBufferSize: SYSTEM_BUFFER_BYTES }))
    const socket = make(version === 4 ? 'udp4' : 'udp6')
    try {
      await new Promise<void>((resolve, reject) => {
        socket.on('listening', resolve)
        socket.on('error', reject)
        socket.bind({ port, address })
      })
    } catch (error) {
      socket.close()
      throw error
    }
    return new VxlanReceiver(socket, options)
  }

  /** Whether nothing comes any more. What waits can still be taken. */
  get isClosed(): boolean {
    return this.#isClosed
  }

  /** The next frame, which stays as it is until the next call; undefined where none waits. Throws what the socket failed with. */
  take(): InspectedFrame | undefined {
    const datagram = this.#queue.take()
    if (datagram) return this.#restore(datagram)
    if (this.#failure) throw this.#failure
    return undefined
  }

  /** Resolves when there is something to take, when nothing comes any more, or when the signal is aborted. */
  async wait(signal?: AbortSignal): Promise<void> {
    if (this.#queue.length > 0 || this.#isClosed || this.#failure || signal?.aborted) return
    await new Promise<void>((resolve) => {
      const done = (): void => {
        signal?.removeEventListener('abort', done)
        this.#wake = undefined
        resolve()
      }
      this.#wake = done
      signal?.addEventListener('abort', done)
    })
  }

  /** Listens no more. */
  close(): void {
    if (this.#isClosed) return
    this.#isClosed = true
    this.#socket.close()
    this.#wakeUp()
  }

  #receive(data: Uint8Array, { address, port }: DatagramSender): void {
    if (this.#isClosed) return
    this.counts.received += 1
    if (isMalformed(data)) this.counts.malformed += 1
    // A clock that is set back does not turn the packets' time back.
    this.#lastMicroseconds = Math.max(this.#lastMicroseconds, Math.floor(this.#clock()))
    if (!this.#queue.add({ data, address, port, timeMicroseconds: this.#lastMicroseconds })) this.counts.dropped += 1
    this.#wakeUp()
  }

  #restore({ data, address, port, timeMicroseconds }: ReceivedDatagram): InspectedFrame {
    const source = this.#sender(address)
    const destination = source.version === this.#own.version ? this.#own : unspecified(source.version)
    const start = outerHeadersLength(source)
    const length = start + data.length
    if (this.#frame.length < length) this.#frame = new Uint8Array(2 * length)
    writeOuterHeaders(this.#frame, source, port, destination, data.length)
    this.#frame.set(data, start)
    this.#number += 1
    const timeSeconds = Math.floor(timeMicroseconds / 1e6)
    return {
      number: this.#number,
      linkType: LINK_TYPE.ethernet,
      timeSeconds,
      timeNanoseconds: (timeMicroseconds - timeSeconds * 1e6) * 1000,
      data: this.#frame.subarray(0, length),
      originalLength: length,
    }
  }

  #sender(text: string): IpAddress {
    let address = this.#senders.get(text)
    if (!address) {
      address = socketAddress(text) ?? unspecified(4)
      if (this.#senders.size >= SENDERS_KEPT) this.#senders.clear()
      this.#senders.set(text, address)
    }
    return address
  }

  #wakeUp(): void {
    this.#wake?.()
  }
}

/** Texts of addresses whose bits are kept. */
const SENDERS_KEPT = 1024

function unspecified(version: 4 | 6): IpAddress {
  return version === 4 ? IpAddress.fromIpv4Bits(0) : IpAddress.fromIpv6Words(0, 0, 0, 0)
}

function isMalformed(data: Uint8Array): boolean {
  const header = decodeVxlan(data, 0, data.length)
  return header.kind !== 'vxlan' || data.length < VXLAN_HEADER_LENGTH + ETHERNET_HEADER_LENGTH
}
