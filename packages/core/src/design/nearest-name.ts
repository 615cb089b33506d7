/** Names longer than this are not compared: the distance takes time in their length squared. */
const LONGEST_COMPARED = 64
const MOST_CANDIDATES = 2_000

/** From this length on a name may be the beginning of the one that was meant: `cidr` of `cidrBlock`. */
const SHORTEST_BEGINNING = 3

/**
 * The candidate that is most like a name that does not exist, for "did you mean": at most a third of the name has to change, or it is
 * the beginning of just one candidate. Undefined where none is near.
 */
export function nearestName(name: string, candidates: Iterable<string>): string | undefined {
  if (name.length > LONGEST_COMPARED) return undefined
  const wanted = name.toLowerCase()
  const longer: string[] = []
  let best: string | undefined
  let bestDistance = Math.max(1, Math.floor(wanted.length / 3)) + 1
  let count = 0
  for (const candidate of candidates) {
    if (++count > MOST_CANDIDATES) break
    if (candidate.length > LONGEST_COMPARED) continue
    const lower = candidate.toLowerCase()
    if (wanted.length >= SHORTEST_BEGINNING && lower.startsWith(wanted)) longer.push(candidate)
    const distance = editDistance(wanted, lower)
    if (distance < bestDistance) {
      best = candidate
      bestDistance = distance
    }
  }
  return best ?? (longer.length === 1 ? longer[0] : undefined)
}

/** Insertions, deletions, replacements and swaps of neighbours between two texts (Damerau, optimal string alignment). */
function editDistance(left: string, right: string): number {
  let beforeLast: number[] = []
  let last = Array.from({ length: right.length + 1 }, (_, index) => index)
  for (let row = 1; row <= left.length; row++) {
    const current = [row]
    for (let column = 1; column <= right.length; column++) {
      const cost = left[row - 1] === right[column - 1] ? 0 : 1
      let distance = Math.min((last[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1, (last[column - 1] ?? 0) + cost)
      const swapped =
        row > 1 && column > 1 && left[row - 1] === right[column - 2] && left[row - 2] === right[column - 1]
      if (swapped) distance = Math.min(distance, (beforeLast[column - 2] ?? 0) + 1)
      current.push(distance)
    }
    beforeLast = last
    last = current
  }
  return last[right.length] ?? 0
}
