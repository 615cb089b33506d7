import { IpAddress } from '@flowtap/core'
import type { Host } from '../host/host.ts'
import type { Process, ProcessBody } from '../host/process.ts'
import type { ActivityLabel } from '../labels.ts'

/** What floods. */
export type FloodKind = 'udp' | 'tcp' | 'dns' | 'udp-on-tcp-port' | 'unusual-protocol'

/** A flood of packets. */
export interface DenialOfServiceOptions {
  readonly to: IpAddress | string
  readonly kind: FloodKind
  /** 10,000 unless given. */
  readonly packets?: number
  /** 5,000 unless given. */
  readonly packetsPerSecond?: number
  /** Bytes of payload; 256 (UDP), 0 (TCP), 64 (DNS), 512 (other protocols) unless given. */
  readonly bytes?: number
  /** Destination port; 53 for DNS, a closed high one for UDP, 80 for the others unless given. */
  readonly port?: number
  /** Of `unusual-protocol`, IANA number; 99 (any private encryption scheme) unless given. */
  readonly protocol?: number
}

const TCP = 6
const UDP = 17
const SYN = 2

const FLOODS: Readonly<
  Record<FloodKind, { finding: string; protocol: number; port: number; bytes: number; newPorts: boolean }>
> = {
  udp: { finding: 'Udp', protocol: UDP, port: 40_000, bytes: 256, newPorts: false },
  tcp: { finding: 'Tcp', protocol: TCP, port: 80, bytes: 0, newPorts: true },
  dns: { finding: 'Dns', protocol: UDP, port: 53, bytes: 64, newPorts: true },
  'udp-on-tcp-port': { finding: 'UdpOnTcpPorts', protocol: UDP, port: 80, bytes: 256, newPorts: false },
  'unusual-protocol': { finding: 'UnusualProtocol', protocol: 99, port: 0, bytes: 512, newPorts: false },
}

/** Packets at a steady rate that wait for nothing; TCP and DNS floods come from a new port each time. */
export function denialOfService(options: DenialOfServiceOptions): ProcessBody {
  const label: ActivityLabel = {
    kind: `denial-of-service-${options.kind}`,
    intent: 'malicious',
    description: 'Floods a host with packets',
    technique: 'T1498.001',
    findingType: `Backdoor:EC2/DenialOfService.${FLOODS[options.kind].finding}`,
  }
  return (host) => host.during(label, flood(host, options))
}

function* flood(host: Host, options: DenialOfServiceOptions): Process {
  const kind = FLOODS[options.kind]
  const { packets = 10_000, packetsPerSecond = 5_000, bytes = kind.bytes, port = kind.port } = options
  const to = typeof options.to === 'string' ? IpAddress.of(options.to) : options.to
  const protocol = options.kind === 'unusual-protocol' ? (options.protocol ?? kind.protocol) : kind.protocol
  const hasPorts = protocol === TCP || protocol === UDP
  const startMicroseconds = host.nowMicroseconds
  let sourcePort = host.random.integer(32_768, 60_999)
  for (let packet = 0; packet < packets; packet += 1) {
    if (kind.newPorts) sourcePort = host.random.integer(1_024, 65_535)
    host.sendPacket({
      to,
      protocol,
      ...(hasPorts ? { sourcePort, destinationPort: port } : {}),
      ...(protocol === TCP ? { tcpFlags: SYN, tcpSequence: host.random.uint32() } : {}),
      payload: bytes,
    })
    yield* host.sleepUntil(startMicroseconds + Math.round(((packet + 1) * 1_000_000) / packetsPerSecond))
  }
}
