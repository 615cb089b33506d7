import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ping, tcp, udp } from '../dataplane/network-fixture.ts'
import { IpAddress } from '../net/ip-address.ts'
import { MacAddress } from '../net/mac-address.ts'
import { encodeIpPacket } from '../packet/encode-packet.ts'
import { MirrorEncapsulation, mirrorSourcePort } from './mirror-encapsulation.ts'

const macs = { source: MacAddress.of('02:00:00:00:00:01'), destination: MacAddress.of('02:00:00:00:00:02') }
const OUTER = {
  4: { source: IpAddress.of('10.0.1.10'), destination: IpAddress.of('10.0.9.1') },
  6: { source: IpAddress.of('2001:db8::a'), destination: IpAddress.of('2001:db8:9::1') },
}

describe('MirrorEncapsulation.write', () => {
  it('writes the bytes of the packet that wrap makes', () => {
    fc.assert(
      fc.property(
        fc.record({
          outer: fc.constantFrom(4 as const, 6 as const),
          inner: fc.constantFrom(tcp, udp, ping),
          isIpv6: fc.boolean(),
          payload: fc.uint8Array({ maxLength: 200 }),
          packetLength: fc.option(fc.integer({ min: 1, max: 300 }), { nil: undefined }),
          virtualNetworkId: fc.nat(0xffffff),
          isOffloaded: fc.boolean(),
          at: fc.nat(9),
        }),
        ({ outer, inner, isIpv6, payload, packetLength, virtualNetworkId, isOffloaded, at }) => {
          const hosts = isIpv6 ? ['[2001:db8::1]', '[2001:db8::2]'] : ['10.0.1.10', '10.0.2.10']
          const isPing = inner === ping
          const [from = '', to = ''] = hosts.map((host, place) =>
            isPing ? host.replace(/[[\]]/g, '') : `${host}:${40_000 + place}`,
          )
          const packet = inner(from, to, { payload, payloadLength: payload.length })
          const encapsulation = new MirrorEncapsulation({ ...OUTER[outer], virtualNetworkId, packetLength })
          const port = mirrorSourcePort(packet)
          const copy = encapsulation.wrap(packet, macs, port, isOffloaded)
          const expected = new Uint8Array(at + copy.length + 3).fill(0xee)
          encodeIpPacket(copy, expected, at)
          const written = new Uint8Array(expected.length).fill(0xee)
          expect(encapsulation.write(packet, macs, port, isOffloaded, written, at)).toBe(copy.length)
          expect(Buffer.from(written).toString('hex')).toBe(Buffer.from(expected).toString('hex'))
        },
      ),
      { numRuns: 500 },
    )
  })

  it('says where the bytes do not fit', () => {
    const packet = udp('10.0.1.10:1', '10.0.2.10:2', { payloadLength: 100 })
    const encapsulation = new MirrorEncapsulation({ ...OUTER[4], virtualNetworkId: 1 })
    expect(() => encapsulation.write(packet, macs, 65_408, true, new Uint8Array(100), 0)).toThrow(
      /a packet of 178 bytes does not fit 100 bytes/,
    )
    const large = udp('10.0.1.10:1', '10.0.2.10:2', { payloadLength: 65_480 })
    expect(() => encapsulation.write(large, macs, 65_408, true, new Uint8Array(70_000), 0)).toThrow(/65,535 bytes/)
  })
})
