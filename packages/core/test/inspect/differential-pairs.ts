import fc from 'fast-check'
import { parseRules } from '../../src/inspect/rules/parse-rules.ts'
import { LINK_TYPE } from '../../src/packet/link-type.ts'
import { PcapWriter } from '../../src/packet/pcap/pcap-writer.ts'
import { builtinEvents, compileRules, essentials } from './essentials.ts'
import { type Conversation, randomConversation } from './pair-conversations.ts'
import { randomRule } from './pair-rules.ts'
import { MOST_PACKET_ALERTS, RealSuricataSession } from './real-suricata-session.ts'

/** A capture with rules for it. */
export interface Pair {
  readonly conversations: readonly Conversation[]
  readonly capture: Uint8Array
  /** Their sids count from 1. */
  readonly rules: readonly string[]
}

const RULES_PER_PAIR = 8
/** So many pairs go to one Suricata; no packet can have more alerts than it tells. */
const PAIRS_AT_ONCE = Math.floor(MOST_PACKET_ALERTS / RULES_PER_PAIR)
const START_MICROSECONDS = 1_700_000_000_000_000

/**
 * One to three conversations, one after another or at the same time, and rules that draw on what they say. By the number, no two pairs
 * have addresses in common, so that rules that count over time count for each alone.
 */
export function pair(number: number): fc.Arbitrary<Pair> {
  return fc.gen().map((generate) => {
    const draw = (most: number): number => generate(fc.integer, { min: 0, max: most })
    const conversations = Array.from({ length: 1 + draw(2) }, (_, place) =>
      randomConversation(draw, number * 4 + place),
    )
    const rules = Array.from({ length: RULES_PER_PAIR }, (_, index) =>
      randomRule(draw, conversations[draw(conversations.length - 1)] as Conversation, index + 1),
    )
    return { conversations, capture: captureOf(conversations, draw(1) === 0), rules }
  })
}

function captureOf(conversations: readonly Conversation[], isMixed: boolean): Uint8Array {
  const parts: Uint8Array[] = []
  const writer = new PcapWriter({ onBytes: (bytes) => parts.push(bytes.slice()), linkType: LINK_TYPE.raw })
  let time = START_MICROSECONDS
  const write = (bytes: Uint8Array | undefined): void => {
    if (bytes === undefined) return
    writer.writeFrame(bytes, time)
    time += 1000
  }
  if (isMixed) {
    const longest = Math.max(...conversations.map(({ packets }) => packets.length))
    for (let at = 0; at < longest; at += 1) for (const { packets } of conversations) write(packets[at])
  } else for (const { packets } of conversations) for (const bytes of packets) write(bytes)
  writer.flush()
  return Buffer.concat(parts)
}

/** What the comparison of pairs found. */
export interface PairComparison {
  readonly pairs: number
  readonly rules: number
  /** Rules that are refused here: the rest of a rule contradicts it. */
  readonly refusals: number
  /** Rules that alerted in both. */
  readonly alerting: number
  readonly alerts: number
  readonly differences: readonly string[]
}

/** The comparison of random pairs with the real Suricata: each pair's capture is shown the rules of some pairs at once. */
export async function comparePairs(count: number, seed: number): Promise<PairComparison> {
  const all = Array.from({ length: count }, (_, number) =>
    fc.sample(pair(number), { numRuns: 1, seed: seed * 100_000 + number }),
  ).flat()
  const differences: string[] = []
  let rules = 0
  let alerts = 0
  let alerting = 0
  let refusals = 0
  for (let at = 0; at < all.length; at += PAIRS_AT_ONCE) {
    const batch = all.slice(at, at + PAIRS_AT_ONCE)
    const texts = batch.flatMap((each) => each.rules).map((rule, index) => rule.replace(/sid:\d+/, `sid:${index + 1}`))
    const { errors } = parseRules(texts.join('\n'), { file: 'pairs.rules' })
    const refused = new Set(errors.map(({ line }) => line))
    refusals += errors.length
    const text = texts.filter((_, index) => !refused.has(index + 1)).join('\n')
    rules += batch.length * RULES_PER_PAIR
    const engine = compileRules(text)
    const session = await RealSuricataSession.start(text)
    try {
      for (const [index, each] of batch.entries()) {
        const compared = each.conversations.some(({ isLossy }) => isLossy) ? flowsAlone : essentials
        const moved = session.later(each.capture)
        const real = compared(await session.events(moved))
        const events = builtinEvents(moved, { rules: engine, oneSided: false, packetAlerts: MOST_PACKET_ALERTS })
        const ours = compared(events)
        const sids = new Set(
          events.flatMap((event) => (event.event_type === 'alert' ? [event.alert.signature_id] : [])),
        )
        alerts += events.filter(({ event_type }) => event_type === 'alert').length
        for (let each = 0; each < RULES_PER_PAIR; each += 1)
          if (sids.has(index * RULES_PER_PAIR + each + 1)) alerting += 1
        const where = `seed ${seed}, pair ${at + index} (${each.conversations.map(({ application, transport }) => `${application}/${transport}`).join()})`
        for (const line of without(real, ours)) differences.push(`${where}: only Suricata: ${withRule(line, texts)}`)
        for (const line of without(ours, real)) differences.push(`${where}: only here: ${withRule(line, texts)}`)
      }
    } finally {
      await session.close()
    }
  }
  return { pairs: all.length, rules, refusals, alerting, alerts, differences }
}

/**
 * Where bytes are missing, how much of the rest is still understood differs, and when rules look at it (docs/inspection.md, "Checked
 * against Suricata 7"): then the packets and bytes of flows are compared.
 */
function flowsAlone(events: Parameters<typeof essentials>[0]): readonly string[] {
  return essentials(events)
    .filter((line) => line.includes('"event_type":"flow"'))
    .map((line) =>
      line
        .replace(/"app_proto":"[a-z]+",/, '')
        .replace(/"alerted":(true|false),/, '')
        .replace(/"state":"[a-z]+".*/, ''),
    )
}

function without(lines: readonly string[], others: readonly string[]): string[] {
  const left = new Map<string, number>()
  for (const line of others) left.set(line, (left.get(line) ?? 0) + 1)
  return lines.filter((line) => {
    const count = left.get(line) ?? 0
    if (count > 0) left.set(line, count - 1)
    return count === 0
  })
}

function withRule(line: string, rules: readonly string[]): string {
  const sid = /"signature_id":(\d+)/.exec(line)?.[1]
  return sid === undefined ? line : `${rules[Number(sid) - 1]} ${line}`
}
