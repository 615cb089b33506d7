import { createHash } from 'node:crypto'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  CompleteMultipartUploadCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3'
import { expect } from 'vitest'
import { type EmulatorProgram, startEmulatorProcess } from './emulator-process.ts'

const Bucket = 'crash'
const PUTS = 2000
const WORKERS = 16
const PART = 5 * 1024 ** 2
const LARGE_EVERY = 100

/** What may be at a key: the contents whose writing was asked for last, and that which was acknowledged last (undefined: deleted). */
interface Expected {
  acknowledged: string | undefined
  readonly asked: Set<string | undefined>
}

/** Rounds of writes that a killed process cuts short, each of which a new process finds: what was acknowledged, whole, and nothing else. */
export async function crashRounds(program: EmulatorProgram, rounds: number, seed: number): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'flowtap-crash-'))
  const expected = new Map<string, Expected>()
  const random = randomOf(seed)
  try {
    for (let round = 0; round < rounds; round += 1) {
      const emulator = await startEmulatorProcess(program, folder)
      const s3 = clientOf(emulator.endpoint)
      if (round === 0) await s3.send(new CreateBucketCommand({ Bucket }))
      await verify(s3, expected, folder)
      let isOver = false
      let done = 0
      const killAfter = Math.floor(random() * PUTS)
      const work = Array.from({ length: WORKERS }, async (_, worker) => {
        for (let index = worker; index < PUTS && !isOver; index += WORKERS) {
          try {
            await write(s3, expected, round, index)
            done += 1
          } catch (error) {
            if (!isOver) throw error
          }
          if (done >= killAfter && !isOver) {
            isOver = true
            await emulator.kill()
          }
        }
      })
      await Promise.all(work)
      isOver = true
      await emulator.kill()
      s3.destroy()
    }
    const emulator = await startEmulatorProcess(program, folder)
    await verify(clientOf(emulator.endpoint), expected, folder)
    await emulator.kill()
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** Every tenth key is written over in each round, and some are deleted. */
async function write(s3: S3Client, expected: Map<string, Expected>, round: number, index: number): Promise<void> {
  const key = index % 10 === 0 ? `shared/${index}` : `round-${round}/${index}`
  const state = expected.get(key) ?? { acknowledged: undefined, asked: new Set([undefined]) }
  expected.set(key, state)
  if (index % 30 === 0 && round % 2 === 1) {
    state.asked.add(undefined)
    await s3.send(new DeleteObjectCommand({ Bucket, Key: key }))
    acknowledge(state, undefined)
  } else if (index % LARGE_EVERY === 7) {
    const parts = [Buffer.alloc(PART, `${round}/${index}/1`), Buffer.alloc(999, `${round}/${index}/2`)]
    const content = digest(Buffer.concat(parts))
    state.asked.add(content)
    const { UploadId } = await s3.send(new CreateMultipartUploadCommand({ Bucket, Key: key }))
    const Parts: { PartNumber: number; ETag: string | undefined }[] = []
    for (const [place, Body] of parts.entries()) {
      const part = { Bucket, Key: key, UploadId, PartNumber: place + 1 }
      const { ETag } = await s3.send(new UploadPartCommand({ ...part, Body }))
      Parts.push({ PartNumber: place + 1, ETag })
    }
    await s3.send(
      new CompleteMultipartUploadCommand({ Bucket, Key: key, UploadId, MultipartUpload: { Parts: Parts as never } }),
    )
    acknowledge(state, content)
  } else {
    const body = Buffer.from(`${key} of round ${round} `.repeat(1 + (index % 50)))
    state.asked.add(digest(body))
    await s3.send(new PutObjectCommand({ Bucket, Key: key, Body: body }))
    acknowledge(state, digest(body))
  }
}

function acknowledge(state: Expected, content: string | undefined): void {
  state.acknowledged = content
  state.asked.clear()
  state.asked.add(content)
}

async function verify(s3: S3Client, expected: Map<string, Expected>, folder: string): Promise<void> {
  const listed = new Set<string>()
  let token: string | undefined
  do {
    const page = await s3.send(new ListObjectsV2Command({ Bucket, ...(token && { ContinuationToken: token }) }))
    for (const { Key = '' } of page.Contents ?? []) listed.add(Key)
    token = page.NextContinuationToken
  } while (token)
  for (const key of listed) expect(expected.has(key), `${key} was never written`).toBe(true)
  const keys = [...expected.keys()]
  const check = async (): Promise<void> => {
    for (let key = keys.pop(); key !== undefined; key = keys.pop()) {
      const state = expected.get(key) as Expected
      let content: string | undefined
      if (listed.has(key)) {
        const { Body, ETag } = await s3.send(new GetObjectCommand({ Bucket, Key: key, ChecksumMode: 'ENABLED' }))
        const bytes = (await Body?.transformToByteArray()) ?? new Uint8Array(0)
        content = digest(bytes)
        if (!ETag?.includes('-')) expect(ETag).toBe(`"${createHash('md5').update(bytes).digest('hex')}"`)
      }
      // What was being written when the process ended is there, or not; whatever it is, it is whole.
      expect([...state.asked], `${key} has none of the contents that it may have`).toContain(content)
      acknowledge(state, content)
    }
  }
  await Promise.all(Array.from({ length: WORKERS }, check))
  const blobs = await readdir(join(folder, 'blobs'))
  expect(blobs.filter((name) => name.endsWith('.part'))).toEqual([])
}

function digest(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}

function clientOf(endpoint: string): S3Client {
  return new S3Client({
    endpoint,
    region: 'eu-west-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    forcePathStyle: true,
    maxAttempts: 1,
  })
}

/** Numbers from 0 up to 1, the same ones for the same seed. */
function randomOf(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}
