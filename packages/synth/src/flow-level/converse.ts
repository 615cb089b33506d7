import type { Host } from '../host/host.ts'
import type { Process } from '../host/process.ts'
import { attempt } from '../workloads/rounds.ts'
import type { ConversationPair, ConversationShape, ConversationSlot } from './conversation.ts'

type ShapeOf<Kind extends ConversationShape['kind']> = Extract<ConversationShape, { kind: Kind }>

/** Starts a conversation with its packets, now. What the network refuses ends it. */
export function converse(
  pair: ConversationPair,
  shape: ConversationShape,
  { clientPort, number }: ConversationSlot,
): void {
  pair.client.spawn(`conversation-${number}`, (client) => attempt(processOf(client, pair, shape, clientPort)))
}

function processOf(
  client: Host,
  pair: ConversationPair,
  shape: ConversationShape,
  clientPort: number,
): Process<unknown> {
  switch (shape.kind) {
    case 'tcp':
      return connect(client, pair, shape, clientPort)
    case 'udp':
      return ask(client, pair, shape, clientPort)
    case 'syn':
      return client.probe({
        to: pair.server,
        protocol: 'tcp',
        port: pair.serverPort,
        fromPort: clientPort,
        ...(pair.from && { from: pair.from }),
      })
    case 'ping':
      return client.ping({
        to: pair.server,
        count: shape.count,
        ...(pair.from && { from: pair.from }),
        ...(shape.bytes !== undefined && { bytes: shape.bytes }),
        ...(shape.intervalMicroseconds !== undefined && { intervalMicroseconds: shape.intervalMicroseconds }),
      })
  }
}

function* connect(
  client: Host,
  { from, server, serverPort }: ConversationPair,
  { exchanges, end, connectTimeoutMicroseconds }: ShapeOf<'tcp'>,
  clientPort: number,
): Process {
  const connection = yield* client.connect({
    to: server,
    port: serverPort,
    fromPort: clientPort,
    ...(from && { from }),
    ...(connectTimeoutMicroseconds !== undefined && { timeoutMicroseconds: connectTimeoutMicroseconds }),
  })
  for (const { send, receive, serverDelayMicroseconds = 0, thinkMicroseconds = 0 } of exchanges) {
    if (thinkMicroseconds > 0) yield* client.sleep(thinkMicroseconds)
    yield* connection.exchange({ send, receive, serverDelayMicroseconds })
  }
  if (end === 'abort') connection.abort()
  else yield* connection.close()
}

function* ask(
  client: Host,
  { from, server, serverPort }: ConversationPair,
  { exchanges, timeoutMicroseconds }: ShapeOf<'udp'>,
  clientPort: number,
): Process {
  for (const { send, receive, serverDelayMicroseconds = 0, thinkMicroseconds = 0 } of exchanges) {
    if (thinkMicroseconds > 0) yield* client.sleep(thinkMicroseconds)
    yield* client.exchangeUdp({
      to: server,
      port: serverPort,
      fromPort: clientPort,
      send,
      serverDelayMicroseconds,
      ...(receive > 0 && { receive }),
      ...(from && { from }),
      ...(timeoutMicroseconds !== undefined && { timeoutMicroseconds }),
    })
  }
}
