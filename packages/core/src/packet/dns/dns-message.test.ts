import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { dnsMessage as anyMessage, dnsRecord } from '../../../test/pcap-arbitraries.ts'
import { IpAddress } from '../../net/ip-address.ts'
import { type DnsMessage, decodeDnsMessage, dnsMessage, encodeDnsMessage, encodeDnsOverTcp } from './dns-message.ts'
import { DNS_TYPE, dnsTypeName, dnsTypeNumber } from './dns-numbers.ts'
import type { DnsRecord, DnsRecordData } from './dns-record.ts'
import { ednsRecord, readEdns } from './edns.ts'

const record = (name: string, type: number, data: DnsRecordData): DnsRecord => ({ name, type, class: 1, ttl: 60, data })
const answer = (...answers: DnsRecord[]): DnsMessage => dnsMessage({ id: 1, isResponse: true, answers })

describe('DNS messages', () => {
  it('decode to what was encoded, compressed or not, and are shorter compressed', () => {
    fc.assert(
      fc.property(anyMessage, (message) => {
        const compressed = encodeDnsMessage(message)
        const plain = encodeDnsMessage(message, { compress: false })
        expect(decodeDnsMessage(compressed)).toEqual(message)
        expect(decodeDnsMessage(plain)).toEqual(message)
        expect(compressed.length).toBeLessThanOrEqual(plain.length)
      }),
      { numRuns: 500 },
    )
  })

  it('decode anywhere in a packet: pointers count from the message', () => {
    fc.assert(
      fc.property(anyMessage, fc.nat(20), (message, before) => {
        const bytes = encodeDnsMessage(message)
        const packet = new Uint8Array(before + bytes.length + 5).fill(0xff)
        packet.set(bytes, before)
        expect(decodeDnsMessage(packet, before, before + bytes.length)).toEqual(message)
      }),
    )
  })

  it('compress the example of RFC 1035 section 4.1.4', () => {
    const name = (owner: string) => record(owner, DNS_TYPE.ns, { kind: 'name', name: '.' })
    const bytes = encodeDnsMessage(answer(name('F.ISI.ARPA'), name('FOO.F.ISI.ARPA'), name('ARPA'), name('.')))
    const text = Buffer.from(bytes).toString('latin1')
    // The names start at bytes 12, behind 11 bytes of record each.
    expect(text.slice(12, 24)).toBe('\x01F\x03ISI\x04ARPA\0')
    expect(text.slice(24 + 11, 24 + 17)).toBe('\x03FOO\xc0\x0c')
    expect(text.slice(41 + 11, 41 + 13)).toBe('\xc0\x12')
    expect(text.slice(54 + 11, 54 + 12)).toBe('\0')
  })

  it('keep the letter case of names, and share only what is the same', () => {
    const message = answer(
      record('Example.COM', DNS_TYPE.cname, { kind: 'name', name: 'www.example.com' }),
      record('example.com', DNS_TYPE.cname, { kind: 'name', name: 'a.EXAMPLE.com' }),
    )
    expect(decodeDnsMessage(encodeDnsMessage(message))).toEqual(message)
  })

  it('compress no names in the data of newer types (RFC 3597 section 4)', () => {
    const target = 'host.example.com'
    const srv = record(target, DNS_TYPE.srv, { kind: 'srv', priority: 1, weight: 2, port: 3, target })
    const bytes = Buffer.from(encodeDnsMessage(answer(srv)))
    expect(bytes.toString('latin1').split('host\x07example\x03com\0')).toHaveLength(3)
  })

  it('write no pointer beyond 14 bits', () => {
    const filler = Array.from({ length: 80 }, (_, index) =>
      record(`n${index}.test`, DNS_TYPE.txt, { kind: 'txt', strings: ['x'.repeat(250)] }),
    )
    const late = [1, 2].map(() => record('late.far.away', DNS_TYPE.ns, { kind: 'name', name: 'far.away' }))
    const message = answer(...filler, ...late)
    const bytes = encodeDnsMessage(message)
    expect(bytes.length).toBeGreaterThan(0x4000)
    expect(decodeDnsMessage(bytes)).toEqual(message)
  })

  it('go over TCP behind their length', () => {
    const message = dnsMessage({ id: 7, questions: [{ name: 'example.com', type: 1, class: 1 }] })
    const bytes = encodeDnsOverTcp(message)
    expect((bytes[0] as number) * 256 + (bytes[1] as number)).toBe(bytes.length - 2)
    expect(decodeDnsMessage(bytes, 2)).toEqual(message)
  })

  it('carry EDNS in their OPT record', () => {
    const edns = { udpPayloadSize: 4096, version: 0, dnssecOk: true, options: [{ code: 3, data: Uint8Array.of(1) }] }
    const message = dnsMessage({ id: 1, responseCode: 0, additionals: [ednsRecord({ ...edns, responseCode: 16 })] })
    const back = decodeDnsMessage(encodeDnsMessage(message)) as DnsMessage
    // BADVERS: 4 bits in the message, 8 in the record.
    expect(readEdns(back)).toEqual({ ...edns, responseCode: 16 })
    expect(readEdns(dnsMessage({ id: 1 }))).toBeUndefined()
  })

  it('have records without data in updates', () => {
    const message = dnsMessage({
      id: 1,
      opcode: 5,
      recursionDesired: false,
      authorities: [
        {
          name: 'old.example.com',
          type: DNS_TYPE.a,
          class: 255,
          ttl: 0,
          data: { kind: 'raw', bytes: new Uint8Array(0) },
        },
      ],
    })
    expect(decodeDnsMessage(encodeDnsMessage(message))).toEqual(message)
  })

  it('refuse what cannot be written', () => {
    const encode =
      (...answers: DnsRecord[]) =>
      () =>
        encodeDnsMessage(answer(...answers))
    const address = { kind: 'address', address: IpAddress.of('::1') } as const
    expect(encode(record('a', DNS_TYPE.a, address))).toThrow('::1 does not belong into a record of type A')
    expect(encode(record('a', DNS_TYPE.mx, address))).toThrow(
      "a record of type MX has data of kind 'mx' or 'raw', not 'address'",
    )
    expect(encode(record('a', DNS_TYPE.txt, { kind: 'txt', strings: ['x'.repeat(256)] }))).toThrow(
      'has 256 bytes, at most 255 are allowed',
    )
    expect(encode(record('a', DNS_TYPE.txt, { kind: 'txt', strings: [] }))).toThrow('at least one string')
    expect(encode(record('a', DNS_TYPE.txt, { kind: 'txt', strings: ['€'] }))).toThrow(
      "a character that is not one byte: '€'",
    )
    expect(encode(record('x'.repeat(64), 1, { kind: 'raw', bytes: new Uint8Array(0) }))).toThrow('a label of 64 bytes')
    expect(encode(record(`${'x'.repeat(63)}.`.repeat(4), 1, { kind: 'raw', bytes: new Uint8Array(0) }))).toThrow(
      'a name has at most 255',
    )
    expect(encode(record('a..b', 1, { kind: 'raw', bytes: new Uint8Array(0) }))).toThrow('a label of 0 bytes')
    expect(encode(record('bücher.de', 1, { kind: 'raw', bytes: new Uint8Array(0) }))).toThrow('in their ASCII form')
    const big = Array.from({ length: 300 }, () =>
      record('a', DNS_TYPE.txt, { kind: 'txt', strings: ['x'.repeat(250)] }),
    )
    expect(encode(...big)).toThrow('at most 65,535 bytes')
  })

  it('with changed bytes give a message or a located issue, and do not hang', () => {
    fc.assert(
      fc.property(
        anyMessage,
        fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 })), { maxLength: 6 }),
        fc.nat(),
        (message, changes, cut) => {
          const bytes = encodeDnsMessage(message)
          for (const [at, value] of changes) bytes[at % bytes.length] = value
          const part = bytes.subarray(0, bytes.length - (cut % 3 === 0 ? cut % bytes.length : 0))
          const result = decodeDnsMessage(part)
          if (result.kind === 'issue') {
            expect(result.layer).toBe('dns')
            expect(result.offset).toBeLessThanOrEqual(part.length)
          }
        },
      ),
      { numRuns: 2000 },
    )
  })

  it('read pointers only backwards, so that no chain of them is long', () => {
    // Each name points to the pointer before it.
    const bytes = new Uint8Array(12 + 2 * 8000)
    bytes[5] = 255
    for (let at = 14; at < bytes.length; at += 2) {
      const target = Math.min(at - 2, 0x3fff)
      bytes[at] = 0xc0 | (target >>> 8)
      bytes[at + 1] = target
    }
    expect(decodeDnsMessage(bytes)).toMatchObject({ kind: 'issue' })
    expect(decodeDnsMessage(Uint8Array.of(0, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0xc0, 12, 0, 1, 0, 1))).toMatchObject({
      kind: 'issue',
      code: 'invalid-value',
      offset: 12,
    })
  })

  it('names types as dig does', () => {
    expect([1, 28, 65, 65_399].map(dnsTypeName)).toEqual(['A', 'AAAA', 'HTTPS', 'TYPE65399'])
    expect(['a', 'Any', 'TYPE65399', 'TYPE65536', 'NOPE'].map(dnsTypeNumber)).toEqual([
      1,
      255,
      65_399,
      undefined,
      undefined,
    ])
  })

  it('every record survives on its own', () => {
    fc.assert(
      fc.property(dnsRecord, (single) => {
        expect(decodeDnsMessage(encodeDnsMessage(answer(single)))).toEqual(answer(single))
      }),
    )
  })
})
