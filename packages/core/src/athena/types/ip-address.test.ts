import { BlockList, isIP } from 'node:net'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { formatIpAddress, parseIpAddress } from './ip-address.ts'

const address = fc.uint8Array({ minLength: 16, maxLength: 16 })

test('an address reads back from its text', () => {
  fc.assert(
    fc.property(address, (bytes) => {
      expect(parseIpAddress(formatIpAddress(bytes))).toEqual(bytes)
    }),
  )
})

test('Node takes for an address what parses, and nothing else', () => {
  const text = fc.oneof(
    fc.ipV4(),
    fc.ipV6(),
    address.map(formatIpAddress),
    fc.stringMatching(/^[0-9a-f:.]{0,20}$/),
    fc
      .array(fc.constantFrom('0', '1', 'ffff', '', '12345', '1.2.3.4'), { maxLength: 9 })
      .map((parts) => parts.join(':')),
  )
  fc.assert(
    fc.property(text, (candidate) => {
      expect(parseIpAddress(candidate) !== undefined).toBe(isIP(candidate) !== 0)
    }),
    {
      numRuns: 2000,
    },
  )
})

test('two texts of one address give the same bytes, by Node as referee', () => {
  fc.assert(
    fc.property(fc.ipV6(), (text) => {
      const list = new BlockList()
      list.addAddress(text, 'ipv6')
      const shortest = formatIpAddress(parseIpAddress(text) ?? new Uint8Array(16))
      expect(list.check(shortest, shortest.includes(':') ? 'ipv6' : 'ipv4')).toBe(true)
    }),
  )
})

test.each([
  ['::ffff:1.2.3.4', '1.2.3.4'],
  ['2001:DB8:0:0:1:0:0:1', '2001:db8::1:0:0:1'],
  ['1:0:0:2:0:0:0:3', '1:0:0:2::3'],
  ['2001:db8:0:1:1:1:1:1', '2001:db8:0:1:1:1:1:1'],
  ['fe80::1%eth0', 'fe80::1'],
  ['::', '::'],
])('%s prints as %s (RFC 5952)', (text, expected) => {
  expect(formatIpAddress(parseIpAddress(text) ?? new Uint8Array())).toBe(expected)
})
