import { IP_PROTOCOL } from '../../../packet/ip-protocol.ts'
import type { EveFlowCounts, EveFlowEvent, EveTcp } from '../../eve-event.ts'
import { eveAddress } from '../decode/inspected-packet.ts'
import type { Flow } from '../flow/flow.ts'
import type { FlowEndReason } from '../flow/inspected-flow-table.ts'
import { eveTime, protocolName } from './event-header.ts'

/** What was counted of a flow. */
export function flowCounts(flow: Flow): EveFlowCounts {
  return {
    pkts_toserver: flow.packetsToServer,
    pkts_toclient: flow.packetsToClient,
    bytes_toserver: flow.bytesToServer,
    bytes_toclient: flow.bytesToClient,
    start: eveTime(flow.startMicroseconds),
  }
}

/** The event of a flow's end. */
export function flowEvent(flow: Flow, reason: FlowEndReason, nowMicroseconds: number): EveFlowEvent {
  const isIcmp = flow.protocol === IP_PROTOCOL.icmp || flow.protocol === IP_PROTOCOL.icmpv6
  const { application } = flow
  // Field by field, in the order in which Suricata has them: conditional spreads take several times as long.
  const event = { timestamp: eveTime(nowMicroseconds), flow_id: flow.id, event_type: 'flow' } as EveFlowEvent
  if (flow.vlans.length > 0) event.vlan = flow.vlans
  event.src_ip = eveAddress(flow.client)
  if (!isIcmp) event.src_port = flow.clientPort
  event.dest_ip = eveAddress(flow.server)
  if (!isIcmp) event.dest_port = flow.serverPort
  event.proto = protocolName(flow.protocol)
  if (isIcmp) {
    event.icmp_type = flow.messageType
    event.icmp_code = flow.messageCode
    if (flow.responseType >= 0) {
      event.response_icmp_type = flow.responseType
      event.response_icmp_code = flow.responseCode
    }
  }
  if (application !== undefined) event.app_proto = application
  const facts: EveFlowEvent['flow'] = {
    pkts_toserver: flow.packetsToServer,
    pkts_toclient: flow.packetsToClient,
    bytes_toserver: flow.bytesToServer,
    bytes_toclient: flow.bytesToClient,
    start: eveTime(flow.startMicroseconds),
    end: eveTime(flow.lastMicroseconds),
    age: Math.floor(flow.lastMicroseconds / 1e6) - Math.floor(flow.startMicroseconds / 1e6),
    state: flow.state,
    reason,
    alerted: flow.isAlerted,
  }
  if (flow.action !== undefined) facts.action = flow.action
  event.flow = facts
  if (flow.flowbits && flow.flowbits.size > 0) event.metadata = { flowbits: [...flow.flowbits] }
  if (flow.protocol === IP_PROTOCOL.tcp) event.tcp = tcpFacts(flow)
  if (flow.tunnel) event.tunnel = flow.tunnel
  return event
}

function tcpFacts({ tcp }: Flow): EveTcp {
  if (!tcp) return { tcp_flags: '00', tcp_flags_ts: '00', tcp_flags_tc: '00' }
  const { flags, client, server } = tcp
  // Field by field: conditional spreads take several times as long.
  const facts: EveTcp = {
    tcp_flags: hexadecimal(flags),
    tcp_flags_ts: hexadecimal(client.flags),
    tcp_flags_tc: hexadecimal(server.flags),
  }
  if ((flags & 2) !== 0) facts.syn = true
  if ((flags & 1) !== 0) facts.fin = true
  if ((flags & 4) !== 0) facts.rst = true
  if ((flags & 8) !== 0) facts.psh = true
  if ((flags & 16) !== 0) facts.ack = true
  if ((flags & 32) !== 0) facts.urg = true
  if ((flags & 64) !== 0) facts.ecn = true
  if ((flags & 128) !== 0) facts.cwr = true
  facts.state = tcp.state
  if (client.hasGap) facts.ts_gap = true
  if (server.hasGap) facts.tc_gap = true
  // A stream's bytes stand in one piece here, whatever was missing between them.
  facts.ts_max_regions = 1
  facts.tc_max_regions = 1
  return facts
}

function hexadecimal(flags: number): string {
  return flags.toString(16).padStart(2, '0')
}
