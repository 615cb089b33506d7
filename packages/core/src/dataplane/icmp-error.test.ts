import { describe, expect, it } from 'vitest'
import { IpAddress } from '../net/ip-address.ts'
import { IP_PROTOCOL } from '../packet/ip-protocol.ts'
import { makePacketTooBig, makeTimeExceeded } from './icmp-error.ts'
import { packetBetween } from './tracking-fixture.ts'

const router = IpAddress.of('10.0.1.1')
const router6 = IpAddress.of('2600:1f14:abc:1::1')
const packet = packetBetween('10.0.1.5:4000', '203.0.113.9:443', IP_PROTOCOL.tcp, { payloadLength: 2000 })
const packet6 = packetBetween('[2600:1f14:abc:1::5]:4000', '[2001:db8::1]:443', IP_PROTOCOL.tcp, {
  payloadLength: 2000,
})

describe('ICMP errors of routers', () => {
  it('are type 3 code 4 with the MTU over IPv4 and type 2 code 0 over IPv6, to the sender', () => {
    const error = makePacketTooBig(router, packet, 1500)
    expect(error).toMatchObject({ protocol: 1, icmpType: 3, icmpCode: 4, icmpMtu: 1500, quoted: packet })
    expect(`${error?.source} ${error?.destination}`).toBe('10.0.1.1 10.0.1.5')
    expect(error?.length).toBe(576)
    const error6 = makePacketTooBig(router6, packet6, 8500)
    expect(error6).toMatchObject({ protocol: 58, icmpType: 2, icmpCode: 0, icmpMtu: 8500, quoted: packet6 })
    expect(error6?.length).toBe(1280)
  })

  it('are type 11 code 0 and type 3 code 0 for a used-up hop limit', () => {
    expect(makeTimeExceeded(router, packet)).toMatchObject({ protocol: 1, icmpType: 11, icmpCode: 0, icmpMtu: 0 })
    expect(makeTimeExceeded(router6, packet6)).toMatchObject({ protocol: 58, icmpType: 3, icmpCode: 0 })
  })

  it('are never sent about errors, later fragments, or in the other IP version', () => {
    const error = makeTimeExceeded(router, packet)
    expect(error && makeTimeExceeded(router, error)).toBeUndefined()
    expect(makePacketTooBig(router, packet.with({ fragmentOffset: 1480 }), 1500)).toBeUndefined()
    expect(makePacketTooBig(router, packet6, 1500)).toBeUndefined()
  })
})
