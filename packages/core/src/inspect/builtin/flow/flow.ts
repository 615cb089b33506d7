import type { IpAddress, IpVersion } from '../../../net/ip-address.ts'
import type { EveTunnel } from '../../eve-event.ts'
import type { FlowView } from '../../rules/match-context.ts'
import type { FlowApplication } from '../application/flow-application.ts'
import type { TcpSession } from '../stream/tcp-session.ts'

/** 0: to the server, 1: to the client. */
export type Direction = 0 | 1

export type FlowState = 'new' | 'established' | 'closed'

/** The VLAN ids of a flow without any. */
export const NO_VLANS: readonly number[] = []

/** One flow. The client is who sent first, unless TCP's flags say otherwise. */
export class Flow implements FlowView {
  readonly id: number
  readonly hash: number
  readonly version: IpVersion
  readonly protocol: number
  readonly depth: number
  readonly vlans: readonly number[]
  /** The key as the first packet had it; signed words. */
  readonly key0: number
  readonly key1: number
  readonly key2: number
  readonly key3: number
  readonly key4: number
  readonly key5: number
  readonly key6: number
  readonly key7: number
  readonly keySourcePort: number
  readonly keyDestinationPort: number
  /** The client's side is the key's second one: the first packet was the server's. */
  isReversed = false
  client: IpAddress
  server: IpAddress
  clientPort: number
  serverPort: number
  /** The next flow with the same hash. */
  next: Flow | undefined = undefined
  wheelNext: Flow | undefined = undefined
  isEnded = false
  readonly startMicroseconds: number
  lastMicroseconds: number
  packetsToServer = 0
  packetsToClient = 0
  bytesToServer = 0
  bytesToClient = 0
  state: FlowState = 'new'
  isEstablished = false
  flowbits: Set<string> | undefined = undefined
  /** What a rule decided for the flow. */
  action: 'pass' | 'drop' | undefined = undefined
  isAlerted = false
  /** Encrypted from here on: nothing more to look at. */
  isPayloadHidden = false
  readonly tunnel: EveTunnel | undefined
  tcp: TcpSession | undefined = undefined
  readonly applicationLayer: FlowApplication
  /** ICMP: type and code of the first message in each direction. */
  messageType = 0
  messageCode = 0
  responseType = -1
  responseCode = 0

  constructor(fields: {
    readonly id: number
    readonly hash: number
    readonly version: IpVersion
    readonly protocol: number
    readonly depth: number
    readonly vlans: readonly number[]
    readonly words: readonly [number, number, number, number, number, number, number, number]
    readonly sourcePort: number
    readonly destinationPort: number
    readonly source: IpAddress
    readonly destination: IpAddress
    readonly startMicroseconds: number
    readonly tunnel: EveTunnel | undefined
    readonly applicationLayer: FlowApplication
  }) {
    this.id = fields.id
    this.hash = fields.hash
    this.version = fields.version
    this.protocol = fields.protocol
    this.depth = fields.depth
    this.vlans = fields.vlans
    const [key0, key1, key2, key3, key4, key5, key6, key7] = fields.words
    this.key0 = key0
    this.key1 = key1
    this.key2 = key2
    this.key3 = key3
    this.key4 = key4
    this.key5 = key5
    this.key6 = key6
    this.key7 = key7
    this.keySourcePort = fields.sourcePort
    this.keyDestinationPort = fields.destinationPort
    this.client = fields.source
    this.server = fields.destination
    this.clientPort = fields.sourcePort
    this.serverPort = fields.destinationPort
    this.startMicroseconds = fields.startMicroseconds
    this.lastMicroseconds = fields.startMicroseconds
    this.tunnel = fields.tunnel
    this.applicationLayer = fields.applicationLayer
  }

  get application(): string | undefined {
    return this.applicationLayer.name
  }

  /** The first packet turned out to be the server's: what was counted changes sides. */
  reverse(): void {
    this.isReversed = !this.isReversed
    const { client, clientPort, packetsToServer, bytesToServer } = this
    this.client = this.server
    this.clientPort = this.serverPort
    this.server = client
    this.serverPort = clientPort
    this.packetsToServer = this.packetsToClient
    this.packetsToClient = packetsToServer
    this.bytesToServer = this.bytesToClient
    this.bytesToClient = bytesToServer
  }
}
