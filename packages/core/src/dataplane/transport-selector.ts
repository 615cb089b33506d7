import { IP_PROTOCOL } from '../packet/ip-protocol.ts'
import type { Packet } from '../packet/packet.ts'
import { isIcmp } from './icmp-message.ts'

const LAST_PORT = 0xffff
const LAST_CODE = 0xff
/** Stands for every ICMP type or code in rules. */
const ALL = -1

/**
 * What a rule of a group or ACL asks of a packet beyond protocol and address: destination port of TCP and UDP; type and code of ICMP;
 * nothing of other protocols.
 */
export interface SelectorRange {
  /** First and last port, or ICMP type. */
  readonly low: number
  readonly high: number
  /** First and last ICMP code. */
  readonly codeLow: number
  readonly codeHigh: number
  /** Every port, or every type and code. */
  readonly isUnlimited: boolean
}

const UNLIMITED: SelectorRange = { low: 0, high: LAST_PORT, codeLow: 0, codeHigh: LAST_CODE, isUnlimited: true }

/** The ports that a rule for TCP or UDP asks for; rules for other protocols, and for all (-1), ask for none. */
export function portRange(protocol: number, fromPort: number, toPort: number): SelectorRange {
  if (!hasPorts(protocol)) return UNLIMITED
  const low = Math.max(fromPort, 0)
  const high = toPort < 0 ? LAST_PORT : toPort
  return { low, high, codeLow: 0, codeHigh: LAST_CODE, isUnlimited: low === 0 && high === LAST_PORT }
}

/** The messages that a rule for ICMP asks for, -1 for all types or codes. */
export function icmpRange(type: number, code: number): SelectorRange {
  return {
    low: type === ALL ? 0 : type,
    high: type === ALL ? LAST_PORT : type,
    codeLow: code === ALL ? 0 : code,
    codeHigh: code === ALL ? LAST_CODE : code,
    isUnlimited: type === ALL && code === ALL,
  }
}

/** TCP or UDP. */
export function hasPorts(protocol: number): boolean {
  return protocol === IP_PROTOCOL.tcp || protocol === IP_PROTOCOL.udp
}

/** The port or type that rules look at; 0 for other protocols. */
export function selectorOf(packet: Packet): number {
  return isIcmp(packet.protocol) ? packet.icmpType : packet.destinationPort
}

/**
 * Whether the packet is a fragment without the header that rules look at. How AWS judges those is unpublished: at ACLs, and at groups
 * where the first fragment is unknown, only rules match that ask for no port, type or code.
 */
export function lacksSelector(packet: Packet): boolean {
  return packet.fragmentOffset > 0 && (hasPorts(packet.protocol) || isIcmp(packet.protocol))
}
