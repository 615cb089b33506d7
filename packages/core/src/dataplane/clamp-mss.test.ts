import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { IP_PROTOCOL } from '../packet/ip-protocol.ts'
import { clampMss } from './clamp-mss.ts'
import { packetBetween } from './tracking-fixture.ts'

const SYN = 2
const SYN_ACK = 18
const ACK = 16

/** Options as Linux sends them: MSS, SACK permitted, timestamps, no operation, window scale. */
function linuxOptions(mss: number): Uint8Array {
  return Uint8Array.of(2, 4, mss >> 8, mss & 255, 4, 2, 8, 10, 1, 2, 3, 4, 0, 0, 0, 0, 1, 3, 3, 7)
}

function syn(tcpOptions: Uint8Array, tcpFlags = SYN, isIpv6 = false): ReturnType<typeof packetBetween> {
  return isIpv6
    ? packetBetween('[2600:1f14::1]:4000', '[2001:db8::1]:443', IP_PROTOCOL.tcp, { tcpFlags, tcpOptions })
    : packetBetween('10.0.0.1:4000', '203.0.113.9:443', IP_PROTOCOL.tcp, { tcpFlags, tcpOptions })
}

describe('clamping the maximum segment size', () => {
  it('lowers it in SYN and SYN-ACK to what fits the MTU, and touches no other byte', () => {
    expect([...clampMss(syn(linuxOptions(8961)), 8500).tcpOptions]).toEqual([...linuxOptions(8460)])
    expect([...clampMss(syn(linuxOptions(8961), SYN_ACK), 8500).tcpOptions]).toEqual([...linuxOptions(8460)])
    expect([...clampMss(syn(linuxOptions(8941), SYN, true), 8500).tcpOptions]).toEqual([...linuxOptions(8440)])
  })

  it('finds it behind other options', () => {
    const behind = Uint8Array.of(1, 1, 4, 2, 3, 3, 7, 2, 4, 0x23, 0x01, 0)
    expect([...clampMss(syn(behind), 8500).tcpOptions]).toEqual([1, 1, 4, 2, 3, 3, 7, 2, 4, 0x21, 0x0c, 0])
  })

  it('leaves smaller sizes, later segments, other protocols and the given options alone', () => {
    const small = syn(linuxOptions(1460))
    expect(clampMss(small, 8500)).toBe(small)
    const later = syn(linuxOptions(8961), ACK)
    expect(clampMss(later, 8500)).toBe(later)
    const options = linuxOptions(8961)
    clampMss(syn(options), 8500)
    expect([...options]).toEqual([...linuxOptions(8961)])
  })

  it('survives any bytes as options', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
        const clamped = clampMss(syn(bytes), 8500)
        expect(clamped.tcpOptions.length).toBe(bytes.length)
      }),
    )
  })
})
