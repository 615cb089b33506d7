import type { Flow, FlowState } from '../flow/flow.ts'
import type { TcpSession, TcpState } from './tcp-session.ts'

const FLOW_STATES: Readonly<Record<TcpState, FlowState>> = {
  none: 'new',
  listen: 'new',
  syn_sent: 'new',
  syn_recv: 'new',
  established: 'established',
  fin_wait1: 'established',
  fin_wait2: 'established',
  close_wait: 'established',
  closing: 'established',
  last_ack: 'closed',
  time_wait: 'closed',
  closed: 'closed',
}

/** Moves a connection, and its flow, to a state. */
export function setState(flow: Flow, session: TcpSession, state: TcpState): void {
  // A refused connection was never one: the flow stays new.
  session.state = state
  flow.state = FLOW_STATES[state]
}

/** The part of Suricata's event names that tells the state. */
export function eventState(state: TcpState): string {
  switch (state) {
    case 'established':
      return 'est'
    case 'syn_recv':
      return '3whs'
    case 'close_wait':
      return 'closewait'
    case 'fin_wait1':
      return 'fin1'
    case 'fin_wait2':
      return 'fin2'
    case 'last_ack':
      return 'lastack'
    case 'time_wait':
      return 'timewait'
    case 'closing':
      return 'closing'
    default:
      return 'est'
  }
}
