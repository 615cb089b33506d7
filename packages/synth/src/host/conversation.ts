import type { Content } from './content.ts'

/** What the other side of a connection is to do next. */
export interface ConversationStep {
  /** The step begins when the connecting side has sent that many bytes in all, and they have come. */
  readonly afterBytes: number
  readonly delayMicroseconds: number
  readonly answer: Content
  readonly thenClose: boolean
}

/**
 * The script of a connection's other side, written by the side that connects as it goes: a simulation knows both ends. It finds its way
 * to the accepted connection through address translation and load balancers by the connecting side's initial sequence number, which
 * those leave alone.
 */
export class Conversation {
  /** The other side is to be the well-known service of its port instead. */
  readonly isWithService: boolean
  readonly steps: ConversationStep[] = []
  /** Called when a step was added. */
  onStep: (() => void) | undefined

  constructor(isWithService: boolean) {
    this.isWithService = isWithService
  }

  add(step: ConversationStep): void {
    this.steps.push(step)
    this.onStep?.()
  }
}

/** All conversations under way, by the connecting side's initial sequence number. */
export class Conversations {
  readonly #bySequence = new Map<number, Conversation>()

  has(initialSequence: number): boolean {
    return this.#bySequence.has(initialSequence)
  }

  begin(initialSequence: number, conversation: Conversation): void {
    this.#bySequence.set(initialSequence, conversation)
  }

  find(initialSequence: number): Conversation | undefined {
    return this.#bySequence.get(initialSequence)
  }

  end(initialSequence: number): void {
    this.#bySequence.delete(initialSequence)
  }
}
