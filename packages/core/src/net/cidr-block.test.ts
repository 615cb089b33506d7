import { BlockList } from 'node:net'
import fc from 'fast-check'
import ipaddr from 'ipaddr.js'
import { describe, expect, it } from 'vitest'
import { CidrBlock } from './cidr-block.ts'
import { IpAddress } from './ip-address.ts'

const word = fc.integer({ min: 0, max: 0xffff_ffff })
const ipv4 = word.map((bits) => IpAddress.fromIpv4Bits(bits))
const ipv6 = fc.tuple(word, word, word, word).map((words) => IpAddress.fromIpv6Words(...words))
// The lengths at which words begin and end, and all others.
const length4 = fc.oneof(fc.constantFrom(0, 1, 31, 32), fc.integer({ min: 0, max: 32 }))
const length6 = fc.oneof(fc.constantFrom(0, 31, 32, 33, 63, 64, 65, 95, 96, 127, 128), fc.integer({ min: 0, max: 128 }))
const block4 = fc.tuple(ipv4, length4).map(([address, length]) => CidrBlock.from(address, length))
const block6 = fc.tuple(ipv6, length6).map(([address, length]) => CidrBlock.from(address, length))
const block = fc.oneof(block4, block6)

/** An address that differs from the block's network in one bit, or in none: near the block's border. */
const near = fc.tuple(block, fc.nat(128)).map(([within, bit]) => {
  const bytes = within.network.toBytes()
  const at = bit >>> 3
  if (at < bytes.length) bytes[at] = (bytes[at] as number) ^ (0x80 >>> (bit & 7))
  return { within, address: IpAddress.fromBytes(bytes, 0, within.version) }
})

const family = (address: IpAddress): 'ipv4' | 'ipv6' => (address.version === 4 ? 'ipv4' : 'ipv6')

describe('CidrBlock', () => {
  it('contains what BlockList of Node and ipaddr.js say', () => {
    fc.assert(
      fc.property(near, ({ within, address }) => {
        const list = new BlockList()
        list.addSubnet(`${within.network}`, within.prefixLength, family(address))
        const expected = ipaddr
          .parse(`${address}`)
          .match(ipaddr.parse(`${within.network}`) as ipaddr.IPv4, within.prefixLength)
        expect(within.contains(address)).toBe(expected)
        // Node refuses prefix length 0.
        if (within.prefixLength > 0) expect(expected).toBe(list.check(`${address}`, family(address)))
      }),
      { numRuns: 500 },
    )
  })

  it('never contains an address of the other version', () => {
    const all4 = CidrBlock.of('0.0.0.0/0')
    const all6 = CidrBlock.of('::/0')
    expect(all4.contains(IpAddress.of('::1')) || all6.contains(IpAddress.of('1.2.3.4'))).toBe(false)
    expect(all4.overlaps(all6) || all4.equals(all6)).toBe(false)
  })

  it('begins and ends where ipaddr.js has it', () => {
    fc.assert(
      fc.property(fc.oneof(fc.tuple(ipv4, length4), fc.tuple(ipv6, length6)), ([address, length]) => {
        const cidr = CidrBlock.from(address, length)
        const text = `${address}/${length}`
        const referee = address.version === 4 ? ipaddr.IPv4 : ipaddr.IPv6
        expect([...cidr.network.toBytes()]).toEqual(referee.networkAddressFromCIDR(text).toByteArray())
        expect([...cidr.last.toBytes()]).toEqual(referee.broadcastAddressFromCIDR(text).toByteArray())
        expect(CidrBlock.of(text).equals(cidr) && CidrBlock.of(`${cidr}`).equals(cidr)).toBe(true)
        expect(cidr.size).toBe(2 ** ((address.version === 4 ? 32 : 128) - length))
      }),
      { numRuns: 500 },
    )
  })

  it('holds another block exactly if it holds its first and last address', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.tuple(block4, block4),
          fc.tuple(block6, block6),
          near.map(({ within, address }) => [within, CidrBlock.from(address, within.prefixLength)] as const),
        ),
        ([a, b]) => {
          const holds = a.contains(b.network) && a.contains(b.last)
          expect(a.containsBlock(b)).toBe(holds)
          expect(a.overlaps(b)).toBe(holds || (b.contains(a.network) && b.contains(a.last)))
          expect(b.overlaps(a)).toBe(a.overlaps(b))
        },
      ),
    )
  })

  it.each([
    ['10.0.1.101/0', '0.0.0.0/0', '255.255.255.255'],
    ['10.0.1.101/31', '10.0.1.100/31', '10.0.1.101'],
    ['10.0.1.101/32', '10.0.1.101/32', '10.0.1.101'],
    ['2001:db8:ffff:ffff:ffff:ffff:ffff:ffff/63', '2001:db8:ffff:fffe::/63', '2001:db8:ffff:ffff:ffff:ffff:ffff:ffff'],
    ['2001:db8::8000:0:0:1/64', '2001:db8::/64', '2001:db8::ffff:ffff:ffff:ffff'],
    ['2001:db8::1/127', '2001:db8::/127', '2001:db8::1'],
    ['2001:db8::1/128', '2001:db8::1/128', '2001:db8::1'],
    ['::1/0', '::/0', 'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff'],
  ])('%s is the block %s, which ends at %s', (text, canonical, last) => {
    const cidr = CidrBlock.of(text)
    expect([`${cidr}`, JSON.stringify(cidr), `${cidr.last}`]).toEqual([canonical, `"${canonical}"`, last])
  })

  it('refuses what is no block', () => {
    for (const text of [
      '',
      '10.0.0.0',
      '10.0.0.0/',
      '10.0.0.0/33',
      '10.0.0.0/-1',
      '::/129',
      '10.0.0/8',
      '10.0.0.0/8/8',
      '10.0.0.0/1e1',
    ]) {
      expect(CidrBlock.parse(text), text).toBeUndefined()
      expect(() => CidrBlock.of(text)).toThrow(`'${text}' is not a CIDR block`)
    }
    expect(() => CidrBlock.from(IpAddress.of('10.0.0.0'), 33)).toThrow('does not fit an IPv4 address')
    expect(() => CidrBlock.from(IpAddress.of('::'), 1.5)).toThrow(RangeError)
  })
})
