import type { ProgramContext } from '../../program.ts'
import type { Task } from '../../task.ts'
import { addressVersion, resolveHost } from '../net/resolve-host.ts'

/** A host to be scanned. */
export interface ScanTarget {
  readonly address: string
  /** The name it was given by. */
  readonly name: string | undefined
  /** Further addresses of the name. */
  readonly others: readonly string[]
}

/** Hosts that one run may look at. */
const TARGET_LIMIT = 65_536

/** The hosts of a target: a name, an address, a network, or ranges in its parts. A text says why there are none. */
export function* expandTarget(context: ProgramContext, text: string): Task<readonly ScanTarget[] | string> {
  const network = /^(.*)\/(\d{1,3})$/.exec(text)
  const base = network?.[1] ?? text
  const parts = base.split('.')
  if (parts.length === 4 && parts.every((part) => /^[\d,*-]+$/.test(part))) {
    const addresses = network ? networkAddresses(base, Number(network[2])) : rangeAddresses(parts)
    if (typeof addresses === 'string') return addresses
    return addresses.map((address) => ({ address, name: undefined, others: [] }))
  }
  if (network && addressVersion(base) === 6) return 'Networks of IPv6 are not simulated.'
  const found = yield* resolveHost(context, base)
  if (found.kind !== 'found') return `Failed to resolve "${base}".`
  const [address, ...others] = found.addresses as [string, ...string[]]
  if (!network) return [{ address, name: addressVersion(base) === undefined ? base : undefined, others }]
  const addresses = networkAddresses(address, Number(network[2]))
  if (typeof addresses === 'string') return addresses
  return addresses.map((one) => ({ address: one, name: one === address ? base : undefined, others: [] }))
}

function networkAddresses(base: string, bits: number): string[] | string {
  if (addressVersion(base) !== 4) return `Failed to resolve "${base}".`
  if (bits > 32) return `Illegal netmask in "${base}/${bits}". Assuming /32 (one host)`
  const count = 2 ** (32 - bits)
  if (count > TARGET_LIMIT) return `More than ${TARGET_LIMIT} targets in one network are not simulated.`
  const value = base.split('.').reduce((sum, part) => sum * 256 + Number(part), 0)
  const first = Math.floor(value / count) * count
  return Array.from({ length: count }, (_, i) => addressOf(first + i))
}

function addressOf(value: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256).join('.')
}

function rangeAddresses(parts: readonly string[]): string[] | string {
  let addresses = ['']
  for (const part of parts) {
    const values: number[] = []
    for (const item of part.split(',')) {
      const range = /^(\d*)-(\d*)$/.exec(item)
      if (item === '*') for (let value = 0; value < 256; value += 1) values.push(value)
      else if (range) {
        for (let value = Number(range[1] || 0); value <= Number(range[2] || 255); value += 1) values.push(value)
      } else values.push(Number(item))
    }
    if (values.length === 0 || values.some((value) => value > 255)) return `Failed to resolve "${parts.join('.')}".`
    if (addresses.length * values.length > TARGET_LIMIT) return `More than ${TARGET_LIMIT} targets are not simulated.`
    addresses = addresses.flatMap((start) =>
      values.map((value) => (start === '' ? String(value) : `${start}.${value}`)),
    )
  }
  return addresses
}
