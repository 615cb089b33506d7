import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { AthenaObjectStore } from './athena-object-store.ts'
import { type BucketFixture, bodyOf, emptyBuckets } from './bucket-fixture.ts'

const gather = async <Value>(values: AsyncIterable<Value>): Promise<Value[]> => {
  const gathered: Value[] = []
  for await (const value of values) gathered.push(value)
  return gathered
}

describe('buckets as an engine reads them', () => {
  let fixture: BucketFixture
  let store: AthenaObjectStore
  let folder: string
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'flowtap-athena-'))
    fixture = emptyBuckets()
    store = new AthenaObjectStore(fixture.buckets, () => Date.parse('2026-03-01T00:00:00Z'))
    const CreateBucketConfiguration = { LocationConstraint: 'eu-west-1' }
    await fixture.call('CreateBucket', { Bucket: 'data', CreateBucketConfiguration })
    for (const Key of ['t/day=1/a.log.gz', 't/day=1/b.log.gz', 't/day=2/a.log.gz', 't.txt', 'u/x']) {
      await fixture.call('PutObject', { Bucket: 'data', Key, Body: bodyOf(Key) })
    }
  })
  afterEach(() => rm(folder, { recursive: true, force: true }))

  it('are listed by prefix, in the order of keys', async () => {
    const objects = await gather(store.list('s3://data/t/'))
    expect(objects.map(({ uri, size }) => [uri, size])).toEqual([
      ['s3://data/t/day=1/a.log.gz', 16],
      ['s3://data/t/day=1/b.log.gz', 16],
      ['s3://data/t/day=2/a.log.gz', 16],
    ])
    expect((await gather(store.listUris('s3://data/'))).flat()).toHaveLength(5)
    expect(await gather(store.listPrefixes('s3://data/t/'))).toEqual(['s3://data/t/day=1/', 's3://data/t/day=2/'])
    expect(await gather(store.list('s3://data/nothing'))).toEqual([])
    expect(await store.head('s3://data/t.txt')).toMatchObject({ size: 5 })
    expect(await store.head('s3://data/absent')).toBeUndefined()
    await expect(gather(store.list('s3://absent/'))).rejects.toMatchObject({ code: 'NOT_FOUND' })
  })

  it('give their objects as files that end as their keys do, each version once', async () => {
    const [object] = await gather(store.list('s3://data/t/day=2/'))
    if (!object) throw new Error('nothing is listed')
    const [path, same] = await Promise.all([store.localPath(object, folder), store.localPath(object, folder)])
    expect(path).toMatch(/\.log\.gz$/)
    expect(same).toBe(path)
    expect(await readFile(path, 'utf8')).toBe('t/day=2/a.log.gz')
    await fixture.call('PutObject', { Bucket: 'data', Key: 't/day=2/a.log.gz', Body: bodyOf('new') })
    await expect(store.localPath(object, folder)).rejects.toThrow('has changed')
    const [changed] = await gather(store.list('s3://data/t/day=2/'))
    if (!changed) throw new Error('nothing is listed')
    expect(await readFile(await store.localPath(changed, folder), 'utf8')).toBe('new')
  })

  it('take what the engine writes', async () => {
    await store.put('s3://data/results/1.csv', Buffer.from('"a"\n"1"\n'))
    await store.put('s3://data/results/2.csv', bodyOf('streamed'))
    expect(fixture.buckets.objects('data').current('results/1.csv')?.size).toBe(8)
    const [, second] = await gather(store.list('s3://data/results/'))
    if (!second) throw new Error('it is not listed')
    expect(await readFile(await store.localPath(second, folder), 'utf8')).toBe('streamed')
    await expect(store.put('s3://absent/x', Buffer.alloc(1))).rejects.toMatchObject({ code: 'NOT_FOUND' })
  })
})
