import {
  CopyObjectCommand,
  CreateBucketCommand,
  DeleteBucketCommand,
  DeleteObjectCommand,
  GetBucketVersioningCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Emulator, startEmulator } from '../src/index.ts'

describe('versions of objects', () => {
  let emulator: Emulator
  let s3: S3Client
  beforeAll(async () => {
    emulator = await startEmulator()
    s3 = emulator.client(S3Client)
  })
  afterAll(() => emulator.close())

  const versioning = (Bucket: string, Status: 'Enabled' | 'Suspended') =>
    s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status } }))
  const put = async (Bucket: string, Key: string, Body: string) =>
    (await s3.send(new PutObjectCommand({ Bucket, Key, Body }))).VersionId
  const get = async (Bucket: string, Key: string, VersionId?: string) => {
    const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key, ...(VersionId && { VersionId }) }))
    return await Body?.transformToString()
  }

  it('are kept, hidden by delete markers and told', async () => {
    const Bucket = 'kept'
    await s3.send(new CreateBucketCommand({ Bucket }))
    expect((await s3.send(new GetBucketVersioningCommand({ Bucket }))).Status).toBeUndefined()
    expect(await put(Bucket, 'k', 'from before')).toBeUndefined()
    await versioning(Bucket, 'Enabled')
    expect((await s3.send(new GetBucketVersioningCommand({ Bucket }))).Status).toBe('Enabled')
    const one = await put(Bucket, 'k', 'one')
    const two = await put(Bucket, 'k', 'two')
    expect(one).not.toBe(two)
    expect([await get(Bucket, 'k'), await get(Bucket, 'k', one), await get(Bucket, 'k', 'null')]).toEqual([
      'two',
      'one',
      'from before',
    ])
    const marker = await s3.send(new DeleteObjectCommand({ Bucket, Key: 'k' }))
    expect(marker.DeleteMarker).toBe(true)
    await expect(get(Bucket, 'k')).rejects.toMatchObject({ name: 'NoSuchKey' })
    const answer = await fetch(`${emulator.endpoint}/${Bucket}/k`)
    expect(answer.headers.get('x-amz-delete-marker')).toBe('true')
    expect(answer.headers.get('x-amz-version-id')).toBe(marker.VersionId)
    await expect(get(Bucket, 'k', marker.VersionId)).rejects.toMatchObject({
      name: 'MethodNotAllowed',
      $metadata: { httpStatusCode: 405 },
    })
    await expect(
      s3.send(new HeadObjectCommand({ Bucket, Key: 'k', VersionId: marker.VersionId ?? '' })),
    ).rejects.toMatchObject({ $metadata: { httpStatusCode: 405 } })
    expect((await s3.send(new ListObjectsV2Command({ Bucket }))).KeyCount).toBe(0)
    const { Versions, DeleteMarkers } = await s3.send(new ListObjectVersionsCommand({ Bucket }))
    expect(Versions?.map(({ VersionId, IsLatest }) => [VersionId, IsLatest])).toEqual([
      [two, false],
      [one, false],
      ['null', false],
    ])
    expect(DeleteMarkers).toMatchObject([{ Key: 'k', VersionId: marker.VersionId, IsLatest: true }])
    await expect(s3.send(new DeleteBucketCommand({ Bucket }))).rejects.toMatchObject({
      name: 'BucketNotEmpty',
      message: expect.stringContaining('all versions'),
    })
    // Without its marker, the object is back.
    const unmarked = await s3.send(new DeleteObjectCommand({ Bucket, Key: 'k', VersionId: marker.VersionId ?? '' }))
    expect(unmarked.DeleteMarker).toBe(true)
    expect(await get(Bucket, 'k')).toBe('two')
    await s3.send(new DeleteObjectCommand({ Bucket, Key: 'k', VersionId: two ?? '' }))
    expect(await get(Bucket, 'k')).toBe('one')
    await s3.send(new CopyObjectCommand({ Bucket, Key: 'k', CopySource: `${Bucket}/k?versionId=null` }))
    expect(await get(Bucket, 'k')).toBe('from before')
    await expect(get(Bucket, 'k', two)).rejects.toMatchObject({ name: 'NoSuchVersion' })
    await expect(get(Bucket, 'k', 'nonsense')).rejects.toMatchObject({ name: 'InvalidArgument' })
  })

  it('are no more made while versioning is suspended', async () => {
    const Bucket = 'suspended'
    await s3.send(new CreateBucketCommand({ Bucket }))
    await versioning(Bucket, 'Enabled')
    const one = await put(Bucket, 'k', 'one')
    await versioning(Bucket, 'Suspended')
    expect(await put(Bucket, 'k', 'two')).toBe('null')
    expect(await put(Bucket, 'k', 'three')).toBe('null')
    const { Versions } = await s3.send(new ListObjectVersionsCommand({ Bucket }))
    expect(Versions?.map(({ VersionId }) => VersionId)).toEqual(['null', one])
    expect(await s3.send(new DeleteObjectCommand({ Bucket, Key: 'k' }))).toMatchObject({
      DeleteMarker: true,
      VersionId: 'null',
    })
    const after = await s3.send(new ListObjectVersionsCommand({ Bucket }))
    expect(after.Versions?.map(({ VersionId }) => VersionId)).toEqual([one])
    expect(after.DeleteMarkers?.map(({ VersionId }) => VersionId)).toEqual(['null'])
  })

  it('are listed in pages of any size', async () => {
    const Bucket = 'paged'
    await s3.send(new CreateBucketCommand({ Bucket }))
    await versioning(Bucket, 'Enabled')
    const made: string[] = []
    for (const key of ['a', 'b/1', 'b/2', 'c']) {
      const versions: string[] = []
      for (const body of ['1', '2', '3']) versions.unshift(`${key}:${await put(Bucket, key, body)}`)
      made.push(...versions)
    }
    for (const MaxKeys of [1, 2, 5, 7, 12, 1000]) {
      const listed: string[] = []
      let markers: { KeyMarker?: string; VersionIdMarker?: string } = {}
      for (let pages = 0; pages < 20; pages += 1) {
        const page = await s3.send(new ListObjectVersionsCommand({ Bucket, MaxKeys, ...markers }))
        listed.push(...(page.Versions ?? []).map(({ Key, VersionId }) => `${Key}:${VersionId}`))
        if (!page.IsTruncated) break
        markers = {
          KeyMarker: page.NextKeyMarker ?? '',
          ...(page.NextVersionIdMarker && { VersionIdMarker: page.NextVersionIdMarker }),
        }
      }
      expect({ MaxKeys, listed }).toEqual({ MaxKeys, listed: made })
    }
    const rolled = await s3.send(new ListObjectVersionsCommand({ Bucket, Delimiter: '/' }))
    expect(rolled.CommonPrefixes).toEqual([{ Prefix: 'b/' }])
    expect(rolled.Versions).toHaveLength(6)
  })
})
