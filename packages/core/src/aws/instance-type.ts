import { INSTANCE_FAMILIES } from './instance-family-table.ts'

/** What the network needs to know of an EC2 instance type. */
export interface InstanceType {
  /** e.g. `t3.micro`. */
  readonly name: string
  readonly family: string
  readonly isBareMetal: boolean
  /** Built on the Nitro System: flow logs aggregate over at most 60 s, traffic paths 7 and 8 instead of 2. */
  readonly isNitro: boolean
  /** 2 to 6; 0 for Xen. */
  readonly nitroVersion: number
}

/** Xen families of which the bare-metal size is built on Nitro (EC2 instance types guide, note on `i3.metal`). */
const NITRO_METAL_NITRO_VERSION: Readonly<Record<string, number>> = { i3: 2 }

const cache = new Map<string, InstanceType>()

/** The facts on an instance type of EC2, or `undefined` where EC2 has none of that name. */
export function instanceType(name: string): InstanceType | undefined {
  const known = cache.get(name)
  if (known) return known
  const [family = '', size = '', ...rest] = name.split('.')
  const entry = Object.hasOwn(INSTANCE_FAMILIES, family) ? INSTANCE_FAMILIES[family] : undefined
  if (!entry || size === '' || rest.length > 0) return undefined
  const [familyVersion, sizes] = entry
  if (!sizes.split(' ').includes(size)) return undefined
  const isBareMetal = size.startsWith('metal')
  const nitroVersion = isBareMetal ? (NITRO_METAL_NITRO_VERSION[family] ?? familyVersion) : familyVersion
  const type = Object.freeze({ name, family, isBareMetal, isNitro: nitroVersion > 0, nitroVersion })
  cache.set(name, type)
  return type
}

/** Every instance type's name, by family and size. */
export function instanceTypeNames(): string[] {
  return Object.entries(INSTANCE_FAMILIES).flatMap(([family, [, sizes]]) =>
    sizes.split(' ').map((size) => `${family}.${size}`),
  )
}
