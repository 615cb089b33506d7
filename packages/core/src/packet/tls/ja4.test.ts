import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ja3, ja3String, ja3s, ja3sString } from './ja3.ts'
import { ja4, ja4Raw } from './ja4.ts'
import type { TlsExtension } from './tls-extension.ts'
import type { TlsClientHello, TlsServerHello } from './tls-handshake.ts'
import { isGrease } from './tls-numbers.ts'

const other = (type: number): TlsExtension => ({ kind: 'other', type, data: new Uint8Array(0) })
const EMPTY: TlsClientHello = {
  kind: 'client-hello',
  legacyVersion: 0x0303,
  random: new Uint8Array(32),
  sessionId: new Uint8Array(0),
  cipherSuites: [],
  compressionMethods: [0],
  extensions: [],
}

/** The example of FoxIO's JA4 description, with GREASE where Chrome has it. */
const EXAMPLE: TlsClientHello = {
  ...EMPTY,
  cipherSuites: [0x8a8a, 0x1301, 0x1302, 0x1303, 0xc02b, 0xc02f, 0xc02c, 0xc030, 0xcca9, 0xcca8, 0xc013, 0xc014, 0x009c, 0x009d, 0x002f, 0x0035], // biome-ignore format: a list
  extensions: [
    other(0x2a2a),
    other(0x001b),
    { kind: 'server-name', serverName: 'example.com' },
    { kind: 'key-shares', shares: [] },
    { kind: 'alpn', protocols: ['h2', 'http/1.1'] },
    other(0x4469),
    other(0x0017),
    other(0x002d),
    { kind: 'signature-algorithms', algorithms: [0x0403, 0x0804, 0x0401, 0x0503, 0x0805, 0x0501, 0x0806, 0x0601] },
    other(0x0005),
    other(0x0023),
    other(0x0012),
    { kind: 'supported-versions', versions: [0x6a6a, 0x0304, 0x0303] },
    other(0xff01),
    { kind: 'ec-point-formats', formats: [0] },
    { kind: 'supported-groups', groups: [0x3a3a, 0x001d, 0x0017, 0x0018] },
    other(0x0015),
    other(0xdada),
  ],
}

describe('JA4', () => {
  it('is that of the description', () => {
    expect(ja4(EXAMPLE)).toBe('t13d1516h2_8daaf6152771_e5627efa2ab1')
    expect(ja4Raw(EXAMPLE)).toBe(
      't13d1516h2_002f,0035,009c,009d,1301,1302,1303,c013,c014,c02b,c02c,c02f,c030,cca8,cca9_' +
        '0005,000a,000b,000d,0012,0015,0017,001b,0023,002b,002d,0033,4469,ff01_0403,0804,0401,0503,0805,0501,0806,0601',
    )
  })

  it('ends without an underscore where there are no signature algorithms', () => {
    const extensions = EXAMPLE.extensions.map((extension) =>
      extension.kind === 'signature-algorithms' ? other(0x000d) : extension,
    )
    expect(ja4({ ...EXAMPLE, extensions })).toBe('t13d1516h2_8daaf6152771_6d807ffa2a79')
  })

  it('shows what is not there by zeros', () => {
    expect(ja4(EMPTY)).toBe('t12i000000_000000000000_000000000000')
    const named = { ...EMPTY, extensions: [{ kind: 'server-name', serverName: 'a' } as const] }
    expect(ja4(named)).toBe('t12d000100_000000000000_000000000000')
  })

  it.each([
    // Of the description's section on ALPN.
    [[0xab], 'ab'],
    [[0xab, 0xcd], 'ad'],
    [[0x30, 0xab], '3b'],
    [[0x30, 0x31, 0xab, 0xcd], '3d'],
    [[0x30, 0xab, 0xcd, 0x31], '01'],
    [[...Buffer.from('http/1.1')], 'h1'],
    [[0x68], 'hh'],
    [[], '00'],
  ])('of a first protocol %j is %s', (bytes, letters) => {
    const protocols = [Buffer.from(bytes).toString('latin1'), 'h2']
    const hello = { ...EMPTY, extensions: [{ kind: 'alpn', protocols } as const] }
    expect(ja4(hello).slice(8, 10)).toBe(letters)
  })

  it.each([
    [0x0304, 't13'],
    [0x0302, 't11'],
    [0x0301, 't10'],
    [0x0300, 'ts3'],
    [0x0002, 'ts2'],
    [0x1234, 't00'],
  ])('of version 0x%i is %s', (legacyVersion, start) => {
    expect(ja4({ ...EMPTY, legacyVersion }).slice(0, 3)).toBe(start)
  })

  it('says what carries the hello, and of DTLS the highest version', () => {
    expect(ja4(EXAMPLE, 'quic').slice(0, 3)).toBe('q13')
    const dtls = { ...EMPTY, extensions: [{ kind: 'supported-versions', versions: [0xfeff, 0xfefc, 0xfefd] } as const] }
    expect(ja4(dtls, 'dtls').slice(0, 3)).toBe('dd3')
  })

  it('counts to 99 and no further', () => {
    const cipherSuites = Array.from({ length: 120 }, (_, index) => 0xc000 + index)
    expect(ja4({ ...EMPTY, cipherSuites }).slice(4, 6)).toBe('99')
  })
})

describe('JA3', () => {
  const numbered = (types: readonly number[]): readonly TlsExtension[] =>
    types.map((type) =>
      type === 10
        ? { kind: 'supported-groups', groups: [23, 24, 25] }
        : type === 11
          ? { kind: 'ec-point-formats', formats: [0] }
          : other(type),
    )

  it('is that of its authors’ examples', () => {
    const first = {
      ...EMPTY,
      legacyVersion: 769,
      cipherSuites: [47, 53, 5, 10, 49161, 49162, 49171, 49172, 50, 56, 19, 4],
      extensions: numbered([0, 10, 11]),
    }
    expect(ja3String(first)).toBe('769,47-53-5-10-49161-49162-49171-49172-50-56-19-4,0-10-11,23-24-25,0')
    expect(ja3(first)).toBe('ada70206e40642a3e4461f35503241d5')
    const second = { ...EMPTY, legacyVersion: 769, cipherSuites: [4, 5, 10, 9, 100, 98, 3, 6, 19, 18, 99] }
    expect(ja3String(second)).toBe('769,4-5-10-9-100-98-3-6-19-18-99,,,')
    expect(ja3(second)).toBe('de350869b8c85de67a350c8d186f11e6')
  })

  it('leaves GREASE out', () => {
    expect(ja3String(EXAMPLE)).toBe(
      '771,4865-4866-4867-49195-49199-49196-49200-52393-52392-49171-49172-156-157-47-53,' +
        '27-0-51-16-17513-23-45-13-5-35-18-43-65281-11-10-21,29-23-24,0',
    )
  })

  it('of a server has version, cipher suite and extensions', () => {
    const hello: TlsServerHello = { ...EMPTY, kind: 'server-hello', cipherSuite: 49199, compressionMethod: 0, extensions: [other(65281), other(0), other(11)] } // biome-ignore format: a list
    expect(ja3sString(hello)).toBe('771,49199,65281-0-11')
    expect(ja3s(hello)).toBe(createHash('md5').update('771,49199,65281-0-11').digest('hex'))
  })

  it('knows the sixteen GREASE values of RFC 8701 and no other', () => {
    const values = Array.from({ length: 16 }, (_, index) => index * 0x1010 + 0x0a0a)
    fc.assert(
      fc.property(fc.oneof(fc.constantFrom(...values), fc.integer({ min: 0, max: 0xffff })), (value) => {
        expect(isGrease(value)).toBe(values.includes(value))
      }),
    )
  })
})
