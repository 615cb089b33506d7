import { parseCidr } from '../types/cidr.ts'
import { raise } from './emit-call.ts'
import type { EmitCall } from './signature.ts'
import { quoteBytes } from './sql-text.ts'

/**
 * `contains(cidr, address)`: a constant block becomes a range of addresses, whose 16 bytes DuckDB compares as they are;
 * it can then use the statistics of a column, and costs next to nothing.
 */
export function cidrContains([cidr = '', address = '']: readonly string[], call: EmitCall): string {
  const constant = call.args[0]?.constant
  if (typeof constant !== 'string') return `ft_cidr_contains(${cidr}, ${address})`
  const block = parseCidr(constant)
  if ('problem' in block) {
    return `(CASE WHEN ${address} IS NOT NULL THEN ${raise(call, block.code, block.problem)} END)`
  }
  return `(${address} BETWEEN ${quoteBytes(block.first)} AND ${quoteBytes(block.last)})`
}
