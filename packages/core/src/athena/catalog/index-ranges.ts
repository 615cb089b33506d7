/** Indexes of a projected domain from `low` to `high`, both included. */
export interface IndexRange {
  readonly low: bigint
  readonly high: bigint
}

/** Ranges in rising order that neither touch nor overlap. */
export type IndexRanges = readonly IndexRange[]

export function allIndexes(count: bigint): IndexRanges {
  return range(0n, count - 1n)
}

/** No range where `high` is below `low`. */
export function range(low: bigint, high: bigint): IndexRanges {
  return high < low ? [] : [{ low, high }]
}

export function intersectRanges(left: IndexRanges, right: IndexRanges): IndexRanges {
  return left.flatMap((a) => right.flatMap((b) => range(greater(a.low, b.low), lesser(a.high, b.high))))
}

function lesser(a: bigint, b: bigint): bigint {
  return a < b ? a : b
}

function greater(a: bigint, b: bigint): bigint {
  return a < b ? b : a
}

export function uniteRanges(left: IndexRanges, right: IndexRanges): IndexRanges {
  const sorted = [...left, ...right].sort((a, b) => (a.low < b.low ? -1 : a.low > b.low ? 1 : 0))
  const united: IndexRange[] = []
  for (const next of sorted) {
    const last = united.at(-1)
    if (last === undefined || next.low > last.high + 1n) united.push(next)
    else if (next.high > last.high) united[united.length - 1] = { low: last.low, high: next.high }
  }
  return united
}
