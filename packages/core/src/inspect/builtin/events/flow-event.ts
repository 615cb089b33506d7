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
  return {
    timestamp: eveTime(nowMicroseconds),
    flow_id: flow.id,
    event_type: 'flow',
    ...(flow.vlans.length > 0 && { vlan: flow.vlans }),
    src_ip: eveAddress(flow.client),
    ...(!isIcmp && { src_port: flow.clientPort }),
    dest_ip: eveAddress(flow.server),
    ...(!isIcmp && { dest_port: flow.serverPort }),
    proto: protocolName(flow.protocol),
    ...(isIcmp && { icmp_type: flow.messageType, icmp_code: flow.messageCode }),
    ...(isIcmp &&
      flow.responseType >= 0 && { response_icmp_type: flow.responseType, response_icmp_code: flow.responseCode }),
    ...(application !== undefined && { app_proto: application }),
    flow: {
      ...flowCounts(flow),
      end: eveTime(flow.lastMicroseconds),
      age: Math.floor(flow.lastMicroseconds / 1e6) - Math.floor(flow.startMicroseconds / 1e6),
      state: flow.state,
      reason,
      alerted: flow.isAlerted,
      ...(flow.action !== undefined && { action: flow.action }),
    },
    ...(flow.flowbits && flow.flowbits.size > 0 && { metadata: { flowbits: [...flow.flowbits] } }),
    ...(flow.protocol === IP_PROTOCOL.tcp && { tcp: tcpFacts(flow) }),
    ...(flow.tunnel && { tunnel: flow.tunnel }),
  }
}

function tcpFacts({ tcp }: Flow): EveTcp {
  if (!tcp) return { tcp_flags: '00', tcp_flags_ts: '00', tcp_flags_tc: '00' }
  const { flags, client, server } = tcp
  return {
    tcp_flags: hexadecimal(flags),
    tcp_flags_ts: hexadecimal(client.flags),
    tcp_flags_tc: hexadecimal(server.flags),
    ...((flags & 2) !== 0 && { syn: true }),
    ...((flags & 1) !== 0 && { fin: true }),
    ...((flags & 4) !== 0 && { rst: true }),
    ...((flags & 8) !== 0 && { psh: true }),
    ...((flags & 16) !== 0 && { ack: true }),
    ...((flags & 32) !== 0 && { urg: true }),
    ...((flags & 64) !== 0 && { ecn: true }),
    ...((flags & 128) !== 0 && { cwr: true }),
    state: tcp.state,
    ...(client.hasGap && { ts_gap: true }),
    ...(server.hasGap && { tc_gap: true }),
    // A stream's bytes stand in one piece here, whatever was missing between them.
    ts_max_regions: 1,
    tc_max_regions: 1,
  }
}

function hexadecimal(flags: number): string {
  return flags.toString(16).padStart(2, '0')
}
