import { NAT_CLOSED_SECONDS, NAT_IDLE_SECONDS } from '@flowtap/core'
import { seconds } from '../duration.ts'
import type { ConversationPair, ConversationShape } from './conversation.ts'
import type { ConversationTemplate } from './conversation-template.ts'

const IDLE_MICROSECONDS = seconds(NAT_IDLE_SECONDS)
const CLOSED_MICROSECONDS = seconds(NAT_CLOSED_SECONDS)
/** Entries beyond which those that are over are taken out. */
const SWEEP_FROM = 65_536
const [FIN, RST] = [1, 4] as const

interface Translation {
  readonly port: number
  readonly untilMicroseconds: number
}

/** The ports that NAT gateways gave lately: a conversation that comes back with the same 5-tuple keeps its own. */
export class NatMemory {
  readonly #translations = new Map<ConversationPair, Map<number, Translation>>()
  #count = 0
  #sweepFrom = SWEEP_FROM

  /** The port of a conversation that goes on through a gateway where it was before; undefined for a new one. */
  find(
    pair: ConversationPair,
    { kind }: ConversationShape,
    clientPort: number,
    nowMicroseconds: number,
  ): number | undefined {
    const known = this.#translations.get(pair)?.get(keyOf(kind, clientPort))
    return known && nowMicroseconds < known.untilMicroseconds ? known.port : undefined
  }

  remember(
    pair: ConversationPair,
    { kind }: ConversationShape,
    clientPort: number,
    startMicroseconds: number,
    template: ConversationTemplate,
    port: number,
  ): void {
    let ofPair = this.#translations.get(pair)
    if (!ofPair) {
      ofPair = new Map()
      this.#translations.set(pair, ofPair)
    }
    const key = keyOf(kind, clientPort)
    if (!ofPair.has(key)) this.#count += 1
    const memory = isClosed(template) ? CLOSED_MICROSECONDS : IDLE_MICROSECONDS
    ofPair.set(key, { port, untilMicroseconds: startMicroseconds + template.lastCause + memory })
    if (this.#count > this.#sweepFrom) this.#sweep(startMicroseconds)
  }

  #sweep(nowMicroseconds: number): void {
    this.#count = 0
    for (const ofPair of this.#translations.values()) {
      for (const [key, { untilMicroseconds }] of ofPair) if (untilMicroseconds <= nowMicroseconds) ofPair.delete(key)
      this.#count += ofPair.size
    }
    this.#sweepFrom = Math.max(SWEEP_FROM, this.#count * 2)
  }
}

/** TCP and UDP have ports of their own. */
function keyOf(kind: ConversationShape['kind'], clientPort: number): number {
  return clientPort * 2 + (kind === 'udp' ? 1 : 0)
}

/** Whether a TCP connection is over for a gateway: after a RST, or after FINs from both sides. */
function isClosed({ flows }: ConversationTemplate): boolean {
  const flags = flows.map((flow) => (flow.kind === 'flow' ? flow.allFlags : 0))
  return flags.some((all) => (all & RST) !== 0) || flags.filter((all) => (all & FIN) !== 0).length > 1
}
