import { type ChunkSource, isChunkSource, streamFile } from './chunks.ts'
import type { FlowLogFile, RandomAccess } from './flow-log-file.ts'

/** A page of a listing, as `ListObjectsV2` answers it. */
export interface S3ListPage {
  readonly Contents?: readonly { readonly Key?: string | undefined; readonly Size?: number | undefined }[] | undefined
  readonly NextContinuationToken?: string | undefined
}

/** An object, as `GetObject` answers it: the body is a Node or web stream, or any iterable of bytes. */
export interface S3Object {
  readonly Body?: unknown
}

/** What is used of class `S3` of @aws-sdk/client-s3; anything with these two methods will do. */
export interface S3Methods {
  listObjectsV2(input: { Bucket: string; Prefix: string; ContinuationToken?: string }): Promise<S3ListPage>
  getObject(input: { Bucket: string; Key: string; Range?: string }): Promise<S3Object>
}

/** What is used of class `S3Client` of @aws-sdk/client-s3. That package must then be installed. */
export interface S3CommandClient {
  send(command: never): Promise<unknown>
}

/** Which objects of which client. */
export interface S3SourceOptions {
  readonly client: S3Methods | S3CommandClient
  /** `s3://bucket/prefix`, one or several: all objects whose key begins so, as S3 lists them. */
  readonly url: string | readonly string[]
}

/**
 * Flow logs in Amazon S3, as a source for `parseFlowLogs`:
 * `parseFlowLogs(s3Source({ client: new S3({}), url: 's3://bucket/AWSLogs/123456789012/vpcflowlogs/' }))`.
 *
 * Objects are read in the order of their keys, whatever their names; empty ones and those whose name begins with `.` or
 * `_` are left out, as Hive and Athena do. An object that cannot be read gives an issue. A listing that fails throws.
 *
 * @throws TypeError for a URL that is not `s3://bucket/prefix`.
 */
export function s3Source({ client, url }: S3SourceOptions): { readonly files: AsyncIterable<FlowLogFile> } {
  const places = (typeof url === 'string' ? [url] : url).map(parseS3Url)
  async function* files(): AsyncGenerator<FlowLogFile, void> {
    const methods = await methodsOf(client)
    for (const { bucket, prefix } of places) yield* filesUnder(methods, bucket, prefix)
  }
  return { files: files() }
}

function parseS3Url(url: string): { readonly bucket: string; readonly prefix: string } {
  const [, bucket, prefix = ''] = /^s3:\/\/([^/]+)(?:\/(.*))?$/s.exec(url) ?? []
  if (bucket === undefined) throw new TypeError(`"${url}" is not a place in S3; it must be s3://bucket/prefix.`)
  return { bucket, prefix }
}

async function* filesUnder(methods: S3Methods, bucket: string, prefix: string): AsyncGenerator<FlowLogFile, void> {
  let token: string | undefined
  do {
    const page = await methods.listObjectsV2({
      Bucket: bucket,
      Prefix: prefix,
      ...(token === undefined ? {} : { ContinuationToken: token }),
    })
    for (const { Key: key, Size: size = 0 } of page.Contents ?? []) {
      if (key === undefined || size === 0 || isHidden(key)) continue
      yield objectFile(methods, bucket, key, size)
    }
    token = page.NextContinuationToken
  } while (token !== undefined)
}

function isHidden(key: string): boolean {
  return /(?:^|\/)[._][^/]*$/.test(key)
}

function objectFile(methods: S3Methods, bucket: string, key: string, size: number): FlowLogFile {
  const object = { Bucket: bucket, Key: key }
  return {
    name: `s3://${bucket}/${key}`,
    canReopen: true,
    async *open() {
      yield* bodyOf(await methods.getObject(object))
    },
    async randomAccess(): Promise<RandomAccess> {
      return {
        byteLength: size,
        async read(start, end) {
          const chunks: Uint8Array[] = []
          const ranged = await methods.getObject({ ...object, Range: `bytes=${start}-${end - 1}` })
          for await (const chunk of bodyOf(ranged)) chunks.push(Buffer.from(chunk))
          return Buffer.concat(chunks)
        },
      }
    },
  }
}

function bodyOf({ Body: body }: S3Object): AsyncIterable<Uint8Array | string> {
  if (body instanceof Uint8Array) return streamFile([body]).open()
  if (typeof body === 'object' && body !== null && isChunkSource(body))
    return streamFile(body satisfies ChunkSource).open()
  throw new Error('GetObject gave no body that can be read')
}

async function methodsOf(client: S3Methods | S3CommandClient): Promise<S3Methods> {
  if ('listObjectsV2' in client) return client
  const { ListObjectsV2Command, GetObjectCommand } = await commandsOfSdk()
  return {
    listObjectsV2: async (input) => (await client.send(new ListObjectsV2Command(input) as never)) as S3ListPage,
    getObject: async (input) => (await client.send(new GetObjectCommand(input) as never)) as S3Object,
  }
}

type CommandClass = new (input: object) => object

async function commandsOfSdk(): Promise<Record<'ListObjectsV2Command' | 'GetObjectCommand', CommandClass>> {
  // Not a literal, so that no compiler looks for the optional package.
  const sdk: string = '@aws-sdk/client-s3'
  try {
    return await import(sdk)
  } catch (cause) {
    const message = `A client with send() needs the package ${sdk}, which cannot be loaded; install it, or give a client with listObjectsV2() and getObject().`
    throw new Error(message, { cause })
  }
}
