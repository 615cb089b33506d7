import { CidrBlock } from '../net/cidr-block.ts'
import { IpAddress } from '../net/ip-address.ts'

/** A part of a topology while it is being made. */
export type Draft<T> = { -readonly [K in keyof T]: T[K] }

/**
 * A part of a topology of which some properties are known. The parts of a topology refer to each other in circles, so none can be made
 * whole at once: those that are missing here are set before anybody sees the topology.
 */
export function draft<T>(known: Partial<T>): Draft<T> {
  return known as Draft<T>
}

/** Freezes a graph of plain objects and arrays through and through; addresses and blocks are immutable by themselves. */
export function freezeGraph<T>(root: T): T {
  const waiting: unknown[] = [root]
  while (waiting.length > 0) {
    const value = waiting.pop()
    if (value === null || typeof value !== 'object' || Object.isFrozen(value)) continue
    if (value instanceof IpAddress || value instanceof CidrBlock) continue
    Object.freeze(value)
    for (const child of Object.values(value)) waiting.push(child)
  }
  return root
}
