import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { bytes, uint8, uint16 } from '../../../test/pcap-arbitraries.ts'
import { opensslClientHello, opensslServerHello } from './openssl-hello.ts'
import type { TlsExtension, TlsSide } from './tls-extension.ts'
import {
  encodeTlsHandshake,
  isHelloRetryRequest,
  type TlsClientHello,
  type TlsHandshake,
  type TlsServerHello,
} from './tls-handshake.ts'
import { TLS_CONTENT_TYPE, TLS_EXTENSION } from './tls-numbers.ts'
import { decodeTls, encodeTlsRecords, type TlsLayer, type TlsRecord, tlsHandshakeRecords } from './tls-record.ts'

/** Sent by `curl https://localhost` 7.88.1 on OpenSSL 3.0.19. */
const CURL_HELLO =
  '1603010200010001fc0303a381d25defdcdf4add23a2e813f8db3d5c567d5b87215cced99232c659e28645208875e35cd8dd5c0404bf9f35bf5b89210636251b' +
  '9910290d0f6ebc924502a3a3003e130213031301c02cc030009fcca9cca8ccaac02bc02f009ec024c028006bc023c0270067c00ac0140039c009c0130033009d' +
  '009c003d003c0035002f00ff010001750000000e000c0000096c6f63616c686f7374000b000403000102000a00160014001d0017001e00190018010001010102' +
  '010301040010000e000c02683208687474702f312e31001600000017000000310000000d002a0028040305030603080708080809080a080b0804080508060401' +
  '05010601030303010302040205020602002b0009080304030303020301002d00020101003300260024001d00203eb0cfa0b9e2324498d110f768c4726aa5fcc1' +
  `00ad2e859668ba4f2a3f9cbd0f001500b4${'00'.repeat(180)}`

const curlHello = Uint8Array.from(Buffer.from(CURL_HELLO, 'hex'))
const numbers = fc.array(uint16, { maxLength: 6 })
const share = fc.record({ group: uint16, key: bytes(40) })
const name = fc.stringMatching(/^[a-z0-9.-]{1,30}$/)
const KNOWN: readonly number[] = [0, 10, 11, 13, 16, 43, 51]

const shared = [
  fc.record({ kind: fc.constant('supported-groups' as const), groups: numbers }),
  fc.record({ kind: fc.constant('ec-point-formats' as const), formats: fc.array(uint8, { maxLength: 3 }) }),
  fc.record({ kind: fc.constant('signature-algorithms' as const), algorithms: numbers }),
  fc.record({ kind: fc.constant('alpn' as const), protocols: fc.array(name, { maxLength: 3 }) }),
  fc.record({
    kind: fc.constant('other' as const),
    type: uint16.filter((type) => !KNOWN.includes(type)),
    data: bytes(20),
  }),
]
const clientOnly = [
  fc.record({ kind: fc.constant('server-name' as const), serverName: name }),
  fc.record({ kind: fc.constant('supported-versions' as const), versions: numbers }),
  fc.record({ kind: fc.constant('key-shares' as const), shares: fc.array(share, { maxLength: 3 }) }),
]
const serverOnly = [
  fc.constant({ kind: 'server-name' as const, serverName: undefined }),
  fc.record({ kind: fc.constant('selected-version' as const), version: uint16 }),
]
const extensions = (side: TlsSide): fc.Arbitrary<readonly TlsExtension[]> => {
  const own: fc.Arbitrary<TlsExtension>[] = side === 'client' ? clientOnly : serverOnly
  const key: fc.Arbitrary<TlsExtension>[] =
    side === 'server'
      ? [fc.record({ kind: fc.constant('key-share' as const), share })]
      : side === 'retry'
        ? [fc.record({ kind: fc.constant('selected-group' as const), group: uint16 })]
        : []
  return fc.array(fc.oneof(...(shared as fc.Arbitrary<TlsExtension>[]), ...own, ...key), { maxLength: 6 })
}

const RETRY = Uint8Array.from(Buffer.from('cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c', 'hex'))
const clientHello: fc.Arbitrary<TlsClientHello> = fc.record({
  kind: fc.constant('client-hello' as const),
  legacyVersion: fc.constantFrom(0x0300, 0x0301, 0x0303),
  random: bytes(32, 32),
  sessionId: bytes(32),
  cipherSuites: numbers,
  compressionMethods: fc.array(uint8, { maxLength: 3 }),
  extensions: extensions('client'),
})
const serverHello = (side: 'server' | 'retry'): fc.Arbitrary<TlsServerHello> =>
  fc.record({
    kind: fc.constant('server-hello' as const),
    legacyVersion: fc.constantFrom(0x0301, 0x0303),
    random: side === 'retry' ? fc.constant(RETRY) : bytes(32, 32),
    sessionId: bytes(32),
    cipherSuite: uint16,
    compressionMethod: fc.constant(0),
    extensions: extensions(side),
  })
const handshake: fc.Arbitrary<TlsHandshake> = fc.oneof(
  clientHello,
  serverHello('server'),
  serverHello('retry'),
  fc.record({ kind: fc.constant('certificate' as const), certificates: fc.array(bytes(60), { maxLength: 3 }) }),
  fc.record({
    kind: fc.constant('other-handshake' as const),
    type: fc.constantFrom(4, 12, 14, 16, 20),
    body: bytes(40),
  }),
)

describe('TLS handshake messages', () => {
  it('decode to what was encoded, in one record or several', () => {
    fc.assert(
      fc.property(
        fc.array(handshake, { minLength: 1, maxLength: 4 }),
        fc.integer({ min: 1, max: 50 }),
        (messages, piece) => {
          const [record] = tlsHandshakeRecords(messages)
          const { fragment } = record as TlsRecord
          const pieces = Array.from({ length: Math.ceil(fragment.length / piece) }, (_, index) => ({
            contentType: TLS_CONTENT_TYPE.handshake,
            version: 0x0303,
            fragment: fragment.subarray(index * piece, (index + 1) * piece),
          }))
          expect((decodeTls(encodeTlsRecords([record as TlsRecord])) as TlsLayer).handshakes).toEqual(messages)
          expect((decodeTls(encodeTlsRecords(pieces)) as TlsLayer).handshakes).toEqual(messages)
        },
      ),
      { numRuns: 300 },
    )
  })

  it('take as many records as they need', () => {
    const chain: TlsHandshake = {
      kind: 'certificate',
      certificates: Array.from({ length: 5 }, () => new Uint8Array(10_000).fill(7)),
    }
    const records = tlsHandshakeRecords([chain])
    expect(records.map(({ fragment }) => fragment.length)).toEqual([16_384, 16_384, 16_384, 870])
    expect((decodeTls(encodeTlsRecords(records)) as TlsLayer).handshakes).toEqual([chain])
  })

  it('are read up to the first that is cut', () => {
    const bytes = encodeTlsRecords([{ contentType: 22, version: 0x0303, fragment: curlHello.subarray(5, 300) }])
    expect(decodeTls(bytes)).toMatchObject({ kind: 'tls', handshakes: [] })
    expect(decodeTls(curlHello.subarray(0, 300))).toEqual({ kind: 'tls', records: [], handshakes: [] })
  })

  it('are not looked for behind a ChangeCipherSpec', () => {
    const hello = encodeTlsHandshake(hellos.client)
    const records: TlsRecord[] = [
      { contentType: 20, version: 0x0303, fragment: Uint8Array.of(1) },
      { contentType: 22, version: 0x0303, fragment: hello },
      { contentType: 23, version: 0x0303, fragment: new Uint8Array(100) },
    ]
    expect(decodeTls(encodeTlsRecords(records))).toEqual({ kind: 'tls', records, handshakes: [] })
  })

  it('say where they are malformed', () => {
    // The length of the server name's list.
    const at = Buffer.from(curlHello).indexOf('localhost') - 5
    const broken = curlHello.slice()
    broken[at + 1] = 200
    expect(decodeTls(broken)).toEqual({
      kind: 'issue',
      code: 'truncated',
      layer: 'tls',
      offset: at + 2,
      message: 'the server names needs 200 bytes, 12 are left',
    })
    const session = curlHello.slice()
    session[43] = 33
    expect(decodeTls(session)).toMatchObject({
      code: 'invalid-length',
      offset: 44,
      message: 'a session id has at most 32 bytes, not 33',
    })
  })

  it('with changed bytes give records or a located issue', () => {
    fc.assert(
      fc.property(
        fc.array(handshake, { minLength: 1, maxLength: 3 }),
        fc.array(fc.tuple(fc.nat(), uint8), { maxLength: 5 }),
        (messages, changes) => {
          const bytes = encodeTlsRecords(tlsHandshakeRecords(messages))
          for (const [at, value] of changes) bytes[5 + (at % (bytes.length - 5))] = value
          const result = decodeTls(bytes)
          if (result.kind === 'issue') expect(result.offset).toBeLessThanOrEqual(bytes.length)
          else expect(encodeTlsRecords(result.records)).toEqual(bytes)
        },
      ),
      { numRuns: 1000 },
    )
  })

  it('refuse what does not fit', () => {
    expect(() => encodeTlsHandshake({ ...hellos.client, random: new Uint8Array(31) })).toThrow('a random of 32 bytes')
    expect(() => encodeTlsHandshake({ ...hellos.client, cipherSuites: [0x10000] })).toThrow(
      '65536 does not fit a field of 16 bits',
    )
    const long = { kind: 'alpn', protocols: ['x'.repeat(256)] } as const
    expect(() => encodeTlsHandshake({ ...hellos.client, extensions: [long] })).toThrow('has 256 bytes, at most 255')
  })
})

const hellos = (() => {
  const [random, sessionId, publicKey] = [32, 64, 96].map((value) => new Uint8Array(32).fill(value)) as [
    Uint8Array,
    Uint8Array,
    Uint8Array,
  ]
  const client = opensslClientHello({
    server: 'localhost',
    protocols: ['h2', 'http/1.1'],
    random,
    sessionId,
    publicKey,
  })
  return { client, server: opensslServerHello(client, { random, publicKey }) }
})()

describe('hellos of OpenSSL', () => {
  const seen = (decodeTls(curlHello) as TlsLayer).handshakes[0] as TlsClientHello

  it('are as curl sends them, but for what is random', () => {
    const keys = seen.extensions.find(({ kind }) => kind === 'key-shares')
    const publicKey = keys?.kind === 'key-shares' ? keys.shares[0]?.key : undefined
    const made = opensslClientHello({
      server: 'localhost',
      protocols: ['h2', 'http/1.1'],
      random: seen.random,
      sessionId: seen.sessionId,
      publicKey: publicKey as Uint8Array,
    })
    expect(made).toEqual(seen)
    expect(encodeTlsRecords(tlsHandshakeRecords([made]))).toEqual(curlHello)
  })

  it('name no server for an address, and are padded to 512 bytes', () => {
    const types = hellos.client.extensions.map((extension) =>
      extension.kind === 'other' ? extension.type : extension.kind,
    )
    expect(types).toContain(TLS_EXTENSION.padding)
    expect(encodeTlsHandshake(hellos.client).length).toBe(512)
  })

  it('are answered in TLS 1.3', () => {
    const [record] = tlsHandshakeRecords([hellos.server])
    expect(record?.version).toBe(0x0303)
    expect((decodeTls(encodeTlsRecords([record as TlsRecord])) as TlsLayer).handshakes).toEqual([hellos.server])
    expect(isHelloRetryRequest(hellos.server)).toBe(false)
    expect(isHelloRetryRequest({ random: RETRY })).toBe(true)
  })
})
