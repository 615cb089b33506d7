import type { ByteSet, PcreNode } from './nodes.ts'

/** Collects the bytes with which a match can begin; true where it can be empty or nothing is known. */
export function firstBytes(node: PcreNode, set: ByteSet): boolean {
  switch (node.kind) {
    case 'empty':
    case 'assert':
    case 'look':
      return true
    case 'reference':
      set.fill(1)
      return true
    case 'set':
      for (let byte = 0; byte < 256; byte += 1) if (node.set[byte] === 1) set[byte] = 1
      return false
    case 'sequence':
      return node.items.every((item) => firstBytes(item, set))
    case 'choice':
      return node.options.map((option) => firstBytes(option, set)).some((isEmpty) => isEmpty)
    case 'repeat':
      return firstBytes(node.item, set) || node.low === 0
    case 'capture':
    case 'atomic':
      return firstBytes(node.item, set)
  }
}
