import { connect } from 'node:net'
import { CreateBucketCommand, GetObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Emulator, startEmulator } from '../src/index.ts'

// What no client sends: bytes as they are, on a socket.

describe('hostile requests', () => {
  let emulator: Emulator
  beforeAll(async () => {
    emulator = await startEmulator()
    await emulator.client(S3Client).send(new CreateBucketCommand({ Bucket: 'hostile' }))
  })
  afterAll(() => emulator.close())

  const send = (text: string, isCut = false): Promise<string> =>
    new Promise((resolve, reject) => {
      const { hostname, port } = new URL(emulator.endpoint)
      let answer = ''
      const socket = connect(Number(port), hostname, () => {
        socket.write(Buffer.from(text, 'latin1'))
        if (isCut) setTimeout(() => socket.destroy(), 50)
      })
      socket.on('data', (data) => {
        answer += data
      })
      socket.on('close', () => resolve(answer))
      socket.on('error', (error) => (isCut ? resolve(answer) : reject(error)))
    })
  const request = (line: string, headers: readonly string[], body = '', isCut = false): Promise<string> =>
    send(
      `${line} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n${headers.map((each) => `${each}\r\n`).join('')}\r\n${body}`,
      isCut,
    )
  const isThere = async (key: string): Promise<boolean> =>
    (await fetch(`${emulator.endpoint}/hostile/${key}`)).status === 200

  it.each([
    ['a key that cannot be decoded', 'GET /hostile/%ff%zz', [], '', 400, 'InvalidURI'],
    ['a bucket that cannot be decoded', 'GET /%E0%A4%A/x', [], '', 400, 'InvalidURI'],
    ['XML that is none', 'PUT /hostile?versioning', ['Content-Length: 5'], '<a><b', 400, 'MalformedXML'],
    [
      'XML with entities',
      'PUT /hostile?tagging',
      ['Content-Length: 61'],
      '<!DOCTYPE a [<!ENTITY x "y">]><Tagging>&x;&x;&x;&x;&x;</Tagging>'.slice(0, 61),
      400,
      'MalformedXML',
    ],
    [
      'no length',
      'PUT /hostile/chunked',
      ['Transfer-Encoding: chunked'],
      '1\r\na\r\n0\r\n\r\n',
      411,
      'MissingContentLength',
    ],
    ['too much at once', 'PUT /hostile/huge', ['Content-Length: 5368709121'], '', 400, 'EntityTooLarge'],
    [
      'chunks that are none',
      'PUT /hostile/chunks',
      ['Content-Encoding: aws-chunked', 'x-amz-decoded-content-length: 3', 'Content-Length: 9'],
      'zz\r\nabc\r\n',
      400,
      'InvalidRequest',
    ],
    [
      'chunks that are fewer than said',
      'PUT /hostile/chunks',
      ['Content-Encoding: aws-chunked', 'x-amz-decoded-content-length: 4', 'Content-Length: 13'],
      '3\r\nabc\r\n0\r\n\r\n',
      400,
      'IncompleteBody',
    ],
    [
      'a trailer that does not come',
      'PUT /hostile/chunks',
      [
        'Content-Encoding: aws-chunked',
        'x-amz-decoded-content-length: 3',
        'x-amz-trailer: x-amz-checksum-crc32',
        'Content-Length: 13',
      ],
      '3\r\nabc\r\n0\r\n\r\n',
      400,
      'MalformedTrailerError',
    ],
    ['numbers that are none', 'GET /hostile?max-keys=many', [], '', 400, 'InvalidArgument'],
    ['numbers below nothing', 'GET /hostile?max-keys=-1', [], '', 400, 'InvalidArgument'],
    ['an encoding that there is not', 'GET /hostile?encoding-type=rot13', [], '', 400, 'InvalidArgument'],
    ['a token of its own making', 'GET /hostile?list-type=2&continuation-token=%00', [], '', 400, 'InvalidArgument'],
    ['a page of the web', 'GET /hostile/x', ['Origin: https://evil.example'], '', 403, ''],
  ])('are answered: %s', async (_what, line, headers, body, status, code) => {
    const answer = await request(line, headers, body)
    expect(answer).toContain(`HTTP/1.1 ${status} `)
    expect(answer).toContain(code && `<Code>${code}</Code>`)
    expect(await isThere('chunks')).toBe(false)
  })

  it('with heads that are too large are refused', async () => {
    expect(await request('GET /hostile', [`X-Large: ${'x'.repeat(40_000)}`])).toContain('HTTP/1.1 431 ')
  })

  it('that end early leave nothing', async () => {
    await request('PUT /hostile/cut', ['Content-Length: 1000'], 'only this', true)
    expect(await isThere('cut')).toBe(false)
  })

  it('never lead to a file', async () => {
    for (const path of [
      '/hostile/../../../../etc/passwd',
      '/hostile/%2e%2e/%2e%2e/etc/passwd',
      '/hostile/..%2f..%2fetc%2fpasswd',
    ]) {
      const put = await request(`PUT ${path}`, ['Content-Length: 4'], 'mine')
      expect(put).toContain('HTTP/1.1 200 ')
      expect(await request(`GET ${path}`, [])).toMatch(/mine$/)
    }
    const { Body } = await emulator
      .client(S3Client)
      .send(new GetObjectCommand({ Bucket: 'hostile', Key: '../../../../etc/passwd' }))
    expect(await Body?.transformToString()).toBe('mine')
  })

  it('leave the endpoint as it was', async () => {
    const answers = await Promise.all(
      Array.from({ length: 200 }, (_, index) => request(`PUT /hostile/n${index}`, ['Content-Length: 100'], 'x', true)),
    )
    expect(answers).toHaveLength(200)
    expect(await isThere('n1')).toBe(false)
    expect(await request('GET /hostile', [])).toContain('HTTP/1.1 200 ')
  })
})
