import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { GeneveEncapsulation } from '../dataplane/geneve-encapsulation.ts'
import { tcp, udp } from '../dataplane/network-fixture.ts'
import { CidrBlock } from '../net/cidr-block.ts'
import { IpAddress } from '../net/ip-address.ts'
import { MacAddress } from '../net/mac-address.ts'
import type { Packet } from '../packet/packet.ts'
import { withTunnelBytes } from '../packet/tunnel-bytes.ts'
import type { GatewayLoadBalancerEndpoint } from '../topology/topology.ts'
import { type BrokerPlatform, MirrorBroker } from './broker.ts'
import { MirrorEncapsulation, mirrorSourcePort } from './mirror-encapsulation.ts'

const macs = { source: MacAddress.of('02:00:00:00:00:01'), destination: MacAddress.of('02:00:00:00:00:02') }
const BROKER = IpAddress.of('10.0.9.1')
const ANYWHERE = CidrBlock.of('0.0.0.0/0')

function mirrored(packet: Packet, packetLength?: number): Packet {
  const source = IpAddress.of('10.0.1.10')
  const session = new MirrorEncapsulation({ source, destination: BROKER, virtualNetworkId: 99, packetLength })
  return session.wrap(packet, macs, mirrorSourcePort(packet), true)
}

/** Network identifier and inner frame, read from the copy's own bytes. */
function inside(copy: Packet): { readonly virtualNetworkId: number; readonly frame: Buffer } {
  const { payload, payloadOffset, payloadLength } = withTunnelBytes(copy)
  const bytes = Buffer.from((payload ?? new Uint8Array(0)).subarray(payloadOffset, payloadOffset + payloadLength))
  expect(bytes.length).toBe(payloadLength)
  return { virtualNetworkId: bytes.readUIntBE(4, 3), frame: bytes.subarray(8) }
}

function run(
  platforms: readonly BrokerPlatform[],
  packets: readonly Packet[],
  seed = 0,
): { readonly broker: MirrorBroker; readonly copies: ReadonlyMap<string, readonly Packet[]> } {
  const copies = new Map<string, Packet[]>(platforms.map(({ name }) => [name, []]))
  const broker = new MirrorBroker({
    address: BROKER,
    platforms,
    seed,
    onCopy: (copy, { name }) => copies.get(name)?.push(copy),
  })
  for (const packet of packets) broker.receive(packet)
  return { broker, copies }
}

const ids: BrokerPlatform = { name: 'ids', address: IpAddress.of('10.0.9.10') }
const packet = fc
  .record({
    port: fc.integer({ min: 1_024, max: 65_535 }),
    isTcp: fc.boolean(),
    length: fc.nat({ max: 1_400 }),
    isAnswer: fc.boolean(),
  })
  .map(({ port, isTcp, length, isAnswer }) => {
    const [from, to] = isAnswer ? [`10.0.2.10:443`, `10.0.1.10:${port}`] : [`10.0.1.10:${port}`, '10.0.2.10:443']
    const payload = Uint8Array.from({ length }, (_, index) => index)
    return (isTcp ? tcp : udp)(from, to, { payload })
  })

describe('MirrorBroker', () => {
  it('gives every platform equal copies: inner bytes, source port, network identifier', () => {
    fc.assert(
      fc.property(
        fc.array(packet, { minLength: 1, maxLength: 10 }),
        fc.option(fc.integer({ min: 35, max: 1_500 }), { nil: undefined }),
        fc.boolean(),
        (packets, sessionLength, asBytes) => {
          const platforms = [ids, { name: 'other', address: IpAddress.of('10.0.9.11') }]
          const stream = packets.map((one) => mirrored(one, sessionLength))
          const { copies } = run(platforms, asBytes ? stream.map(withTunnelBytes) : stream)
          for (const { name, address } of platforms) {
            const own = copies.get(name) ?? []
            expect(own.map(inside)).toEqual(stream.map(inside))
            expect(own.map(({ sourcePort }) => sourcePort)).toEqual(stream.map(({ sourcePort }) => sourcePort))
            for (const one of own)
              expect([one.source, one.destination, one.destinationPort]).toEqual([BROKER, address, 4789])
          }
        },
      ),
    )
  })

  it('takes copies out of the GENEVE of a Gateway Load Balancer, as packets or bytes', () => {
    const endpoint = { id: 'vpce-0123456789abcdef0' } as GatewayLoadBalancerEndpoint
    const geneve = new GeneveEncapsulation(endpoint)
    const stream = [mirrored(tcp('10.0.1.10:40000', '10.0.2.10:443')), mirrored(udp('10.0.1.10:1', '10.0.2.10:2'), 40)]
    const wrapped = stream.map((one) => geneve.wrap(one, IpAddress.of('10.0.9.2'), BROKER))
    for (const received of [wrapped, wrapped.map(withTunnelBytes)]) {
      const own = run([ids], received).copies.get('ids') ?? []
      expect(own.map(inside)).toEqual(stream.map(inside))
      expect(own.map(({ sourcePort }) => sourcePort)).toEqual(stream.map(({ sourcePort }) => sourcePort))
    }
  })

  it('cuts frames and changes the network identifier for one platform alone', () => {
    fc.assert(
      fc.property(
        packet,
        fc.oneof(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 1_600 })),
        fc.option(fc.integer({ min: 35, max: 1_500 }), { nil: undefined }),
        fc.boolean(),
        (one, packetLength, sessionLength, asBytes) => {
          const stream = mirrored(one, sessionLength)
          const cut: BrokerPlatform = { name: 'cut', address: ids.address, packetLength, virtualNetworkId: 7 }
          const { copies } = run([ids, cut], [asBytes ? withTunnelBytes(stream) : stream])
          const [whole] = (copies.get('ids') ?? []).map(inside)
          const [short] = (copies.get('cut') ?? []).map(inside)
          expect(short?.frame).toEqual(whole?.frame.subarray(0, packetLength))
          expect([whole?.virtualNetworkId, short?.virtualNetworkId]).toEqual([99, 7])
        },
      ),
    )
  })

  it('filters by the first rule that matches, and counts what it leaves out', () => {
    const rules = [
      { action: 'reject' as const, protocol: 6, sourceCidr: CidrBlock.of('10.0.2.0/24'), destinationCidr: ANYWHERE },
      { action: 'accept' as const, protocol: 6, sourceCidr: ANYWHERE, destinationCidr: ANYWHERE },
    ]
    const packets = [
      tcp('10.0.1.10:40000', '10.0.2.10:443'),
      tcp('10.0.2.10:443', '10.0.1.10:40000'),
      udp('10.0.1.10:1', '10.0.2.10:2'),
    ]
    const noise = [
      udp('10.0.1.10:1', '10.0.9.1:53', { payloadLength: 20 }),
      udp('10.0.1.10:1', '10.0.9.1:4789', { payload: new Uint8Array(3) }),
    ]
    const { broker, copies } = run([{ ...ids, rules }], [...packets.map((one) => mirrored(one)), ...noise])
    expect(copies.get('ids')?.length).toBe(1)
    expect(broker.tallies.get('ids')).toEqual({ sent: 1, filtered: 2, sampledOut: 0, ignored: 2 })
  })

  it('samples whole flows, both directions alike, about as many as it should, by the seed', () => {
    const flows = Array.from({ length: 4_000 }, (_, index) => 1_024 + index)
    const stream = flows.flatMap((port) => [
      mirrored(tcp(`10.0.1.10:${port}`, '10.0.2.10:443')),
      mirrored(tcp('10.0.2.10:443', `10.0.1.10:${port}`)),
    ])
    const sampled = (seed: number): readonly number[] => {
      const { copies } = run([{ ...ids, sampling: 0.25 }], stream, seed)
      return (copies.get('ids') ?? []).map(({ tunnel }) => {
        const { sourcePort = 0, destinationPort = 0 } = tunnel?.packet ?? {}
        return Math.max(sourcePort, destinationPort)
      })
    }
    const first = sampled(1)
    expect(first.length / stream.length).toBeGreaterThan(0.22)
    expect(first.length / stream.length).toBeLessThan(0.28)
    expect(first.filter((_, index) => index % 2 === 0)).toEqual(first.filter((_, index) => index % 2 === 1))
    expect(sampled(1)).toEqual(first)
    expect(sampled(2)).not.toEqual(first)
  })

  it.each([
    [{ sampling: 1.5 }, /sampling is a share of 0 to 1, not 1.5/],
    [{ packetLength: 0 }, /packetLength is a whole number of bytes from 1 on, not 0/],
    [{ virtualNetworkId: 2 ** 24 }, /virtualNetworkId is 0 to 16,777,215, not 16777216/],
    [{ address: IpAddress.of('2001:db8::1') }, /another IP version/],
  ])('refuses %o', (changes, message) => {
    expect(() => run([{ ...ids, ...changes }], [])).toThrow(message)
  })

  it('refuses a name that occurs twice', () => {
    expect(() => run([ids, ids], [])).toThrow(/platform 'ids': the name occurs twice/)
  })
})
