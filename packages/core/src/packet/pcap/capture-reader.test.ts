import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { i64, PcapngBuilder, raw, u8, u32 } from '../../../test/pcap-ng-builder.ts'
import type { CaptureIssue } from './capture-issue.ts'
import { type CapturePacket, captureTimeMicroseconds, captureTimeNanoseconds } from './capture-packet.ts'
import { CaptureReader } from './capture-reader.ts'
import { MOST_CAPTURED_BYTES } from './pcap-reader.ts'
import { LONGEST_BLOCK_BYTES } from './pcapng-reader.ts'
import { readCapture } from './read-capture.ts'

interface Capture {
  readonly packets: readonly CapturePacket[]
  readonly issues: readonly CaptureIssue[]
}

/** Reads a file in chunks of the given lengths, the rest at once; chunks are wiped after each push if `wipes`. */
function read(file: Uint8Array, lengths: readonly number[] = [], wipes = false): Capture {
  const packets: CapturePacket[] = []
  const issues: CaptureIssue[] = []
  const reader = new CaptureReader({
    onPacket: (packet) => packets.push({ ...packet, data: packet.data.slice() }),
    onIssue: (issue) => issues.push(issue),
  })
  let at = 0
  for (const length of [...lengths, file.length]) {
    const chunk = file.slice(at, at + length)
    reader.push(chunk)
    if (wipes) chunk.fill(0xee)
    at += length
  }
  reader.end()
  return { packets, issues }
}

interface Written {
  readonly seconds: number
  readonly fraction: number
  readonly data: Uint8Array
  readonly originalLength: number
}

/** A classic file, written field by field (draft-ietf-opsawg-pcap section 4). */
function pcap(packets: readonly Written[], { little = true, magic = 0xa1b2c3d4, linkType = 1 } = {}): Uint8Array {
  const bytes = new Uint8Array(packets.reduce((sum, { data }) => sum + 16 + data.length, 24))
  const view = new DataView(bytes.buffer)
  view.setUint32(0, magic, little)
  view.setUint16(4, 2, little)
  view.setUint16(6, 4, little)
  view.setUint32(16, 65_535, little)
  view.setUint32(20, linkType, little)
  let at = 24
  for (const { seconds, fraction, data, originalLength } of packets) {
    for (const [index, value] of [seconds, fraction, data.length, originalLength].entries())
      view.setUint32(at + index * 4, value, little)
    bytes.set(data, at + 16)
    at += 16 + data.length
  }
  return bytes
}

const written: fc.Arbitrary<Written> = fc
  .tuple(fc.integer({ min: 0, max: 0xffff_ffff }), fc.nat(999_999), fc.uint8Array({ maxLength: 60 }), fc.nat(9000))
  .map(([seconds, fraction, data, more]) => ({ seconds, fraction, data, originalLength: data.length + more }))
const packets = fc.array(written, { maxLength: 6 })
const chunks = fc.array(fc.integer({ min: 0, max: 50 }), { maxLength: 30 })

describe('classic files', () => {
  it.each([
    ['microseconds', 0xa1b2c3d4, 1000],
    ['nanoseconds', 0xa1b23c4d, 1],
  ])('with %s are read in both byte orders, in chunks of any size', (_unit, magic, factor) => {
    fc.assert(
      fc.property(packets, fc.boolean(), fc.constantFrom(1, 101, 276), chunks, (list, little, linkType, lengths) => {
        const capture = read(pcap(list, { little, magic, linkType }), lengths, true)
        expect(capture.issues).toEqual([])
        let offset = 24
        const expected = list.map(({ seconds, fraction, data, originalLength }, index) => {
          const start = offset
          offset += 16 + data.length
          return { number: index + 1, linkType, interfaceIndex: 0, hasTime: true, timeSeconds: seconds, timeNanoseconds: fraction * factor, data, originalLength, offset: start } // biome-ignore format: one packet
        })
        expect(capture.packets).toEqual(expected)
      }),
    )
  })

  it('have exact times', () => {
    const [packet] = read(
      pcap([{ seconds: 0xffff_ffff, fraction: 999_999_999, data: new Uint8Array(1), originalLength: 1 }], {
        magic: 0xa1b23c4d,
      }),
    ).packets
    expect(captureTimeMicroseconds(packet as CapturePacket)).toBe(4_294_967_295_999_999)
    expect(captureTimeNanoseconds(packet as CapturePacket)).toBe(4_294_967_295_999_999_999n)
  })

  it('that are cut give the packets before the cut, at every byte', () => {
    const list = [10, 0, 33].map((length) => ({
      seconds: 1,
      fraction: 2,
      data: new Uint8Array(length).fill(length),
      originalLength: 99,
    }))
    const file = pcap(list)
    const ends = [24, 50, 66, 115]
    for (let length = 1; length < file.length; length += 1) {
      const { packets: found, issues } = read(file.subarray(0, length), [7, 11, 13])
      expect(found.length).toBe(Math.max(0, ends.filter((end) => end <= length).length - 1))
      if (length < 4) expect(issues).toMatchObject([{ code: 'unknown-format' }])
      else
        expect(issues.map(({ code, offset }) => [code, offset])).toEqual(
          ends.includes(length) ? [] : [['truncated-file', length]],
        )
    }
  })

  it('that are damaged give the packets before the damage and say where it is', () => {
    const list = [1, 2, 3].map((length) => ({
      seconds: 1,
      fraction: 2,
      data: new Uint8Array(length),
      originalLength: 99,
    }))
    const file = pcap(list)
    const second = 24 + 17
    new DataView(file.buffer).setUint32(second + 8, MOST_CAPTURED_BYTES + 1, true)
    const { packets: found, issues } = read(file)
    expect(found).toHaveLength(1)
    expect(issues).toEqual([
      {
        code: 'invalid-length',
        offset: second + 8,
        message:
          'packet 2 has a captured length of 262145 bytes, at most 262144 are possible: the file is damaged here. The 1 packets before it were read',
      },
    ])
  })

  it('of the largest packets are read', () => {
    const data = new Uint8Array(MOST_CAPTURED_BYTES).fill(1)
    const { packets: found, issues } = read(
      pcap([{ seconds: 1, fraction: 0, data, originalLength: data.length }]),
      [100, 5000, 200_000],
    )
    expect(issues).toEqual([])
    expect(found[0]?.data.length).toBe(data.length)
  })

  it('with fractions beyond a second carry them', () => {
    expect(
      read(pcap([{ seconds: 5, fraction: 2_500_000, data: new Uint8Array(0), originalLength: 0 }])).packets,
    ).toMatchObject([{ timeSeconds: 7, timeNanoseconds: 500_000_000 }])
  })

  it('keep what else stands in the field of the link type out of it', () => {
    const file = pcap([{ seconds: 1, fraction: 0, data: new Uint8Array(0), originalLength: 0 }], {
      linkType: 0x2400_0001,
    })
    expect(read(file).packets).toMatchObject([{ linkType: 1 }])
  })
})

describe('pcapng files', () => {
  it('are read in both byte orders, in chunks of any size, unknown blocks left out', () => {
    fc.assert(
      fc.property(packets, fc.boolean(), chunks, (list, little, lengths) => {
        const builder = new PcapngBuilder(little)
          .section()
          .block(0x0bad, raw(new Uint8Array(40)))
          .interface(101)
        const offsets = list.map(({ seconds, fraction, data, originalLength }) => {
          builder.block(5, raw(new Uint8Array(8)))
          const { length } = builder
          builder.enhancedPacket(0, BigInt(seconds) * 1_000_000n + BigInt(fraction), data, originalLength)
          return length
        })
        const capture = read(builder.finish(), lengths, true)
        expect(capture.issues).toEqual([])
        expect(capture.packets).toEqual(
          list.map(({ seconds, fraction, data, originalLength }, index) => ({
            number: index + 1,
            linkType: 101,
            interfaceIndex: 0,
            hasTime: true,
            timeSeconds: seconds,
            timeNanoseconds: fraction * 1000,
            data,
            originalLength,
            offset: offsets[index],
          })),
        )
      }),
    )
  })

  it.each([
    // if_tsresol, if_tsoffset, time, seconds, nanoseconds
    [undefined, undefined, 1_700_000_000_123_456n, 1_700_000_000, 123_456_000],
    [6, undefined, 1_700_000_000_123_456n, 1_700_000_000, 123_456_000],
    [9, undefined, 1_700_000_000_123_456_789n, 1_700_000_000, 123_456_789],
    [3, undefined, 1_700_000_000_123n, 1_700_000_000, 123_000_000],
    [12, undefined, 1_700_000_000_123_456n, 1_700, 123],
    [0, undefined, 1_700_000_000n, 1_700_000_000, 0],
    [0x80 | 10, undefined, 1_700_000_000n * 1024n + 512n, 1_700_000_000, 500_000_000],
    // The year 2300: more than 53 bits of microseconds.
    [6, undefined, 10_413_792_000_000_001n, 10_413_792_000, 1000],
    [9, 1_600_000_000n, 5_000_000_007n, 1_600_000_005, 7],
    [6, -100n, 1_700_000_000_000_001n, 1_699_999_900, 1000],
  ])('with time resolution %s and offset %s have their times', (resolution, offset, time, seconds, nanoseconds) => {
    for (const little of [true, false]) {
      const options = [
        ...(resolution === undefined ? [] : [[9, [u8(resolution)]] as const]),
        ...(offset === undefined ? [] : [[14, [i64(offset)]] as const]),
      ]
      const file = new PcapngBuilder(little)
        .section()
        .interface(1, 0, options)
        .enhancedPacket(0, time, new Uint8Array(3))
        .finish()
      expect(read(file).packets).toMatchObject([{ timeSeconds: seconds, timeNanoseconds: nanoseconds }])
    }
  })

  it('have several sections and interfaces, and packets of three kinds', () => {
    const [a, b] = [Uint8Array.of(1, 2, 3), Uint8Array.of(4, 5, 6, 7, 8)]
    const first = new PcapngBuilder(true)
      .section()
      .interface(1, 4)
      .interface(113, 0, [[9, [u8(9)]]])
      .enhancedPacket(1, 1_000_000_005n, a, 100)
      .simplePacket(b.subarray(0, 4), 5)
      .obsoletePacket(0, 2_000_000n, b)
      .finish()
    const second = new PcapngBuilder(false).section().interface(276).simplePacket(a).enhancedPacket(0, 3n, b).finish()
    const { packets: found, issues } = read(Uint8Array.from([...first, ...second]), [1, 2, 3, 50])
    expect(issues).toEqual([])
    expect(
      found.map(({ linkType, interfaceIndex, hasTime, timeSeconds, timeNanoseconds, data, originalLength }) => [
        linkType,
        interfaceIndex,
        hasTime,
        timeSeconds,
        timeNanoseconds,
        [...data],
        originalLength,
      ]),
    ).toEqual([
      [113, 1, true, 1, 5, [...a], 100],
      [1, 0, false, 0, 0, [4, 5, 6, 7], 5],
      [1, 0, true, 2, 0, [...b], 5],
      [276, 0, false, 0, 0, [...a], 3],
      [276, 0, true, 0, 3000, [...b], 5],
    ])
  })

  it('leave out packets that contradict themselves, and go on', () => {
    const file = new PcapngBuilder(true)
      .section()
      .interface(1)
      .enhancedPacket(3, 0n, Uint8Array.of(1))
      .block(6, [u32(0), u32(0), u32(0), u32(400), u32(400)])
      .block(6, [u32(0)])
      .enhancedPacket(0, 0n, Uint8Array.of(2))
      .finish()
    const { packets: found, issues } = read(file)
    expect(found).toMatchObject([{ number: 4, data: Uint8Array.of(2) }])
    expect(issues.map(({ code, message }) => [code, message])).toEqual([
      ['unknown-interface', 'packet 1 is of interface 3; the section describes 1; it is left out'],
      ['invalid-block', 'packet 2 has a captured length of 400, its block has 0 bytes for it; it is left out'],
      ['invalid-block', 'the block of packet 3 is too short for its fields; it is left out'],
    ])
  })

  it('skip blocks that are too long to be held', () => {
    const file = new PcapngBuilder(true)
      .section()
      .interface(1)
      .block(6, raw(new Uint8Array(LONGEST_BLOCK_BYTES)))
      .block(10, raw(new Uint8Array(LONGEST_BLOCK_BYTES)))
      .enhancedPacket(0, 0n, Uint8Array.of(2))
      .finish()
    const { packets: found, issues } = read(file, [1000, 1000, 500_000])
    expect(found).toHaveLength(1)
    expect(issues.map(({ code }) => code)).toEqual(['block-too-long'])
    const cut = read(file.subarray(0, file.length - 500_000))
    expect(cut.issues.map(({ code }) => code)).toEqual(['block-too-long', 'truncated-file'])
  })

  it('that are damaged give the packets before the damage', () => {
    const builder = new PcapngBuilder(true).section().interface(1).enhancedPacket(0, 0n, Uint8Array.of(1))
    const at = builder.length
    const file = builder.enhancedPacket(0, 0n, Uint8Array.of(2)).finish()
    const damaged = (offset: number, value: number): Capture => {
      const copy = file.slice()
      new DataView(copy.buffer).setUint32(offset, value, true)
      return read(copy)
    }
    for (const [capture, code, place] of [
      [damaged(at + 4, 35), 'invalid-length', at + 4],
      [damaged(at + 4, 8), 'invalid-length', at + 4],
      [damaged(file.length - 4, 99), 'invalid-length', at],
    ] as const) {
      expect(capture.packets).toHaveLength(1)
      expect(capture.issues).toMatchObject([{ code, offset: place }])
      expect(capture.issues[0]?.message).toContain('The 1 packets before it were read')
    }
    expect(damaged(8, 0)).toMatchObject({ packets: [], issues: [{ code: 'invalid-block', offset: 8 }] })
    expect(damaged(12, 2)).toMatchObject({ packets: [], issues: [{ code: 'unsupported-format', offset: 12 }] })
    expect(damaged(4, 24)).toMatchObject({ packets: [], issues: [{ code: 'invalid-length', offset: 4 }] })
  })

  it('name an interface whose options do not fit, and leave out its packets', () => {
    const file = new PcapngBuilder(true)
      .section()
      .block(1, [u32(1), u32(0), u32(0x0040_0009)])
      .enhancedPacket(0, 0n, Uint8Array.of(1))
      .finish()
    expect(read(file).issues.map(({ code }) => code)).toEqual(['invalid-block', 'unknown-interface'])
  })
})

describe('other files', () => {
  it.each([
    ['', 'empty-file', 'the file is empty'],
    ['abc', 'unknown-format', 'the file is neither pcap nor pcapng: too short'],
    ['version account-id', 'unknown-format', 'the file is neither pcap nor pcapng: it starts with 0x76657273'],
    [
      '\x1f\x8b\x08\x00',
      'unsupported-format',
      'the file is compressed by gzip; decompress it first; pcap and pcapng are read',
    ],
    [
      '\x34\xcd\xb2\xa1',
      'unsupported-format',
      "the file is a modified pcap format (Kuznetsov's); pcap and pcapng are read",
    ],
  ])('%j are refused by name', (text, code, message) => {
    const file = Uint8Array.from(Buffer.from(text, 'latin1'))
    expect(read(file)).toEqual({ packets: [], issues: [{ code, offset: 0, message }] })
    expect(read(file, [1, 1, 1])).toEqual(read(file))
  })

  it('of old pcap versions are refused', () => {
    const file = pcap([])
    file[4] = 1
    expect(read(file).issues).toMatchObject([
      { code: 'unsupported-format', message: expect.stringContaining('pcap version 1') },
    ])
  })

  it('with changed bytes are read without an exception, whatever the chunks', () => {
    const base = fc.oneof(
      packets.map((list) => pcap(list)),
      packets.map((list) => {
        const builder = new PcapngBuilder(false).section().interface(1, 30, [[9, [u8(9)]]])
        for (const { data } of list) builder.enhancedPacket(0, 5n, data).simplePacket(data)
        return builder.finish()
      }),
    )
    const changes = fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 })), { maxLength: 5 })
    fc.assert(
      fc.property(base, changes, chunks, (file, list, lengths) => {
        for (const [at, value] of list) file[at % file.length] = value
        const { packets: found, issues } = read(file, lengths, true)
        expect(read(file)).toEqual({ packets: found, issues })
        expect(issues.every(({ offset }) => offset <= file.length)).toBe(true)
        expect(found.reduce((sum, { data }) => sum + data.length, 0)).toBeLessThanOrEqual(file.length)
      }),
      { numRuns: 1000 },
    )
  })
})

describe('readCapture', () => {
  it('yields packets as chunks come, and stops early', async () => {
    const list = [1, 2, 3].map((length) => ({
      seconds: length,
      fraction: 0,
      data: new Uint8Array(length),
      originalLength: length,
    }))
    const file = pcap(list)
    let taken = 0
    function* source(): Generator<Uint8Array> {
      for (let at = 0; at < file.length; at += 20) {
        taken += 1
        yield file.subarray(at, at + 20)
      }
    }
    const seconds: number[] = []
    for await (const packet of readCapture(source(), () => expect.fail())) {
      seconds.push(packet.timeSeconds)
      if (seconds.length === 2) break
    }
    expect(seconds).toEqual([1, 2])
    expect(taken).toBe(3)
    const issues: CaptureIssue[] = []
    for await (const packet of readCapture([file.subarray(0, 60)], (issue) => issues.push(issue)))
      expect(packet.number).toBeLessThan(3)
    expect(issues).toMatchObject([{ code: 'truncated-file' }])
  })
})
