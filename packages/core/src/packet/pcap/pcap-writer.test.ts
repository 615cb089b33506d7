import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { packet as anyPacket } from '../../../test/pcap-arbitraries.ts'
import { fromHexdump } from '../../../test/pcap-golden-packets.ts'
import { IpAddress } from '../../net/ip-address.ts'
import { MacAddress } from '../../net/mac-address.ts'
import { encodePacket, frameLength } from '../encode-packet.ts'
import { Packet } from '../packet.ts'
import { type CapturePacket, captureTimeNanoseconds } from './capture-packet.ts'
import { CaptureReader } from './capture-reader.ts'
import { PcapWriter, type PcapWriterOptions } from './pcap-writer.ts'

const MACS = { source: MacAddress.of('02:00:00:00:00:01'), destination: MacAddress.of('02:00:00:00:00:02') }
const PING = new Packet({
  source: IpAddress.of('10.0.1.101'),
  destination: IpAddress.of('10.0.2.101'),
  protocol: 1,
  icmpType: 8,
  icmpIdentifier: 1,
  icmpSequence: 2,
  payload: Uint8Array.of(0x61, 0x62),
})

function written(options: Omit<PcapWriterOptions, 'onBytes'>, write: (writer: PcapWriter) => void): Uint8Array {
  const pieces: Buffer[] = []
  const writer = new PcapWriter({ ...options, onBytes: (bytes) => pieces.push(Buffer.from(bytes)) })
  write(writer)
  writer.flush()
  return Uint8Array.from(Buffer.concat(pieces))
}

function read(file: Uint8Array): readonly CapturePacket[] {
  const packets: CapturePacket[] = []
  const reader = new CaptureReader({
    onPacket: (packet) => packets.push(packet),
    onIssue: (issue) => expect.fail(issue.message),
  })
  reader.push(file)
  reader.end()
  return packets
}

describe('PcapWriter', () => {
  it('writes the header and records of the format', () => {
    const file = written({}, (writer) => writer.writePacket(PING, 1_700_000_000_123_456, MACS))
    expect(file).toEqual(
      fromHexdump(`
        0000  d4 c3 b2 a1 02 00 04 00  00 00 00 00 00 00 00 00
        0010  00 00 04 00 01 00 00 00  00 f1 53 65 40 e2 01 00
        0020  2c 00 00 00 2c 00 00 00  02 00 00 00 00 02 02 00
        0030  00 00 00 01 08 00 45 00  00 1e 00 00 00 00 40 01
        0040  63 16 0a 00 01 65 0a 00  02 65 08 00 96 9a 00 01
        0050  00 02 61 62
      `),
    )
  })

  it('writes what CaptureReader reads, through buffers of any size', () => {
    const entry = fc.tuple(anyPacket(), fc.integer({ min: 0, max: 4_294_967_295_999_999 }), fc.nat(999))
    fc.assert(
      fc.property(
        fc.array(entry, { maxLength: 8 }),
        fc.integer({ min: 0, max: 800 }),
        fc.boolean(),
        fc.boolean(),
        (entries, bufferBytes, reuseBuffer, hasNanoseconds) => {
          const timeUnit = hasNanoseconds ? 'nanoseconds' : 'microseconds'
          const file = written({ bufferBytes, reuseBuffer, timeUnit }, (writer) => {
            for (const [packet, time, nanoseconds] of entries) writer.writePacket(packet, time, MACS, nanoseconds)
          })
          const found = read(file)
          expect(found.length).toBe(entries.length)
          for (const [index, [packet, time, nanoseconds]] of entries.entries()) {
            const frame = new Uint8Array(frameLength(packet))
            encodePacket(packet, frame, 0, MACS)
            const { data, originalLength } = found[index] as CapturePacket
            expect(data).toEqual(frame)
            expect(originalLength).toBe(frame.length)
            expect(captureTimeNanoseconds(found[index] as CapturePacket)).toBe(
              BigInt(time) * 1000n + BigInt(hasNanoseconds ? nanoseconds : 0),
            )
          }
        },
      ),
    )
  })

  it('cuts packets to the snap length', () => {
    const file = written({ snapLength: 20 }, (writer) => {
      writer.writePacket(PING, 0, MACS)
      writer.writeFrame(new Uint8Array(30), 1)
      writer.writeFrame(new Uint8Array(10), 2, 0, 99)
    })
    expect(read(file).map(({ data, originalLength }) => [data.length, originalLength])).toEqual([
      [20, 44],
      [20, 30],
      [10, 99],
    ])
  })

  it('leaves the receiver its pieces unless told to use its buffer again', () => {
    for (const reuseBuffer of [false, true]) {
      const pieces: Uint8Array[] = []
      const writer = new PcapWriter({ bufferBytes: 100, reuseBuffer, onBytes: (bytes) => pieces.push(bytes) })
      for (let time = 0; time < 20; time += 1) writer.writePacket(PING, time, MACS)
      writer.flush()
      expect(new Set(pieces.map(({ buffer }) => buffer)).size).toBe(reuseBuffer ? 1 : pieces.length)
      expect(pieces.every(({ length }) => length <= 100)).toBe(true)
    }
  })

  it('is not left with half a packet by one that cannot be written', () => {
    const file = written({}, (writer) => {
      writer.writePacket(PING, 1, MACS)
      expect(() => writer.writePacket(PING.with({ ipOptions: new Uint8Array(3) }), 2, MACS)).toThrow(RangeError)
      expect(() => writer.writePacket(PING, -1, MACS)).toThrow('-1 µs since 1970 is none of them')
      expect(() => writer.writePacket(PING, 4_294_967_296_000_000, MACS)).toThrow('times from 1970 to 2106')
      writer.writePacket(PING, 3, MACS)
    })
    expect(read(file).map(({ timeNanoseconds }) => timeNanoseconds)).toEqual([1000, 3000])
  })

  it('writes a file without packets, and refuses a snap length that none can be', () => {
    expect(written({}, () => {})).toHaveLength(24)
    expect(() => new PcapWriter({ onBytes: () => {}, snapLength: 0 })).toThrow(
      'a snap length is 1 to 262144 bytes, not 0',
    )
  })
})
