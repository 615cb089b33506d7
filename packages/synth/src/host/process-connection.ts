import type { IpAddress, Packet } from '@flowtap/core'
import { seconds, wholeMicroseconds } from '../duration.ts'
import type { EventId, SimClock } from '../sim-clock.ts'
import type { Connection, ExchangeOptions, ReceiveOptions, TlsOptions } from './connection.ts'
import { Content, type ContentLike } from './content.ts'
import type { Conversation } from './conversation.ts'
import { NetworkError, type Process, type Wait } from './process.ts'
import { Signal } from './signal.ts'
import type { OwnedResource, Task } from './task.ts'
import type { TcpEndpoint, TcpUser } from './tcp-endpoint.ts'
import { NOBODY } from './tcp-stack.ts'
import { inTlsRecords, tlsHandshake } from './tls-content.ts'

/** When a side that waits asks whether the other is still there, and how often (Linux: `tcp_keepalive_time`, `_intvl`, `_probes`). */
const KEEPALIVE = { idleMicroseconds: seconds(7200), intervalMicroseconds: seconds(75), probes: 9 } as const

interface Chunk {
  readonly bytes: Uint8Array | undefined
  readonly offset: number
  readonly length: number
}

/** A connection as its process sees it. */
export class ProcessConnection implements Connection, TcpUser, OwnedResource {
  readonly #clock: SimClock
  readonly #task: Task
  readonly #signal: Signal
  readonly #conversation: Conversation | undefined
  #endpoint: TcpEndpoint | undefined
  #isEstablished = false
  #isOver = false
  #isReleased = false
  #failure: NetworkError | undefined
  /** Bytes that came, those of them that were or will be let go unread, and how many it takes to wake who waits. */
  #arrived = 0
  #letGoUntil = 0
  #wakeAt: number = Number.POSITIVE_INFINITY
  #unread: Chunk[] = []
  #isTls = false
  #flushes = 0
  #keepAliveTimer: EventId = 0
  #keepAliveProbes = 0

  /** `conversation`: of the connecting side, what the other is to do. */
  constructor(clock: SimClock, task: Task, conversation: Conversation | undefined) {
    this.#clock = clock
    this.#task = task
    this.#signal = new Signal(clock)
    this.#conversation = conversation
  }

  /** Takes up an endpoint: one that opens, or one that was accepted. */
  attach(endpoint: TcpEndpoint): void {
    this.#endpoint = endpoint
    this.#isEstablished = endpoint.isOpen
    this.#task.own(this)
  }

  get #open(): TcpEndpoint {
    const endpoint = this.#endpoint
    if (!endpoint) throw new NetworkError('EPIPE', 'the connection is not open')
    return endpoint
  }

  get localAddress(): IpAddress {
    return this.#open.localAddress
  }

  get localPort(): number {
    return this.#open.localPort
  }

  get remoteAddress(): IpAddress {
    return this.#open.remoteAddress
  }

  get remotePort(): number {
    return this.#open.remotePort
  }

  get state(): 'open' | 'half-closed' | 'closed' {
    if (this.#isOver) return 'closed'
    return this.#open.isRemoteClosed ? 'half-closed' : 'open'
  }

  get bytesSent(): number {
    return this.#open.bytesQueued
  }

  get bytesReceived(): number {
    return this.#open.bytesReceived
  }

  /** Waits for the handshake. */
  *established(timeoutMicroseconds: number | undefined): Process {
    const until = this.#deadline(timeoutMicroseconds)
    try {
      while (!this.#isEstablished) {
        if (this.#isOver) throw this.#failure ?? new NetworkError('ECONNRESET', 'the connection was closed')
        if (this.#clock.nowMicroseconds >= until) {
          throw new NetworkError('ETIMEDOUT', `no answer from ${this.remoteAddress} port ${this.remotePort}`)
        }
        yield this.#signal.wait(until === Number.POSITIVE_INFINITY ? undefined : until)
      }
    } finally {
      if (!this.#isEstablished) this.abort()
    }
  }

  *exchange(options: ExchangeOptions): Process {
    const { serverDelayMicroseconds = 0, timeoutMicroseconds, thenServerCloses = false } = options
    const question = this.#wrapped(options.send)
    const answer = this.#wrapped(options.receive)
    if (question.length > 0) this.#send(question)
    this.#conversation?.add({
      afterBytes: this.#open.bytesQueued,
      delayMicroseconds: wholeMicroseconds(serverDelayMicroseconds, 'serverDelayMicroseconds'),
      answer,
      thenClose: thenServerCloses,
    })
    const target = this.#expect(answer.length)
    const until = this.#deadline(timeoutMicroseconds)
    while (this.#arrived < target) yield this.#pauseForData(target, until)
  }

  *startTls(options: TlsOptions = {}): Process {
    if (!this.#conversation || this.#conversation.isWithService) {
      throw new NetworkError(
        'EPIPE',
        'startTls needs a connection that was opened to a port without an application of its own',
      )
    }
    for (const flight of tlsHandshake(options, this.#task.stackRandom)) yield* this.exchange(flight)
    this.#isTls = true
  }

  send(content: ContentLike): void {
    this.#send(this.#wrapped(content))
  }

  *flush(): Process {
    this.#flushes += 1
    try {
      while (!this.#open.isAllAcknowledged) yield this.#pause(Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY)
    } finally {
      this.#flushes -= 1
    }
  }

  *receive(bytes: number, options: ReceiveOptions = {}): Process {
    const target = this.#expect(bytes)
    const until = this.#deadline(options.timeoutMicroseconds)
    while (this.#arrived < target) yield this.#pauseForData(target, until)
  }

  *receiveUntilClosed(options: ReceiveOptions = {}): Process<number> {
    const before = this.#arrived - this.#letGoUnread(Number.POSITIVE_INFINITY)
    const until = this.#deadline(options.timeoutMicroseconds)
    this.#letGoUntil = Number.POSITIVE_INFINITY
    try {
      while (!this.#open.isRemoteClosed) yield this.#pause(Number.POSITIVE_INFINITY, until)
    } finally {
      this.#letGoUntil = this.#arrived
    }
    return this.#arrived - before
  }

  *read(options: ReceiveOptions = {}): Process<Uint8Array | undefined> {
    const until = this.#deadline(options.timeoutMicroseconds)
    while (this.#unread.length === 0) {
      if (this.#open.isRemoteClosed) return undefined
      yield this.#pause(this.#arrived + 1, until)
    }
    return joined(this.#unread.splice(0))
  }

  *close(): Process {
    const endpoint = this.#endpoint
    if (!endpoint) return
    this.#unread = []
    this.#letGoUntil = Number.POSITIVE_INFINITY
    endpoint.close()
    while (!this.#isOver) yield this.#signal.wait()
  }

  abort(): void {
    this.#endpoint?.abort()
  }

  /** The process has ended: what is still to be sent goes out, and what comes is refused. */
  release(): void {
    this.#isReleased = true
    const endpoint = this.#endpoint
    if (!endpoint || this.#isOver) return
    endpoint.user = NOBODY
    endpoint.isOrphan = true
    if (this.#unread.length > 0) endpoint.abort()
    else endpoint.close()
  }

  // From the endpoint

  onEstablished(): void {
    this.#isEstablished = true
    this.#signal.notify()
  }

  onData(_endpoint: TcpEndpoint, packet: Packet, skip: number, length: number): void {
    const letGo = Math.min(length, Math.max(0, this.#letGoUntil - this.#arrived))
    this.#arrived += length
    if (letGo < length) {
      this.#unread.push({ bytes: packet.payload, offset: packet.payloadOffset + skip + letGo, length: length - letGo })
    }
    if (this.#arrived >= this.#wakeAt) this.#wake()
  }

  onRemoteClosed(): void {
    this.#wake()
  }

  onAcknowledged(): void {
    if (this.#flushes > 0) this.#wake()
  }

  onClosed(_endpoint: TcpEndpoint, error: NetworkError | undefined): void {
    this.#isOver = true
    this.#failure ??= error
    this.#clock.cancel(this.#keepAliveTimer)
    if (!this.#isReleased) this.#task.forget(this)
    this.#wake()
  }

  // Waiting

  #wake(): void {
    this.#wakeAt = Number.POSITIVE_INFINITY
    this.#signal.notify()
  }

  /**
   * A wait for something to change: until `wakeAt` bytes have come, or the connection is another. Throws `ETIMEDOUT` at the deadline, and
   * what ended the connection.
   */
  #pause(wakeAt: number, until: number): Wait {
    this.#throwIfOver()
    if (this.#clock.nowMicroseconds >= until) {
      throw new NetworkError('ETIMEDOUT', `nothing came from ${this.remoteAddress} port ${this.remotePort} in time`)
    }
    if (wakeAt < this.#wakeAt) this.#wakeAt = wakeAt
    if (this.#keepAliveTimer === 0) this.#keepAliveAt(this.#open.lastHeardMicroseconds + KEEPALIVE.idleMicroseconds)
    return this.#signal.wait(until === Number.POSITIVE_INFINITY ? undefined : until)
  }

  /** The same for data, which does not come any more once the other side has closed. */
  #pauseForData(target: number, until: number): Wait {
    if (this.#open.isRemoteClosed) {
      throw new NetworkError('EOF', `the other side closed with ${target - this.#arrived} bytes missing`)
    }
    return this.#pause(target, until)
  }

  /** The count of arrived bytes at which so many more than were read will have come; they are let go. */
  #expect(bytes: number): number {
    const target = this.#arrived + bytes - this.#letGoUnread(bytes)
    if (target > this.#arrived) this.#letGoUntil = target
    return target
  }

  #keepAliveAt(timeMicroseconds: number): void {
    const time = Math.max(timeMicroseconds, this.#clock.nowMicroseconds)
    this.#keepAliveTimer = this.#clock.schedule(time, onKeepAlive, this as ProcessConnection, undefined)
  }

  /** For the timer alone: asks a peer that has been silent for long while somebody waits whether it is still there. */
  onKeepAlive(): void {
    this.#keepAliveTimer = 0
    const endpoint = this.#endpoint
    if (!endpoint || this.#isOver || !this.#signal.isAwaited) return
    const now = this.#clock.nowMicroseconds
    const heard = endpoint.lastHeardMicroseconds
    if (this.#keepAliveProbes > 0 && heard > now - KEEPALIVE.intervalMicroseconds) this.#keepAliveProbes = 0
    if (this.#keepAliveProbes === 0 && heard + KEEPALIVE.idleMicroseconds > now) {
      this.#keepAliveAt(heard + KEEPALIVE.idleMicroseconds)
    } else if (this.#keepAliveProbes < KEEPALIVE.probes) {
      endpoint.keepAlive()
      this.#keepAliveProbes += 1
      this.#keepAliveAt(now + KEEPALIVE.intervalMicroseconds)
    } else {
      this.#failure = new NetworkError('ETIMEDOUT', `${this.remoteAddress} port ${this.remotePort} is gone`)
      endpoint.abort()
    }
  }

  #deadline(timeoutMicroseconds: number | undefined): number {
    if (timeoutMicroseconds === undefined) return Number.POSITIVE_INFINITY
    return this.#clock.nowMicroseconds + wholeMicroseconds(timeoutMicroseconds, 'a timeout')
  }

  #throwIfOver(): void {
    if (!this.#isOver) return
    throw this.#failure ?? new NetworkError('EPIPE', 'the connection is closed')
  }

  #send(content: Content): void {
    if (this.#isOver) this.#throwIfOver()
    this.#open.send(content)
  }

  #wrapped(content: ContentLike): Content {
    const plain = Content.from(content)
    return this.#isTls && plain.length > 0 ? inTlsRecords(plain.length) : plain
  }

  /** Lets go of up to that many unread bytes; gives how many. */
  #letGoUnread(bytes: number): number {
    let letGo = 0
    while (letGo < bytes) {
      const chunk = this.#unread[0]
      if (!chunk) break
      if (letGo + chunk.length <= bytes) {
        this.#unread.shift()
        letGo += chunk.length
      } else {
        const part = bytes - letGo
        this.#unread[0] = { bytes: chunk.bytes, offset: chunk.offset + part, length: chunk.length - part }
        letGo = bytes
      }
    }
    return letGo
  }
}

function onKeepAlive(connection: ProcessConnection): void {
  connection.onKeepAlive()
}

function joined(chunks: readonly Chunk[]): Uint8Array {
  let length = 0
  for (const chunk of chunks) length += chunk.length
  const bytes = new Uint8Array(length)
  let at = 0
  for (const chunk of chunks) {
    if (chunk.bytes) bytes.set(chunk.bytes.subarray(chunk.offset, chunk.offset + chunk.length), at)
    at += chunk.length
  }
  return bytes
}
