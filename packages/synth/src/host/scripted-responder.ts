import type { Packet } from '@flowtap/core'
import type { SimClock } from '../sim-clock.ts'
import type { Conversation, ConversationStep } from './conversation.ts'
import type { TcpEndpoint, TcpUser } from './tcp-endpoint.ts'

/** The accepted side of a connection whose script the connecting side writes: answers step by step, and closes when that side does. */
export class ScriptedResponder implements TcpUser {
  readonly #clock: SimClock
  readonly #endpoint: TcpEndpoint
  readonly #conversation: Conversation
  #isAnswering = false

  constructor(clock: SimClock, endpoint: TcpEndpoint, conversation: Conversation) {
    this.#clock = clock
    this.#endpoint = endpoint
    this.#conversation = conversation
    conversation.onStep = () => this.#proceed()
  }

  onEstablished(): void {
    this.#proceed()
  }

  onData(_endpoint: TcpEndpoint, _packet: Packet, _skip: number, _length: number): void {
    this.#proceed()
  }

  onRemoteClosed(): void {
    if (!this.#isAnswering) this.#endpoint.close()
  }

  onAcknowledged(): void {}

  onClosed(): void {
    this.#conversation.onStep = undefined
  }

  #proceed(): void {
    if (this.#isAnswering) return
    const step = this.#conversation.steps[0]
    if (!step || this.#endpoint.bytesReceived < step.afterBytes) return
    this.#isAnswering = true
    if (step.delayMicroseconds === 0) this.#clock.soon(answer, this as ScriptedResponder, step)
    else
      this.#clock.schedule(
        this.#clock.nowMicroseconds + step.delayMicroseconds,
        answer,
        this as ScriptedResponder,
        step,
      )
  }

  /** For the clock alone. */
  answer(step: ConversationStep): void {
    this.#isAnswering = false
    this.#conversation.steps.shift()
    const endpoint = this.#endpoint
    if (!endpoint.canSend) return
    endpoint.send(step.answer)
    if (step.thenClose || endpoint.isRemoteClosed) endpoint.close()
    else this.#proceed()
  }
}

function answer(responder: ScriptedResponder, step: ConversationStep): void {
  responder.answer(step)
}
