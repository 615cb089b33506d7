import {
  CopyObjectCommand,
  CreateBucketCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  DeleteObjectTaggingCommand,
  GetObjectAclCommand,
  GetObjectAttributesCommand,
  GetObjectCommand,
  GetObjectTaggingCommand,
  HeadObjectCommand,
  PutBucketOwnershipControlsCommand,
  PutObjectAclCommand,
  PutObjectCommand,
  type PutObjectCommandInput,
  PutObjectTaggingCommand,
  RestoreObjectCommand,
  S3Client,
  SelectObjectContentCommand,
} from '@aws-sdk/client-s3'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Emulator, startEmulator } from '../src/index.ts'

const Bucket = 'objects'
const START = new Date('2026-03-01T12:00:00.789Z')

describe('objects', () => {
  let emulator: Emulator
  let s3: S3Client
  beforeAll(async () => {
    emulator = await startEmulator({ start: START })
    s3 = emulator.client(S3Client)
    await s3.send(new CreateBucketCommand({ Bucket }))
  })
  afterAll(() => emulator.close())

  const put = (Key: string, Body: string, more: Partial<PutObjectCommandInput> = {}) =>
    s3.send(new PutObjectCommand({ Bucket, Key, Body, ...more }))
  const text = async (Key: string, more: object = {}) => {
    const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key, ...more }))
    return await Body?.transformToString()
  }

  it('come back as they were put, with all that was said of them', async () => {
    const said = {
      ContentType: 'text/x-log',
      CacheControl: 'max-age=60',
      ContentDisposition: 'attachment; filename="a.txt"',
      ContentEncoding: 'identity',
      ContentLanguage: 'en-GB',
      Expires: new Date('2027-01-01T00:00:00Z'),
      WebsiteRedirectLocation: '/elsewhere',
      StorageClass: 'STANDARD_IA',
      Metadata: { owner: 'me', 'with-dash': 'two words' },
    } as const
    const made = await put('all', 'hello', { ...said, Tagging: 'a=1&b=two%20words' })
    // printf hello | md5sum
    expect(made.ETag).toBe('"5d41402abc4b2a76b9719d911017c592"')
    expect(made.ServerSideEncryption).toBe('AES256')
    const got = await s3.send(new GetObjectCommand({ Bucket, Key: 'all' }))
    expect(got).toMatchObject({ ...said, ContentLength: 5, AcceptRanges: 'bytes', ETag: made.ETag, TagCount: 2 })
    expect(got.LastModified).toEqual(new Date('2026-03-01T12:00:00Z'))
    expect(await got.Body?.transformToString()).toBe('hello')
    expect(await s3.send(new HeadObjectCommand({ Bucket, Key: 'all' }))).toMatchObject({ ...said, ContentLength: 5 })
  })

  it.each([
    ['a/../b/./c'],
    ['/leading'],
    ['trailing/'],
    ['a//b'],
    ['sp ace+plus%percent'],
    ['ünïcode/日本/😀'],
    ['q?u=e&r#y'],
    ['..'],
    ['quote\'"<&>'],
    ['line\nbreak'],
  ])('have whatever keys: %j', async (key) => {
    await put(key, key)
    expect(await text(key)).toBe(key)
    await s3.send(new DeleteObjectCommand({ Bucket, Key: key }))
    await expect(text(key)).rejects.toMatchObject({ name: 'NoSuchKey', $metadata: { httpStatusCode: 404 } })
  })

  it.each([
    ['bytes=0-0', '0', 'bytes 0-0/10'],
    ['bytes=2-4', '234', 'bytes 2-4/10'],
    ['bytes=7-', '789', 'bytes 7-9/10'],
    ['bytes=-3', '789', 'bytes 7-9/10'],
    ['bytes=8-100', '89', 'bytes 8-9/10'],
    ['bytes=-100', '0123456789', 'bytes 0-9/10'],
  ])('are read in part: %s', async (Range, wanted, range) => {
    await put('digits', '0123456789')
    const got = await s3.send(new GetObjectCommand({ Bucket, Key: 'digits', Range }))
    expect(await got.Body?.transformToString()).toBe(wanted)
    expect(got).toMatchObject({ ContentRange: range, ContentLength: wanted.length, $metadata: { httpStatusCode: 206 } })
    const head = await s3.send(new HeadObjectCommand({ Bucket, Key: 'digits', Range }))
    expect(head).toMatchObject({ ContentLength: wanted.length, $metadata: { httpStatusCode: 206 } })
  })

  it('are read whole where a range is none that S3 takes, and refused where it has no byte', async () => {
    await put('digits', '0123456789')
    for (const Range of ['bytes=5-2', 'lines=1-2', 'bytes=0-1,4-5']) {
      const got = await s3.send(new GetObjectCommand({ Bucket, Key: 'digits', Range }))
      expect({ Range, text: await got.Body?.transformToString() }).toEqual({ Range, text: '0123456789' })
      expect(got.$metadata.httpStatusCode).toBe(200)
    }
    await expect(text('digits', { Range: 'bytes=10-' })).rejects.toMatchObject({
      name: 'InvalidRange',
      ActualObjectSize: '10',
      $metadata: { httpStatusCode: 416 },
    })
  })

  it('are read on conditions', async () => {
    const { ETag } = await put('conditional', 'x')
    const before = new Date('2026-03-01T11:00:00Z')
    const after = new Date('2026-03-01T13:00:00Z')
    const at = new Date('2026-03-01T12:00:00Z')
    const status = async (conditions: object): Promise<unknown> => {
      try {
        const { $metadata } = await s3.send(new GetObjectCommand({ Bucket, Key: 'conditional', ...conditions }))
        return $metadata.httpStatusCode
      } catch (error) {
        return (error as { $metadata: { httpStatusCode: number } }).$metadata.httpStatusCode
      }
    }
    expect(await status({ IfMatch: ETag })).toBe(200)
    expect(await status({ IfMatch: ETag?.replaceAll('"', '') })).toBe(200)
    expect(await status({ IfMatch: '"other"' })).toBe(412)
    expect(await status({ IfNoneMatch: ETag })).toBe(304)
    expect(await status({ IfNoneMatch: '"other"' })).toBe(200)
    expect(await status({ IfModifiedSince: before })).toBe(200)
    expect(await status({ IfModifiedSince: at })).toBe(304)
    expect(await status({ IfUnmodifiedSince: before })).toBe(412)
    expect(await status({ IfUnmodifiedSince: at })).toBe(200)
    // The entity tag decides where both are given.
    expect(await status({ IfMatch: ETag, IfUnmodifiedSince: before })).toBe(200)
    expect(await status({ IfNoneMatch: '"other"', IfModifiedSince: after })).toBe(200)
    const notModified = await fetch(`${emulator.endpoint}/${Bucket}/conditional`, {
      headers: { 'if-none-match': ETag ?? '' },
    })
    expect(notModified.status).toBe(304)
    expect(notModified.headers.get('etag')).toBe(ETag)
    expect(await notModified.text()).toBe('')
  })

  it('are put on conditions', async () => {
    const first = await put('once', '1', { IfNoneMatch: '*' })
    await expect(put('once', '2', { IfNoneMatch: '*' })).rejects.toMatchObject({
      name: 'PreconditionFailed',
      $metadata: { httpStatusCode: 412 },
    })
    await expect(put('once', '2', { IfMatch: '"other"' })).rejects.toMatchObject({ name: 'PreconditionFailed' })
    await expect(put('never', '2', { IfMatch: '"other"' })).rejects.toMatchObject({ name: 'NoSuchKey' })
    await put('once', '3', { IfMatch: first.ETag ?? '' })
    expect(await text('once')).toBe('3')
    await expect(put('once', '2', { IfNoneMatch: '"x"' })).rejects.toMatchObject({ name: 'NotImplemented' })
    const conditional = { Bucket, Key: 'once', IfMatch: first.ETag ?? '' }
    await expect(s3.send(new DeleteObjectCommand(conditional))).rejects.toMatchObject({ name: 'PreconditionFailed' })
  })

  it('only one of many that put a key for the first time does', async () => {
    const outcomes = await Promise.allSettled(
      Array.from({ length: 20 }, (_, index) => put('race', `${index}`, { IfNoneMatch: '*' })),
    )
    const winners = outcomes.flatMap(({ status }, index) => (status === 'fulfilled' ? [index] : []))
    expect(winners).toHaveLength(1)
    expect(await text('race')).toBe(String(winners[0]))
  })

  it('are answered with other headers where a signed request says so', async () => {
    await put('overridden', 'x')
    const got = await s3.send(
      new GetObjectCommand({
        Bucket,
        Key: 'overridden',
        ResponseContentType: 'text/csv',
        ResponseCacheControl: 'no-store',
        ResponseContentDisposition: 'inline',
        ResponseExpires: new Date('2026-05-05T00:00:00Z'),
      }),
    )
    expect(got).toMatchObject({ ContentType: 'text/csv', CacheControl: 'no-store', ContentDisposition: 'inline' })
    expect(got.Expires).toEqual(new Date('2026-05-05T00:00:00Z'))
    const anonymous = await fetch(`${emulator.endpoint}/${Bucket}/overridden?response-content-type=text/csv`)
    expect(anonymous.status).toBe(400)
    expect(await anonymous.text()).toContain('<Code>InvalidRequest</Code>')
  })

  it('are copied with what was said of them, or with something else', async () => {
    await put('source of copy', 'copied', { ContentType: 'text/a', Metadata: { one: '1' }, Tagging: 't=1' })
    const CopySource = `${Bucket}/source%20of%20copy`
    const { CopyObjectResult } = await s3.send(new CopyObjectCommand({ Bucket, Key: 'copy', CopySource }))
    expect(CopyObjectResult?.ETag).toMatch(/^"[0-9a-f]{32}"$/)
    const copy = await s3.send(new GetObjectCommand({ Bucket, Key: 'copy' }))
    expect(copy).toMatchObject({ ContentType: 'text/a', Metadata: { one: '1' }, TagCount: 1 })
    await s3.send(
      new CopyObjectCommand({
        Bucket,
        Key: 'replaced',
        CopySource,
        MetadataDirective: 'REPLACE',
        TaggingDirective: 'REPLACE',
        ContentType: 'text/b',
        Metadata: { two: '2' },
      }),
    )
    const replaced = await s3.send(new HeadObjectCommand({ Bucket, Key: 'replaced' }))
    expect(replaced).toMatchObject({ ContentType: 'text/b', Metadata: { two: '2' } })
    expect(replaced.TagCount).toBeUndefined()
    await s3.send(new DeleteObjectCommand({ Bucket, Key: 'source of copy' }))
    expect(await text('copy')).toBe('copied')
    await expect(s3.send(new CopyObjectCommand({ Bucket, Key: 'x', CopySource }))).rejects.toMatchObject({
      name: 'NoSuchKey',
    })
    const itself = { Bucket, Key: 'copy', CopySource: `${Bucket}/copy` }
    await expect(s3.send(new CopyObjectCommand(itself))).rejects.toMatchObject({
      name: 'InvalidRequest',
      message: expect.stringContaining('copy an object to itself'),
    })
    await s3.send(new CopyObjectCommand({ ...itself, StorageClass: 'GLACIER_IR' }))
    await expect(
      s3.send(new CopyObjectCommand({ Bucket, Key: 'y', CopySource: `${Bucket}/copy`, CopySourceIfMatch: '"no"' })),
    ).rejects.toMatchObject({ name: 'PreconditionFailed' })
    await expect(s3.send(new CopyObjectCommand({ Bucket, Key: 'y', CopySource: 'nonsense' }))).rejects.toMatchObject({
      name: 'InvalidArgument',
    })
  })

  it('are deleted many at once, those that fail for themselves', async () => {
    await put('many/1', 'x')
    await put('many/2', 'x')
    const Objects = [{ Key: 'many/1' }, { Key: 'many/absent' }, { Key: 'many/2', VersionId: 'nonsense' }]
    const { Deleted, Errors } = await s3.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects } }))
    expect(Deleted?.map(({ Key }) => Key)).toEqual(['many/1', 'many/absent'])
    expect(Errors).toMatchObject([{ Key: 'many/2', Code: 'InvalidArgument' }])
    const quiet = await s3.send(
      new DeleteObjectsCommand({ Bucket, Delete: { Quiet: true, Objects: [{ Key: 'many/2' }] } }),
    )
    expect(quiet.Deleted).toBeUndefined()
    await expect(text('many/2')).rejects.toMatchObject({ name: 'NoSuchKey' })
    await expect(
      s3.send(
        new DeleteObjectsCommand({
          Bucket,
          Delete: { Objects: Array.from({ length: 1001 }, (_, index) => ({ Key: `${index}` })) },
        }),
      ),
    ).rejects.toMatchObject({ name: 'MalformedXML' })
  })

  it('have tags', async () => {
    await put('tagged', 'x')
    const TagSet = [
      { Key: 'a', Value: '1' },
      { Key: 'b', Value: 'two words' },
    ]
    await s3.send(new PutObjectTaggingCommand({ Bucket, Key: 'tagged', Tagging: { TagSet } }))
    expect((await s3.send(new GetObjectTaggingCommand({ Bucket, Key: 'tagged' }))).TagSet).toEqual(TagSet)
    await s3.send(new DeleteObjectTaggingCommand({ Bucket, Key: 'tagged' }))
    expect((await s3.send(new GetObjectTaggingCommand({ Bucket, Key: 'tagged' }))).TagSet).toEqual([])
    const tagged = (tags: { Key: string; Value: string }[]) =>
      s3.send(new PutObjectTaggingCommand({ Bucket, Key: 'tagged', Tagging: { TagSet: tags } }))
    await expect(tagged([...TagSet, { Key: 'a', Value: '2' }])).rejects.toMatchObject({
      name: 'InvalidTag',
      message: 'Cannot provide multiple Tags with the same key',
    })
    await expect(tagged([{ Key: 'aws:x', Value: '2' }])).rejects.toMatchObject({ name: 'InvalidTag' })
    const eleven = Array.from({ length: 11 }, (_, index) => ({ Key: `k${index}`, Value: '' }))
    await expect(tagged(eleven)).rejects.toMatchObject({ name: 'BadRequest' })
  })

  it('tell their attributes', async () => {
    await put('attributes', 'hello')
    const attributes = await s3.send(
      new GetObjectAttributesCommand({
        Bucket,
        Key: 'attributes',
        ObjectAttributes: ['ETag', 'Checksum', 'ObjectSize', 'StorageClass', 'ObjectParts'],
      }),
    )
    expect(attributes).toMatchObject({
      ETag: '5d41402abc4b2a76b9719d911017c592',
      Checksum: { ChecksumCRC32: 'NhCmhg==' },
      ObjectSize: 5,
      StorageClass: 'STANDARD',
    })
    expect(attributes.ObjectParts).toBeUndefined()
  })

  it('have lists of who may what, where the bucket allows them', async () => {
    await put('listed', 'x')
    await expect(put('public', 'x', { ACL: 'public-read' })).rejects.toMatchObject({
      name: 'AccessControlListNotSupported',
    })
    await put('owned', 'x', { ACL: 'bucket-owner-full-control' })
    await s3.send(new CreateBucketCommand({ Bucket: 'with-lists', ObjectOwnership: 'ObjectWriter' }))
    await s3.send(new PutObjectCommand({ Bucket: 'with-lists', Key: 'a', Body: 'x' }))
    await s3.send(new PutObjectAclCommand({ Bucket: 'with-lists', Key: 'a', ACL: 'public-read' }))
    const { Grants } = await s3.send(new GetObjectAclCommand({ Bucket: 'with-lists', Key: 'a' }))
    expect(Grants?.map(({ Permission, Grantee }) => [Grantee?.Type, Permission])).toEqual([
      ['CanonicalUser', 'FULL_CONTROL'],
      ['Group', 'READ'],
    ])
    const OwnershipControls = { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' as const }] }
    await s3.send(new PutBucketOwnershipControlsCommand({ Bucket: 'with-lists', OwnershipControls }))
    await expect(
      s3.send(new PutObjectAclCommand({ Bucket: 'with-lists', Key: 'a', ACL: 'public-read' })),
    ).rejects.toMatchObject({ name: 'AccessControlListNotSupported' })
  })

  it('keep to the limits', async () => {
    await put('k'.repeat(1024), 'x')
    await expect(put('ä'.repeat(513), 'x')).rejects.toMatchObject({ name: 'KeyTooLongError', Size: '1026' })
    await put('metadata', 'x', { Metadata: { a: 'v'.repeat(2047) } })
    await expect(put('metadata', 'x', { Metadata: { a: 'v'.repeat(2048) } })).rejects.toMatchObject({
      name: 'MetadataTooLarge',
    })
    await expect(put('class', 'x', { StorageClass: 'COLD' as never })).rejects.toMatchObject({
      name: 'InvalidStorageClass',
    })
    await expect(put('sse', 'x', { ServerSideEncryption: 'ROT13' as never })).rejects.toMatchObject({
      name: 'InvalidArgument',
    })
  })

  it('say how they are encrypted', async () => {
    const kms = await put('kms', 'x', { ServerSideEncryption: 'aws:kms', SSEKMSKeyId: 'abc', BucketKeyEnabled: true })
    expect(kms).toMatchObject({
      ServerSideEncryption: 'aws:kms',
      SSEKMSKeyId: 'arn:aws:kms:eu-west-1:111122223333:key/abc',
      BucketKeyEnabled: true,
    })
  })

  it('refuse by name what is not done', async () => {
    await put('cold', 'x', { StorageClass: 'GLACIER' })
    await expect(text('cold')).rejects.toMatchObject({ name: 'InvalidObjectState', $metadata: { httpStatusCode: 403 } })
    await expect(
      s3.send(new RestoreObjectCommand({ Bucket, Key: 'cold', RestoreRequest: { Days: 1 } })),
    ).rejects.toMatchObject({ name: 'NotImplemented', message: expect.stringContaining('RestoreObject') })
    await expect(
      s3.send(
        new SelectObjectContentCommand({
          Bucket,
          Key: 'cold',
          Expression: 'SELECT 1',
          ExpressionType: 'SQL',
          InputSerialization: { CSV: {} },
          OutputSerialization: { CSV: {} },
        }),
      ),
    ).rejects.toMatchObject({ name: 'NotImplemented', message: expect.stringContaining('SelectObjectContent') })
    await expect(put('locked', 'x', { ObjectLockMode: 'GOVERNANCE' })).rejects.toMatchObject({
      name: 'NotImplemented',
      message: expect.stringContaining('ObjectLockMode'),
    })
  })

  it('are their owner alone', async () => {
    await expect(text('all', { ExpectedBucketOwner: '999999999999' })).rejects.toMatchObject({ name: 'AccessDenied' })
    await expect(text('all', { ExpectedBucketOwner: '111122223333' })).resolves.toBe('hello')
    await expect(s3.send(new GetObjectCommand({ Bucket: 'nobodys', Key: 'x' }))).rejects.toMatchObject({
      name: 'NoSuchBucket',
      BucketName: 'nobodys',
    })
    await expect(s3.send(new HeadObjectCommand({ Bucket, Key: 'absent' }))).rejects.toMatchObject({ name: 'NotFound' })
  })

  it('that are large pass through, and do not stay in memory', { timeout: 120_000 }, async () => {
    const size = 256 * 1024 ** 2
    const block = Buffer.alloc(1024 * 1024, 7)
    let sent = 0
    const stream = new ReadableStream({
      pull: (controller) => {
        if (sent >= size) return controller.close()
        sent += block.length
        controller.enqueue(block)
      },
    })
    const before = process.memoryUsage.rss()
    let most = before
    const watch = setInterval(() => {
      most = Math.max(most, process.memoryUsage.rss())
    }, 20)
    const url = `${emulator.endpoint}/${Bucket}/giant`
    const headers = { 'content-length': String(size) }
    const { request } = await import('node:http')
    const { Readable } = await import('node:stream')
    const { pipeline } = await import('node:stream/promises')
    const answered = new Promise<number | undefined>((resolve, reject) => {
      const sending = request(url, { method: 'PUT', headers }, (response) => {
        response.resume()
        resolve(response.statusCode)
      }).on('error', reject)
      pipeline(Readable.fromWeb(stream as never), sending).catch(reject)
    })
    expect(await answered).toBe(200)
    const response = await fetch(url)
    let received = 0
    for await (const piece of response.body ?? []) received += piece.length
    clearInterval(watch)
    expect(received).toBe(size)
    expect((most - before) / 1024 ** 2).toBeLessThan(150)
    await s3.send(new DeleteObjectCommand({ Bucket, Key: 'giant' }))
  })
})
