import { Readable } from 'node:stream'
import { gzipSync } from 'node:zlib'
import { describe, expect, it, vi } from 'vitest'
import { type ParsedAll, parseAll } from '../../test/parse-all.ts'
import { formatParquetLogFile } from '../parquet/write-parquet.ts'
import { parseFlowLogs } from '../parse-flow-logs.ts'
import { type S3Methods, s3Source } from './s3.ts'

const LINE = '2 123456789010 eni-1235b8ca123456789 - - - - - - - 1431280876 1431280934 - NODATA\n'

/** A bucket that lists two keys at a time, and counts what is asked of it. */
class FakeS3 implements S3Methods {
  readonly requests: string[] = []
  readonly #objects: ReadonlyMap<string, Buffer>

  constructor(objects: Readonly<Record<string, Buffer>>) {
    this.#objects = new Map(Object.entries(objects).sort())
  }

  async listObjectsV2({
    Bucket,
    Prefix,
    ContinuationToken,
  }: {
    Bucket: string
    Prefix: string
    ContinuationToken?: string
  }) {
    this.requests.push(`list ${Bucket} ${Prefix}`)
    const keys = [...this.#objects.keys()].filter((key) => key.startsWith(Prefix))
    const from = Number(ContinuationToken ?? 0)
    return {
      Contents: keys.slice(from, from + 2).map((Key) => ({ Key, Size: this.#objects.get(Key)?.length })),
      IsTruncated: from + 2 < keys.length,
      NextContinuationToken: from + 2 < keys.length ? String(from + 2) : undefined,
    }
  }

  async getObject({ Key, Range }: { Bucket: string; Key: string; Range?: string }) {
    this.requests.push(`get ${Key} ${Range ?? ''}`.trim())
    const content = this.#objects.get(Key)
    if (content === undefined || Key.includes('denied')) throw new Error('Access Denied')
    const [, first = 0, last = content.length - 1] = /^bytes=(\d+)-(\d+)$/.exec(Range ?? '')?.map(Number) ?? []
    return { Body: Readable.from([content.subarray(first, last + 1)]) }
  }
}

const parse = (client: S3Methods, url: string): Promise<ParsedAll> => parseAll(s3Source({ client, url }))

describe('s3Source', () => {
  it('reads all objects under a prefix, page by page, and no others', async () => {
    const parquet: Uint8Array[] = []
    for await (const piece of formatParquetLogFile([{ version: 2 }])) parquet.push(piece)
    const client = new FakeS3({
      'logs/a.log.gz': gzipSync(LINE),
      'logs/b.parquet': Buffer.concat(parquet),
      'logs/c/': Buffer.alloc(0),
      'logs/c/d.log': Buffer.from(LINE),
      'logs/c/_SUCCESS': Buffer.from('x'),
      'logs/denied.log': Buffer.from(LINE),
      'others/e.log': Buffer.from(LINE),
    })
    const { records, issues } = await parse(client, 's3://bucket/logs/')
    expect(records.map(({ version, end }) => [version, end])).toEqual([
      [2, 1_431_280_934],
      [2, undefined],
      [2, 1_431_280_934],
    ])
    expect(issues).toMatchObject([
      {
        code: 'unreadable-file',
        file: 's3://bucket/logs/denied.log',
        message: expect.stringContaining('Access Denied'),
      },
    ])
    expect(client.requests.filter((request) => request.startsWith('list'))).toHaveLength(3)
    expect(client.requests.join()).not.toMatch(/others|_SUCCESS|get logs\/c\/,/)
  })

  it('a client with send() needs the SDK, which is named where it is missing', async () => {
    const fake = new FakeS3({ 'a.log': Buffer.from(LINE) })
    const client = { send: async () => fake.listObjectsV2({ Bucket: 'b', Prefix: '' }) }
    const read = async (): Promise<number> => {
      let count = 0
      for await (const _ of parseFlowLogs(s3Source({ client, url: 's3://b' }))) count += 1
      return count
    }
    vi.doMock('@aws-sdk/client-s3', () => {
      throw new Error('not installed')
    })
    await expect(read()).rejects.toThrow('needs the package @aws-sdk/client-s3, which cannot be loaded')
    vi.doUnmock('@aws-sdk/client-s3')
  })

  it('a listing that fails throws', async () => {
    const client = new FakeS3({})
    client.listObjectsV2 = async () => {
      throw new Error('NoSuchBucket')
    }
    await expect(parse(client, 's3://bucket/x')).rejects.toThrow('NoSuchBucket')
  })

  it.each(['bucket/x', 's3://', 'https://bucket/x'])('refuses the URL %s', (url) => {
    expect(() => s3Source({ client: new FakeS3({}), url })).toThrow('s3://bucket/prefix')
  })
})
