import { symmetricFlowHash } from '../dataplane/flow-hash.ts'
import type { IpAddress } from '../net/ip-address.ts'
import { locateIp } from '../packet/decode-link.ts'
import { GENEVE_PORT } from '../packet/geneve.ts'
import { IP_PROTOCOL } from '../packet/ip-protocol.ts'
import { decodeIpv4 } from '../packet/ipv4.ts'
import { decodeIpv6 } from '../packet/ipv6.ts'
import { LINK_TYPE } from '../packet/link-type.ts'
import { Packet } from '../packet/packet.ts'
import { toPacket } from '../packet/to-packet.ts'
import { withTunnelBytes } from '../packet/tunnel-bytes.ts'
import { packetInGeneve } from '../packet/unwrap-vxlan.ts'
import { decodeVxlan, encodeVxlan, VXLAN_HEADER_LENGTH, VXLAN_PORT } from '../packet/vxlan.ts'
import { MIRROR_OUTER_HEADER } from './mirror-encapsulation.ts'
import { type PacketRule, PacketRules } from './mirror-filter.ts'

/** A platform that a broker sends copies to. */
export interface BrokerPlatform {
  /** Unique in the broker. */
  readonly name: string
  /** Of the broker's IP version. */
  readonly address: IpAddress
  /**
   * Which inner packets it gets: the first rule that matches decides, and what none matches it does not get; everything unless given.
   * Rules do not know the direction at the mirror source: say it by the blocks.
   */
  readonly rules?: readonly PacketRule[]
  /** Share of the flows that it gets, 0 to 1, all packets of a flow in both directions; 1 unless given. */
  readonly sampling?: number
  /** Bytes of each inner frame, at least 1; all unless given. */
  readonly packetLength?: number
  /** That of the mirror session unless given; 0 to 16,777,215. */
  readonly virtualNetworkId?: number
}

/** What a broker is made of. */
export interface MirrorBrokerOptions {
  /** The broker's own address: where its copies come from. */
  readonly address: IpAddress
  readonly platforms: readonly BrokerPlatform[]
  /** Decides which flows are sampled; 0 unless given. */
  readonly seed?: number
  /** Gets each copy, platforms in the order in which they were given. */
  readonly onCopy: (copy: Packet, platform: BrokerPlatform) => void
}

/** What became of the packets for one platform; the four numbers add up to those that the broker received. */
export interface BrokerTally {
  sent: number
  filtered: number
  sampledOut: number
  /** No VXLAN; or no IP packet in it, where rules or sampling ask for one. */
  ignored: number
}

interface Lane {
  readonly platform: BrokerPlatform
  readonly rules: PacketRules | undefined
  /** Flows whose hash is below it are sampled. */
  readonly hashLimit: number
  readonly packetLength: number
  readonly headers: Map<number, Uint8Array>
  readonly template: Packet
  readonly tally: BrokerTally
}

/** UDP ports at which mirrored packets come to a broker: VXLAN, and GENEVE from a Gateway Load Balancer. */
export const BROKER_PORTS: readonly number[] = [VXLAN_PORT, GENEVE_PORT]

const HASHES = 2 ** 32
const MOST_VNI = 0xff_ffff

/**
 * Takes one stream of mirrored packets (VXLAN over UDP, also inside GENEVE) and replicates it to several platforms, each with its own filter, sampling,
 * truncation and network identifier. Otherwise the copies are equal: the inner frame byte for byte, and the source port, so that a balancer
 * in front of a platform keeps flows together. AWS mirrors each packet once; this is how several platforms get it all the same.
 *
 * ```ts
 * const broker = new MirrorBroker({
 *   address: IpAddress.of('10.0.2.10'),
 *   platforms: [
 *     { name: 'suricata', address: IpAddress.of('10.0.2.20') },
 *     { name: 'archive', address: IpAddress.of('10.0.2.30'), sampling: 0.1, packetLength: 128, virtualNetworkId: 7 },
 *   ],
 *   onCopy: (copy, platform) => network.send(interfaceOf(platform), copy, now),
 * })
 * broker.receive(packet)
 * ```
 *
 * @throws RangeError for platforms of another IP version, names that occur twice, and numbers out of range.
 */
export class MirrorBroker {
  readonly #onCopy: MirrorBrokerOptions['onCopy']
  readonly #seed: number
  readonly #lanes: readonly Lane[]

  constructor({ address, platforms, seed = 0, onCopy }: MirrorBrokerOptions) {
    this.#onCopy = onCopy
    this.#seed = seed | 0
    const names = new Set<string>()
    for (const platform of platforms) {
      checkPlatform(platform, address, names)
      names.add(platform.name)
    }
    this.#lanes = platforms.map((platform) => ({
      platform,
      rules: platform.rules && new PacketRules(platform.rules),
      hashLimit: (platform.sampling ?? 1) * HASHES,
      packetLength: platform.packetLength ?? Number.POSITIVE_INFINITY,
      headers: new Map(),
      template: new Packet({
        ...MIRROR_OUTER_HEADER,
        source: address,
        destination: platform.address,
        protocol: IP_PROTOCOL.udp,
        destinationPort: VXLAN_PORT,
        hasUdpChecksum: false,
      }),
      tally: { sent: 0, filtered: 0, sampledOut: 0, ignored: 0 },
    }))
  }

  /** What became of the packets so far, by the platforms' names. */
  get tallies(): ReadonlyMap<string, Readonly<BrokerTally>> {
    return new Map(this.#lanes.map(({ platform, tally }) => [platform.name, tally]))
  }

  /** Replicates a packet as it comes from a mirror session: of a simulation, or of a capture (`toPacket`). */
  receive(received: Packet): void {
    const packet = packetInGeneve(received) ?? received
    const mirrored = readMirrored(packet)
    if (!mirrored) {
      for (const { tally } of this.#lanes) tally.ignored += 1
      return
    }
    const { inner, virtualNetworkId } = mirrored
    const hash = inner && sampleHash(inner, this.#seed)
    // Checksums that were left out when the session cut the frame stay as they are when it is cut further.
    const source = packet.tunnel?.lacksChecksums ? withTunnelBytes(packet) : packet
    for (const lane of this.#lanes) {
      const { rules, hashLimit, tally, platform } = lane
      const asks = rules !== undefined || hashLimit < HASHES
      if (asks && (!inner || hash === undefined)) tally.ignored += 1
      else if (rules && inner && !rules.accepts(inner)) tally.filtered += 1
      else if (asks && hash !== undefined && hash >= hashLimit) tally.sampledOut += 1
      else {
        tally.sent += 1
        const header = headerOf(lane, platform.virtualNetworkId ?? virtualNetworkId)
        this.#onCopy(copyOf(source, mirrored, lane, header), platform)
      }
    }
  }
}

interface Mirrored {
  /** undefined for frames without an IP packet. */
  readonly inner: Packet | undefined
  readonly virtualNetworkId: number
  /** Bytes of the frame that are here. */
  readonly frameLength: number
}

/** What a mirror session's packet carries; undefined for everything else. */
function readMirrored(packet: Packet): Mirrored | undefined {
  const { tunnel, payload, payloadOffset, payloadLength, fragmentOffset, moreFragments } = packet
  if (packet.protocol !== IP_PROTOCOL.udp || packet.destinationPort !== VXLAN_PORT) return undefined
  if (tunnel) {
    const header = decodeVxlan(tunnel.header, 0, tunnel.header.length)
    if (header.kind === 'issue' || !tunnel.macs) return undefined
    return { inner: tunnel.packet, virtualNetworkId: header.virtualNetworkId, frameLength: tunnel.length }
  }
  if (!payload || fragmentOffset > 0 || moreFragments) return undefined
  const end = Math.min(payload.length, payloadOffset + payloadLength)
  const header = decodeVxlan(payload, payloadOffset, end)
  if (header.kind === 'issue') return undefined
  const frame = payload.subarray(payloadOffset + VXLAN_HEADER_LENGTH, end)
  return { inner: readInner(frame), virtualNetworkId: header.virtualNetworkId, frameLength: frame.length }
}

/** The packet in a frame that may be cut; behind the IP header too, then without ports. */
function readInner(frame: Uint8Array): Packet | undefined {
  const reading = toPacket(frame, LINK_TYPE.ethernet, Number.POSITIVE_INFINITY)
  if (reading.kind === 'packet') return reading.packet
  const start = locateIp(frame, LINK_TYPE.ethernet)
  if (typeof start !== 'number' || start >= frame.length) return undefined
  const isIpv6 = (frame[start] as number) >>> 4 === 6
  const header = isIpv6 ? decodeIpv6(frame, start, frame.length) : decodeIpv4(frame, start, frame.length)
  if (header.kind === 'issue') return undefined
  const { source, destination, protocol } = header
  // As a later fragment, which has no ports either.
  return new Packet({ source, destination, protocol, fragmentOffset: 8 })
}

function copyOf(packet: Packet, { frameLength }: Mirrored, lane: Lane, header: Uint8Array): Packet {
  const { tunnel, payload, payloadOffset, sourcePort } = packet
  const length = Math.min(frameLength, lane.packetLength)
  if (tunnel) {
    return lane.template.carrying({ ...tunnel, header, length }, sourcePort)
  }
  const bytes = new Uint8Array(VXLAN_HEADER_LENGTH + length)
  bytes.set(header)
  const frame = payloadOffset + VXLAN_HEADER_LENGTH
  if (payload) bytes.set(payload.subarray(frame, frame + length), VXLAN_HEADER_LENGTH)
  return lane.template.with({ sourcePort, payload: bytes, payloadOffset: 0, payloadLength: bytes.length })
}

function headerOf({ headers }: Lane, virtualNetworkId: number): Uint8Array {
  const known = headers.get(virtualNetworkId)
  if (known) return known
  const header = new Uint8Array(VXLAN_HEADER_LENGTH)
  encodeVxlan({ kind: 'vxlan', virtualNetworkId }, header, 0)
  headers.set(virtualNetworkId, header)
  return header
}

/** Unsigned 32 bits, the same for both directions of a flow; mixed again so that it says nothing of the source port. */
function sampleHash(packet: Packet, seed: number): number {
  let hash = symmetricFlowHash(packet) ^ Math.imul(seed, 0x9e3779b1) ^ 0x5bd1e995
  hash = Math.imul(hash ^ (hash >>> 16), 0x7feb352d)
  hash = Math.imul(hash ^ (hash >>> 15), 0x846ca68b)
  return (hash ^ (hash >>> 16)) >>> 0
}

function checkPlatform(platform: BrokerPlatform, own: IpAddress, names: ReadonlySet<string>): void {
  const { name, address, sampling = 1, packetLength = 1, virtualNetworkId = 0 } = platform
  const refuse = (message: string): never => {
    throw new RangeError(`platform '${name}': ${message}`)
  }
  if (names.has(name)) refuse('the name occurs twice; names are unique in a broker')
  if (address.version !== own.version) {
    refuse(`its address ${address} is of another IP version than the broker's, ${own}`)
  }
  if (!(sampling >= 0 && sampling <= 1)) refuse(`sampling is a share of 0 to 1, not ${sampling}`)
  if (!(Number.isInteger(packetLength) && packetLength >= 1)) {
    refuse(`packetLength is a whole number of bytes from 1 on, not ${packetLength}`)
  }
  if (!(Number.isInteger(virtualNetworkId) && virtualNetworkId >= 0 && virtualNetworkId <= MOST_VNI)) {
    refuse(`virtualNetworkId is 0 to 16,777,215, not ${virtualNetworkId}`)
  }
}
