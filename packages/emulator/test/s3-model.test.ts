import {
  CopyObjectCommand,
  CreateBucketCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  ListObjectsCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Emulator, startEmulator } from '../src/index.ts'

// What a bucket is, in the fewest words: a map, listed by sorting its keys' bytes. It knows nothing of the emulator's index.

type Model = Map<string, string>
const bytewise = (one: string, other: string): number => Buffer.compare(Buffer.from(one), Buffer.from(other))

function modelListing(model: Model, prefix: string, delimiter: string): string[] {
  const lines = new Set<string>()
  for (const key of [...model.keys()].filter((each) => each.startsWith(prefix)).sort(bytewise)) {
    const end = delimiter === '' ? -1 : key.indexOf(delimiter, prefix.length)
    lines.add(end < 0 ? `key ${key}` : `prefix ${key.slice(0, end + delimiter.length)}`)
  }
  return [...lines]
}

const part = fc.constantFrom('a', 'b', 'ab', 'é', '\uffee', '😀', '-', '.', ' ', '+', '%', '&')
const key = fc
  .array(fc.oneof({ weight: 3, arbitrary: part }, { weight: 2, arbitrary: fc.constant('/') }), {
    minLength: 1,
    maxLength: 5,
  })
  .map((parts) => parts.join(''))
  .filter((text) => text !== '.' && text !== '..')
const prefix = fc.oneof(fc.constant(''), key)
const step = fc.oneof(
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('put' as const), key, body: fc.string({ maxLength: 8 }) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('delete' as const), key }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('deleteMany' as const),
      keys: fc.array(key, { minLength: 1, maxLength: 5 }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('copy' as const), key, to: key }) },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('list' as const),
      prefix,
      delimiter: fc.constantFrom('', '/', 'a', '/a', '😀'),
      max: fc.integer({ min: 1, max: 6 }),
      isV1: fc.boolean(),
    }),
  },
)

let emulator: Emulator
let s3: S3Client
let buckets = 0
beforeAll(async () => {
  emulator = await startEmulator()
  s3 = emulator.client(S3Client)
})
afterAll(() => emulator.close())

const decoded = (text: string | undefined): string => decodeURIComponent(text ?? '')

async function listing(Bucket: string, Prefix: string, Delimiter: string, MaxKeys: number, isV1: boolean) {
  const lines: string[] = []
  let mark: string | undefined
  for (let pages = 0; pages < 500; pages += 1) {
    const common = { Bucket, Prefix, MaxKeys, EncodingType: 'url' as const, ...(Delimiter && { Delimiter }) }
    const v1 = isV1 ? await s3.send(new ListObjectsCommand({ ...common, ...(mark && { Marker: mark }) })) : undefined
    const v2 = isV1
      ? undefined
      : await s3.send(new ListObjectsV2Command({ ...common, ...(mark && { ContinuationToken: mark }) }))
    const { Contents = [], CommonPrefixes = [], IsTruncated } = v1 ?? v2 ?? {}
    expect(Contents.length + CommonPrefixes.length).toBeLessThanOrEqual(MaxKeys)
    const page = [
      ...Contents.map(({ Key }) => ({ line: `key ${decoded(Key)}`, at: decoded(Key) })),
      ...CommonPrefixes.map((each) => ({ line: `prefix ${decoded(each.Prefix)}`, at: decoded(each.Prefix) })),
    ].sort((one, other) => bytewise(one.at, other.at))
    lines.push(...page.map(({ line }) => line))
    if (!IsTruncated) return lines
    mark = v1 ? (Delimiter ? decoded(v1.NextMarker) : page.at(-1)?.at) : v2?.NextContinuationToken
  }
  throw new Error('the listing has no end')
}

it('a bucket is a map of keys, listed in the order of their bytes', { timeout: 120_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
      const Bucket = `model-${++buckets}`
      await s3.send(new CreateBucketCommand({ Bucket }))
      const model: Model = new Map()
      for (const each of steps) {
        if (each.kind === 'put') {
          await s3.send(new PutObjectCommand({ Bucket, Key: each.key, Body: Buffer.from(each.body) }))
          model.set(each.key, each.body)
        } else if (each.kind === 'delete') {
          await s3.send(new DeleteObjectCommand({ Bucket, Key: each.key }))
          model.delete(each.key)
        } else if (each.kind === 'deleteMany') {
          await s3.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects: each.keys.map((Key) => ({ Key })) } }))
          for (const deleted of each.keys) model.delete(deleted)
        } else if (each.kind === 'copy') {
          const CopySource = `${Bucket}/${encodeURIComponent(each.key)}`
          const copy = s3.send(
            new CopyObjectCommand({ Bucket, Key: each.to, CopySource, MetadataDirective: 'REPLACE' }),
          )
          const body = model.get(each.key)
          if (body === undefined) await expect(copy).rejects.toMatchObject({ name: 'NoSuchKey' })
          else {
            await copy
            model.set(each.to, body)
          }
        } else {
          const listed = await listing(Bucket, each.prefix, each.delimiter, each.max, each.isV1)
          expect(listed).toEqual(modelListing(model, each.prefix, each.delimiter))
        }
      }
      for (const [Key, body] of model) {
        const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key }))
        expect(await Body?.transformToString()).toBe(body)
      }
      expect(await listing(Bucket, '', '', 1000, false)).toEqual(modelListing(model, '', ''))
    }),
    { numRuns: 60 },
  )
})
