import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { IpAddress } from '../net/ip-address.ts'
import { Packet } from '../packet/packet.ts'
import { makeReset } from './reset-packet.ts'

const segment = fc
  .record({
    tcpFlags: fc.nat({ max: 255 }).filter((flags) => (flags & 4) === 0),
    tcpSequence: fc.oneof(fc.nat(), fc.constantFrom(0, 2 ** 32 - 1, 2 ** 32 - 100)),
    tcpAcknowledgment: fc.oneof(fc.nat(), fc.constant(2 ** 32 - 1)),
    payloadLength: fc.nat({ max: 8460 }),
    sourcePort: fc.nat({ max: 65_535 }),
    destinationPort: fc.nat({ max: 65_535 }),
  })
  .map(
    (fields) =>
      new Packet({
        source: IpAddress.of('10.0.1.101'),
        destination: IpAddress.of('203.0.113.7'),
        protocol: 6,
        ...fields,
      }),
  )

describe('RST for a segment of no connection', () => {
  it('comes from the far side and is one that the sender must accept (RFC 9293, 3.10.7.1)', () => {
    fc.assert(
      fc.property(segment, (sent) => {
        const reset = makeReset(sent)
        expect([`${reset.source}:${reset.sourcePort}`, `${reset.destination}:${reset.destinationPort}`]).toEqual([
          `203.0.113.7:${sent.destinationPort}`,
          `10.0.1.101:${sent.sourcePort}`,
        ])
        expect([reset.payloadLength, reset.length, reset.hopLimit > 0]).toEqual([0, 40, true])
        if (sent.tcpFlags & 16) {
          // The sender waits for what it has acknowledged.
          expect([reset.tcpFlags, reset.tcpSequence]).toEqual([4, sent.tcpAcknowledgment])
        } else {
          const length = BigInt(sent.payloadLength) + BigInt(sent.tcpFlags & 1) + BigInt((sent.tcpFlags >> 1) & 1)
          expect([reset.tcpFlags, reset.tcpSequence]).toEqual([20, 0])
          expect(BigInt(reset.tcpAcknowledgment)).toBe(BigInt.asUintN(32, BigInt(sent.tcpSequence) + length))
        }
      }),
    )
  })
})
