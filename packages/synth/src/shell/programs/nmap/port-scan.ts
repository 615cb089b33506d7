import type { ProgramContext } from '../../program.ts'
import type { ProbeOutcome } from '../../shell-host.ts'
import { Settlement, type Task } from '../../task.ts'
import type { NmapOptions, ScanKind } from './nmap-options.ts'

/** What was found about a port. */
export interface PortResult {
  readonly port: number
  readonly state: 'open' | 'closed' | 'filtered' | 'unfiltered' | 'open|filtered'
  readonly reason: string
  /** TTL of the answer, where it is known. */
  readonly hopLimit: number | undefined
}

/** Whether a host is there. */
export interface HostResult {
  readonly isUp: boolean
  readonly reason: string
  /** Round trip, microseconds; undefined where nothing answered. */
  readonly latencyMicroseconds: number | undefined
}

/** Probes that are under way at the same time. */
const PARALLEL = 50
/** How long a probe of a host whose round trip is not known is waited for, and the limits once it is. */
const FIRST_TIMEOUT_MICROSECONDS = 1_000_000
const SHORTEST_TIMEOUT_MICROSECONDS = 100_000

const FLAGS: Readonly<Partial<Record<ScanKind, number>>> = { syn: 2, ack: 16, fin: 1, null: 0, xmas: 41 }
const NOTHING = new Uint8Array(0)

/** Looks whether a host is there: by ICMP echo and TCP as root, by TCP connections otherwise. */
export function* discover(context: ProgramContext, address: string): Task<HostResult> {
  const { host, scheduler } = context.process.kernel
  const isRoot = context.process.user.id === 0
  const common = {
    address,
    hopLimit: 48,
    payload: NOTHING,
    dontFragment: false,
    timeoutMicroseconds: FIRST_TIMEOUT_MICROSECONDS,
  }
  for (let attempt = 0; attempt < 2; attempt += 1) {
    const tries: Task<HostResult>[] = isRoot
      ? [
          answered(host.probe({ ...common, protocol: 'icmp', sequence: attempt + 1 })),
          answered(host.probe({ ...common, protocol: 'tcp', port: 443, tcpFlags: 2 })),
          answered(host.probe({ ...common, protocol: 'tcp', port: 80, tcpFlags: 16 })),
        ]
      : [connectTry(context, address, 80), connectTry(context, address, 443)]
    const up = new Settlement<HostResult>()
    const all = scheduler.all(tries.map((one) => settleIfUp(one, up)))
    yield* scheduler.race<unknown>([up.wait(), all])
    if (up.isSettled) return yield* up.wait()
  }
  return { isUp: false, reason: 'no-response', latencyMicroseconds: undefined }
}

function* settleIfUp(attempt: Task<HostResult>, up: Settlement<HostResult>): Task {
  const result = yield* attempt
  if (result.isUp) up.settle(result)
}

function* answered(probe: Task<ProbeOutcome>): Task<HostResult> {
  const outcome = yield* probe
  switch (outcome.kind) {
    case 'echo-reply':
      return {
        isUp: true,
        reason: `echo-reply ttl ${outcome.hopLimit}`,
        latencyMicroseconds: outcome.roundTripMicroseconds,
      }
    case 'open':
      return {
        isUp: true,
        reason: `syn-ack ttl ${outcome.hopLimit}`,
        latencyMicroseconds: outcome.roundTripMicroseconds,
      }
    case 'closed':
      return { isUp: true, reason: `reset ttl ${outcome.hopLimit}`, latencyMicroseconds: outcome.roundTripMicroseconds }
    default:
      return { isUp: false, reason: 'no-response', latencyMicroseconds: undefined }
  }
}

function* connectTry(context: ProgramContext, address: string, port: number): Task<HostResult> {
  const { host } = context.process.kernel
  const start = host.nowMicroseconds
  const outcome = yield* host.connect({ address, port, timeoutMicroseconds: FIRST_TIMEOUT_MICROSECONDS })
  const latencyMicroseconds = host.nowMicroseconds - start
  if (outcome.kind === 'connected') {
    outcome.connection.close()
    return { isUp: true, reason: 'syn-ack', latencyMicroseconds }
  }
  const isUp = outcome.failure === 'refused'
  return {
    isUp,
    reason: isUp ? 'conn-refused' : 'no-response',
    latencyMicroseconds: isUp ? latencyMicroseconds : undefined,
  }
}

/** Scans the ports of a host, some at a time; ports that stay silent are asked again. */
export function* scanPorts(
  context: ProgramContext,
  options: NmapOptions,
  address: string,
  latencyMicroseconds: number | undefined,
): Task<PortResult[]> {
  const { host, scheduler } = context.process.kernel
  const timeout =
    latencyMicroseconds === undefined
      ? FIRST_TIMEOUT_MICROSECONDS
      : Math.min(10_000_000, Math.max(SHORTEST_TIMEOUT_MICROSECONDS, latencyMicroseconds * 4))
  const gap = Math.max(
    options.scanDelayMicroseconds,
    options.maximumRate === undefined ? 0 : Math.ceil(1_000_000 / options.maximumRate),
  )
  const results = new Map<number, PortResult>()
  let pending = options.isSequential ? [...options.ports] : shuffled(options.ports, () => host.randomUint32())
  for (let attempt = 0; attempt <= options.retries && pending.length > 0; attempt += 1) {
    let next = 0
    let nextAt = host.nowMicroseconds
    const queue = pending
    const worker = function* (): Task {
      for (;;) {
        const port = queue[next]
        if (port === undefined) return
        next += 1
        if (gap > 0) {
          const at = nextAt
          nextAt += gap
          yield* host.sleepUntil(at)
        }
        context.process.kernel.budget.operation()
        const result =
          options.kind === 'connect'
            ? yield* connectPort(context, address, port, timeout)
            : yield* probePort(context, options.kind, address, port, timeout)
        results.set(port, result)
      }
    }
    const workers = Array.from({ length: Math.min(gap > 0 ? 1 : PARALLEL, queue.length) }, () => worker())
    yield* scheduler.all(workers)
    pending = queue.filter((port) => results.get(port)?.reason === 'no-response')
  }
  return [...results.values()].sort((a, b) => a.port - b.port)
}

function* connectPort(context: ProgramContext, address: string, port: number, timeout: number): Task<PortResult> {
  const outcome = yield* context.process.kernel.host.connect({ address, port, timeoutMicroseconds: timeout })
  if (outcome.kind === 'connected') {
    outcome.connection.close()
    return { port, state: 'open', reason: 'syn-ack', hopLimit: undefined }
  }
  if (outcome.failure === 'refused') return { port, state: 'closed', reason: 'conn-refused', hopLimit: undefined }
  const reasons: Readonly<Record<string, string>> = {
    'host-unreachable': 'host-unreach',
    'network-unreachable': 'net-unreach',
    prohibited: 'admin-prohibited',
  }
  return { port, state: 'filtered', reason: reasons[outcome.failure] ?? 'no-response', hopLimit: undefined }
}

function* probePort(
  context: ProgramContext,
  kind: ScanKind,
  address: string,
  port: number,
  timeout: number,
): Task<PortResult> {
  const isUdp = kind === 'udp'
  const outcome = yield* context.process.kernel.host.probe({
    address,
    protocol: isUdp ? 'udp' : 'tcp',
    port,
    hopLimit: 48,
    payload: NOTHING,
    dontFragment: false,
    timeoutMicroseconds: timeout,
    ...(isUdp ? {} : { tcpFlags: FLAGS[kind] ?? 2 }),
  })
  return judge(kind, port, outcome)
}

/** What an answer says about a port in each kind of scan (nmap manual, Port Scanning Techniques). */
function judge(kind: ScanKind, port: number, outcome: ProbeOutcome): PortResult {
  const hopLimit = 'hopLimit' in outcome ? outcome.hopLimit : undefined
  const isStealthy = kind === 'fin' || kind === 'null' || kind === 'xmas'
  switch (outcome.kind) {
    case 'open':
      return { port, state: 'open', reason: kind === 'udp' ? 'udp-response' : 'syn-ack', hopLimit }
    case 'closed':
      if (kind === 'ack') return { port, state: 'unfiltered', reason: 'reset', hopLimit }
      return { port, state: 'closed', reason: kind === 'udp' ? 'port-unreach' : 'reset', hopLimit }
    case 'unreachable': {
      if (kind === 'udp' && outcome.code === 3) return { port, state: 'closed', reason: 'port-unreach', hopLimit }
      const reasons: Readonly<Record<number, string>> = {
        0: 'net-unreach',
        1: 'host-unreach',
        2: 'proto-unreach',
        3: 'port-unreach',
        9: 'net-prohibited',
        10: 'host-prohibited',
        13: 'admin-prohibited',
      }
      return { port, state: 'filtered', reason: reasons[outcome.code] ?? 'dest-unreach', hopLimit }
    }
    default:
      return {
        port,
        state: kind === 'udp' || isStealthy ? 'open|filtered' : 'filtered',
        reason: 'no-response',
        hopLimit,
      }
  }
}

function shuffled(ports: readonly number[], random: () => number): number[] {
  const order = [...ports]
  for (let i = order.length - 1; i > 0; i -= 1) {
    const at = random() % (i + 1)
    const moved = order[i] as number
    order[i] = order[at] as number
    order[at] = moved
  }
  return order
}
