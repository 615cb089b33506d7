import { walkList } from './expression-list.ts'
import { refuse } from './rule-fault.ts'
import { short } from './rule-text.ts'
import type { PortRange } from './signature.ts'

/**
 * The ports of a rule's header: `any`, `80`, `80:90`, `:1024`, `1024:`, `$NAME`, and lists of these with `!`. Sorted, disjoint
 * ranges; undefined for `any`. Throws a RuleFault.
 */
export function parsePorts(
  text: string,
  variables: Readonly<Record<string, string>>,
): readonly PortRange[] | undefined {
  if (text.toLowerCase() === 'any') return undefined
  const asked = new Uint8Array(65_536)
  const negated = new Uint8Array(65_536)
  let isAsked = false
  walkList(
    'port',
    text,
    (name) => (Object.hasOwn(variables, name) ? variables[name] : undefined),
    (item, isNegated) => {
      const { low, high } = parseRange(item)
      if (isNegated && low === 0 && high === 65_535)
        refuse(`the port '${short(text)}' leaves nothing: it negates all ports`)
      if (!isNegated) isAsked = true
      ;(isNegated ? negated : asked).fill(1, low, high + 1)
    },
  )
  const ranges: PortRange[] = []
  let low = -1
  for (let port = 0; port <= 65_536; port += 1) {
    const isIn = port < 65_536 && (!isAsked || asked[port] === 1) && negated[port] === 0
    if (isIn && low < 0) low = port
    if (!isIn && low >= 0) {
      ranges.push({ low, high: port - 1 })
      low = -1
    }
  }
  if (ranges.length === 0) refuse(`the port '${short(text)}' leaves no port: all that it names is negated`)
  return ranges[0]?.low === 0 && ranges[0].high === 65_535 ? undefined : ranges
}

function parseRange(item: string): PortRange {
  if (item.toLowerCase() === 'any') return { low: 0, high: 65_535 }
  const form = /^([0-9]{1,6})?(:)?([0-9]{1,6})?$/.exec(item)
  const low = Number(form?.[1] ?? 0)
  const high = form?.[2] ? Number(form[3] ?? 65_535) : low
  if (!form || (form[1] === undefined && form[2] === undefined) || low > high || high > 65_535) {
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
