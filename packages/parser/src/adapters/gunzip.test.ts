import { deflateRawSync, gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type GunzipOptions, type GunzipProblem, gunzip } from './gunzip.ts'

type Outcome = { readonly bytes: Buffer; readonly problems: readonly GunzipProblem[] }

async function* cut(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
}

async function decompress(
  compressed: AsyncIterable<Uint8Array>,
  options: Omit<GunzipOptions, 'onProblem'> = {},
): Promise<Outcome> {
  const chunks: Uint8Array[] = []
  const problems: GunzipProblem[] = []
  const onProblem = (problem: GunzipProblem): void => {
    problems.push(problem)
  }
  for await (const chunk of gunzip(compressed, { ...options, onProblem })) chunks.push(chunk.slice())
  return { bytes: Buffer.concat(chunks), problems }
}

/** Text that compresses about as log lines do. */
function lines(count: number, seed = 1): string {
  let state = seed
  const next = (limit: number): number => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0
    return (state >>> 8) % limit
  }
  return Array.from(
    { length: count },
    () => `2 123456789010 eni-${next(9)} 10.0.${next(255)}.${next(255)} 443 ${next(65_536)} 6 ${next(99)} ACCEPT OK\n`,
  ).join('')
}

const content = fc.oneof(
  fc.uint8Array({ maxLength: 2_000 }).map((bytes) => Buffer.from(bytes)),
  fc.nat({ max: 300 }).map((count) => Buffer.from(lines(count, count))),
)

describe('gunzip', () => {
  it('gives what was compressed: any members, levels, padding and chunk size', async () => {
    const member = fc.tuple(content, fc.integer({ min: 0, max: 9 }), fc.nat({ max: 3 }))
    const property = fc.asyncProperty(
      fc.array(member, { minLength: 1, maxLength: 4 }),
      fc.integer({ min: 1, max: 5_000 }),
      async (members, size) => {
        const compressed = Buffer.concat(
          members.map(([bytes, level, padding]) => Buffer.concat([gzipSync(bytes, { level }), Buffer.alloc(padding)])),
        )
        const { bytes, problems } = await decompress(cut(compressed, size))
        expect(problems).toEqual([])
        expect(bytes.equals(Buffer.concat(members.map(([part]) => part)))).toBe(true)
      },
    )
    await fc.assert(property, { numRuns: 150 })
  })

  it('reads optional header fields', async () => {
    const [plain, text] = [gzipSync('abc\n'), Buffer.from('name.log\0a comment\0')]
    const header = Buffer.from(plain.subarray(0, 10))
    header[3] = 0x02 | 0x04 | 0x08 | 0x10
    const extra = Buffer.from([3, 0, 1, 2, 3])
    const compressed = Buffer.concat([header, extra, text, Buffer.from([0, 0]), plain.subarray(10)])
    for (let size = 1; size < compressed.length; size++) {
      expect(await decompress(cut(compressed, size))).toEqual({ bytes: Buffer.from('abc\n'), problems: [] })
    }
  })

  it('gives a prefix and one problem, wherever the file is cut', async () => {
    const text = Buffer.from(lines(200))
    const compressed = gzipSync(text)
    let longest = 0
    for (let length = 2; length < compressed.length; length++) {
      const { bytes, problems } = await decompress(cut(compressed.subarray(0, length), 1_000))
      expect(problems.map(({ code }) => code)).toEqual(['truncated-gzip'])
      expect(text.subarray(0, bytes.length).equals(bytes)).toBe(true)
      expect(bytes.length).toBeGreaterThanOrEqual(longest)
      longest = bytes.length
    }
    expect(longest).toBe(text.length)
  })

  it('gives everything before a fault, and the members after it', async () => {
    // The second half of the first member is made of 0xff: block type 3 does not exist.
    const [first, second] = [Buffer.from(lines(20_000, 1)), Buffer.from(lines(500, 2))]
    const deflated = deflateRawSync(first)
    const header = gzipSync('').subarray(0, 10)
    const good = Math.floor(deflated.length / 2)
    const damaged = Buffer.concat([header, deflated.subarray(0, good), Buffer.alloc(good, 0xff), gzipSync(second)])
    const { bytes, problems } = await decompress(cut(damaged, 20_000))
    expect(problems.map(({ code }) => code)).toEqual(['invalid-gzip'])
    expect(problems[0]?.message).toContain('byte 0 on')
    const recovered = bytes.subarray(0, -second.length)
    expect(bytes.subarray(-second.length).equals(second)).toBe(true)
    // An independent measure of how much can be had: what a cut at the fault gives.
    const cutThere = await decompress(cut(Buffer.concat([header, deflated.subarray(0, good)]), 50))
    expect(recovered.subarray(0, cutThere.bytes.length).equals(cutThere.bytes)).toBe(true)
  })

  it('gives everything before a fault in a long member when it can open the input again', async () => {
    const text = Buffer.from(lines(500_000))
    const deflated = deflateRawSync(text, { level: 1 })
    expect(deflated.length).toBeGreaterThan(5_000_000)
    const header = gzipSync('').subarray(0, 10)
    const good = deflated.length - 100_000
    const damaged = Buffer.concat([header, deflated.subarray(0, good), Buffer.alloc(1_000, 0xff)])
    const reopen = (): AsyncIterable<Uint8Array> => cut(damaged, 300_000)
    const [again, once] = [await decompress(reopen(), { reopen }), await decompress(reopen())]
    const whole = await decompress(cut(Buffer.concat([header, deflated.subarray(0, good)]), 300_000))
    expect(again.bytes.subarray(0, whole.bytes.length).equals(whole.bytes)).toBe(true)
    expect(once.bytes.length).toBeLessThanOrEqual(again.bytes.length)
    expect(once.bytes.length).toBeGreaterThan(whole.bytes.length - 1024 * 1024)
    expect(whole.bytes.equals(text.subarray(0, whole.bytes.length))).toBe(true)
  })

  it.each([
    ['the checksum', -8, 'checksum'],
    ['the length', -4, 'length'],
  ])('says when %s is wrong, with all data delivered', async (_, at, word) => {
    const compressed = gzipSync(lines(50))
    compressed[compressed.length + at] = (compressed.at(at) ?? 0) ^ 1
    const { bytes, problems } = await decompress(cut(compressed, 100))
    expect(bytes.toString()).toBe(lines(50))
    expect(problems).toMatchObject([{ code: 'invalid-gzip', message: expect.stringContaining(word) }])
  })

  it('says what follows a member and is not gzip, and finds the member after it', async () => {
    const compressed = Buffer.concat([gzipSync('one\n'), Buffer.from('rubbish\x1f\x8b\x1f'), gzipSync('two\n')])
    for (let size = 1; size <= compressed.length; size++) {
      const { bytes, problems } = await decompress(cut(compressed, size))
      expect(bytes.toString()).toBe('one\ntwo\n')
      expect(problems.map(({ code }) => code)).toEqual(['invalid-gzip'])
    }
  })

  it('never throws, and ends, whatever is changed in the bytes', async () => {
    const mutation = fc.array(fc.tuple(fc.nat(), fc.nat({ max: 255 })), { minLength: 1, maxLength: 4 })
    const compressed = Buffer.concat([gzipSync(lines(60, 3)), gzipSync(lines(30, 4), { level: 0 })])
    const property = fc.asyncProperty(mutation, fc.integer({ min: 10, max: 3_000 }), async (changes, size) => {
      const changed = Buffer.from(compressed)
      for (const [at, byte] of changes) changed[at % changed.length] = byte
      const { bytes, problems } = await decompress(cut(changed, size))
      // Stored blocks: nothing can come out that is much longer than what went in.
      expect(bytes.length).toBeLessThan(200_000)
      for (const { code } of problems) expect(['truncated-gzip', 'invalid-gzip']).toContain(code)
    })
    await fc.assert(property, { numRuns: 400 })
  })

  it('stops a decompression bomb by its ratio', async () => {
    // 1 MB of zeros in a member of about 1 kB, again and again: 10 GB in all.
    const member = gzipSync(Buffer.alloc(1024 * 1024), { level: 9 })
    let given = 0
    async function* bomb(): AsyncGenerator<Uint8Array> {
      for (let count = 0; count < 10_000; count++) {
        given += 1
        yield member
      }
    }
    let length = 0
    const problems: GunzipProblem[] = []
    for await (const chunk of gunzip(bomb(), { onProblem: (problem) => problems.push(problem) })) length += chunk.length
    expect(problems.map(({ code }) => code)).toEqual(['decompression-limit'])
    expect(length).toBeLessThan(32 * 1024 * 1024)
    expect(given).toBeLessThan(100)
  })

  it('stops at the limit of decompressed bytes, exactly', async () => {
    const compressed = gzipSync(lines(1_000))
    const { bytes, problems } = await decompress(cut(compressed, 700), { limits: { maxDecompressedBytes: 5_000 } })
    expect(bytes.toString()).toBe(lines(1_000).slice(0, 5_000))
    expect(problems.map(({ code }) => code)).toEqual(['decompression-limit'])
  })

  it('takes the same line again and again for no bomb', async () => {
    const compressed = gzipSync(lines(1).repeat(1_000_000), { level: 9 })
    const { bytes, problems } = await decompress(cut(compressed, 100_000))
    expect(problems).toEqual([])
    expect(bytes.length).toBe(lines(1).length * 1_000_000)
  })

  it('gives up after a hundred faults', async () => {
    const faulty = Buffer.concat([gzipSync('').subarray(0, 10), Buffer.from([0xff, 0xff, 0xff])])
    const { problems } = await decompress(cut(Buffer.concat(Array.from({ length: 1_000 }, () => faulty)), 4_000))
    expect(problems).toHaveLength(101)
  })

  it('closes the input when the reader stops', async () => {
    let closed = false
    async function* input(): AsyncGenerator<Uint8Array> {
      try {
        for (;;) yield gzipSync(lines(1_000))
      } finally {
        closed = true
      }
    }
    for await (const _ of gunzip(input(), { onProblem: () => {} })) break
    expect(closed).toBe(true)
  })
})
