import { milliseconds } from '../duration.ts'
import type { Destination, Host } from '../host/host.ts'
import type { Process, ProcessBody } from '../host/process.ts'
import type { ActivityLabel } from '../labels.ts'
import { attempt } from './rounds.ts'

/** Many ports of one host. */
export interface PortScanOptions {
  readonly to: Destination
  /** 1 to 1000 unless given; they are tried in random order. */
  readonly ports?: readonly number[]
  /** `connect` opens and closes connections, `syn` sends single packets, `udp` empty datagrams, `null` and `xmas` odd flags; `connect` unless given. */
  readonly technique?: 'connect' | 'syn' | 'udp' | 'null' | 'xmas'
  /** Ports tried in one second; 200 unless given. */
  readonly portsPerSecond?: number
}

export const PORT_SCAN: ActivityLabel = {
  kind: 'port-scan',
  intent: 'malicious',
  description: 'Tries many ports of one host',
  technique: 'T1046',
  findingType: 'Recon:EC2/Portscan',
}

const TCP_FLAGS = { syn: 0x02, null: 0, xmas: 0x29 } as const

/** One scan. */
export function portScan(options: PortScanOptions): ProcessBody {
  const ports = options.ports ?? Array.from({ length: 1_000 }, (_, index) => index + 1)
  return (host) => host.during(PORT_SCAN, scan(host, options, host.random.shuffle(ports)))
}

function* scan(host: Host, options: PortScanOptions, ports: readonly number[]): Process {
  const gap = Math.max(1, Math.round(1_000_000 / (options.portsPerSecond ?? 200)))
  const tries = []
  for (const port of ports) {
    tries.push(host.spawn(`port-${port}`, (scanner) => tryPort(scanner, options, port)))
    yield* host.sleep(gap)
  }
  for (const one of tries) yield* one.join()
}

function* tryPort(host: Host, { to, technique = 'connect' }: PortScanOptions, port: number): Process {
  if (technique === 'connect') {
    const connection = yield* attempt(host.connect({ to, port, timeoutMicroseconds: milliseconds(1_500) }))
    connection?.abort()
    return
  }
  yield* host.probe(
    technique === 'udp'
      ? { to, port, protocol: 'udp', bytes: 0 }
      : { to, port, protocol: 'tcp', tcpFlags: TCP_FLAGS[technique] },
  )
}
