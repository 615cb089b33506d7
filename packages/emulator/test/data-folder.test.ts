import { chmod, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  ListPartsCommand,
  PutBucketPolicyCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { startEmulator } from '../src/index.ts'
import { crashRounds } from './crash-rounds.ts'
import { buildEmulatorProgram, type EmulatorProgram, startEmulatorProcess } from './emulator-process.ts'

const Bucket = 'kept'
const policy = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: '*', Action: '*', Resource: '*' }],
})

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'flowtap-data-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

describe('a data folder', () => {
  it('keeps everything across restarts, in its order', async () => {
    let VersionId: string | undefined
    let UploadId: string | undefined
    {
      await using emulator = await startEmulator({ dataFolder: folder })
      const s3 = emulator.client(S3Client)
      await s3.send(new CreateBucketCommand({ Bucket }))
      await s3.send(new PutBucketPolicyCommand({ Bucket, Policy: policy }))
      await s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: 'Enabled' } }))
      const first = await s3.send(new PutObjectCommand({ Bucket, Key: 'a', Body: 'one', Metadata: { x: '1' } }))
      VersionId = first.VersionId
      await s3.send(new PutObjectCommand({ Bucket, Key: 'a', Body: 'two' }))
      await s3.send(new PutObjectCommand({ Bucket, Key: 'b', Body: Buffer.alloc(2_000_000, 5) }))
      await s3.send(new DeleteObjectCommand({ Bucket, Key: 'b' }))
      const upload = await s3.send(new CreateMultipartUploadCommand({ Bucket, Key: 'c' }))
      UploadId = upload.UploadId ?? ''
      await s3.send(new UploadPartCommand({ Bucket, Key: 'c', UploadId, PartNumber: 2, Body: 'part' }))
    }
    await using emulator = await startEmulator({ dataFolder: folder })
    const s3 = emulator.client(S3Client)
    const old = await s3.send(new GetObjectCommand({ Bucket, Key: 'a', VersionId: VersionId ?? '' }))
    expect(await old.Body?.transformToString()).toBe('one')
    expect(old.Metadata).toEqual({ x: '1' })
    const { Versions, DeleteMarkers } = await s3.send(new ListObjectVersionsCommand({ Bucket }))
    expect(Versions?.map(({ Key, IsLatest, Size }) => [Key, IsLatest, Size])).toEqual([
      ['a', true, 3],
      ['a', false, 3],
      ['b', false, 2_000_000],
    ])
    expect(DeleteMarkers).toHaveLength(1)
    const { Parts } = await s3.send(new ListPartsCommand({ Bucket, Key: 'c', UploadId }))
    expect(Parts).toMatchObject([{ PartNumber: 2, Size: 4 }])
    const next = await s3.send(new PutObjectCommand({ Bucket, Key: 'a', Body: 'three' }))
    expect(Versions?.map((version) => version.VersionId)).not.toContain(next.VersionId)
  })

  it('holds no bytes that nothing refers to', async () => {
    const blobs = join(folder, 'blobs')
    {
      await using emulator = await startEmulator({ dataFolder: folder })
      const s3 = emulator.client(S3Client)
      await s3.send(new CreateBucketCommand({ Bucket }))
      for (let index = 0; index < 20; index += 1) {
        await s3.send(new PutObjectCommand({ Bucket, Key: 'same', Body: `${index}` }))
      }
      await expect(
        s3.send(new PutObjectCommand({ Bucket, Key: 'same', Body: 'refused', IfNoneMatch: '*' })),
      ).rejects.toMatchObject({ name: 'PreconditionFailed' })
    }
    expect(await readdir(blobs)).toHaveLength(1)
    await writeFile(join(blobs, '999999'), 'of a write that was cut short')
    await writeFile(join(blobs, '1000000.part'), 'of another')
    await using emulator = await startEmulator({ dataFolder: folder })
    expect(await readdir(blobs)).toHaveLength(1)
    const { Body } = await emulator.client(S3Client).send(new GetObjectCommand({ Bucket, Key: 'same' }))
    expect(await Body?.transformToString()).toBe('19')
  })

  it('of something else, of a newer format or with a damaged mark is refused', async () => {
    await writeFile(join(folder, 'thesis.tex'), 'years of work')
    await expect(startEmulator({ dataFolder: folder })).rejects.toMatchObject({
      name: 'DataFolderError',
      code: 'foreign',
      message: expect.stringContaining('thesis.tex'),
    })
    expect(await readdir(folder)).toEqual(['thesis.tex'])
    await rm(join(folder, 'thesis.tex'))
    await (await startEmulator({ dataFolder: folder })).close()
    const mark = await readFile(join(folder, 'flowtap.json'), 'utf8')
    await writeFile(join(folder, 'flowtap.json'), mark.replace('"format":1', '"format":2'))
    await expect(startEmulator({ dataFolder: folder })).rejects.toMatchObject({
      code: 'newer-format',
      message: expect.stringContaining('format 2'),
    })
    await writeFile(join(folder, 'flowtap.json'), '{"format":')
    await expect(startEmulator({ dataFolder: folder })).rejects.toMatchObject({ code: 'damaged' })
    await writeFile(join(folder, 'flowtap.json'), mark)
    await (await startEmulator({ dataFolder: folder })).close()
  })

  it('is open in one emulator at a time', async () => {
    await using _first = await startEmulator({ dataFolder: folder })
    await expect(startEmulator({ dataFolder: folder })).rejects.toMatchObject({
      code: 'in-use',
      message: expect.stringContaining(String(process.pid)),
    })
  })

  it('is left by an emulator that cannot listen', async () => {
    await using other = await startEmulator()
    const port = Number(new URL(other.endpoint).port)
    await expect(startEmulator({ dataFolder: folder, port })).rejects.toMatchObject({ code: 'EADDRINUSE' })
    await (await startEmulator({ dataFolder: folder })).close()
  })

  it.skipIf(process.getuid?.() === 0)('that may not be written is refused (skipped for root, who may)', async () => {
    await chmod(folder, 0o500)
    await expect(startEmulator({ dataFolder: folder })).rejects.toMatchObject({ code: 'unwritable' })
    await chmod(folder, 0o700)
  })

  it('that is a file is refused', async () => {
    await writeFile(join(folder, 'file'), '')
    await expect(startEmulator({ dataFolder: join(folder, 'file') })).rejects.toMatchObject({ code: 'unwritable' })
  })
})

describe('a process that ends at once', () => {
  let program: EmulatorProgram
  beforeAll(async () => {
    program = await buildEmulatorProgram()
  })
  afterAll(() => program.remove())

  it('has kept all that it acknowledged, and nothing half', { timeout: 300_000 }, async () => {
    await crashRounds(program, 5, 42)
  })

  it('does not keep its folder from the next one; one that runs does', async () => {
    const first = await startEmulatorProcess(program, folder)
    await expect(startEmulatorProcess(program, folder)).rejects.toThrow(`open in the process ${first.process.pid}`)
    await first.kill()
    const second = await startEmulatorProcess(program, folder)
    await second.kill()
  })

  // A limit on the size of files stands for a disk that is full.
  it.skipIf(process.platform === 'win32')('for want of room says so, and what was before is kept', async () => {
    const limit = ['sh', '-c', 'trap "" XFSZ; ulimit -f 1500; exec "$@"', 'sh']
    const limited = await startEmulatorProcess(program, folder, limit)
    const configuration = {
      region: 'eu-west-1',
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
      forcePathStyle: true,
      maxAttempts: 1,
    }
    const s3 = new S3Client({ ...configuration, endpoint: limited.endpoint })
    await s3.send(new CreateBucketCommand({ Bucket }))
    const filler = 'x'.repeat(1900)
    let kept = 0
    let failure: Error | undefined
    for (; kept < 20_000 && !failure; kept += 1) {
      try {
        await s3.send(new PutObjectCommand({ Bucket, Key: `key-${kept}`, Body: 'x', Metadata: { filler } }))
      } catch (error) {
        failure = error as Error
      }
    }
    kept -= 1
    expect(failure?.message).toContain('could not be written')
    await limited.kill()
    const after = await startEmulatorProcess(program, folder)
    const again = new S3Client({ ...configuration, endpoint: after.endpoint })
    const found = new Set<string | undefined>()
    let token: string | undefined
    do {
      const page = await again.send(new ListObjectsV2Command({ Bucket, ...(token && { ContinuationToken: token }) }))
      for (const { Key } of page.Contents ?? []) found.add(Key)
      token = page.NextContinuationToken
    } while (token)
    expect(kept).toBeGreaterThan(10)
    expect(found.size).toBeGreaterThanOrEqual(kept)
    for (let index = 0; index < kept; index += 1) expect(found.has(`key-${index}`)).toBe(true)
    await again.send(new PutObjectCommand({ Bucket, Key: 'room again', Body: 'x' }))
    await after.kill()
  })
})
