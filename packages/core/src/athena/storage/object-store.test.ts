import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { FolderStore } from './folder-store.ts'
import type { ObjectStore, StoredObject } from './object-store.ts'
import { type ListObjectsInput, type ListObjectsOutput, type S3Operations, S3Store } from './s3-store.ts'

let base: string
let directory: string

beforeEach(async () => {
  base = await mkdtemp(join(tmpdir(), 'flowtap-store-'))
  directory = base
})
afterEach(async () => {
  await rm(base, { recursive: true, force: true })
})

const BUCKET = 'logs'
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = []
  for await (const item of items) all.push(item)
  return all
}

async function uris(store: ObjectStore, prefix: string): Promise<string[]> {
  return (await collect(store.list(prefix))).map((object) => object.uri)
}

/** S3 as a map, in pages of a few keys, that fails as S3 does. */
class FakeS3 implements S3Operations {
  readonly objects = new Map<string, Uint8Array>()
  readonly buckets = new Set([BUCKET])
  readonly reads: string[] = []
  readonly #pageSize: number

  constructor(pageSize = 3) {
    this.#pageSize = pageSize
  }

  async listObjectsV2(input: ListObjectsInput): Promise<ListObjectsOutput> {
    this.#requireBucket(input.Bucket)
    const keys = [...this.objects.keys()]
      .filter((key) => key.startsWith(input.Prefix))
      .sort((a, b) => Buffer.from(a).compare(Buffer.from(b)))
    const entries = input.Delimiter === undefined ? keys : [...new Set(keys.map((key) => upTo(key, input)))]
    const from = Number(input.ContinuationToken ?? 0)
    const page = entries.slice(from, from + this.#pageSize)
    const isTruncated = from + this.#pageSize < entries.length
    return {
      Contents: page
        .filter((entry) => this.objects.has(entry))
        .map((Key) => ({
          Key,
          Size: this.objects.get(Key)?.length ?? 0,
          ETag: `"${Buffer.from(this.objects.get(Key) ?? []).toString('hex')}"`,
        })),
      CommonPrefixes: page.filter((entry) => !this.objects.has(entry)).map((Prefix) => ({ Prefix })),
      IsTruncated: isTruncated,
      NextContinuationToken: isTruncated ? String(from + this.#pageSize) : undefined,
    }
  }

  async getObject(input: {
    Bucket: string
    Key: string
    IfMatch?: string
  }): Promise<{ Body: AsyncIterable<Uint8Array> }> {
    this.#requireBucket(input.Bucket)
    this.reads.push(input.Key)
    const content = this.objects.get(input.Key)
    if (content === undefined) throw named('NoSuchKey')
    if (input.IfMatch !== `"${Buffer.from(content).toString('hex')}"`) throw named('PreconditionFailed')
    return { Body: inChunks(content) }
  }

  async putObject(input: { Bucket: string; Key: string; Body: Uint8Array }): Promise<void> {
    this.#requireBucket(input.Bucket)
    this.objects.set(input.Key, input.Body)
  }

  #requireBucket(bucket: string): void {
    if (bucket === 'secret') throw named('AccessDenied')
    if (!this.buckets.has(bucket)) throw named('NoSuchBucket')
  }
}

function upTo(key: string, { Prefix, Delimiter }: ListObjectsInput): string {
  const end = key.indexOf(Delimiter ?? '/', Prefix.length)
  return end === -1 ? key : key.slice(0, end + 1)
}

async function* inChunks(content: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let start = 0; start < content.length; start += 5) yield content.subarray(start, start + 5)
}

function named(name: string): Error {
  return Object.assign(new Error(`${name} from S3`), { name })
}

/** Keys that both S3 and a folder can hold: no key is a folder of another. */
const keySets = fc
  .array(
    fc
      .array(
        fc.stringMatching(/^[a-c0-2 _.=:%+~éß漢😀-]{1,4}$/u).filter((part) => part !== '.' && part !== '..'),
        {
          minLength: 1,
          maxLength: 4,
        },
      )
      .map((parts) => parts.join('/')),
    { maxLength: 10 },
  )
  .map((keys) => [...new Set(keys)].filter((key) => !keys.some((other) => other.startsWith(`${key}/`))))

describe.each([
  ['FolderStore', (): ObjectStore => new FolderStore({ root: join(directory, 'root') })],
  ['S3Store', (): ObjectStore => new S3Store({ client: new FakeS3() })],
])('the laws of an object store: %s', (_name, makeStore) => {
  let round = 0
  const freshStore = (): ObjectStore => {
    round += 1
    directory = join(base, `round-${round}`)
    return makeStore()
  }

  it('lists what was put below a prefix, in the order of the UTF-8 bytes, with its size', async () => {
    await fc.assert(
      fc.asyncProperty(keySets, fc.nat(20), async (keys, cut) => {
        const store = freshStore()
        for (const key of keys) await store.put(`s3://${BUCKET}/${key}`, bytes(key))
        const prefix = (keys[0] ?? '').slice(0, cut).replace(/[\ud800-\udbff]$/, '')
        const expected = keys
          .filter((key) => key.startsWith(prefix))
          .map((key) => Buffer.from(key))
          .sort(Buffer.compare)
          .map((key) => ({ uri: `s3://${BUCKET}/${key.toString()}`, size: key.length }))
        const listed = await collect(store.list(`s3://${BUCKET}/${prefix}`))
        expect(listed.map(({ uri, size }) => ({ uri, size }))).toEqual(expected)
      }),
      { numRuns: 60 },
    )
  }, 60_000)

  it('names the same objects, and finds each by its name', async () => {
    await fc.assert(
      fc.asyncProperty(keySets, fc.nat(20), async (keys, cut) => {
        const store = freshStore()
        if (!store.listUris || !store.head) return
        for (const key of keys) await store.put(`s3://${BUCKET}/${key}`, bytes(key))
        const prefix = (keys[0] ?? '').slice(0, cut).replace(/[\ud800-\udbff]$/, '')
        const listed = await collect(store.list(`s3://${BUCKET}/${prefix}`))
        const named = (await collect(store.listUris(`s3://${BUCKET}/${prefix}`))).flat()
        expect(named).toEqual(listed.map(({ uri }) => uri))
        for (const object of listed) {
          const found = await store.head(object.uri)
          expect(found).toEqual(object)
          expect(found?.path).toBe(await store.localPath(object, directory))
        }
        expect(await store.head(`s3://${BUCKET}/not-there`)).toBeUndefined()
        expect(await store.head(`s3://${BUCKET}/`)).toBeUndefined()
      }),
      { numRuns: 30 },
    )
  }, 60_000)

  it('lists the prefixes one level below, each with its final slash', async () => {
    await fc.assert(
      fc.asyncProperty(keySets, async (keys) => {
        const store = freshStore()
        for (const key of keys) await store.put(`s3://${BUCKET}/${key}`, bytes('x'))
        for (const prefix of ['', ...keys.map((key) => key.slice(0, key.lastIndexOf('/') + 1))]) {
          const children = keys
            .filter((key) => key.startsWith(prefix) && key.includes('/', prefix.length))
            .map((key) => key.slice(0, key.indexOf('/', prefix.length) + 1))
          const expected = [...new Set(children)].map((child) => `s3://${BUCKET}/${child}`)
          expect((await collect(store.listPrefixes(`s3://${BUCKET}/${prefix}`))).sort()).toEqual(expected.sort())
        }
      }),
      { numRuns: 40 },
    )
  }, 60_000)

  it('gives back the bytes that were put, from a file with the same ending', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 50 }), fc.boolean(), async (content, isStream) => {
        const store = freshStore()
        await store.put(`s3://${BUCKET}/a b/x=1/file.log.gz`, isStream ? inChunks(content) : content)
        const [object] = await collect(store.list(`s3://${BUCKET}/`))
        const path = await store.localPath(object as StoredObject, join(directory, 'cache'))
        expect(path.endsWith('.log.gz')).toBe(true)
        expect(new Uint8Array(await readFile(path))).toEqual(new Uint8Array(content))
      }),
      { numRuns: 30 },
    )
  })

  it('replaces an object that is put again, and shows no other object for it', async () => {
    const store = freshStore()
    await store.put(`s3://${BUCKET}/k`, bytes('one'))
    await store.put(`s3://${BUCKET}/k`, bytes('three'))
    expect((await collect(store.list(`s3://${BUCKET}/`))).map(({ uri, size }) => [uri, size])).toEqual([
      [`s3://${BUCKET}/k`, 5],
    ])
  })

  it('takes a prefix with nothing under it for no error', async () => {
    const store = freshStore()
    expect(await uris(store, `s3://${BUCKET}/nothing/here/`)).toEqual([])
    expect(await collect(store.listPrefixes(`s3://${BUCKET}/nothing/here/`))).toEqual([])
  })

  it('shows hidden objects: the scan passes over them, not the store', async () => {
    const store = freshStore()
    await store.put(`s3://${BUCKET}/d/_SUCCESS`, bytes(''))
    await store.put(`s3://${BUCKET}/d/.hidden`, bytes(''))
    expect(await uris(store, `s3://${BUCKET}/d/`)).toEqual([`s3://${BUCKET}/d/.hidden`, `s3://${BUCKET}/d/_SUCCESS`])
  })
})

describe('FolderStore keeps to its root', () => {
  const outside = (): string => join(directory, 'outside')
  const root = (): string => join(directory, 'root')
  const store = (): FolderStore => new FolderStore({ root: root() })

  beforeEach(async () => {
    await mkdir(join(root(), BUCKET, 'in'), { recursive: true })
    await mkdir(outside(), { recursive: true })
    await writeFile(join(outside(), 'secret.txt'), 'secret')
    await writeFile(join(root(), BUCKET, 'in', 'open.txt'), 'open')
  })

  it.each([
    's3://logs/../../outside/',
    's3://logs/in/../../../outside/secret.txt',
    's3://../outside/',
    's3://./logs/',
    's3://logs//in/',
    's3://logs/in/./',
    's3://logs/\0',
    'file:///etc/passwd',
    '/etc/passwd',
    's3://',
  ])('lists nothing under %j', async (prefix) => {
    expect(await uris(store(), prefix)).toEqual([])
    expect(await collect(store().listPrefixes(prefix))).toEqual([])
    expect(await collect(store().listUris(prefix))).toEqual([])
    expect(await store().head(prefix)).toBeUndefined()
  })

  it.each(['s3://logs/../../outside/secret.txt', 's3://logs/in/../open.txt', 's3://../outside/secret.txt'])(
    'neither opens nor writes %s',
    async (uri) => {
      await expect(store().localPath({ uri, size: 1 })).rejects.toMatchObject({ code: 'HIVE_CANNOT_OPEN_SPLIT' })
      await expect(store().put(uri, bytes('x'))).rejects.toMatchObject({ code: 'HIVE_CANNOT_OPEN_SPLIT' })
      expect(await readFile(join(outside(), 'secret.txt'), 'utf8')).toBe('secret')
    },
  )

  it('follows links that stay inside, and no other', async () => {
    await symlink(outside(), join(root(), BUCKET, 'out'))
    await symlink(join(outside(), 'secret.txt'), join(root(), BUCKET, 'secret.txt'))
    await symlink(join(root(), BUCKET, 'in'), join(root(), BUCKET, 'link'))
    await symlink(join(root(), BUCKET), join(root(), BUCKET, 'in', 'loop'))
    await symlink(join(root(), 'nowhere'), join(root(), BUCKET, 'dangling'))
    expect(await uris(store(), 's3://logs/')).toEqual(['s3://logs/in/open.txt', 's3://logs/link/open.txt'])
    expect((await collect(store().listUris('s3://logs/'))).flat()).toEqual(await uris(store(), 's3://logs/'))
    expect(await store().head('s3://logs/secret.txt')).toBeUndefined()
    expect(await store().head('s3://logs/out/secret.txt')).toBeUndefined()
    expect(await store().head('s3://logs/link/open.txt')).toMatchObject({ size: 4 })
    await expect(store().localPath({ uri: 's3://logs/secret.txt', size: 6 })).rejects.toMatchObject({
      code: 'HIVE_CANNOT_OPEN_SPLIT',
    })
    await expect(store().put('s3://logs/out/new/x.txt', bytes('x'))).rejects.toMatchObject({
      code: 'HIVE_CANNOT_OPEN_SPLIT',
    })
    await expect(readFile(join(outside(), 'new', 'x.txt'))).rejects.toMatchObject({ code: 'ENOENT' })
  })

  it('leaves nothing of an object whose content fails', async () => {
    async function* failing(): AsyncGenerator<Uint8Array> {
      yield bytes('half')
      throw new Error('torn')
    }
    await expect(store().put('s3://logs/new/torn.txt', failing())).rejects.toThrow('torn')
    expect(await uris(store(), 's3://logs/')).toEqual(['s3://logs/in/open.txt'])
  })

  it('reads only the folders that the prefix can lead to', async () => {
    for (let day = 1; day <= 9; day++) {
      const path = join(root(), BUCKET, 'y', `0${day}`, 'f.gz')
      await mkdir(dirname(path), { recursive: true })
      await writeFile(path, '')
    }
    expect(await uris(store(), 's3://logs/y/03')).toEqual(['s3://logs/y/03/f.gz'])
    expect(await uris(store(), 's3://logs/y/0')).toHaveLength(9)
  })
})

describe('S3Store', () => {
  it('downloads each version of an object once, and again when it has changed', async () => {
    const client = new FakeS3()
    const store = new S3Store({ client })
    await store.put('s3://logs/a.gz', bytes('one'))
    const [first] = await collect(store.list('s3://logs/'))
    const paths = await Promise.all([1, 2, 3].map(() => store.localPath(first as StoredObject, directory)))
    await store.localPath(first as StoredObject, directory)
    expect(new Set(paths).size).toBe(1)
    expect(client.reads).toEqual(['a.gz'])
    await store.put('s3://logs/a.gz', bytes('two'))
    const [second] = await collect(store.list('s3://logs/'))
    expect(await readFile(await store.localPath(second as StoredObject, directory), 'utf8')).toBe('two')
    expect(client.reads).toEqual(['a.gz', 'a.gz'])
  })

  it('says that an object changed between the listing and the reading', async () => {
    const store = new S3Store({ client: new FakeS3() })
    await store.put('s3://logs/a.gz', bytes('one'))
    const [object] = await collect(store.list('s3://logs/'))
    await store.put('s3://logs/a.gz', bytes('two'))
    await expect(store.localPath(object as StoredObject, directory)).rejects.toMatchObject({
      code: 'HIVE_CANNOT_OPEN_SPLIT',
      message: expect.stringContaining('s3://logs/a.gz'),
    })
  })

  it.each([
    ['s3://secret/x/', 'PERMISSION_DENIED', /Access Denied .*403.*s3:\/\/secret\/x\//],
    ['s3://nowhere/x/', 'NOT_FOUND', /bucket does not exist .*NoSuchBucket.*s3:\/\/nowhere\/x\//],
    ['logs/x/', 'INVALID_INPUT', /not a valid S3 path/],
  ])('answers for %s with %s', async (prefix, code, message) => {
    const store = new S3Store({ client: new FakeS3() })
    await expect(collect(store.list(prefix))).rejects.toMatchObject({ code, message: expect.stringMatching(message) })
  })

  it('stops a download when it is asked to and leaves no file', async () => {
    const controller = new AbortController()
    const client = new FakeS3()
    client.getObject = async () => ({
      Body: (async function* () {
        yield bytes('half')
        controller.abort(new Error('enough'))
        await new Promise((resolve) => setImmediate(resolve))
        yield bytes('rest')
      })(),
    })
    const store = new S3Store({ client })
    const object = { uri: 's3://logs/a.gz', size: 8, etag: '"e"' }
    await expect(store.localPath(object, join(directory, 'cache'), controller.signal)).rejects.toThrow()
    const folder = new FolderStore({ root: directory })
    expect(await uris(folder, 's3://cache/')).toEqual([])
  })
})
