import { ACCEPTED, REJECTED_BY_BLOCK_PUBLIC_ACCESS } from './flow-aspect.ts'
import type { FlowCounts, FlowRow } from './flow-row.ts'
import type { FlowSlots } from './flow-slots.ts'
import { TCP_FLAGS_NOT_COMPUTABLE } from './tcp-flags.ts'

const MICROSECONDS = 1_000_000

/** Writes a flow of an ENI's table into a row; who captured it and in which interval stands there already. */
export function readFlow(flows: FlowSlots, slot: number, intervalStartMicroseconds: number, row: FlowRow): void {
  const aspect = flows.aspect(slot)
  row.direction = (aspect & 1) === 1 ? 'egress' : 'ingress'
  row.action = aspect >> 1 === ACCEPTED ? 'ACCEPT' : 'REJECT'
  row.rejectReason = aspect >> 1 === REJECTED_BY_BLOCK_PUBLIC_ACCESS ? 'BPA' : undefined
  row.nextHop = flows.nextHop(slot)
  readCounts(flows, slot, intervalStartMicroseconds, row)
}

/** Writes what flows of all kinds have into a row. */
export function readCounts(flows: FlowSlots, slot: number, intervalStartMicroseconds: number, row: FlowCounts): void {
  const ports = flows.ports(slot)
  const flags = flows.tcpFlags(slot)
  row.logStatus = 'OK'
  flows.addresses(slot, row.source, row.destination)
  row.sourcePort = ports >>> 16
  row.destinationPort = ports & 0xffff
  row.protocol = flows.protocol(slot)
  row.packets = flows.packets(slot)
  row.bytes = flows.bytes(slot)
  row.tcpFlags = flags >= TCP_FLAGS_NOT_COMPUTABLE ? -1 : flags
  row.startSeconds = Math.floor((intervalStartMicroseconds + flows.first(slot)) / MICROSECONDS)
  row.endSeconds = Math.floor((intervalStartMicroseconds + flows.last(slot)) / MICROSECONDS)
}
