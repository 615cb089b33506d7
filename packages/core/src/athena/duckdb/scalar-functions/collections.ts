import { isInBlock, parseCidr } from '../../types/cidr.ts'
import {
  invalidArgument,
  memoize,
  nullableScalarFunction,
  type ScalarFunction,
  scalarFunction,
  TrinoRuntimeError,
} from './scalar-function.ts'

const MAX_COMBINATION = 5
const MAX_ENTRIES = 100_000

/** Indexes (from 1) of all combinations of `size` out of `count` elements, one after the other. */
function combinations(count: bigint, size: number): bigint[] {
  if (size < 0) throw invalidArgument(`combination size must not be negative: ${size}`)
  if (size > MAX_COMBINATION) throw invalidArgument(`combination size must not exceed ${MAX_COMBINATION}: ${size}`)
  const n = Number(count)
  let total = 1
  for (let k = 0; k < size; k++) total = (total * (n - k)) / (k + 1)
  if (total * size > MAX_ENTRIES) throw invalidArgument('combinations exceed max size')
  const indexes: bigint[] = []
  if (size > n || size === 0) return indexes
  const chosen = Array.from({ length: size }, (_, index) => index)
  for (;;) {
    for (const index of chosen) indexes.push(BigInt(index + 1))
    let at = size - 1
    while (at >= 0 && chosen[at] === n - size + at) at -= 1
    if (at < 0) return indexes
    chosen[at] = (chosen[at] as number) + 1
    for (let next = at + 1; next < size; next++) chosen[next] = (chosen[next - 1] as number) + 1
  }
}

const cidrBlock = memoize(parseCidr)

function cidrContains(cidr: string, address: Uint8Array): boolean {
  const block = cidrBlock(cidr)
  if ('problem' in block) throw new TrinoRuntimeError(block.code, block.problem)
  return isInBlock(block, address)
}

export const COLLECTION_SCALAR_FUNCTIONS: Readonly<Record<string, ScalarFunction>> = {
  ft_check_comparison: nullableScalarFunction(['INTEGER'], 'INTEGER', (result) => {
    if (result === null || result < -1 || result > 1) {
      throw invalidArgument('Lambda comparator must return either -1, 0, or 1')
    }
    return result
  }),
  ft_cidr_contains: scalarFunction(['VARCHAR', 'BLOB'], 'BOOLEAN', cidrContains),
  ft_combinations: scalarFunction(['BIGINT', 'INTEGER'], 'BIGINT[]', combinations),
}
