import { createHash } from 'node:crypto'
import {
  CreateBucketCommand,
  GetObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Emulator, startEmulator } from '../src/index.ts'

const Bucket = 'sums'

describe('checksums', () => {
  let emulator: Emulator
  let s3: S3Client
  beforeAll(async () => {
    emulator = await startEmulator()
    s3 = emulator.client(S3Client)
    await s3.send(new CreateBucketCommand({ Bucket }))
  })
  afterAll(() => emulator.close())

  const raw = async (key: string, body: string, headers: Record<string, string>) => {
    const response = await fetch(`${emulator.endpoint}/${Bucket}/${key}`, { method: 'PUT', body, headers })
    const text = await response.text()
    return { status: response.status, code: /<Code>([^<]+)/.exec(text)?.[1], headers: response.headers }
  }

  // The client reckons them for itself, sends them after a streamed body, and checks what it reads.
  it.each(['CRC32', 'CRC32C', 'CRC64NVME', 'SHA1', 'SHA256'] as const)(
    'are those of the client: %s',
    async (ChecksumAlgorithm) => {
      const Body = Buffer.from(Array.from({ length: 100_003 }, (_, index) => (index * 7) & 255))
      await s3.send(new PutObjectCommand({ Bucket, Key: ChecksumAlgorithm, Body, ChecksumAlgorithm }))
      const got = await s3.send(new GetObjectCommand({ Bucket, Key: ChecksumAlgorithm, ChecksumMode: 'ENABLED' }))
      expect(got[`Checksum${ChecksumAlgorithm}`]).toBeDefined()
      expect(Buffer.compare(Buffer.from((await got.Body?.transformToByteArray()) ?? []), Body)).toBe(0)
      const { Readable } = await import('node:stream')
      await s3.send(
        new PutObjectCommand({
          Bucket,
          Key: 'streamed',
          Body: Readable.from([Body.subarray(0, 999), Body.subarray(999)]),
          ContentLength: Body.length,
          ChecksumAlgorithm,
        }),
      )
      const streamed = await s3.send(new HeadObjectCommand({ Bucket, Key: 'streamed', ChecksumMode: 'ENABLED' }))
      expect(streamed[`Checksum${ChecksumAlgorithm}`]).toBe(got[`Checksum${ChecksumAlgorithm}`])
    },
  )

  it('are reckoned where the client sends none', async () => {
    await raw('none', '123456789', {})
    const head = await s3.send(new HeadObjectCommand({ Bucket, Key: 'none', ChecksumMode: 'ENABLED' }))
    expect(head.ChecksumCRC64NVME).toBe(Buffer.from('ae8b14860a799888', 'hex').toString('base64'))
  })

  it.each([
    ['another MD5', { 'content-md5': createHash('md5').update('other').digest('base64') }, 'BadDigest'],
    ['no MD5', { 'content-md5': 'nonsense' }, 'InvalidDigest'],
    ['another CRC', { 'x-amz-checksum-crc32': 'AAAAAA==' }, 'BadDigest'],
    ['no CRC', { 'x-amz-checksum-crc32': 'nonsense' }, 'InvalidRequest'],
    ['two checksums', { 'x-amz-checksum-crc32': 'AAAAAA==', 'x-amz-checksum-crc32c': 'AAAAAA==' }, 'InvalidRequest'],
    ['a promise of one', { 'x-amz-sdk-checksum-algorithm': 'SHA256' }, 'InvalidRequest'],
    ['another digest', { 'x-amz-content-sha256': 'a'.repeat(64) }, 'XAmzContentSHA256Mismatch'],
    ['an algorithm that there is not', { 'x-amz-sdk-checksum-algorithm': 'CRC7' }, 'InvalidRequest'],
  ])('refuse %s, and keep nothing', async (_what, headers, code) => {
    expect(await raw('refused', 'body', headers as never)).toMatchObject({ status: 400, code })
    expect((await fetch(`${emulator.endpoint}/${Bucket}/refused`)).status).toBe(404)
  })

  it('of other bodies are looked at, too', async () => {
    const body = '<Delete><Object><Key>a</Key></Object></Delete>'
    const send = async (headers: Record<string, string>) => {
      const response = await fetch(`${emulator.endpoint}/${Bucket}?delete`, { method: 'POST', body, headers })
      return { status: response.status, code: /<Code>([^<]+)/.exec(await response.text())?.[1] }
    }
    expect(await send({})).toEqual({ status: 400, code: 'InvalidRequest' })
    expect(await send({ 'content-md5': createHash('md5').update('x').digest('base64') })).toMatchObject({
      code: 'BadDigest',
    })
    expect(await send({ 'content-md5': createHash('md5').update(body).digest('base64') })).toMatchObject({
      status: 200,
    })
  })
})
