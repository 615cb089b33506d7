import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { IP_PROTOCOL } from '../packet/ip-protocol.ts'
import { fragmentPacket } from './fragment-packet.ts'
import { packetBetween } from './tracking-fixture.ts'

const packet = fc
  .record({
    protocol: fc.constantFrom(IP_PROTOCOL.tcp, IP_PROTOCOL.udp, IP_PROTOCOL.icmp, IP_PROTOCOL.gre),
    payload: fc.uint8Array({ minLength: 1, maxLength: 700 }),
    optionWords: fc.integer({ min: 0, max: 10 }),
    fragmentOffset: fc.constantFrom(0, 8, 800),
    moreFragments: fc.boolean(),
  })
  .map(({ protocol, payload, optionWords, ...rest }) =>
    packetBetween('10.0.0.1:5000', '203.0.113.9:53', protocol, {
      payload,
      tcpOptions: new Uint8Array(protocol === IP_PROTOCOL.tcp ? optionWords * 4 : 0),
      identification: 77,
      ...rest,
    }),
  )

describe('fragments of an IPv4 packet', () => {
  it('fit the MTU, carry multiples of eight bytes, and put together are the packet', () => {
    fc.assert(
      fc.property(packet, fc.integer({ min: 88, max: 600 }), (whole, mtu) => {
        const fragments = fragmentPacket(whole, mtu)
        const payload: number[] = []
        let carried = 0
        for (const [index, fragment] of fragments.entries()) {
          const isLast = index === fragments.length - 1
          const bytes = fragment.length - 20
          expect(fragment.length).toBeLessThanOrEqual(mtu)
          if (!isLast) expect(bytes % 8).toBe(0)
          expect(fragment.fragmentOffset).toBe(whole.fragmentOffset + carried)
          expect(fragment.moreFragments).toBe(isLast ? whole.moreFragments : true)
          expect(fragment.identification).toBe(77)
          const start = fragment.payloadOffset
          payload.push(...(fragment.payload ?? new Uint8Array()).subarray(start, start + fragment.payloadLength))
          carried += bytes
        }
        expect(carried).toBe(whole.length - 20)
        expect(payload).toEqual([...(whole.payload ?? [])])
      }),
    )
  })

  it('are the ones that RFC 791 asks for: 4,000 bytes over a link of 1,500', () => {
    const whole = packetBetween('10.0.0.1:5000', '203.0.113.9:53', IP_PROTOCOL.udp, { payloadLength: 3972 })
    expect(whole.length).toBe(4000)
    const shapes = fragmentPacket(whole, 1500).map(({ length, fragmentOffset, moreFragments }) => [
      length,
      fragmentOffset,
      moreFragments,
    ])
    expect(shapes).toEqual([
      [1500, 0, true],
      [1500, 1480, true],
      [1040, 2960, false],
    ])
  })
})
