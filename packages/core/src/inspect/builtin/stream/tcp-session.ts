import { TcpStream } from './tcp-stream.ts'

/** Of both ends together, as a watcher between them sees it, in Suricata's words and order. */
export const TCP_STATES = [
  'none',
  'listen',
  'syn_sent',
  'syn_recv',
  'established',
  'fin_wait1',
  'fin_wait2',
  'time_wait',
  'last_ack',
  'close_wait',
  'closing',
  'closed',
] as const

export type TcpState = (typeof TCP_STATES)[number]

const OVER: ReadonlySet<TcpState> = new Set<TcpState>(['last_ack', 'close_wait', 'closing', 'closed', 'none'])
const FLUSHING: ReadonlySet<TcpState> = new Set<TcpState>(['last_ack', 'close_wait', 'closing', 'closed'])

/** One TCP connection. */
export class TcpSession {
  state: TcpState = 'none'
  flags = 0
  readonly client: TcpStream = new TcpStream()
  readonly server: TcpStream = new TcpStream()
  /** Only one direction is seen: bytes count as acknowledged when they come. */
  isOneSided = false
  isMidstream = false

  /** A SYN with a new sequence number starts another connection. */
  get isOver(): boolean {
    return OVER.has(this.state)
  }

  /** Rules look at what is there of a stream, however little: Suricata does so from these states on. */
  get isFlushing(): boolean {
    return FLUSHING.has(this.state)
  }
}
