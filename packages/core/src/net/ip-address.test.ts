import { BlockList, isIP } from 'node:net'
import fc from 'fast-check'
import ipaddr from 'ipaddr.js'
import { describe, expect, it } from 'vitest'
import { IpAddress } from './ip-address.ts'

const ipv4Text = fc.ipV4()
const ipv6Text = fc.ipV6()
// Few values besides, so that addresses share words.
const word = fc.oneof(fc.integer({ min: 0, max: 0xffff_ffff }), fc.constantFrom(0, 1, 0x8000_0000))
const ipv6 = fc.tuple(word, word, word, word).map((words) => IpAddress.fromIpv6Words(...words))
const ipv4 = word.map((bits) => IpAddress.fromIpv4Bits(bits))
const address = fc.oneof(ipv4, ipv6)

/** All bits as one number, taken from ipaddr.js. */
function bitsOf(text: string): bigint {
  return BigInt(`0x${Buffer.from(ipaddr.parse(text).toByteArray()).toString('hex')}`)
}

/** All digits of an address, from its bytes. */
function longText(address: IpAddress): string {
  const bytes = Buffer.from(address.toBytes())
  return address.version === 4 ? bytes.join('.') : bytes.toString('hex').replaceAll(/.{4}(?!$)/g, '$&:')
}

describe('IpAddress', () => {
  it('has the bits that Node and ipaddr.js read from the text', () => {
    fc.assert(
      fc.property(fc.oneof(ipv4Text, ipv6Text), (text) => {
        const parsed = IpAddress.of(text)
        expect(parsed.version).toBe(isIP(text))
        const list = new BlockList()
        list.addAddress(text, parsed.version === 4 ? 'ipv4' : 'ipv6')
        expect(list.check(longText(parsed), parsed.version === 4 ? 'ipv4' : 'ipv6')).toBe(true)
        // Of a dotted end, ipaddr.js makes an IPv4-mapped address.
        if (parsed.version === 4 || !text.includes('.')) {
          expect([...parsed.toBytes()]).toEqual(ipaddr.parse(text).toByteArray())
        }
      }),
    )
    expect(`${IpAddress.of('::1.2.3.4')}`).toBe('::102:304')
    expect(`${IpAddress.of('64:ff9b::192.0.2.33')}`).toBe('64:ff9b::c000:221')
  })

  it('is written in the canonical text, which reads as the same address', () => {
    fc.assert(
      fc.property(address, (value) => {
        const text = value.toString()
        expect(IpAddress.of(text).equals(value)).toBe(true)
        if (value.version === 6) expect(text).toBe(ipaddr.IPv6.parse(text).toRFC5952String())
        const list = new BlockList()
        list.addAddress(text, value.version === 4 ? 'ipv4' : 'ipv6')
        expect(list.check(longText(value), value.version === 4 ? 'ipv4' : 'ipv6')).toBe(true)
      }),
    )
  })

  it.each([
    // RFC 5952 sections 4 and 5
    ['2001:0db8::0001', '2001:db8::1'],
    ['2001:db8:0:0:0:0:2:1', '2001:db8::2:1'],
    ['2001:db8:0:1:1:1:1:1', '2001:db8:0:1:1:1:1:1'],
    ['2001:0:0:1:0:0:0:1', '2001:0:0:1::1'],
    ['2001:db8:0:0:1:0:0:1', '2001:db8::1:0:0:1'],
    ['2001:DB8::ABCD', '2001:db8::abcd'],
    ['0:0:0:0:0:0:0:0', '::'],
    ['::1', '::1'],
    ['fd00:ec2::253', 'fd00:ec2::253'],
    ['1:0:0:0:0:0:0:0', '1::'],
    ['10.0.1.101', '10.0.1.101'],
    ['255.255.255.255', '255.255.255.255'],
  ])('writes %s as %s', (text, canonical) => {
    expect(`${IpAddress.of(text)}`).toBe(canonical)
    expect(JSON.stringify(IpAddress.of(text))).toBe(`"${canonical}"`)
  })

  it('refuses what is no address', () => {
    for (const text of [
      '',
      '10.0.1',
      '10.0.1.256',
      '1.2.3.4.5',
      '0x7f.1',
      '127.1',
      '1::2::3',
      'fe80::1%eth0',
      ':',
      'x',
      '10.0.1.1/8',
    ]) {
      expect(IpAddress.parse(text), text).toBeUndefined()
      expect(() => IpAddress.of(text)).toThrow(`'${text}' is not an IPv4 or IPv6 address`)
    }
  })

  it('agrees with isIP of Node on random text', () => {
    const like = fc.oneof(
      fc.stringMatching(/^[0-9a-f:.]{1,20}$/),
      fc.stringMatching(/^(::)?([0-9a-f]{0,5}:){0,8}([0-9]{1,3}\.){0,4}[0-9a-f]{0,4}$/),
    )
    fc.assert(
      fc.property(like, (text) => {
        expect(IpAddress.parse(text)?.version ?? 0).toBe(isIP(text))
      }),
    )
  })

  it('orders by version, then by bits, and equal addresses hash alike', () => {
    fc.assert(
      fc.property(address, address, (a, b) => {
        const byBits =
          a.version - b.version || Number(bitsOf(`${a}`) > bitsOf(`${b}`)) - Number(bitsOf(`${a}`) < bitsOf(`${b}`))
        expect(Math.sign(a.compare(b))).toBe(Math.sign(byBits))
        expect(a.equals(b)).toBe(byBits === 0)
        const copy = IpAddress.fromBytes(a.toBytes(), 0, a.version)
        expect(copy.equals(a) && copy.hash === a.hash && copy.compare(a) === 0).toBe(true)
      }),
    )
  })

  it('an IPv4 address is not the IPv6 address of the same last word', () => {
    const bits = 0x0a000165
    expect(IpAddress.fromIpv4Bits(bits).equals(IpAddress.fromIpv6Words(0, 0, 0, bits))).toBe(false)
  })

  it('moves on by a count, around the end of its range', () => {
    fc.assert(
      fc.property(address, fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER }), (value, count) => {
        const range = value.version === 4 ? 32n : 64n
        const bits = bitsOf(`${value}`)
        const expected = ((bits >> range) << range) | BigInt.asUintN(Number(range), bits + BigInt(count))
        expect(bitsOf(`${value.plus(count)}`)).toBe(expected)
      }),
    )
    expect(`${IpAddress.of('10.0.1.255').plus(1)}`).toBe('10.0.2.0')
    expect(`${IpAddress.of('255.255.255.255').plus(1)}`).toBe('0.0.0.0')
    expect(`${IpAddress.of('2001:db8::ffff:ffff').plus(1)}`).toBe('2001:db8::1:0:0')
    expect(`${IpAddress.of('2001:db8::ffff:ffff:ffff:ffff').plus(1)}`).toBe('2001:db8::')
    expect(`${IpAddress.of('10.0.1.4').plus(-5)}`).toBe('10.0.0.255')
    expect(`${IpAddress.of('2001:db8::').plus(-1)}`).toBe('2001:db8::ffff:ffff:ffff:ffff')
  })

  it('writes its bytes where it is told', () => {
    fc.assert(
      fc.property(address, fc.nat(5), (value, offset) => {
        const bytes = new Uint8Array(24).fill(0xee)
        const length = value.writeTo(bytes, offset)
        expect(length).toBe(value.version === 4 ? 4 : 16)
        expect(IpAddress.fromBytes(bytes, offset, value.version).equals(value)).toBe(true)
        expect([...bytes.subarray(0, offset), ...bytes.subarray(offset + length)].every((byte) => byte === 0xee)).toBe(
          true,
        )
      }),
    )
  })
})
