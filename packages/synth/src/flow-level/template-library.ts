import type { Topology } from '@flowtap/core'
import type { ConversationPair, ConversationShape, ConversationSlot, ConversationSource } from './conversation.ts'
import type { ConversationTemplate } from './conversation-template.ts'
import type { ConversationWalk } from './conversation-walk.ts'
import { NAT_PORTS, type NatDraws } from './nat-draws.ts'
import { NatMemory } from './nat-memory.ts'
import { PortClasses } from './port-classes.ts'

/** Packets that are kept in templates, 25 bytes each; when there are more, all are walked anew as they are needed. */
const KEPT_PACKETS = 3_000_000

/** The templates of one pair, by shape and class of the client's port. */
interface PairTemplates {
  readonly byShape: (ConversationTemplate | undefined)[]
  /** Where a NAT gateway is on the way: by class of its port besides. */
  readonly byNatPort: (ConversationTemplate | undefined)[]
}

/**
 * Finds the template of a conversation, or walks it. Conversations are alike where client, server, server port and shape are the same and
 * no rule tells their ports apart.
 */
export class TemplateLibrary {
  /** Of the conversation that was looked up last: the port that NAT gateways gave it, or 0. */
  natPort = 0
  readonly #walk: ConversationWalk
  readonly #source: ConversationSource
  readonly #draws: NatDraws
  readonly #classes: PortClasses
  readonly #memory = new NatMemory()
  #pairs: (PairTemplates | undefined)[] = []
  #keptPackets = 0

  constructor(walk: ConversationWalk, source: ConversationSource, topology: Topology, draws: NatDraws) {
    this.#walk = walk
    this.#source = source
    this.#classes = new PortClasses(topology)
    this.#draws = draws
  }

  find(slot: ConversationSlot): ConversationTemplate {
    const { pair, shape, clientPort } = slot
    const place = shape * this.#classes.count + this.#classes.of(clientPort)
    const known = this.#pairs[pair]?.byShape[place]
    if (known !== undefined && known.natPort === undefined) return known
    return this.#behindNat(slot, place, known !== undefined)
  }

  /** A conversation that has a NAT gateway on its way, or may have one. */
  #behindNat(slot: ConversationSlot, place: number, usesNat: boolean): ConversationTemplate {
    const pair = this.#source.pairs[slot.pair] as ConversationPair
    const shape = this.#source.shapes[slot.shape] as ConversationShape
    const isRemembered = !pair.hasUniquePorts && shape.kind !== 'ping'
    const remembered = isRemembered
      ? this.#memory.find(pair, shape, slot.clientPort, slot.startMicroseconds)
      : undefined
    let drawn = remembered === undefined ? undefined : remembered - NAT_PORTS.first
    let template: ConversationTemplate | undefined
    if (usesNat) {
      drawn ??= this.#draws.next(pair)
      this.natPort = NAT_PORTS.first + (drawn % NAT_PORTS.count)
      template = this.#pairs[slot.pair]?.byNatPort[place * this.#classes.count + this.#classes.of(this.natPort)]
    }
    template ??= this.#make(slot, place, drawn)
    if (isRemembered && template.natPort !== undefined) {
      this.#memory.remember(pair, shape, slot.clientPort, slot.startMicroseconds, template, this.natPort)
    }
    return template
  }

  /** Walks a conversation; `drawn` is the first thing that the network draws for it. */
  #make(slot: ConversationSlot, place: number, drawn: number | undefined): ConversationTemplate {
    const { pair: pairPlace, shape: shapePlace } = slot
    const pair = this.#source.pairs[pairPlace] as ConversationPair
    const shape = this.#source.shapes[shapePlace] as ConversationShape
    let given = drawn
    const template = this.#walk.walk(pair, shape, slot, () => {
      const next = given ?? this.#draws.next(pair)
      given = undefined
      return next
    })
    this.natPort = template.natPort ?? 0
    if (template.hasTaught || this.#keptPackets > KEPT_PACKETS) {
      this.#pairs = []
      this.#keptPackets = 0
    }
    if (!template.isReusable) return template
    this.#keptPackets += template.packetCount
    let templates = this.#pairs[pairPlace]
    if (!templates) {
      templates = { byShape: [], byNatPort: [] }
      this.#pairs[pairPlace] = templates
    }
    templates.byShape[place] = template
    if (template.natPort !== undefined) {
      templates.byNatPort[place * this.#classes.count + this.#classes.of(template.natPort)] = template
    }
    return template
  }
}
