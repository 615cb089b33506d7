import type { PcreNode } from './nodes.ts'

/** How many bytes an expression takes, where that is always the same. */
export function fixedLength(node: PcreNode): number | undefined {
  switch (node.kind) {
    case 'empty':
    case 'assert':
    case 'look':
      return 0
    case 'set':
      return 1
    case 'sequence': {
      let sum = 0
      for (const item of node.items) {
        const length = fixedLength(item)
        if (length === undefined) return undefined
        sum += length
      }
      return sum
    }
    case 'choice': {
      const lengths = new Set(node.options.map(fixedLength))
      return lengths.size === 1 ? [...lengths][0] : undefined
    }
    case 'repeat': {
      const length = node.low === node.high ? fixedLength(node.item) : undefined
      return length === undefined ? undefined : length * node.low
    }
    case 'capture':
    case 'atomic':
      return fixedLength(node.item)
    case 'reference':
      return undefined
  }
}

/** About how many nodes an expression has once its counted repetitions are written out. */
export function expressionSize(node: PcreNode): number {
  switch (node.kind) {
    case 'sequence':
      return node.items.reduce((sum, item) => sum + expressionSize(item), 1)
    case 'choice':
      return node.options.reduce((sum, option) => sum + expressionSize(option), 1)
    case 'repeat':
      return 1 + expressionSize(node.item) * Math.max(1, node.item.kind === 'set' ? 1 : node.low)
    case 'capture':
    case 'atomic':
    case 'look':
      return 1 + expressionSize(node.item)
    case 'empty':
    case 'set':
    case 'reference':
    case 'assert':
      return 1
  }
}
