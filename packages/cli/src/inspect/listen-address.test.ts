import { expect, it } from 'vitest'
import { isLoopback, listenAddress } from './listen-address.ts'

it.each([
  [true, '127.0.0.1', 4789],
  ['5000', '127.0.0.1', 5000],
  ['localhost:5000', '127.0.0.1', 5000],
  ['127.0.0.2', '127.0.0.2', 4789],
  ['0.0.0.0:4790', '0.0.0.0', 4790],
  ['[::1]:4790', '::1', 4790],
  ['[::1]', '::1', 4789],
  ['::1', '::1', 4789],
] as const)('%s', (text, address, port) => {
  expect(listenAddress(text)).toEqual({ address, port })
})

it.each([':4789', '', 'host', '1.2.3.4:x', '[::1', '1.2.3.4:4789:1', '*:4789', '127.0.0.1:'])('refuses %j', (text) => {
  expect(() => listenAddress(text)).toThrow(`--listen ${text}: write an IP address of this machine`)
})

it('knows what other machines do not reach', () => {
  expect(['127.0.0.1', '127.9.9.9', '::1'].every(isLoopback)).toBe(true)
  expect(['0.0.0.0', '::', '10.0.0.1', 'fe80::1'].some(isLoopback)).toBe(false)
})
