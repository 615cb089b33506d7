import type { EveAnomalyEvent, EveTunnel } from '../eve-event.ts'
import type { EveEventHandler } from '../inspector.ts'
import { DnsTransaction } from './application/dns/dns-parser.ts'
import { HttpTransaction } from './application/http/http-transaction.ts'
import { SshTransaction } from './application/ssh/ssh-parser.ts'
import { TlsTransaction } from './application/tls/tls-parser.ts'
import type { Transaction } from './application/transaction.ts'
import type { InspectedPacket } from './decode/inspected-packet.ts'
import { applicationFacts, httpFacts, sshFacts, tlsFacts } from './events/application-facts.ts'
import { dnsAnswer, dnsQueries } from './events/dns-facts.ts'
import { eveTime, packetHeader, transactionHeader } from './events/event-header.ts'
import type { Direction, Flow } from './flow/flow.ts'
import { countOne, type InspectionCounters } from './inspection-counters.ts'

/** Writes the events of packets and transactions, each once. */
export class EventLog {
  readonly #counters: InspectionCounters
  readonly #onEvent: EveEventHandler
  readonly #tunnelOf: (packet: InspectedPacket) => EveTunnel | undefined

  constructor(
    counters: InspectionCounters,
    tunnelOf: (packet: InspectedPacket) => EveTunnel | undefined,
    onEvent: EveEventHandler,
  ) {
    this.#counters = counters
    this.#tunnelOf = tunnelOf
    this.#onEvent = onEvent
  }

  /** Something wrong with a packet as such; `event` is Suricata's name. */
  decodeAnomaly(packet: InspectedPacket, event: string): void {
    countOne(this.#counters.anomaliesByEvent, event)
    // Suricata files this one event under the streams.
    const anomaly = { type: event === 'decoder.too_many_layers' ? 'stream' : 'decode', event } as const
    if (packet.ipStart >= 0) {
      this.#emitAnomaly({ ...packetHeader(packet, undefined, 'anomaly', false), anomaly }, packet)
      return
    }
    const header = {
      timestamp: eveTime(packet.timeMicroseconds),
      ...(packet.depth === 0 && { pcap_cnt: packet.number }),
      event_type: 'anomaly',
      ...(packet.vlans.length > 0 && { vlan: [...packet.vlans] }),
      pkt_src: packet.packetSource,
    } as const
    this.#emitAnomaly({ ...header, anomaly }, packet)
  }

  streamAnomaly(packet: InspectedPacket, flow: Flow, event: string): void {
    countOne(this.#counters.anomaliesByEvent, event)
    this.#emitAnomaly({ ...packetHeader(packet, flow, 'anomaly', false), anomaly: { type: 'stream', event } }, packet)
  }

  /** What is ready of a flow's transactions: anomalies, files of the packet's direction, and complete ones themselves. */
  logTransactions(packet: InspectedPacket, flow: Flow, direction: Direction, isPseudo: boolean): void {
    const { parser } = flow.applicationLayer
    if (!parser) return
    for (const event of taken(parser.anomalies)) this.#applicationAnomaly(packet, flow, event, undefined, isPseudo)
    for (const transaction of parser.transactions) {
      for (const event of transaction.takeAnomalies()) {
        this.#applicationAnomaly(packet, flow, event, transaction, isPseudo)
      }
      for (const file of transaction.files) {
        if (file.isLogged || (file.direction !== direction && !isPseudo)) continue
        file.isLogged = true
        this.#onEvent({
          ...transactionHeader(packet, flow, 'fileinfo', isPseudo, file.direction),
          ...applicationFacts(transaction),
          app_proto: flow.application ?? '',
          fileinfo: file.facts,
          ...this.#tunnel(packet, flow),
        })
      }
      if (transaction.isComplete && !transaction.isLogged) {
        transaction.isLogged = true
        this.#transaction(packet, flow, transaction, isPseudo)
      }
    }
  }

  #transaction(packet: InspectedPacket, flow: Flow, transaction: Transaction, isPseudo: boolean): void {
    const tunnel = this.#tunnel(packet, flow)
    const transport = flow.tcp ? 'tcp' : 'udp'
    const name = transaction.application
    countOne(this.#counters.transactionsByApplication, name === 'dns' ? `dns_${transport}` : name)
    if (transaction instanceof DnsTransaction) {
      const messages = transaction.message.isResponse ? [dnsAnswer(transaction)] : dnsQueries(transaction)
      for (const message of messages) {
        this.#onEvent({
          ...transactionHeader(packet, flow, 'dns', isPseudo),
          dns: { version: 2, ...message },
          ...tunnel,
        })
      }
    } else if (transaction instanceof HttpTransaction) {
      if (!transaction.request && !transaction.response) return
      this.#onEvent({
        ...transactionHeader(packet, flow, 'http', isPseudo),
        tx_id: transaction.id,
        http: httpFacts(transaction),
        ...tunnel,
      })
    } else if (transaction instanceof TlsTransaction) {
      if (!transaction.hasServerHello && !transaction.takesTickets) return
      this.#onEvent({ ...transactionHeader(packet, flow, 'tls', isPseudo), tls: tlsFacts(transaction), ...tunnel })
    } else if (transaction instanceof SshTransaction) {
      if (!transaction.client && !transaction.server) return
      this.#onEvent({
        ...transactionHeader(packet, flow, 'ssh', isPseudo),
        tx_id: transaction.id,
        ssh: sshFacts(transaction),
        ...tunnel,
      })
    }
  }

  #applicationAnomaly(
    packet: InspectedPacket,
    flow: Flow,
    event: string,
    transaction: Transaction | undefined,
    isPseudo: boolean,
  ): void {
    countOne(this.#counters.anomaliesByEvent, event)
    this.#emitAnomaly(
      {
        ...packetHeader(packet, flow, 'anomaly', isPseudo),
        ...(transaction && { tx_id: transaction.id }),
        anomaly: { app_proto: flow.application ?? '', type: 'applayer', event, layer: 'proto_parser' },
      },
      packet,
      flow,
    )
  }

  #emitAnomaly(event: EveAnomalyEvent, packet: InspectedPacket, flow?: Flow): void {
    this.#onEvent({ ...event, ...this.#tunnel(packet, flow) })
  }

  #tunnel(packet: InspectedPacket, flow: Flow | undefined): { tunnel: EveTunnel } | undefined {
    const tunnel = packet.outer ? this.#tunnelOf(packet) : flow?.tunnel
    return tunnel && { tunnel }
  }
}

const NOTHING: readonly string[] = []

/** What is in a list, which is empty then; there is mostly nothing, and then nothing is made. */
function taken(list: string[]): readonly string[] {
  return list.length === 0 ? NOTHING : list.splice(0)
}
