import { IpAddress } from '@flowtap/core'
import type { Host } from '../host/host.ts'
import type { ScenarioContext } from '../scenario.ts'
import { ClientPorts } from './client-ports.ts'
import type {
  Conversation,
  ConversationPair,
  ConversationShape,
  ConversationSlot,
  ConversationSource,
} from './conversation.ts'

/** Conversations that are listed one by one, in the order of their starts. They are checked as they come. */
export class ConversationList implements ConversationSource {
  readonly pairs: ConversationPair[] = []
  readonly shapes: ConversationShape[] = []
  readonly #context: Pick<ScenarioContext, 'host' | 'random' | 'startMicroseconds'>
  readonly #conversations: Iterator<Conversation>
  readonly #pairs = new Map<string, number>()
  readonly #shapes = new Map<ConversationShape, number>()
  readonly #ports = new Map<string, ClientPorts>()
  #number = 0
  #lastMicroseconds = 0

  constructor(
    context: Pick<ScenarioContext, 'host' | 'random' | 'startMicroseconds'>,
    conversations: Iterable<Conversation>,
  ) {
    this.#context = context
    this.#conversations = conversations[Symbol.iterator]()
  }

  /** Throws a RangeError for a conversation that is out of order or names what is not there. */
  next(slot: ConversationSlot): boolean {
    const next = this.#conversations.next()
    if (next.done) return false
    const conversation = next.value
    this.#number += 1
    const { afterMicroseconds, shape } = conversation
    if (!Number.isSafeInteger(afterMicroseconds) || afterMicroseconds < this.#lastMicroseconds) {
      this.#refuse(
        `afterMicroseconds is a natural number that does not fall from one conversation to the next, not ${afterMicroseconds} after ${this.#lastMicroseconds}`,
      )
    }
    this.#lastMicroseconds = afterMicroseconds
    slot.startMicroseconds = this.#context.startMicroseconds + afterMicroseconds
    slot.shape = this.#placeOfShape(shape)
    slot.pair = this.#placeOfPair(conversation)
    slot.clientPort = this.#clientPort(conversation, slot.pair)
    return true
  }

  #placeOfShape(shape: ConversationShape): number {
    const known = this.#shapes.get(shape)
    if (known !== undefined) return known
    this.#shapes.set(shape, this.shapes.length)
    return this.shapes.push(shape) - 1
  }

  #placeOfPair({ client, from, server, serverPort = 0, shape }: Conversation): number {
    if (shape.kind !== 'ping') this.#checkPort('serverPort', serverPort)
    const port = shape.kind === 'ping' ? 0 : serverPort
    const key = `${client} ${from} ${server} ${port}`
    const known = this.#pairs.get(key)
    if (known !== undefined) return known
    const host = this.#hostNamed(client)
    const own = from === undefined ? undefined : this.#addressOf(from)
    const pair = {
      client: host,
      from: own,
      server: this.#serverOf(server, host),
      serverPort: port,
      // Nobody says that the list does not come back to a port.
      hasUniquePorts: false,
    }
    this.#pairs.set(key, this.pairs.length)
    return this.pairs.push(pair) - 1
  }

  #clientPort({ clientPort, shape }: Conversation, place: number): number {
    if (shape.kind === 'ping') return 0
    if (clientPort !== undefined) {
      this.#checkPort('clientPort', clientPort)
      return clientPort
    }
    const { client } = this.pairs[place] as ConversationPair
    let ports = this.#ports.get(client.name)
    if (!ports) {
      ports = new ClientPorts(client, this.#context.random.stream('client-ports').stream(client.name))
      this.#ports.set(client.name, ports)
    }
    return ports.next()
  }

  #serverOf(server: string, client: Host): IpAddress {
    const address = IpAddress.parse(server)
    if (address) return address
    const host = this.#hostNamed(server)
    const isPublic = client.kind === 'internet' || host.kind === 'internet'
    const [own] = isPublic ? host.publicAddresses : host.addresses
    if (own) return own
    return this.#refuse(`'${server}' has no ${isPublic ? 'public ' : ''}address that '${client.name}' could reach`)
  }

  #hostNamed(name: string): Host {
    try {
      return this.#context.host(name)
    } catch (error) {
      return this.#refuse(error instanceof Error ? error.message : String(error))
    }
  }

  #addressOf(text: string): IpAddress {
    return IpAddress.parse(text) ?? this.#refuse(`'${text}' is not an IPv4 or IPv6 address`)
  }

  #checkPort(name: string, port: number): void {
    if (!Number.isInteger(port) || port < 1 || port > 65_535) {
      this.#refuse(`${name} is a port from 1 to 65535, not ${port}`)
    }
  }

  #refuse(why: string): never {
    throw new RangeError(`conversation ${this.#number}: ${why}`)
  }
}
