import { walkList } from './expression-list.ts'
import { refuse } from './rule-fault.ts'
import { short } from './rule-text.ts'
import type { PortRange } from './signature.ts'

const LAST_PORT = 65_535

/**
 * The ports of a rule's header: `any`, `80`, `80:90`, `:1024`, `1024:`, `$NAME`, and lists of these with `!`. Sorted, disjoint
 * ranges; undefined for `any`. Throws a RuleFault.
 */
export function parsePorts(
  text: string,
  variables: Readonly<Record<string, string>>,
): readonly PortRange[] | undefined {
  if (text.toLowerCase() === 'any') return undefined
  const asked: PortRange[] = []
  const negated: PortRange[] = []
  walkList(
    'port',
    text,
    (name) => (Object.hasOwn(variables, name) ? variables[name] : undefined),
    (item, isNegated) => {
      const range = parseRange(item)
      if (isNegated && range.low === 0 && range.high === LAST_PORT)
        refuse(`the port '${short(text)}' leaves nothing: it negates all ports`)
      ;(isNegated ? negated : asked).push(range)
    },
  )
  const ranges = without(asked.length > 0 ? merged(asked) : [{ low: 0, high: LAST_PORT }], merged(negated))
  if (ranges.length === 0) refuse(`the port '${short(text)}' leaves no port: all that it names is negated`)
  return ranges[0]?.low === 0 && ranges[0].high === LAST_PORT ? undefined : ranges
}

/** Sorted, and with neighbours put together. */
function merged(ranges: readonly PortRange[]): PortRange[] {
  const result: PortRange[] = []
  for (const { low, high } of ranges.toSorted((a, b) => a.low - b.low)) {
    const last = result.at(-1)
    if (last && low <= last.high + 1) result[result.length - 1] = { low: last.low, high: Math.max(last.high, high) }
    else result.push({ low, high })
  }
  return result
}

/** What holes leave of ranges; both are sorted and disjoint. */
function without(ranges: readonly PortRange[], holes: readonly PortRange[]): PortRange[] {
  const left: PortRange[] = []
  for (const { low, high } of ranges) {
    let next = low
    for (const hole of holes) {
      if (hole.high < next || hole.low > high) continue
      if (hole.low > next) left.push({ low: next, high: hole.low - 1 })
      next = hole.high + 1
    }
    if (next <= high) left.push({ low: next, high })
  }
  return left
}

function parseRange(item: string): PortRange {
  if (item.toLowerCase() === 'any') return { low: 0, high: LAST_PORT }
  const form = /^([0-9]{1,6})?(:)?([0-9]{1,6})?$/.exec(item)
  const low = Number(form?.[1] ?? 0)
  const high = form?.[2] ? Number(form[3] ?? LAST_PORT) : low
  if (!form || (form[1] === undefined && form[2] === undefined) || low > high || high > LAST_PORT) {
    return refuse(
      `'${short(item)}' is no port; allowed are any, 80, 80:90, :1024, 1024:, $NAME, and lists of them in brackets, with numbers up to 65535`,
    )
  }
  return { low, high }
}

/** Whether a port lies in one of the ranges; always in `undefined`, which is `any`. */
export function containsPort(ranges: readonly PortRange[] | undefined, port: number): boolean {
  if (ranges === undefined) return true
  for (const { low, high } of ranges) {
    if (port >= low && port <= high) return true
  }
  return false
}
