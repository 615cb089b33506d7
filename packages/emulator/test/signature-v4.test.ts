import { createHmac } from 'node:crypto'
import { DescribeVpcsCommand, EC2Client } from '@aws-sdk/client-ec2'
import {
  CreateBucketCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3'
import { GetQueueUrlCommand, SQSClient } from '@aws-sdk/client-sqs'
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { decodeAwsChunked } from '../src/endpoint/aws-chunked.ts'
import { sha256, sign, signingKey } from '../src/endpoint/canonical-request.ts'
import { ChunkSignatures, SignatureCheck } from '../src/endpoint/signature-v4.ts'
import { type Emulator, startEmulator } from '../src/index.ts'
import type { RequestHead } from '../src/wire/request-target.ts'

const target = { service: 's3', protocol: 'rest-xml', operation: undefined } as const
// The keys, bucket and time of the examples in the S3 API reference, "Authenticating Requests (AWS Signature Version 4)".
const ID = 'AKIAIOSFODNN7EXAMPLE'
const SECRET = 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY'
const EXAMPLE_TIME = Date.parse('2013-05-24T00:00:00Z')
const SCOPE = '20130524/us-east-1/s3/aws4_request'
const EMPTY = sha256('')

const exampleHead = (path: string, query: string, headers: Record<string, string>, method = 'GET'): RequestHead => ({
  method,
  path,
  query: new URLSearchParams(query),
  headers: { host: 'examplebucket.s3.amazonaws.com', ...headers },
})
const signed = (names: string, signature: string): string =>
  `AWS4-HMAC-SHA256 Credential=${ID}/${SCOPE},SignedHeaders=${names},Signature=${signature}`
const check = (head: RequestHead, now = EXAMPLE_TIME): Promise<void> =>
  new SignatureCheck({ secrets: { [ID]: SECRET }, nowMilliseconds: () => now }).check(head, target, {
    verifyChunks: () => undefined,
  } as never)

describe('the documented examples', () => {
  const common = { 'x-amz-content-sha256': EMPTY, 'x-amz-date': '20130524T000000Z' }
  it.each([
    {
      name: 'GET Object',
      head: exampleHead('/test.txt', '', {
        ...common,
        range: 'bytes=0-9',
        authorization: signed(
          'host;range;x-amz-content-sha256;x-amz-date',
          'f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41',
        ),
      }),
    },
    {
      name: 'PUT Object',
      head: exampleHead(
        '/test%24file.text',
        '',
        {
          date: 'Fri, 24 May 2013 00:00:00 GMT',
          'x-amz-content-sha256': '44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072',
          'x-amz-date': '20130524T000000Z',
          'x-amz-storage-class': 'REDUCED_REDUNDANCY',
          authorization: signed(
            'date;host;x-amz-content-sha256;x-amz-date;x-amz-storage-class',
            '98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd',
          ),
        },
        'PUT',
      ),
    },
    {
      name: 'GET Bucket Lifecycle',
      head: exampleHead('/', 'lifecycle', {
        ...common,
        authorization: signed(
          'host;x-amz-content-sha256;x-amz-date',
          'fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543',
        ),
      }),
    },
    {
      name: 'List Objects',
      head: exampleHead('/', 'max-keys=2&prefix=J', {
        ...common,
        authorization: signed(
          'host;x-amz-content-sha256;x-amz-date',
          '34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7',
        ),
      }),
    },
    {
      name: 'presigned GET',
      head: exampleHead(
        '/test.txt',
        `X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=${ID}%2F20130524%2Fus-east-1%2Fs3%2Faws4_request&X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host&X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404`,
        {},
      ),
    },
  ])('are let in, and not when anything of them is another: $name', async ({ head }) => {
    await expect(check(head)).resolves.toBeUndefined()
    const others: RequestHead[] = [
      { ...head, method: 'DELETE' },
      { ...head, path: `${head.path}x` },
      { ...head, query: new URLSearchParams([...head.query, ['more', '']]) },
      { ...head, headers: { ...head.headers, host: 'other.s3.amazonaws.com' } },
    ]
    for (const other of others) await expect(check(other)).rejects.toMatchObject({ code: 'SignatureDoesNotMatch' })
    const withMore = { ...head, headers: { ...head.headers, 'x-amz-acl': 'public-read' } }
    await expect(check(withMore)).rejects.toMatchObject({ code: 'AccessDenied' })
  })

  // "Signature Calculations for the Authorization Header: Transferring Payload in Multiple Chunks".
  it('of chunks are let in, and not when a byte is another', async () => {
    const claim = {
      time: '20130524T000000Z',
      scope: SCOPE,
      signature: '4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9',
    }
    const chunks = [
      [65_536, 'ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648'],
      [1024, '0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497'],
      [0, 'b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9'],
    ] as const
    const body = chunks.map(
      ([size, signature]) => `${size.toString(16)};chunk-signature=${signature}\r\n${'a'.repeat(size)}\r\n`,
    )
    const read = async (text: string): Promise<number> => {
      const verifier = new ChunkSignatures(claim, signingKey(SECRET, SCOPE), false, target)
      let length = 0
      const source = (async function* () {
        for (let at = 0; at < text.length; at += 1000) yield Buffer.from(text.slice(at, at + 1000))
      })()
      for await (const piece of decodeAwsChunked(source, () => undefined, verifier)) length += piece.length
      return length
    }
    expect(await read(body.join(''))).toBe(66_560)
    await expect(read(body.join('').replace('aaaa\r\n', 'aaab\r\n'))).rejects.toMatchObject({
      code: 'SignatureDoesNotMatch',
    })
    await expect(read(body.slice(0, 2).join(''))).rejects.toThrow('too early')
  })
})

describe('an emulator that looks at signatures', () => {
  const secrets = { mine: 'secret', other: 'another' }
  let emulator: Emulator
  let s3: S3Client
  beforeAll(async () => {
    emulator = await startEmulator({ strictSignatures: secrets })
    s3 = emulator.client(S3Client)
    await s3.send(new CreateBucketCommand({ Bucket: 'signed' }))
  })
  afterAll(() => emulator.close())

  const configured = (accessKeyId: string, secretAccessKey: string, more = {}) => ({
    ...emulator.clientConfiguration,
    credentials: { accessKeyId, secretAccessKey },
    ...more,
  })

  it('lets in what real clients sign', async () => {
    for (const Key of ['plain', "sp ace+plus%/ünï/😀~*'()!", 'a//b/../c']) {
      await s3.send(new PutObjectCommand({ Bucket: 'signed', Key, Body: Key }))
      const { Body } = await s3.send(new GetObjectCommand({ Bucket: 'signed', Key }))
      expect(await Body?.transformToString()).toBe(Key)
      const listed = await s3.send(new ListObjectsV2Command({ Bucket: 'signed', Prefix: Key, Delimiter: '/+ é' }))
      expect(listed.KeyCount).toBe(1)
    }
    await emulator.client(STSClient).send(new GetCallerIdentityCommand({}))
    const theirs = new STSClient(configured('other', 'another'))
    expect((await theirs.send(new GetCallerIdentityCommand({}))).Account).toBe(emulator.accountId)
  })

  it.each([
    [
      'S3',
      (c: object) => new S3Client(c).send(new ListObjectsV2Command({ Bucket: 'signed' })),
      'SignatureDoesNotMatch',
      'InvalidAccessKeyId',
      'RequestTimeTooSkewed',
    ],
    [
      'EC2',
      (c: object) => new EC2Client(c).send(new DescribeVpcsCommand({})),
      'AuthFailure',
      'AuthFailure',
      'RequestExpired',
    ],
    [
      'STS',
      (c: object) => new STSClient(c).send(new GetCallerIdentityCommand({})),
      'SignatureDoesNotMatch',
      'InvalidClientTokenId',
      'SignatureDoesNotMatch',
    ],
    [
      'SQS',
      (c: object) => new SQSClient(c).send(new GetQueueUrlCommand({ QueueName: 'x' })),
      'InvalidSignatureException',
      'UnrecognizedClientException',
      'InvalidSignatureException',
    ],
  ])('refuses in the manner of %s', async (_service, call, mismatch, unknown, skewed) => {
    await expect(call(configured('mine', 'wrong'))).rejects.toMatchObject({ name: mismatch })
    await expect(call(configured('nobody', 'secret'))).rejects.toMatchObject({ name: unknown })
    const late = configured('mine', 'secret', { systemClockOffset: -20 * 60_000, maxAttempts: 1 })
    await expect(call(late)).rejects.toMatchObject({ name: skewed })
  })

  it('refuses who does not sign', async () => {
    const response = await fetch(`${emulator.endpoint}/signed`)
    expect(response.status).toBe(403)
    expect(await response.text()).toContain('<Code>AccessDenied</Code>')
    const old = await fetch(`${emulator.endpoint}/signed`, { headers: { authorization: 'AWS mine:abc=' } })
    expect(await old.text()).toContain('AWS4-HMAC-SHA256')
  })

  it('lets presigned requests in until they expire', async () => {
    await s3.send(new PutObjectCommand({ Bucket: 'signed', Key: 'shared', Body: 'for you' }))
    const url = (secondsAgo: number, expires: number, secret = 'secret') =>
      presigned(`${emulator.endpoint}/signed/shared`, 'GET', secondsAgo, expires, secret)
    expect(await (await fetch(url(0, 60))).text()).toBe('for you')
    expect(await (await fetch(url(3000, 3600))).text()).toBe('for you')
    const expired = await fetch(url(120, 60))
    expect(expired.status).toBe(403)
    expect(await expired.text()).toMatch(/<Code>AccessDenied<\/Code><Message>Request has expired/)
    expect(await (await fetch(url(0, 60, 'wrong'))).text()).toContain('SignatureDoesNotMatch')
    expect(await (await fetch(url(0, 1_000_000))).text()).toContain('AuthorizationQueryParametersError')
    expect(await (await fetch(`${url(0, 60)}&versionId=null`)).text()).toContain('SignatureDoesNotMatch')
    const put = presigned(`${emulator.endpoint}/signed/uploaded`, 'PUT', 0, 60, 'secret')
    expect((await fetch(put, { method: 'PUT', body: 'up' })).status).toBe(200)
  })

  it('refuses another body than the signed one', async () => {
    const body = 'signed body'
    const sentBody = 'change body'
    const url = new URL(`${emulator.endpoint}/signed/changed`)
    const time = new Date().toISOString().replaceAll(/[-:]|\.\d{3}/g, '')
    const scope = `${time.slice(0, 8)}/eu-west-1/s3/aws4_request`
    const digest = sha256(body)
    const names = 'host;x-amz-content-sha256;x-amz-date'
    const canonical = `PUT\n${url.pathname}\n\nhost:${url.host}\nx-amz-content-sha256:${digest}\nx-amz-date:${time}\n\n${names}\n${digest}`
    const signature = sign(signingKey('secret', scope), `AWS4-HMAC-SHA256\n${time}\n${scope}\n${sha256(canonical)}`)
    const headers = {
      'x-amz-content-sha256': digest,
      'x-amz-date': time,
      authorization: `AWS4-HMAC-SHA256 Credential=mine/${scope}, SignedHeaders=${names}, Signature=${signature}`,
    }
    const changed = await fetch(url, { method: 'PUT', body: sentBody, headers })
    expect(await changed.text()).toContain('<Code>XAmzContentSHA256Mismatch</Code>')
    expect((await fetch(url, { method: 'PUT', body, headers })).status).toBe(200)
  })
})

/** Made by hand, step by step as documented. */
function presigned(address: string, method: string, secondsAgo: number, expires: number, secret: string): string {
  const url = new URL(address)
  const time = new Date(Date.now() - secondsAgo * 1000).toISOString().replaceAll(/[-:]|\.\d{3}/g, '')
  const day = time.slice(0, 8)
  const query = [
    'X-Amz-Algorithm=AWS4-HMAC-SHA256',
    `X-Amz-Credential=mine%2F${day}%2Feu-west-1%2Fs3%2Faws4_request`,
    `X-Amz-Date=${time}`,
    `X-Amz-Expires=${expires}`,
    'X-Amz-SignedHeaders=host',
  ].join('&')
  const canonical = `${method}\n${url.pathname}\n${query}\nhost:${url.host}\n\nhost\nUNSIGNED-PAYLOAD`
  const hmac = (key: string | Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest()
  const key = hmac(hmac(hmac(hmac(`AWS4${secret}`, day), 'eu-west-1'), 's3'), 'aws4_request')
  const text = `AWS4-HMAC-SHA256\n${time}\n${day}/eu-west-1/s3/aws4_request\n${sha256(canonical)}`
  return `${address}?${query}&X-Amz-Signature=${hmac(key, text).toString('hex')}`
}
