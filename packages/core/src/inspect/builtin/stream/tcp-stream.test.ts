import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { INSPECTION_LIMITS } from '../inspection-limits.ts'
import { BytePool } from './byte-pool.ts'
import { TcpStream } from './tcp-stream.ts'

/** What the stream has in order, from its first byte. */
function bytesOf(stream: TcpStream): Uint8Array {
  const { buffer } = stream
  return buffer
    ? buffer.slice(stream.heldStart - stream.bufferStart, stream.receivedEnd - stream.bufferStart)
    : new Uint8Array(0)
}

function opened(initialSequence: number): TcpStream {
  const stream = new TcpStream()
  stream.synchronize(initialSequence | 0)
  return stream
}

describe('TcpStream', () => {
  it('gives the sent bytes in order, however they were cut, doubled and mixed', () => {
    const pieces = fc.array(
      fc.record({ start: fc.nat(2999), length: fc.integer({ min: 1, max: 700 }), rank: fc.nat() }),
      { maxLength: 40 },
    )
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 3000, maxLength: 3000 }),
        pieces,
        fc.nat(0xffffffff),
        (sent, extra, isn) => {
          const cover = Array.from({ length: 30 }, (_, index) => ({
            start: index * 100,
            length: 100,
            rank: index * 7919,
          }))
          const segments = [...cover, ...extra].sort((a, b) => a.rank - b.rank)
          const stream = opened(isn)
          const pool = new BytePool()
          for (const { start, length } of segments) {
            const bytes = sent.subarray(start, Math.min(3000, start + length))
            expect(stream.add((isn + 1 + start) | 0, bytes, 0, bytes.length, pool)).not.toBe('different')
          }
          expect(stream.receivedEnd).toBe(3000)
          expect(bytesOf(stream)).toEqual(sent)
        },
      ),
      { numRuns: 200 },
    )
  })

  it('keeps what came first, unless the later segment begins before it (Linux)', () => {
    const pool = new BytePool()
    const add = (stream: TcpStream, offset: number, text: string): string =>
      stream.add(1 + offset, Buffer.from(text), 0, text.length, pool)
    // In order: the first bytes win.
    const inOrder = opened(0)
    add(inOrder, 0, 'aaaa')
    expect(add(inOrder, 2, 'bbbb')).toBe('different')
    expect(Buffer.from(bytesOf(inOrder)).toString()).toBe('aaaabb')
    // Waiting: what begins earlier wins over it.
    const early = opened(0)
    add(early, 4, 'aaaa')
    add(early, 2, 'bbbb')
    add(early, 0, 'cc')
    expect(Buffer.from(bytesOf(early)).toString()).toBe('ccbbbbaa')
    // Waiting: what begins within it does not.
    const late = opened(0)
    add(late, 2, 'aaaa')
    add(late, 4, 'bbbb')
    add(late, 0, 'cc')
    expect(Buffer.from(bytesOf(late)).toString()).toBe('ccaaaabb')
  })

  it('passes over a gap to the segment that waits behind it', () => {
    const pool = new BytePool()
    const stream = opened(0)
    stream.add(1, Buffer.from('head'), 0, 4, pool)
    stream.add(11, Buffer.from('tail'), 0, 4, pool)
    expect(stream.receivedEnd).toBe(4)
    expect(stream.skipGap(100, pool)).toBe(6)
    expect(stream.receivedEnd).toBe(14)
    expect(Buffer.from(bytesOf(stream)).toString()).toBe('tail')
  })

  it('holds no more than its depth', () => {
    const pool = new BytePool()
    const stream = opened(0)
    const block = new Uint8Array(60_000)
    for (let at = 0; at < 40; at += 1) stream.add(1 + at * block.length, block, 0, block.length, pool)
    expect(stream.isDepthReached).toBe(true)
    expect(stream.receivedEnd).toBe(INSPECTION_LIMITS.streamDepth)
  })
})
