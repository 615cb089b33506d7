import type { DnsRecord } from '../shell-host.ts'
import type { FakeClock } from './fake-clock.ts'

/** What a peer's TCP port does with a request: the answer, and whether it closes behind it. Undefined: it waits for more. */
export type FakeService = (
  request: Uint8Array,
) => { readonly answer: Uint8Array | string; readonly closes?: boolean } | undefined

/** A host of the network of tests. */
export interface FakePeer {
  readonly address: string
  /** One way, microseconds. */
  readonly latencyMicroseconds: number
  readonly tcp?: Readonly<Record<number, FakeService>>
  /** What is sent as soon as a connection is open: banners. */
  readonly greetings?: Readonly<Record<number, string>>
  readonly udp?: Readonly<Record<number, (request: Uint8Array) => Uint8Array | string | undefined>>
  /** Ports without a service: refused with a RST, or nothing comes back. */
  readonly otherPorts?: 'closed' | 'filtered'
  /** False: no answer to pings. */
  readonly answersPing?: boolean
  /** Everything that is sent there is lost. */
  readonly isDown?: boolean
  /** Routers on the way, from the nearest on; the ones without an address do not answer. */
  readonly hops?: readonly (string | undefined)[]
  /** Path MTU; larger packets with "don't fragment" get an ICMP error from the first hop. */
  readonly mtu?: number
  readonly speaksTls?: boolean
  /** Pings meet an ICMP "destination unreachable" of this code. */
  readonly unreachableCode?: number
}

/** The network of tests: peers by address, names, and a record of all that was sent. */
export class FakeNetwork {
  readonly clock: FakeClock
  readonly peers: Map<string, FakePeer> = new Map()
  readonly records: DnsRecord[] = []
  /** `microseconds sender what`, in order. */
  readonly sent: string[] = []
  /** Sequence numbers of echo requests that are lost. */
  readonly lostPings: Set<number> = new Set()
  /** Name servers that do not answer. */
  readonly deadServers: Set<string> = new Set()

  constructor(clock: FakeClock) {
    this.clock = clock
  }

  add(peer: FakePeer): this {
    this.peers.set(peer.address, peer)
    return this
  }

  name(name: string, type: string, data: string, ttlSeconds = 300): this {
    this.records.push({ name: name.toLowerCase(), type, data, ttlSeconds })
    return this
  }

  note(sender: string, what: string): void {
    this.sent.push(`${this.clock.nowMicroseconds} ${sender} ${what}`)
  }
}
