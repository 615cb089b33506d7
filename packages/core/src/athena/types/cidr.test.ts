import { BlockList, isIPv6 } from 'node:net'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { isInBlock, parseCidr } from './cidr.ts'
import { parseIpAddress } from './ip-address.ts'

const ipv6 = fc.ipV6().filter((text) => !text.includes('.') && !/^(?:0*:){5}|^::/.test(text))

function blockOf(text: string): { first: Uint8Array; last: Uint8Array } {
  const block = parseCidr(text)
  if ('problem' in block) throw new Error(block.problem)
  return block
}

function bytesOf(text: string): Uint8Array {
  return parseIpAddress(text) ?? new Uint8Array()
}

/** An IPv4 address with the bits behind a prefix cut off. */
function network(address: string, prefix: number): string {
  const value = address.split('.').reduce((sum, byte) => sum * 256 + Number(byte), 0)
  const masked = value - (value % 2 ** (32 - prefix))
  return [24, 16, 8, 0].map((shift) => Math.floor(masked / 2 ** shift) % 256).join('.')
}

test('an IPv4 block holds what a BlockList of Node holds', () => {
  fc.assert(
    fc.property(fc.ipV4(), fc.integer({ min: 0, max: 32 }), fc.ipV4(), (base, prefix, address) => {
      const start = network(base, prefix)
      const list = new BlockList()
      list.addSubnet(start, prefix, 'ipv4')
      const block = blockOf(`${start}/${prefix}`)
      expect(isInBlock(block, bytesOf(address))).toBe(list.check(address, 'ipv4'))
      expect(isInBlock(block, bytesOf(base))).toBe(true)
    }),
  )
})

test('an IPv6 block holds what a BlockList of Node holds', () => {
  fc.assert(
    fc.property(ipv6, fc.integer({ min: 1, max: 128 }), ipv6, (base, prefix, address) => {
      fc.pre(isIPv6(base) && isIPv6(address))
      const list = new BlockList()
      list.addSubnet(base, prefix, 'ipv6')
      const block = blockOf(`${base}/${prefix}`)
      expect(isInBlock(block, bytesOf(address))).toBe(list.check(address, 'ipv6'))
      expect(isInBlock(block, bytesOf(base))).toBe(true)
    }),
  )
})

test('bits behind the prefix are refused in IPv4', () => {
  fc.assert(
    fc.property(fc.ipV4(), fc.integer({ min: 0, max: 31 }), (base, prefix) => {
      fc.pre(network(base, prefix) !== base)
      expect(parseCidr(`${base}/${prefix}`)).toEqual({ code: 'INVALID_FUNCTION_ARGUMENT', problem: 'Invalid CIDR' })
    }),
  )
})
