import buffer from 'node:buffer'
import fs, { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import zlib, { deflateSync, gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { lineAssemblers } from './line-assembler.ts'
import {
  createTextReader,
  TEXT_READER_LIMITS,
  type TextFault,
  type TextObject,
  type TextReaderLimits,
} from './text-reader.ts'
import { openTextSources } from './text-source.ts'
import { TextWorkers } from './text-workers.ts'

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'flowtap-text-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

let fileCount = 0
function stored(bytes: Uint8Array, compression: TextObject['compression'] = 'gzip', headerLines = 0): TextObject {
  const path = join(folder, String(fileCount++))
  writeFileSync(path, bytes)
  return { path, size: bytes.length, compression, headerLines }
}

interface ReadObject {
  readonly text: string
  readonly faults: readonly TextFault[]
}

async function read(objects: readonly TextObject[], limits: Partial<TextReaderLimits> = {}): Promise<ReadObject[]> {
  const all = { ...TEXT_READER_LIMITS, ...limits }
  const reader = createTextReader({ fs, zlib, buffer }, all, lineAssemblers(buffer, all.lineBytes))
  const results: { text: string; faults: readonly TextFault[] }[] = []
  let last = 0
  await reader.readAll(objects, async (message) => {
    expect(message.object).toBeGreaterThanOrEqual(last)
    last = message.object
    results[message.object] ??= { text: '', faults: [] }
    const result = results[message.object] as { text: string; faults: readonly TextFault[] }
    if (message.kind === 'end') result.faults = message.faults
    else {
      expect(message.bytes.length).toBeGreaterThan(0)
      result.text += Buffer.from(message.bytes).toString('utf8')
    }
  })
  return results
}

/** Hadoop's LineRecordReader in the plainest way: each line with a `\n`. */
function naiveLines(bytes: Uint8Array, headerLines: number): string {
  const text = Buffer.from(bytes).toString('utf8')
  const lines = (text.charCodeAt(0) === 0xfeff ? text.slice(1) : text).split(/\r\n|\n|\r/)
  if (lines.at(-1) === '') lines.pop()
  return lines
    .slice(headerLines)
    .map((line) => `${line}\n`)
    .join('')
}

const hostileBytes = fc
  .array(
    fc.oneof(
      { weight: 4, arbitrary: fc.constantFrom('a', 'b c', ' ', '-', '"', '\\N', '\u{1f600}', 'é', '\0', '\ufeff') },
      { weight: 3, arbitrary: fc.constantFrom('\n', '\r\n', '\r', '\n\n', '\r\r\n') },
    ),
    { maxLength: 60 },
  )
  .chain((parts) =>
    fc
      .array(fc.nat(255), { maxLength: 3 })
      .map((raw) => Buffer.concat([Buffer.from(parts.join('')), Buffer.from(raw)])),
  )

describe('text objects', () => {
  it('give the lines of a naive reader, whatever the bytes, compression and sizes of chunks', async () => {
    const small = { wholeObjectBytes: 0 }
    await fc.assert(
      fc.asyncProperty(fc.array(hostileBytes, { maxLength: 4 }), fc.nat(3), async (contents, headerLines) => {
        const expected = contents.map((bytes) => ({ text: naiveLines(bytes, headerLines), faults: [] }))
        const plain = contents.map((bytes) => stored(bytes, 'none', headerLines))
        const gzip = contents.map((bytes) => stored(gzipSync(bytes), 'gzip', headerLines))
        const deflate = contents.map((bytes) => stored(deflateSync(bytes), 'deflate', headerLines))
        const members = contents.map((bytes) => {
          const cuts = [0, bytes.length >> 1, bytes.length]
          const parts = cuts.slice(1).map((end, index) => gzipSync(bytes.subarray(cuts[index], end)))
          return stored(Buffer.concat(parts), 'detect', headerLines)
        })
        expect(await read(plain)).toEqual(expected)
        expect(await read(gzip)).toEqual(expected)
        expect(await read(gzip, small)).toEqual(expected)
        expect(await read(deflate)).toEqual(expected)
        expect(await read(members, small)).toEqual(expected)
        expect(await read(members, { concurrency: 1 })).toEqual(expected)
      }),
      { numRuns: 150 },
    )
  })

  it('cut within a multi-byte character or between carriage return and line feed are read as one', async () => {
    // Chunks of plain files are 1 MiB: everything of interest lies around that.
    const filler = 'x'.repeat(1024 * 1024 - 2)
    for (const tail of ['\r\nb\r\n', 'x\r\nb', 'xé\n', '😀\n', '\n\r\n', 'x\n\n', '\r\r\n']) {
      const bytes = Buffer.from(filler + tail)
      expect(await read([stored(bytes, 'none')])).toEqual([{ text: naiveLines(bytes, 0), faults: [] }])
    }
  })

  it('keep the lines before the end of a truncated object and say where they stop', async () => {
    const lines = Array.from({ length: 30_000 }, (_, index) => `${index} ${(index * 7919) % 10_007} eni-${index % 97}`)
    const text = `${lines.join('\n')}\n`
    const whole = gzipSync(text)
    for (const limits of [{}, { wholeObjectBytes: 0 }]) {
      for (const length of [10, 1000, whole.length >> 1, whole.length - 9, whole.length - 8, whole.length - 1]) {
        const [result] = await read([stored(whole.subarray(0, length))], limits)
        const kept = result?.text ?? ''
        expect(text.startsWith(kept)).toBe(true)
        expect(kept === '' || kept.endsWith('\n')).toBe(true)
        const count = kept.split('\n').length - 1
        expect(result?.faults).toMatchObject([{ code: 'truncated-gzip', line: count + 1 }])
        // All that zlib can get out of these bytes, in whole lines.
        const salvageable = zlib.gunzipSync(whole.subarray(0, length), { finishFlush: zlib.constants.Z_SYNC_FLUSH })
        expect(kept.length).toBe(salvageable.lastIndexOf(10) + 1)
      }
    }
  })

  it('tell damage by the checksum where the data can still be inflated', async () => {
    const text = 'a b c\nd e f\n'
    for (const offset of [-8, -5, -4, -1]) {
      const damaged = gzipSync(text)
      const at = damaged.length + offset
      damaged[at] = (damaged[at] as number) ^ 0xff
      expect(await read([stored(damaged)])).toMatchObject([{ text, faults: [{ code: 'invalid-gzip', line: 3 }] }])
    }
  })

  it('of which one byte was changed never lose a line before the change, nor the objects around them', async () => {
    const text = Array.from({ length: 3000 }, (_, index) => `${index} ${(index * 7919) % 10_007}\n`).join('')
    const whole = gzipSync(text)
    const good = stored(whole)
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 10, max: whole.length - 1 }),
        fc.integer({ min: 1, max: 255 }),
        async (at, bits) => {
          const damaged = Buffer.from(whole)
          damaged[at] = (damaged[at] as number) ^ bits
          const [before, result, after] = await read([good, stored(damaged), good])
          expect([before?.text, after?.text]).toEqual([text, text])
          expect(result?.faults).toHaveLength(1)
          const untouched = zlib.gunzipSync(whole.subarray(0, at), { finishFlush: zlib.constants.Z_SYNC_FLUSH })
          const certain = untouched.subarray(0, Math.max(0, untouched.lastIndexOf(10, -300) + 1)).toString()
          expect(result?.text.startsWith(certain)).toBe(true)
        },
      ),
      { numRuns: 60 },
    )
  })

  it('ignore what follows the last gzip member, as Java does', async () => {
    for (const tail of [Buffer.from('garbage'), Buffer.alloc(512)]) {
      const bytes = Buffer.concat([gzipSync('a\nb\n'), tail])
      expect(await read([stored(bytes)])).toEqual([{ text: 'a\nb\n', faults: [] }])
    }
  })

  it('that are not what their name says, or not there, are a fault of their own', async () => {
    const missing: TextObject = { path: join(folder, 'missing'), size: 5, compression: 'none', headerLines: 0 }
    const [plain, empty, gone, good] = await read([
      stored(Buffer.from('a\n')),
      stored(Buffer.alloc(0)),
      missing,
      stored(gzipSync('b\n')),
    ])
    expect(plain).toMatchObject({ text: '', faults: [{ code: 'invalid-gzip', message: 'Not in GZIP format' }] })
    expect(empty).toEqual({ text: '', faults: [] })
    expect(gone).toMatchObject({ text: '', faults: [{ code: 'unreadable-file' }] })
    expect(good).toEqual({ text: 'b\n', faults: [] })
  })

  it('with a line beyond the limit go on behind it', async () => {
    const long = 'x'.repeat(3 * 1024 * 1024)
    const limits = { lineBytes: 1024 * 1024 }
    const [result, last] = await read(
      [stored(Buffer.from(`a\n${long}\nb\nc`), 'none'), stored(Buffer.from(`a\n${long}`), 'none')],
      limits,
    )
    expect(result).toMatchObject({ text: 'a\nb\nc\n', faults: [{ code: 'line-too-long', line: 2 }] })
    expect(last).toMatchObject({ text: 'a\n', faults: [{ code: 'line-too-long', line: 2 }] })
  })
})

describe('a source of pieces', () => {
  const workers = new TextWorkers()
  afterAll(() => workers.close())

  async function takeAll(
    objects: readonly TextObject[],
    rowsEnough?: number,
  ): Promise<{ lines: string[]; faults: number[]; opened: number }> {
    const faults: number[] = []
    const sources = await openTextSources(objects, async (own) => own, {
      workers,
      onFault: (_fault, object) => faults.push(object),
      rowsEnough,
    })
    const source = sources.open()
    const lines: string[] = []
    try {
      for (;;) {
        const piece = source.take()
        if (piece === 'end') return { lines, faults, opened: source.objectsOpened }
        if (piece === 'pending') await new Promise((resolve) => setImmediate(resolve))
        else for (const line of Buffer.from(piece.bytes).toString().split('\n')) lines.push(`${piece.object}:${line}`)
      }
    } finally {
      sources.close()
    }
  }

  it('gives every line once and in order, through the worker too', async () => {
    const count = 24
    const texts = Array.from({ length: count }, (_, object) =>
      Array.from({ length: 25_000 + object }, (_, line) => `${object} ${line} ${Math.imul(line, 2_654_435_761) >>> 0}`),
    )
    const objects = texts.map((lines) => stored(gzipSync(lines.join('\n'), { level: 1 })))
    expect(objects.reduce((sum, { size }) => sum + size, 0)).toBeGreaterThan(4 * 1024 * 1024)
    const { lines, faults, opened } = await takeAll(objects)
    expect(lines).toEqual(texts.flatMap((own, object) => own.map((line) => `${object}:${line}`)))
    expect([faults, opened]).toEqual([[], count])
  })

  it('gives the same when some rows are expected to be enough and are not', async () => {
    const line = fc
      .tuple(fc.nat(0xffffff), fc.nat(0xffffff), fc.constantFrom('\n', '\r\n', '\n\n'))
      .map(([a, b, end]) => `${a} ${b} ${Math.imul(a, b) >>> 0}${end}`)
    const content = fc.tuple(fc.array(line, { minLength: 1, maxLength: 10 }), fc.nat(6000), fc.boolean())
    const kinds = fc.constantFrom('whole' as const, 'truncated' as const, 'damaged' as const, 'plain' as const)
    const object = fc.tuple(content, kinds, fc.nat(3)).map(([[lines, repeats, hasMark], kind, headerLines]) => {
      // Numbered, so that no line can stand for another, and hard to compress.
      const numbered = Array.from({ length: repeats }, (_, index) => `${index} ${Math.imul(index, 40_503) >>> 0} `)
      const text = (hasMark ? '\ufeff' : '') + numbered.map((n, index) => n + lines[index % lines.length]).join('')
      const bytes = kind === 'plain' ? Buffer.from(text) : gzipSync(text, { level: 1 })
      const at = bytes.length >> 1
      if (kind === 'damaged') bytes[at] = (bytes[at] as number) ^ 0x55
      const own = kind === 'truncated' ? bytes.subarray(0, at) : bytes
      return stored(own, kind === 'plain' ? 'none' : 'gzip', headerLines)
    })
    let resumed = 0
    await fc.assert(
      fc.asyncProperty(fc.array(object, { maxLength: 5 }), async (objects) => {
        const expected = await takeAll(objects)
        expect(await takeAll(objects, 20)).toEqual(expected)
        expect(await takeAll(objects, 1000)).toEqual(expected)
        if (expected.lines.length > 3000) resumed += 1
      }),
      { numRuns: 25 },
    )
    expect(resumed).toBeGreaterThan(5)
  }, 60_000)

  it('reads of the first object alone what is enough', async () => {
    const text = Array.from({ length: 100_000 }, (_, index) => `${index} ${Math.imul(index, 40_503) >>> 0}\n`).join('')
    const objects = Array.from({ length: 3 }, () => stored(gzipSync(text)))
    const located: number[] = []
    const sources = await openTextSources(
      objects.map((object, place) => ({ ...object, place })),
      async (own) => {
        located.push(...own.map(({ place }) => place))
        return own
      },
      { workers, onFault: () => undefined, rowsEnough: 20 },
    )
    const source = sources.open()
    const piece = source.take()
    expect(piece).toMatchObject({ object: 0 })
    expect(
      Buffer.from((piece as { bytes: Uint8Array }).bytes)
        .toString()
        .split('\n').length,
    ).toBeGreaterThan(20)
    sources.close()
    expect(located).toEqual([0])
    expect(source.objectsOpened).toBe(1)
  })

  it('gives a worker that has done its work the next task, and ends one that has not', async () => {
    const text = Array.from({ length: 400_000 }, (_, index) => `${index} ${Math.imul(index, 40_503) >>> 0}\n`).join('')
    const objects = Array.from({ length: 4 }, () => stored(gzipSync(text, { level: 1 })))
    const own = new TextWorkers()
    const open = () => openTextSources(objects, async (all) => all, { workers: own, onFault: () => undefined })
    const drain = async (sources: Awaited<ReturnType<typeof open>>): Promise<number> => {
      const source = sources.open()
      let lines = 0
      for (let piece = source.take(); piece !== 'end'; piece = source.take()) {
        if (piece !== 'pending') lines += Buffer.from(piece.bytes).toString().split('\n').length
      }
      sources.close()
      return lines
    }
    expect(own.hasIdle).toBe(false)
    expect(await drain(await open())).toBe(4 * 400_000)
    expect(own.hasIdle).toBe(true)
    const [one, two] = [await open(), await open()]
    expect(own.hasIdle).toBe(false)
    expect(await drain(one)).toBe(4 * 400_000)
    expect(own.hasIdle).toBe(true)
    two.open().take()
    two.close()
    expect(own.hasIdle).toBe(true)
    const left = await open()
    expect(own.hasIdle).toBe(false)
    left.close()
    expect(own.hasIdle).toBe(false)
    expect(await drain(await open())).toBe(4 * 400_000)
    own.close()
    expect(own.hasIdle).toBe(false)
  }, 60_000)

  it('leaves out lines that no row can come of, and counts the objects all the same', async () => {
    const lines = Array.from({ length: 60_000 }, (_, index) => `${index} ${Math.imul(index, 40_503) >>> 0}`)
    const whole = gzipSync(lines.join('\n'), { level: 1 })
    const objects = [whole, whole, whole.subarray(0, whole.length >> 1), whole].map((bytes) => stored(bytes))
    const faults: number[] = []
    for (const many of [1, 8]) {
      const all = Array.from({ length: many }, () => objects).flat()
      const sources = await openTextSources(all, async (own) => own, {
        workers,
        onFault: ({ line }) => faults.push(line),
        lineConditions: [['12345 ']],
      })
      const source = sources.open()
      let text = ''
      for (let piece = source.take(); piece !== 'end'; piece = source.take()) {
        if (piece !== 'pending') text += `${Buffer.from(piece.bytes).toString()}\n`
      }
      const [found] = lines.filter((line) => line.includes('12345 '))
      expect(text.split('\n').filter((line) => line === found).length).toBeGreaterThanOrEqual(3 * many)
      expect(text.length).toBeLessThan(1000 * many)
      expect(source.objectsOpened).toBe(all.length)
      sources.close()
    }
    expect(faults).toHaveLength(9)
    expect(new Set(faults).size).toBe(1)
    expect(faults[0]).toBeGreaterThan(10_000)
  })

  it('counts objects as they are used, and can be left', async () => {
    const block = gzipSync(
      Buffer.from(
        Array.from({ length: 600_000 }, (_, i) => String.fromCharCode(97 + ((Math.imul(i, 2_654_435_761) >>> 24) % 26)))
          .join('')
          .replaceAll(/.{60}/g, '$&\n'),
      ),
      { level: 1 },
    )
    const objects = Array.from({ length: 40 }, () => stored(block))
    const sources = await openTextSources(objects, async (own) => own, { workers, onFault: () => undefined })
    const source = sources.open()
    expect(source.take()).toMatchObject({ object: 0 })
    expect(source.objectsOpened).toBe(1)
    sources.close()
    expect(source.take()).toBe('end')
  })

  it('cuts blank lines to pieces like any other', async () => {
    const { lines } = await takeAll([stored(gzipSync('\n\n\na\n')), stored(gzipSync('\n')), stored(gzipSync(''))])
    expect(lines).toEqual(['0:', '0:', '0:', '0:a', '1:'])
  })
})
