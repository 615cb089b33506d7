import type { IpAddress } from '@flowtap/core'
import type { Host } from '../host/host.ts'

/** A question and its answer, in bytes of TCP or UDP payload. */
export interface ConversationExchange {
  readonly send: number
  /** 0 for no answer. */
  readonly receive: number
  /** How long the server takes to answer; 0 unless given. */
  readonly serverDelayMicroseconds?: number
  /** How long the client waits before it asks; 0 unless given. */
  readonly thinkMicroseconds?: number
}

/**
 * What happens in a conversation, without who holds it. One object serves many conversations: those of the same two hosts and shape are
 * replayed from one that was walked through the network with its packets.
 */
export type ConversationShape =
  /** A TCP connection. Where it is refused or filtered, what the client's operating system does then (retransmitted SYNs) is all. */
  | {
      readonly kind: 'tcp'
      readonly exchanges: readonly ConversationExchange[]
      /** `close` unless given. */
      readonly end?: 'close' | 'abort'
      /** How long the client tries to connect; as long as its operating system does unless given. */
      readonly connectTimeoutMicroseconds?: number
    }
  /** A single SYN, as scanners send it. */
  | { readonly kind: 'syn' }
  /** UDP questions from one port, one after another. */
  | {
      readonly kind: 'udp'
      readonly exchanges: readonly ConversationExchange[]
      /** How long each answer is waited for; 5 s unless given. */
      readonly timeoutMicroseconds?: number
    }
  /** Echo requests, as `ping` sends them. */
  | {
      readonly kind: 'ping'
      readonly count: number
      /** 1 s unless given. */
      readonly intervalMicroseconds?: number
      /** Of data in each request; the operating system's default unless given. */
      readonly bytes?: number
    }

/** A conversation as plain data: who talks to whom, when, and how. */
export interface Conversation {
  /** Since the start of the run. */
  readonly afterMicroseconds: number
  /** Name of the host that begins, as `ScenarioContext.host` takes it. */
  readonly client: string
  /** One of the client's own addresses; the first that fits unless given. */
  readonly from?: string
  /** The client's port, of TCP and UDP; drawn from the client's ephemeral ports unless given. */
  readonly clientPort?: number
  /** An address, or a host by name: inside AWS's network its private address is meant, from the internet its public one. */
  readonly server: string
  /** Of TCP and UDP. */
  readonly serverPort?: number
  readonly shape: ConversationShape
}

/** Who talks to whom: what conversations have in common besides their shape. */
export interface ConversationPair {
  readonly client: Host
  readonly from: IpAddress | undefined
  readonly server: IpAddress
  /** 0 where the protocol has no ports. */
  readonly serverPort: number
  /**
   * Whether no two conversations of this pair and protocol with the same client port touch the same aggregation interval, so that their
   * flows cannot merge. Unknown is false.
   */
  readonly hasUniquePorts: boolean
}

/** A conversation as numbers, written over for each one. */
export interface ConversationSlot {
  /** Microseconds since 1970. */
  startMicroseconds: number
  /** Place among {@link ConversationSource.pairs}. */
  pair: number
  /** Place among {@link ConversationSource.shapes}. */
  shape: number
  /** 0 where the protocol has no ports. */
  clientPort: number
  /** How many conversations came before it in the run; names its process, and so its random numbers. */
  number: number
}

/** Gives conversations one after another, in the order of their starts. Nothing is allocated for one. */
export interface ConversationSource {
  /** Pairs that conversations refer to; more may be added at the end. */
  readonly pairs: readonly ConversationPair[]
  readonly shapes: readonly ConversationShape[]
  /** Writes the next conversation into the slot, all but its number; false where there is none. */
  next(slot: ConversationSlot): boolean
}

/** A slot to be written over. */
export function conversationSlot(): ConversationSlot {
  return { startMicroseconds: 0, pair: 0, shape: 0, clientPort: 0, number: -1 }
}
