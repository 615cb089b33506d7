import { IP_PROTOCOL, type IpAddress, Packet } from '@flowtap/core'
import { seconds, wholeMicroseconds } from '../duration.ts'
import { Content, type ContentView } from './content.ts'
import type { Host, PingOptions, ProbeOptions, ProbeOutcome } from './host.ts'
import type { IpStack } from './ip-stack.ts'
import type { PendingProbe } from './probe-table.ts'
import type { Process } from './process.ts'
import { Signal } from './signal.ts'
import type { Task } from './task.ts'
import { encodeSynOptions, TCP_FLAG } from './tcp-options.ts'

const DEFAULT_BYTES = { icmp: 56, udp: 32, tcp: 0 } as const
const DEFAULT_TIMEOUT_MICROSECONDS = seconds(1)
const view: ContentView = { bytes: new Uint8Array(0), offset: 0 }

/** One probe; see {@link Host.probe}. */
export function* probe(stack: IpStack, task: Task, to: IpAddress, options: ProbeOptions): Process<ProbeOutcome> {
  const { clock } = stack
  const identifier = options.protocol === 'icmp' ? task.stackRandom.integer(1, 65_535) : ownPort(stack, task, options)
  const sent = sendProbe(stack, to, identifier, options)
  const signal = new Signal(clock)
  let outcome: ProbeOutcome | undefined
  const pending: PendingProbe = {
    ...sent,
    answer: (answered) => {
      outcome = answered
      signal.notify()
    },
  }
  stack.probes.add(pending)
  const { timeoutMicroseconds = DEFAULT_TIMEOUT_MICROSECONDS } = options
  const until = clock.nowMicroseconds + wholeMicroseconds(timeoutMicroseconds, 'timeoutMicroseconds')
  try {
    while (!outcome && clock.nowMicroseconds < until) yield signal.wait(until)
    return outcome ?? { kind: 'timeout', sentMicroseconds: sent.sentMicroseconds }
  } finally {
    if (!outcome) stack.probes.remove(pending)
  }
}

/** One `ping` command; see {@link Host.ping}. */
export function* ping(
  host: Host,
  stack: IpStack,
  task: Task,
  to: IpAddress,
  options: PingOptions,
): Process<readonly ProbeOutcome[]> {
  const { clock, profile } = stack
  const { count = 4, intervalMicroseconds = seconds(1), onOutcome } = options
  const timeoutMicroseconds = options.timeoutMicroseconds ?? profile.pingWaitMicroseconds
  const identifier = task.stackRandom.integer(1, 65_535)
  const outcomes: (ProbeOutcome | undefined)[] = []
  const pending: PendingProbe[] = []
  const signal = new Signal(clock)
  try {
    for (let sequence = 1; sequence <= count; sequence += 1) {
      const sent = sendProbe(stack, to, identifier, {
        to,
        protocol: 'icmp',
        sequence: sequence & 0xffff,
        bytes: options.bytes ?? profile.pingBytes,
        ...(options.hopLimit !== undefined && { hopLimit: options.hopLimit }),
        ...(options.dontFragment !== undefined && { dontFragment: options.dontFragment }),
        ...(options.from && { from: options.from }),
      })
      outcomes.push(undefined)
      const request: PendingProbe = {
        ...sent,
        answer: (outcome) => {
          outcomes[sequence - 1] = outcome
          onOutcome?.(outcome, sequence)
          signal.notify()
        },
      }
      pending.push(request)
      stack.probes.add(request)
      if (sequence < count) yield* host.sleep(intervalMicroseconds)
    }
    const until = clock.nowMicroseconds + wholeMicroseconds(timeoutMicroseconds, 'timeoutMicroseconds')
    while (outcomes.includes(undefined) && clock.nowMicroseconds < until) yield signal.wait(until)
  } finally {
    pending.forEach((request, at) => {
      if (!outcomes[at]) stack.probes.remove(request)
    })
  }
  return outcomes.map((outcome, at): ProbeOutcome => {
    if (outcome) return outcome
    const lost: ProbeOutcome = { kind: 'timeout', sentMicroseconds: pending[at]?.sentMicroseconds ?? 0 }
    onOutcome?.(lost, at + 1)
    return lost
  })
}

function ownPort(stack: IpStack, task: Task, options: ProbeOptions): number {
  if (options.fromPort !== undefined) return options.fromPort
  if (options.protocol === 'udp') return stack.udp.freePort(task.stackRandom)
  const { firstEphemeralPort, lastEphemeralPort } = stack.profile
  return task.stackRandom.integer(firstEphemeralPort, lastEphemeralPort)
}

/** Sends the packet of a probe; gives by what its answers are known. */
function sendProbe(stack: IpStack, to: IpAddress, local: number, options: ProbeOptions): Omit<PendingProbe, 'answer'> {
  const { protocol, hopLimit = stack.profile.hopLimit, dontFragment = false, sequence = 1, port = 0 } = options
  const content = Content.from(options.payload ?? options.bytes ?? DEFAULT_BYTES[protocol])
  content.view(0, content.length, view)
  const isTcp = protocol === 'tcp'
  const isIcmp = protocol === 'icmp'
  const number = isTcp
    ? IP_PROTOCOL.tcp
    : protocol === 'udp'
      ? IP_PROTOCOL.udp
      : to.version === 4
        ? IP_PROTOCOL.icmp
        : IP_PROTOCOL.icmpv6
  const tcpFlags = options.tcpFlags ?? TCP_FLAG.syn
  const isSyn = isTcp && (tcpFlags & TCP_FLAG.syn) !== 0
  stack.transmit(
    new Packet({
      source: options.from ?? stack.sourceFor(to),
      destination: to,
      protocol: number,
      sourcePort: isIcmp ? 0 : local,
      destinationPort: isIcmp ? 0 : port,
      hopLimit,
      identification: stack.nextIdentification(to),
      dontFragment,
      tcpFlags: isTcp ? tcpFlags : 0,
      tcpSequence: isTcp ? Math.imul(local ^ (port << 16), 0x9e3779b1) >>> 0 : 0,
      tcpWindow: isTcp ? 1024 : 0,
      // What nmap sends with a SYN: a maximum segment size and nothing else.
      tcpOptions: isSyn ? PROBE_SYN_OPTIONS : NO_OPTIONS,
      icmpType: isIcmp ? (to.version === 4 ? 8 : 128) : 0,
      icmpIdentifier: isIcmp ? local : 0,
      icmpSequence: isIcmp ? sequence : 0,
      payload: view.bytes,
      payloadOffset: view.offset,
      payloadLength: content.length,
    }),
  )
  return {
    protocol: number,
    local,
    remoteAddress: to,
    remote: isIcmp ? sequence : port,
    sentMicroseconds: stack.clock.nowMicroseconds,
  }
}

const NO_OPTIONS = new Uint8Array(0)
const PROBE_SYN_OPTIONS: Uint8Array = encodeSynOptions(
  { maximumSegmentSize: 1460, windowScale: undefined, selectiveAcknowledgments: false, timestamp: undefined },
  0,
)
