import { describe, expect, it } from 'vitest'
import { MirrorBroker } from '../src/mirror/broker.ts'
import { MIRROR_SOURCE_PORTS, MirrorEncapsulation, mirrorSourcePort } from '../src/mirror/mirror-encapsulation.ts'
import { MacAddress } from '../src/net/mac-address.ts'
import { decodePacket, findLayer } from '../src/packet/decode-packet.ts'
import { encodePacket, frameLength } from '../src/packet/encode-packet.ts'
import { ETHERNET_HEADER_LENGTH } from '../src/packet/ethernet.ts'
import { LINK_TYPE } from '../src/packet/link-type.ts'
import type { Packet } from '../src/packet/packet.ts'
import type { CapturePacket } from '../src/packet/pcap/capture-packet.ts'
import { CaptureReader } from '../src/packet/pcap/capture-reader.ts'
import { toPacket } from '../src/packet/to-packet.ts'
import { withTunnelBytes } from '../src/packet/tunnel-bytes.ts'
import { unwrapVxlan } from '../src/packet/unwrap-vxlan.ts'
import { requireSampleCaptures, SAMPLE_CAPTURES, sampleCapture } from './pcap-samples.ts'

// A capture at the target of a real mirror session: its inner frames, mirrored again by the same addresses and network identifier, must
// give the real packets.

const NAME = 'aws-traffic-mirror-2019.pcap'
const isThere = SAMPLE_CAPTURES.includes(NAME)
const UDP_SOURCE_PORT = { from: 34, to: 36 }

interface RealPacket {
  readonly bytes: Uint8Array
  readonly outer: Packet
  readonly inner: Packet
  readonly frame: Uint8Array
  readonly virtualNetworkId: number
}

function realPackets(): readonly RealPacket[] {
  const packets: RealPacket[] = []
  const onPacket = (captured: CapturePacket): void => {
    const unwrapped = unwrapVxlan(captured.data)
    const reading = unwrapped && toPacket(unwrapped.frame, LINK_TYPE.ethernet)
    if (!unwrapped || reading?.kind !== 'packet') throw new Error('a packet of the capture is no mirrored IP packet')
    packets.push({ ...unwrapped, bytes: captured.data, inner: reading.packet })
  }
  const reader = new CaptureReader({ onPacket, onIssue: ({ message }) => expect.fail(message) })
  reader.push(sampleCapture(NAME))
  reader.end()
  return packets
}

const macsOf = (frame: Uint8Array): { source: MacAddress; destination: MacAddress } => ({
  destination: MacAddress.fromBytes(frame, 0),
  source: MacAddress.fromBytes(frame, 6),
})

function mirroredAgain({ outer, inner, frame, bytes, virtualNetworkId }: RealPacket): Uint8Array {
  const { source, destination } = outer
  const encapsulation = new MirrorEncapsulation({ source, destination, virtualNetworkId })
  const copy = encapsulation.wrap(inner, macsOf(frame), mirrorSourcePort(inner), true)
  const made = new Uint8Array(frameLength(copy))
  encodePacket(copy, made, 0, macsOf(bytes))
  return made
}

const withoutSourcePort = (bytes: Uint8Array): string =>
  Buffer.from(bytes).fill(0, UDP_SOURCE_PORT.from, UDP_SOURCE_PORT.to).toString('hex')

requireSampleCaptures()

describe.skipIf(!isThere)(
  'the packets of a real mirror session (skipped where the capture is not beside the project)',
  () => {
    it('are made again byte for byte, but for the source port, whose hash is not known', () => {
      const packets = realPackets()
      expect(packets.length).toBe(100)
      for (const packet of packets)
        expect(withoutSourcePort(mirroredAgain(packet))).toBe(withoutSourcePort(packet.bytes))
    })

    it('have the same outer header fields when they are decoded', () => {
      for (const packet of realPackets()) {
        const fieldsOf = (bytes: Uint8Array): unknown[] => {
          const decoded = decodePacket(bytes)
          const { sourcePort: _, ...udp } = findLayer(decoded, 'udp') ?? { sourcePort: 0 }
          return [findLayer(decoded, 'ethernet'), findLayer(decoded, 'ipv4'), udp, findLayer(decoded, 'vxlan')]
        }
        expect(fieldsOf(mirroredAgain(packet))).toEqual(fieldsOf(packet.bytes))
      }
    })

    it('have source ports as ours: one of 128, the same for both directions of a flow and all of its packets', () => {
      const packets = realPackets()
      const { first, count } = MIRROR_SOURCE_PORTS
      const realByFlow = new Map<string, Set<number>>()
      const oursByFlow = new Map<string, Set<number>>()
      for (const { outer, inner } of packets) {
        const isResolverAnswer = inner.sourcePort === 53 && inner.source.toString() === '172.31.0.2'
        if (isResolverAnswer) {
          expect(outer.sourcePort).toBe(first)
          continue
        }
        const ends = [`${inner.source} ${inner.sourcePort}`, `${inner.destination} ${inner.destinationPort}`].sort()
        const key = [inner.protocol, ...ends].join(' ')
        realByFlow.set(key, (realByFlow.get(key) ?? new Set()).add(outer.sourcePort))
        oursByFlow.set(key, (oursByFlow.get(key) ?? new Set()).add(mirrorSourcePort(inner)))
      }
      expect(realByFlow.size).toBeGreaterThan(5)
      for (const ports of [...realByFlow.values(), ...oursByFlow.values()]) {
        expect(ports.size).toBe(1)
        for (const port of ports) expect(port >= first && port < first + count).toBe(true)
      }
      expect(new Set([...oursByFlow.values()].flatMap((ports) => [...ports])).size).toBeGreaterThan(3)
    })

    it('pass a broker unchanged inside', () => {
      const packets = realPackets()
      const copies: Packet[] = []
      const address = packets[0]?.outer.destination
      if (!address) throw new Error('no packets')
      const broker = new MirrorBroker({
        address,
        platforms: [{ name: 'ids', address: address.plus(1) }],
        onCopy: (copy) => copies.push(copy),
      })
      for (const { outer } of packets) broker.receive(outer)
      expect(copies.length).toBe(100)
      for (const [index, copy] of copies.entries()) {
        const { payload, payloadOffset } = withTunnelBytes(copy)
        const frame = payload?.subarray(payloadOffset + 8)
        expect(Buffer.from(frame ?? []).equals(Buffer.from(packets[index]?.frame ?? []))).toBe(true)
        expect((frame?.length ?? 0) > ETHERNET_HEADER_LENGTH).toBe(true)
        expect(copy.sourcePort).toBe(packets[index]?.outer.sourcePort)
      }
    })
  },
)
