import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { udp } from '../dataplane/network-fixture.ts'
import type { NetworkInterface } from '../topology/topology.ts'
import { MIRRORED_FLOW_BITS_PER_SECOND, MirroredFlowLimit } from './mirrored-flow-limit.ts'
import { BANDWIDTH_BURST_MICROSECONDS } from './rate-bucket.ts'

const source = { id: 'eni-1' } as NetworkInterface
const BYTES = 1_500
const BURST_BYTES = (MIRRORED_FLOW_BITS_PER_SECOND / 8e6) * BANDWIDTH_BURST_MICROSECONDS

/** Sends packets of flows in turn at a rate in all for a time; bytes that were admitted, by flow. */
function run(flows: number, bitsPerSecond: number, microseconds: number): readonly number[] {
  const limit = new MirroredFlowLimit(MIRRORED_FLOW_BITS_PER_SECOND)
  const packets = Array.from({ length: flows }, (_, flow) =>
    udp(`10.0.1.10:${1_024 + flow}`, '10.0.2.10:53', { payloadLength: BYTES - 28 }),
  )
  const admitted = packets.map(() => 0)
  const gap = (BYTES * 8e6) / bitsPerSecond
  for (let at = 0; at * gap < microseconds; at += 1) {
    const flow = at % flows
    const packet = packets[flow]
    if (packet && limit.admit(source, packet, Math.floor(at * gap))) admitted[flow] = (admitted[flow] ?? 0) + BYTES
  }
  return admitted
}

describe('MirroredFlowLimit', () => {
  it('lets everything of slower flows through, however many there are', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 8 }), fc.double({ min: 0.05, max: 0.98, noNaN: true }), (flows, share) => {
        const rate = share * flows * MIRRORED_FLOW_BITS_PER_SECOND
        const sent = Math.ceil((rate * 0.03) / 8 / BYTES) * BYTES
        const admitted = run(flows, rate, 30_000).reduce((sum, bytes) => sum + bytes, 0)
        expect(Math.abs(admitted - sent)).toBeLessThanOrEqual(BYTES)
      }),
      { numRuns: 20 },
    )
  })

  it('holds a faster one to 2.5 Gbit/s after a burst', () => {
    const [admitted = 0] = run(1, 4e9, 100_000)
    const due = (MIRRORED_FLOW_BITS_PER_SECOND / 8) * 0.1
    expect(admitted).toBeGreaterThan(due)
    expect(admitted).toBeLessThan(due + 3 * BURST_BYTES)
    expect(admitted).toBeLessThan((4e9 / 8) * 0.1 - BURST_BYTES)
  })

  it('forgets flows when they are over', () => {
    const limit = new MirroredFlowLimit(1e6)
    for (let port = 1; port <= 2_000; port += 1) {
      limit.admit(source, udp(`10.0.1.10:${port}`, '10.0.2.10:53', { payloadLength: 1_000 }), 0)
    }
    expect(limit.size).toBeGreaterThan(1_900)
    limit.admit(source, udp('10.0.1.10:1', '10.0.2.10:53', { payloadLength: 9_000 }), 10_000_000)
    expect(limit.size).toBeLessThan(2)
  })

  it.each([0, -1, Number.NaN])('refuses %s', (bitsPerSecond) => {
    expect(() => new MirroredFlowLimit(bitsPerSecond)).toThrow(/bits per second above 0/)
  })
})
