import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { BlobReferences } from './blob-references.ts'
import type { BlobStore } from './blob-store.ts'
import { FolderBlobStore } from './folder-blob-store.ts'
import { MemoryBlobStore } from './memory-blob-store.ts'
import { StateStore } from './state-store.ts'

const SIZES = [0, 1, 1000, 64 * 1024, 64 * 1024 + 1, 1024 * 1024, 1024 * 1024 + 1, 3_000_000]
const content = (size: number): Buffer => Buffer.from(Array.from({ length: size }, (_, index) => (index * 31) & 255))

async function* pieces(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
}

async function bytesOf(read: Uint8Array | Readable): Promise<Buffer> {
  if (read instanceof Uint8Array) return Buffer.from(read)
  const parts: Uint8Array[] = []
  for await (const part of read) parts.push(part)
  return Buffer.concat(parts)
}

describe.each([
  ['in memory', () => Promise.resolve(new MemoryBlobStore())],
  ['in a folder', (folder: string) => FolderBlobStore.open(folder)],
] as const)('blobs %s', (_where, open) => {
  let folder: string
  let blobs: BlobStore
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'flowtap-blobs-test-'))
    blobs = await open(folder)
  })
  afterEach(async () => {
    await blobs.close()
    await rm(folder, { recursive: true, force: true })
  })

  it.each(SIZES)('are read as they were written: %i bytes', async (size) => {
    const bytes = content(size)
    const piece = await blobs.write(pieces(bytes, 50_000))
    expect(piece.size).toBe(size)
    expect(Buffer.compare(await bytesOf(await blobs.read(piece.blob, { start: 0, end: size })), bytes)).toBe(0)
    const span = { start: size >> 2, end: size - (size >> 3) }
    expect(
      Buffer.compare(await bytesOf(await blobs.read(piece.blob, span)), bytes.subarray(span.start, span.end)),
    ).toBe(0)
  })

  it('are not kept where their source fails', async () => {
    const failing = async function* () {
      yield content(2_000_000)
      throw new Error('the source failed')
    }
    await expect(blobs.write(failing())).rejects.toThrow('the source failed')
    expect(await readdir(folder)).toEqual([])
  })

  it('that are deleted are read to their ends by those who have begun, and no more after', async () => {
    const bytes = content(3_000_000)
    const { blob, size } = await blobs.write(pieces(bytes, 100_000))
    const begun = await blobs.read(blob, { start: 0, end: size })
    await blobs.delete([blob, '4711', 'm4711'].filter((each) => each === blob || /^\d/.test(each)))
    expect(Buffer.compare(await bytesOf(begun), bytes)).toBe(0)
    await expect(blobs.read(blob, { start: 0, end: 1 })).rejects.toThrow()
    await expect(blobs.read('../../etc/passwd', { start: 0, end: 1 })).rejects.toThrow('there is no blob')
  })

  it('stay as long as a row refers to them, or somebody holds them', async () => {
    const store = new StateStore()
    const references = new BlobReferences(store, blobs)
    const rows = store.table<{ readonly blobs: readonly string[] }>('rows')
    references.watch('rows', (row: { readonly blobs: readonly string[] }) => row.blobs)
    const [one, two, three] = await Promise.all([1, 2, 3].map((size) => blobs.write(pieces(content(size), 10))))
    if (!one || !two || !three) throw new Error('they are not written')
    const isThere = async (blob: string): Promise<boolean> => {
      await references.settled()
      return await blobs.read(blob, { start: 0, end: 1 }).then(
        () => true,
        () => false,
      )
    }
    store.transact(() => {
      rows.put('a', { blobs: [one.blob, two.blob] })
      rows.put('b', { blobs: [one.blob] })
    })
    store.transact(() => rows.put('a', { blobs: [two.blob] }))
    expect(await isThere(one.blob)).toBe(true)
    const snapshot = store.snapshot()
    const release = references.hold([one.blob])
    store.transact(() => rows.delete('b'))
    expect(await isThere(one.blob)).toBe(true)
    store.restore(snapshot)
    release()
    expect(await isThere(one.blob)).toBe(true)
    store.transact(() => rows.delete('b'))
    expect(await isThere(one.blob)).toBe(false)
    expect(() =>
      store.transact(() => {
        rows.delete('a')
        throw new Error('undone')
      }),
    ).toThrow('undone')
    expect(await isThere(two.blob)).toBe(true)
    await references.discard(two.blob)
    await references.discard(three.blob)
    expect([await isThere(two.blob), await isThere(three.blob)]).toEqual([true, false])
  })
})
