import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { IpAddress } from '../net/ip-address.ts'
import { IP_PROTOCOL } from '../packet/ip-protocol.ts'
import { Packet } from '../packet/packet.ts'
import { flowHash, symmetricFlowHash } from './flow-hash.ts'

const port = fc.integer({ min: 0, max: 65_535 })
const address = fc.integer({ min: 0, max: 0xffff_ffff }).map((bits) => IpAddress.fromIpv4Bits(bits))
const packet = fc
  .record({ source: address, destination: address, sourcePort: port, destinationPort: port })
  .map((fields) => new Packet({ ...fields, protocol: IP_PROTOCOL.udp }))

function answerTo({ source, destination, sourcePort, destinationPort, protocol }: Packet): Packet {
  return new Packet({
    source: destination,
    destination: source,
    sourcePort: destinationPort,
    destinationPort: sourcePort,
    protocol,
  })
}

/** Pearson's statistic over equally likely buckets. */
function chiSquare(counts: readonly number[]): number {
  const expected = counts.reduce((sum, count) => sum + count, 0) / counts.length
  return counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0)
}

describe('flow hashes', () => {
  it('tell nothing of payload, and the symmetric one nothing of direction', () => {
    fc.assert(
      fc.property(packet, (one) => {
        expect(flowHash(one.with({ payloadLength: 99, hopLimit: 3 }))).toBe(flowHash(one))
        expect(symmetricFlowHash(answerTo(one))).toBe(symmetricFlowHash(one))
      }),
    )
  })

  it('spread the 128 source ports of mirrored traffic evenly over sensors', () => {
    for (const hash of [flowHash, symmetricFlowHash]) {
      for (const sensors of [2, 3, 4]) {
        const counts = new Array<number>(sensors).fill(0)
        for (let source = 0; source < 50; source++) {
          for (let sourcePort = 65_408; sourcePort < 65_536; sourcePort++) {
            const mirrored = new Packet({
              source: IpAddress.fromIpv4Bits(0x0a000100 + source),
              destination: IpAddress.of('10.0.2.10'),
              sourcePort,
              destinationPort: 4789,
              protocol: IP_PROTOCOL.udp,
            })
            const sensor = hash(mirrored) % sensors
            counts[sensor] = (counts[sensor] ?? 0) + 1
          }
        }
        // The 99.9 % quantile for three degrees of freedom, the largest here, is 16.3.
        expect(chiSquare(counts)).toBeLessThan(16.3)
      }
    }
  })
})
