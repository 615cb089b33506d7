import type { EveFlowEvent } from '../eve-event.ts'

const FIN = 1
const SYN = 2
const RST = 4
const PSH = 8
const ACK = 16

/** What a flow event tells of a connection's course, in Zeek's letters. */
export interface ConnectionCourse {
  readonly state: string
  readonly history: string | undefined
}

/**
 * `conn_state` and `history` (docs.zeek.org, Conn::Info) as far as a flow event tells them. It has all flags that each side sent, not their
 * order: the letters of the history stand in the order of a regular connection, each once; data is told from PSH, a pure ACK from ACK; bad
 * checksums, retransmissions, zero windows and inconsistent packets are not in it.
 */
export function connectionCourse(event: EveFlowEvent): ConnectionCourse {
  const { pkts_toserver: sent, pkts_toclient: answered } = event.flow
  if (event.proto === 'TCP') {
    const originator = flagsOf(event.tcp?.tcp_flags_ts)
    const responder = flagsOf(event.tcp?.tcp_flags_tc)
    return {
      state: tcpState(originator, responder),
      history: tcpHistory(originator, responder, event.tcp?.ts_gap === true, event.tcp?.tc_gap === true),
    }
  }
  const history = `${sent > 0 ? 'D' : ''}${answered > 0 ? 'd' : ''}`
  if (event.proto !== 'UDP') return { state: 'OTH', history: undefined }
  return { state: sent > 0 ? (answered > 0 ? 'SF' : 'S0') : answered > 0 ? 'SHR' : 'OTH', history }
}

function flagsOf(hexadecimal: string | undefined): number {
  const flags = Number.parseInt(hexadecimal ?? '', 16)
  return Number.isNaN(flags) ? 0 : flags
}

function tcpState(originator: number, responder: number): string {
  const has = (flags: number, flag: number): boolean => (flags & flag) !== 0
  const hasAsked = has(originator, SYN)
  const hasAnswered = has(responder, SYN)
  const isEstablished = hasAsked && hasAnswered && has(originator, ACK)
  if (has(responder, RST)) return isEstablished ? 'RSTR' : hasAsked ? 'REJ' : hasAnswered ? 'RSTRH' : 'OTH'
  if (has(originator, RST)) {
    if (hasAnswered) return 'RSTO'
    return hasAsked && !has(originator, ACK | FIN) ? 'RSTOS0' : 'OTH'
  }
  if (has(originator, FIN) && has(responder, FIN)) return 'SF'
  if (has(originator, FIN)) return hasAnswered ? 'S2' : hasAsked ? 'SH' : 'OTH'
  if (has(responder, FIN)) return hasAsked ? 'S3' : hasAnswered ? 'SHR' : 'OTH'
  if (isEstablished) return 'S1'
  return hasAsked && responder === 0 ? 'S0' : 'OTH'
}

function tcpHistory(originator: number, responder: number, hasGapAbove: boolean, hasGapBelow: boolean): string {
  const letters: readonly (readonly [string, boolean])[] = [
    ['S', (originator & SYN) !== 0],
    ['h', (responder & SYN) !== 0],
    ['A', (originator & ACK) !== 0],
    ['D', (originator & PSH) !== 0],
    ['a', (responder & ACK) !== 0],
    ['d', (responder & PSH) !== 0],
    ['G', hasGapAbove],
    ['g', hasGapBelow],
    ['F', (originator & FIN) !== 0],
    ['f', (responder & FIN) !== 0],
    ['R', (originator & RST) !== 0],
    ['r', (responder & RST) !== 0],
  ]
  return letters.map(([letter, isThere]) => (isThere ? letter : '')).join('')
}
