import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type ChunkedBody, decodeChunkedBody, encodeChunkedBody, httpBodyFraming } from './http-body.ts'
import {
  decodeHttpHead,
  encodeHttpHead,
  type HttpHead,
  type HttpHeader,
  httpHeader,
  httpHeadLength,
} from './http-message.ts'

const token = fc.stringMatching(/^[A-Za-z][A-Za-z0-9!#$%&'*+.^_`|~-]{0,12}$/)
const value = fc.stringMatching(/^([!-~]([ -~]{0,20}[!-~])?)?$/)
const headers = fc.array(fc.tuple(token, value), { maxLength: 5 }) as fc.Arbitrary<HttpHeader[]>
const head: fc.Arbitrary<HttpHead> = fc.oneof(
  fc.record({
    kind: fc.constant('http-request' as const),
    method: fc.constantFrom('GET', 'POST', 'HEAD', 'M-SEARCH', 'PROPFIND'),
    target: fc.stringMatching(/^\/[!-~]{0,30}$/),
    version: fc.constantFrom('1.0' as const, '1.1' as const),
    headers,
  }),
  fc.record({
    kind: fc.constant('http-response' as const),
    version: fc.constantFrom('1.0' as const, '1.1' as const),
    statusCode: fc.integer({ min: 100, max: 599 }),
    reason: fc.stringMatching(/^[A-Za-z ]{0,20}$/),
    headers,
  }),
)
const latin1 = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, 'latin1'))

describe('HTTP heads', () => {
  it('decode to what was encoded, and end where the body starts', () => {
    fc.assert(
      fc.property(head, fc.uint8Array({ maxLength: 20 }), (message, body) => {
        const bytes = encodeHttpHead(message)
        const packet = Uint8Array.from([...bytes, ...body])
        expect(httpHeadLength(packet, 0, packet.length)).toBe(bytes.length)
        expect(decodeHttpHead(packet, 0, bytes.length)).toEqual(message)
        // Node's own parser knows the same text as it is written here.
        expect(Buffer.from(bytes).toString('latin1').endsWith('\r\n\r\n')).toBe(true)
      }),
    )
  })

  it('are not there before their empty line', () => {
    const bytes = encodeHttpHead({
      kind: 'http-request',
      method: 'GET',
      target: '/',
      version: '1.1',
      headers: [['Host', 'a']],
    })
    for (let length = 0; length < bytes.length; length += 1) expect(httpHeadLength(bytes, 0, length)).toBeUndefined()
  })

  it('are not found in other protocols', () => {
    for (const text of [
      'SSH-2.0-OpenSSH\r\n\r\n',
      'EHLO a HTTP\r\n\r\n',
      'GET /\r\n\r\n',
      'HTTP/2.0 200\r\n\r\n',
      '\0\r\n\r\n',
    ]) {
      expect(httpHeadLength(latin1(text), 0, text.length), text).toBeUndefined()
    }
  })

  it('may have bare line feeds, folded lines and empty reasons', () => {
    const text = 'HTTP/1.1 204\nServer:  x \nFolded: a\n\tb\n\n'
    expect(httpHeadLength(latin1(text), 0, text.length)).toBe(text.length)
    expect(decodeHttpHead(latin1(text), 0, text.length)).toEqual({
      kind: 'http-response',
      version: '1.1',
      statusCode: 204,
      reason: '',
      headers: [
        ['Server', 'x'],
        ['Folded', 'a b'],
      ],
    })
  })

  it('say where a line is no header field', () => {
    const text = 'GET / HTTP/1.1\r\nHost: a\r\nno field\r\n\r\n'
    expect(decodeHttpHead(latin1(text), 0, text.length)).toEqual({
      kind: 'issue',
      code: 'invalid-value',
      layer: 'http-request',
      offset: 25,
      message: "'no field' is not a header field",
    })
  })

  it('cannot be split by their parts', () => {
    const request = { kind: 'http-request', method: 'GET', target: '/', version: '1.1', headers: [] } as const
    expect(() => encodeHttpHead({ ...request, target: '/ HTTP/1.1\r\nX: y' })).toThrow('is not a start line')
    expect(() => encodeHttpHead({ ...request, headers: [['A', 'b\r\nC: d']] })).toThrow('is not a header field')
    expect(() => encodeHttpHead({ ...request, headers: [['A b', 'c']] })).toThrow('is not a header field')
  })

  it('have fields by name in any case', () => {
    expect(httpHeader([['content-Length', '3']], 'Content-Length')).toBe('3')
    expect(httpHeader([], 'host')).toBeUndefined()
  })
})

describe('HTTP bodies', () => {
  const parts = fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 5 })

  it('chunked: decode to what was encoded, wherever they end in the bytes', () => {
    fc.assert(
      fc.property(parts, headers, fc.uint8Array({ maxLength: 9 }), (chunks, trailers, behind) => {
        const bytes = encodeChunkedBody(chunks, trailers)
        const body = Uint8Array.from(chunks.flatMap((chunk) => [...chunk]))
        const packet = Uint8Array.from([...bytes, ...behind])
        expect(decodeChunkedBody(packet, 0, packet.length)).toEqual({
          body,
          trailers,
          isComplete: true,
          end: bytes.length,
        })
        for (let length = 0; length < bytes.length; length += 1) {
          const partial = decodeChunkedBody(bytes, 0, length) as ChunkedBody
          expect(partial.isComplete).toBe(false)
          expect(body.subarray(0, partial.body.length)).toEqual(partial.body)
        }
      }),
    )
  })

  it('chunked: read extensions and say where a size is none', () => {
    const text = '5;a="b"\r\nhello\r\n0\r\n\r\n'
    expect(decodeChunkedBody(latin1(text), 0, text.length)).toMatchObject({ body: latin1('hello'), isComplete: true })
    const broken = '5\r\nhello\r\nzz\r\n'
    expect(decodeChunkedBody(latin1(broken), 0, broken.length)).toMatchObject({
      kind: 'issue',
      offset: 10,
      message: "'zz\r' is not the size of a chunk",
    })
    const long = '3\r\nhello\r\n'
    expect(decodeChunkedBody(latin1(long), 0, long.length)).toMatchObject({ kind: 'issue', offset: 6 })
    expect(decodeChunkedBody(new Uint8Array(2000).fill(0x30), 0, 2000)).toMatchObject({ kind: 'issue', offset: 0 })
  })

  it.each([
    // RFC 9112 section 6.3
    [{ kind: 'http-response', statusCode: 200 }, [['Content-Length', '5']], 'HEAD', { kind: 'none' }],
    [{ kind: 'http-response', statusCode: 304 }, [['Content-Length', '5']], 'GET', { kind: 'none' }],
    [{ kind: 'http-response', statusCode: 200 }, [['Content-Length', '5']], 'GET', { kind: 'length', length: 5 }],
    [
      { kind: 'http-response', statusCode: 200 },
      [
        ['Transfer-Encoding', 'gzip, chunked'],
        ['Content-Length', '5'],
      ],
      'GET',
      { kind: 'chunked' },
    ],
    [{ kind: 'http-response', statusCode: 200 }, [], 'GET', { kind: 'until-close' }],
    [{ kind: 'http-response', statusCode: 200 }, [], 'CONNECT', { kind: 'none' }],
    [{ kind: 'http-request', method: 'POST' }, [['content-length', '0']], undefined, { kind: 'length', length: 0 }],
    [{ kind: 'http-request', method: 'GET' }, [], undefined, { kind: 'none' }],
  ] as const)('%j with %j after %s has framing %j', (start, fields, method, framing) => {
    const message = { version: '1.1', target: '/', reason: '', headers: fields, ...start } as unknown as HttpHead
    expect(httpBodyFraming(message, method)).toEqual(framing)
  })
})
