import { createHash } from 'node:crypto'
import {
  AbortMultipartUploadCommand,
  type CompletedPart,
  CompleteMultipartUploadCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  type CreateMultipartUploadCommandInput,
  DeleteObjectCommand,
  GetObjectAttributesCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  ListPartsCommand,
  PutObjectCommand,
  S3Client,
  UploadPartCommand,
  UploadPartCopyCommand,
} from '@aws-sdk/client-s3'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Emulator, startEmulator } from '../src/index.ts'

const Bucket = 'parts'
const PART = 5 * 1024 ** 2

describe('uploads in parts', () => {
  let emulator: Emulator
  let s3: S3Client
  beforeAll(async () => {
    emulator = await startEmulator()
    s3 = emulator.client(S3Client)
    await s3.send(new CreateBucketCommand({ Bucket }))
  })
  afterAll(() => emulator.close())

  const begin = async (Key: string, more: Partial<CreateMultipartUploadCommandInput> = {}): Promise<string> =>
    (await s3.send(new CreateMultipartUploadCommand({ Bucket, Key, ...more }))).UploadId ?? ''
  const upload = async (Key: string, UploadId: string, PartNumber: number, Body: Uint8Array, more = {}) => {
    const { ETag, ChecksumCRC32, ChecksumSHA256, ChecksumCRC32C } = await s3.send(
      new UploadPartCommand({ Bucket, Key, UploadId, PartNumber, Body, ...more }),
    )
    return { PartNumber, ETag, ChecksumCRC32, ChecksumSHA256, ChecksumCRC32C } as CompletedPart
  }
  const complete = (Key: string, UploadId: string, Parts: CompletedPart[], more = {}) =>
    s3.send(new CompleteMultipartUploadCommand({ Bucket, Key, UploadId, MultipartUpload: { Parts }, ...more }))
  const bytes = (length: number, seed: number) => Buffer.alloc(length, seed)

  it('make an object of the parts that are named, in whatever order they came', async () => {
    const Key = 'whole'
    const UploadId = await begin(Key, { ContentType: 'text/parts', Metadata: { a: '1' } })
    const third = await upload(Key, UploadId, 9, bytes(10, 3))
    const first = await upload(Key, UploadId, 2, bytes(PART, 1))
    await upload(Key, UploadId, 4, bytes(PART, 9))
    const second = await upload(Key, UploadId, 4, bytes(PART + 1, 2))
    await upload(Key, UploadId, 5, bytes(100, 4))
    const done = await complete(Key, UploadId, [first, second, third])
    const whole = Buffer.concat([bytes(PART, 1), bytes(PART + 1, 2), bytes(10, 3)])
    const md5 = (data: Uint8Array) => createHash('md5').update(data).digest()
    const digests = Buffer.concat([md5(bytes(PART, 1)), md5(bytes(PART + 1, 2)), md5(bytes(10, 3))])
    expect(done.ETag).toBe(`"${md5(digests).toString('hex')}-3"`)
    expect(done.Location).toBe(`${emulator.endpoint}/${Bucket}/${Key}`)
    const got = await s3.send(new GetObjectCommand({ Bucket, Key }))
    expect(got).toMatchObject({ ContentLength: whole.length, ContentType: 'text/parts', Metadata: { a: '1' } })
    expect(Buffer.compare(Buffer.from((await got.Body?.transformToByteArray()) ?? []), whole)).toBe(0)
    const across = await s3.send(new GetObjectCommand({ Bucket, Key, Range: `bytes=${PART - 2}-${PART + 1}` }))
    expect([...((await across.Body?.transformToByteArray()) ?? [])]).toEqual([1, 1, 2, 2])
    const part = await s3.send(new HeadObjectCommand({ Bucket, Key, PartNumber: 2 }))
    expect(part).toMatchObject({ ContentLength: PART + 1, PartsCount: 3, $metadata: { httpStatusCode: 206 } })
    await expect(s3.send(new GetObjectCommand({ Bucket, Key, PartNumber: 4 }))).rejects.toMatchObject({
      name: 'InvalidPartNumber',
      $metadata: { httpStatusCode: 416 },
    })
    await expect(complete(Key, UploadId, [first])).rejects.toMatchObject({ name: 'NoSuchUpload' })
    await s3.send(new DeleteObjectCommand({ Bucket, Key }))
  })

  it('refuse what AWS refuses', async () => {
    const Key = 'refused'
    const UploadId = await begin(Key)
    const one = await upload(Key, UploadId, 1, bytes(100, 1))
    const two = await upload(Key, UploadId, 2, bytes(100, 2))
    await expect(complete(Key, UploadId, [one, two])).rejects.toMatchObject({
      name: 'EntityTooSmall',
      ProposedSize: '100',
      MinSizeAllowed: String(PART),
      PartNumber: '1',
    })
    await expect(complete(Key, UploadId, [two, one])).rejects.toMatchObject({ name: 'InvalidPartOrder' })
    await expect(complete(Key, UploadId, [one, one])).rejects.toMatchObject({ name: 'InvalidPartOrder' })
    await expect(complete(Key, UploadId, [{ ...one, PartNumber: 3 }])).rejects.toMatchObject({ name: 'InvalidPart' })
    await expect(complete(Key, UploadId, [{ ...one, ETag: two.ETag }])).rejects.toMatchObject({ name: 'InvalidPart' })
    await expect(complete(Key, UploadId, [])).rejects.toMatchObject({ name: 'MalformedXML' })
    await expect(complete(Key, UploadId, [one], { MpuObjectSize: 5 })).rejects.toMatchObject({ name: 'InvalidRequest' })
    for (const number of [0, 10_001]) {
      await expect(upload(Key, UploadId, number, bytes(1, 1))).rejects.toMatchObject({
        name: 'InvalidArgument',
        message: 'Part number must be an integer between 1 and 10000, inclusive',
      })
    }
    await expect(upload('other', UploadId, 1, bytes(1, 1))).rejects.toMatchObject({ name: 'NoSuchUpload' })
    await expect(upload(Key, 'f'.repeat(64), 1, bytes(1, 1))).rejects.toMatchObject({ name: 'NoSuchUpload' })
    // It is still there: the one part that is the last may be short.
    await complete(Key, UploadId, [one], { IfNoneMatch: '*' })
    const again = await begin(Key)
    const part = await upload(Key, again, 1, bytes(1, 1))
    await expect(complete(Key, again, [part], { IfNoneMatch: '*' })).rejects.toMatchObject({
      name: 'PreconditionFailed',
    })
    await s3.send(new AbortMultipartUploadCommand({ Bucket, Key, UploadId: again }))
    await expect(s3.send(new AbortMultipartUploadCommand({ Bucket, Key, UploadId: again }))).rejects.toMatchObject({
      name: 'NoSuchUpload',
    })
  })

  it('copy parts of other objects', async () => {
    const Key = 'copied'
    const source = Buffer.concat([bytes(PART, 7), bytes(PART, 8)])
    await s3.send(new PutObjectCommand({ Bucket, Key: 'source', Body: source }))
    const UploadId = await begin(Key)
    const copy = async (PartNumber: number, CopySourceRange: string) => {
      const { CopyPartResult } = await s3.send(
        new UploadPartCopyCommand({
          Bucket,
          Key,
          UploadId,
          PartNumber,
          CopySource: `${Bucket}/source`,
          CopySourceRange,
        }),
      )
      return { PartNumber, ETag: CopyPartResult?.ETag }
    }
    const one = await copy(1, `bytes=0-${PART - 1}`)
    const two = await copy(2, `bytes=${PART}-${PART + 2}`)
    await expect(copy(3, `bytes=0-${source.length}`)).rejects.toMatchObject({ name: 'InvalidArgument' })
    await expect(copy(3, 'bytes=5-')).rejects.toMatchObject({ name: 'InvalidArgument' })
    await complete(Key, UploadId, [one, two])
    const { ContentLength, Body } = await s3.send(new GetObjectCommand({ Bucket, Key, Range: 'bytes=-5' }))
    expect(ContentLength).toBe(5)
    expect([...((await Body?.transformToByteArray()) ?? [])]).toEqual([7, 7, 8, 8, 8])
  })

  it('have checksums of the whole, or of the parts', async () => {
    const sizes = [PART, PART + 3, 17]
    const contents = sizes.map((size, index) => bytes(size, index + 1))
    for (const ChecksumAlgorithm of ['CRC32', 'CRC32C', 'SHA256'] as const) {
      const Key = `composite-${ChecksumAlgorithm}`
      const UploadId = await begin(Key, { ChecksumAlgorithm })
      const parts: CompletedPart[] = []
      for (const [index, content] of contents.entries()) {
        parts.push(await upload(Key, UploadId, index + 1, content, { ChecksumAlgorithm }))
      }
      await expect(
        complete(Key, UploadId, parts.map(({ PartNumber, ETag }) => ({ PartNumber, ETag })) as CompletedPart[]),
      ).rejects.toMatchObject({ name: 'InvalidRequest', message: expect.stringContaining('missing for part 1') })
      const done = await complete(Key, UploadId, parts)
      expect(done.ChecksumType).toBe('COMPOSITE')
      const { Checksum, ObjectParts } = await s3.send(
        new GetObjectAttributesCommand({ Bucket, Key, ObjectAttributes: ['Checksum', 'ObjectParts'] }),
      )
      expect(Checksum?.[`Checksum${ChecksumAlgorithm}`]).toMatch(/-3$/)
      expect(ObjectParts?.Parts?.map(({ Size }) => Size)).toEqual(sizes)
    }
    for (const ChecksumAlgorithm of ['CRC32', 'CRC32C', 'CRC64NVME'] as const) {
      const Key = `whole-${ChecksumAlgorithm}`
      const UploadId = await begin(Key, { ChecksumAlgorithm, ChecksumType: 'FULL_OBJECT' })
      const parts: CompletedPart[] = []
      for (const [index, content] of contents.entries()) {
        const { PartNumber, ETag } = await upload(Key, UploadId, index + 1, content, { ChecksumAlgorithm })
        parts.push({ PartNumber, ETag } as CompletedPart)
      }
      const done = await complete(Key, UploadId, parts)
      // The same bytes in one piece have the same checksum, which the client reckons for itself.
      const single = await s3.send(
        new PutObjectCommand({ Bucket, Key: 'single', Body: Buffer.concat(contents), ChecksumAlgorithm }),
      )
      const name = `Checksum${ChecksumAlgorithm}` as const
      expect(done[name]).toBe(single[name])
      // The client checks what it reads against it.
      const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key, ChecksumMode: 'ENABLED' }))
      expect((await Body?.transformToByteArray())?.length).toBe(sizes.reduce((sum, size) => sum + size))
    }
    await expect(begin('x', { ChecksumAlgorithm: 'SHA1', ChecksumType: 'FULL_OBJECT' })).rejects.toMatchObject({
      name: 'InvalidRequest',
    })
  })

  it('are listed, and their parts', async () => {
    const ids: string[] = []
    for (const key of ['list/a', 'list/b', 'list/b', 'list/c/d']) ids.push(`${key}:${await begin(key)}`)
    const listed: string[] = []
    let markers: { KeyMarker?: string; UploadIdMarker?: string } = {}
    for (let pages = 0; pages < 10; pages += 1) {
      const page = await s3.send(
        new ListMultipartUploadsCommand({ Bucket, Prefix: 'list/', MaxUploads: 1, ...markers }),
      )
      listed.push(...(page.Uploads ?? []).map(({ Key, UploadId }) => `${Key}:${UploadId}`))
      if (!page.IsTruncated) break
      markers = { KeyMarker: page.NextKeyMarker ?? '', UploadIdMarker: page.NextUploadIdMarker ?? '' }
    }
    expect(listed).toEqual(ids)
    const rolled = await s3.send(new ListMultipartUploadsCommand({ Bucket, Prefix: 'list/', Delimiter: '/' }))
    expect(rolled.CommonPrefixes).toEqual([{ Prefix: 'list/c/' }])
    const [Key = '', UploadId = ''] = (ids[0] ?? '').split(':')
    for (const number of [1, 3, 7, 10_000]) await upload(Key, UploadId, number, bytes(number % 100, 1))
    const first = await s3.send(new ListPartsCommand({ Bucket, Key, UploadId, MaxParts: 3 }))
    expect(first.Parts?.map(({ PartNumber, Size }) => [PartNumber, Size])).toEqual([
      [1, 1],
      [3, 3],
      [7, 7],
    ])
    expect(first.IsTruncated).toBe(true)
    const rest = await s3.send(
      new ListPartsCommand({ Bucket, Key, UploadId, PartNumberMarker: first.NextPartNumberMarker ?? '' }),
    )
    expect(rest.Parts?.map(({ PartNumber }) => PartNumber)).toEqual([10_000])
    expect(rest.IsTruncated).toBe(false)
  })
})
