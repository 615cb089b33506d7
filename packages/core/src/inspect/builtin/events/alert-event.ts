import type { EveAlertEvent, EveEndpoint, EveTunnel } from '../../eve-event.ts'
import type { RuleHit } from '../../rules/match-context.ts'
import type { Signature } from '../../rules/signature.ts'
import type { Transaction } from '../application/transaction.ts'
import { eveAddress, type InspectedPacket } from '../decode/inspected-packet.ts'
import type { Direction, Flow } from '../flow/flow.ts'
import { applicationFacts } from './application-facts.ts'
import { hasPorts, packetHeader } from './event-header.ts'
import { flowCounts } from './flow-event.ts'

/** Where an alert was raised. */
export interface AlertPlace {
  readonly packet: InspectedPacket
  readonly flow: Flow | undefined
  readonly direction: Direction
  readonly tunnel: EveTunnel | undefined
  readonly isPseudo: boolean
  /** What matched, or the only one there is. */
  readonly transaction: Transaction | undefined
  readonly isGuessed: boolean
}

/** The alert of a signature that matched. */
export function alertEvent({ signature }: RuleHit, place: AlertPlace): EveAlertEvent {
  const { packet, flow, direction, tunnel, transaction, isPseudo } = place
  const isIcmp = packet.isIcmp
  const files = transaction?.files.filter((file) => file.direction === direction).map((file) => file.facts) ?? []
  const metadata: Record<string, string[]> = {}
  for (const { key, value } of signature.metadata) {
    metadata[key] ??= []
    metadata[key]?.push(value)
  }
  return {
    ...packetHeader(packet, flow, 'alert', isPseudo),
    ...(transaction && { tx_id: transaction.id }),
    ...(place.isGuessed && { tx_guessed: true }),
    alert: {
      action: signature.action.startsWith('reject') ? 'blocked' : 'allowed',
      gid: signature.gid,
      signature_id: signature.sid,
      rev: signature.rev,
      signature: signature.msg,
      category: signature.category,
      severity: signature.priority,
      ...(signature.metadata.length > 0 && { metadata }),
      ...(signature.target !== undefined && sides(signature.target, packet)),
    },
    ...(tunnel && { tunnel }),
    ...(transaction && applicationFacts(transaction)),
    ...(files.length > 0 && { files }),
    ...(flow?.application !== undefined && { app_proto: flow.application }),
    ...(flow && {
      direction: direction === 0 ? 'to_server' : 'to_client',
      flow: {
        ...flowCounts(flow),
        src_ip: eveAddress(flow.client),
        dest_ip: eveAddress(flow.server),
        ...(!isIcmp && { src_port: flow.clientPort, dest_port: flow.serverPort }),
      },
    }),
    ...(flow?.flowbits && flow.flowbits.size > 0 && { metadata: { flowbits: [...flow.flowbits] } }),
  }
}

/** Who attacks whom, by the rule's `target`. */
function sides(
  target: NonNullable<Signature['target']>,
  packet: InspectedPacket,
): { source: EveEndpoint; target: EveEndpoint } {
  const withPorts = hasPorts(packet.protocol)
  const sender = { ip: eveAddress(packet.source), ...(withPorts && { port: packet.sourcePort }) }
  const receiver = { ip: eveAddress(packet.destination), ...(withPorts && { port: packet.destinationPort }) }
  return target === 'dest_ip' ? { source: sender, target: receiver } : { source: receiver, target: sender }
}
