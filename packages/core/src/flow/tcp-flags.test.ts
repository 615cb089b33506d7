import { describe, expect, it } from 'vitest'
import { packetOf } from './flow-fixture.ts'
import { TCP_FLAGS_NOT_COMPUTABLE, tcpFlagsOf } from './tcp-flags.ts'

const BITS = { FIN: 1, SYN: 2, RST: 4, PSH: 8, ACK: 16, URG: 32, ECE: 64, CWR: 128 } as const

function ofFlags(words: string): number {
  const tcpFlags = words === '' ? 0 : words.split('+').reduce((sum, name) => sum | BITS[name as keyof typeof BITS], 0)
  return tcpFlagsOf(packetOf('10.0.0.1:1', '10.0.0.2:2', 6, { tcpFlags }))
}

describe('what a packet adds to tcp-flags', () => {
  // VPC user guide, "Flow log records", tcp-flags; the last two are the combinations that this project takes to be the invalid ones.
  it.each([
    ['FIN', 1],
    ['SYN', 2],
    ['RST', 4],
    ['SYN+ACK', 18],
    ['ACK', 0],
    ['PSH', 0],
    ['URG', 0],
    ['PSH+ACK', 0],
    ['FIN+ACK', 1],
    ['RST+ACK', 4],
    ['SYN+ECE+CWR', 2],
    ['SYN+ACK+ECE', 18],
    ['', 0],
    ['FIN+PSH+URG', 1],
    ['SYN+FIN', TCP_FLAGS_NOT_COMPUTABLE],
    ['SYN+RST', TCP_FLAGS_NOT_COMPUTABLE],
    ['SYN+FIN+RST+PSH+ACK+URG', TCP_FLAGS_NOT_COMPUTABLE],
  ])('%s: %i', (words, expected) => {
    expect(ofFlags(words)).toBe(expected)
  })

  it('is 0 for other protocols and for later fragments', () => {
    expect(tcpFlagsOf(packetOf('10.0.0.1:1', '10.0.0.2:2', 17, { tcpFlags: 2 }))).toBe(0)
    expect(tcpFlagsOf(packetOf('10.0.0.1:1', '10.0.0.2:2', 6, { tcpFlags: 2, fragmentOffset: 8 }))).toBe(0)
  })
})
