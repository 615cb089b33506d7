import type { IpAddress } from '@flowtap/core'
import { seconds } from '../duration.ts'
import type { Host } from '../host/host.ts'
import type { Process, ProcessBody } from '../host/process.ts'
import type { ActivityLabel } from '../labels.ts'

/** One port of many hosts. */
export interface PortSweepOptions {
  readonly targets: readonly (IpAddress | string)[]
  readonly port: number
  /** Hosts tried in one second; 100 unless given. */
  readonly hostsPerSecond?: number
}

export const PORT_SWEEP: ActivityLabel = {
  kind: 'port-sweep',
  intent: 'malicious',
  description: 'Tries one port of many hosts',
  technique: 'T1046',
  findingType: 'Impact:EC2/PortSweep',
}

/** One SYN to each target; what comes back is refused by the stack. */
export function portSweep({ targets, port, hostsPerSecond = 100 }: PortSweepOptions): ProcessBody {
  return (host) =>
    host.during(PORT_SWEEP, sweep(host, targets, port, Math.max(1, Math.round(1_000_000 / hostsPerSecond))))
}

function* sweep(host: Host, targets: readonly (IpAddress | string)[], port: number, gapMicroseconds: number): Process {
  const probes = []
  for (const to of targets) {
    probes.push(
      host.spawn('probe', (prober) => prober.probe({ to, port, protocol: 'tcp', timeoutMicroseconds: seconds(2) })),
    )
    yield* host.sleep(gapMicroseconds)
  }
  for (const probe of probes) yield* probe.join()
}
