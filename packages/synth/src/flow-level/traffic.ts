import { DEFAULT_START_MICROSECONDS, defineScenario, type Scenario, type ScenarioContext } from '../scenario.ts'
import {
  type Conversation,
  type ConversationPair,
  type ConversationShape,
  type ConversationSource,
  conversationSlot,
} from './conversation.ts'
import { ConversationList } from './conversation-list.ts'
import { converse } from './converse.ts'

/** What traffic is set up with: a part of a scenario's context. Nothing may be started with it. */
export type TrafficContext = Pick<
  ScenarioContext,
  'topology' | 'random' | 'startMicroseconds' | 'endMicroseconds' | 'hosts' | 'host' | 'addInternetHost'
>

/**
 * Traffic as conversations, which stand each for itself: it can be simulated packet by packet ({@link conversationsScenario}) or only its
 * flow logs be written ({@link generateFlowLogs}), and gives the same records.
 */
export interface Traffic {
  readonly name: string
  /** Microseconds since 1970; {@link DEFAULT_START_MICROSECONDS} unless given. */
  readonly startMicroseconds?: number
  readonly durationMicroseconds: number
  /** Called once: opens ports, adds internet hosts, and says what conversations there are. */
  setup(context: TrafficContext): ConversationSource
}

/** Traffic that is listed. */
export interface ListedTraffic extends Omit<Traffic, 'setup'> {
  /** In the order of their starts. An iterable that can be gone through again serves several runs. */
  readonly conversations: Iterable<Conversation>
  /** Opens ports and adds internet hosts, before anything happens. */
  prepare?(context: TrafficContext): void
}

/**
 * Traffic of conversations that are listed one by one.
 *
 * ```ts
 * const traffic = listedTraffic({
 *   name: 'two-requests',
 *   durationMicroseconds: minutes(10),
 *   conversations: [0, 30].map((second) => ({
 *     afterMicroseconds: seconds(second),
 *     client: 'demo',
 *     server: 'google.com',
 *     serverPort: 80,
 *     shape: request,
 *   })),
 * })
 * ```
 */
export function listedTraffic({ conversations, prepare, ...traffic }: ListedTraffic): Traffic {
  return {
    ...traffic,
    setup(context) {
      prepare?.(context)
      return new ConversationList(context, conversations)
    },
  }
}

/** The same conversations with their packets, as a scenario for `simulate`. */
export function conversationsScenario(traffic: Traffic): Scenario {
  return defineScenario({
    name: traffic.name,
    startMicroseconds: traffic.startMicroseconds ?? DEFAULT_START_MICROSECONDS,
    durationMicroseconds: traffic.durationMicroseconds,
    setup(context) {
      const source = traffic.setup(context)
      const slot = conversationSlot()
      let nowMicroseconds = context.startMicroseconds
      const begin = (): void => {
        while (slot.startMicroseconds <= nowMicroseconds) {
          const pair = source.pairs[slot.pair] as ConversationPair
          const shape = source.shapes[slot.shape] as ConversationShape
          slot.number += 1
          converse(pair, shape, slot)
          if (!source.next(slot)) return
        }
        wait()
      }
      const wait = (): void => {
        const delay = slot.startMicroseconds - nowMicroseconds
        nowMicroseconds = slot.startMicroseconds
        context.after(delay, begin)
      }
      if (source.next(slot)) wait()
    },
  })
}
