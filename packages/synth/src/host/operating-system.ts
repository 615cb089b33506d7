import { seconds } from '../duration.ts'
import type { OperatingSystem } from './host.ts'

/** How an operating system's IP stack differs from another's. */
export interface StackProfile {
  /** TTL and hop limit of packets. */
  readonly hopLimit: number
  readonly firstEphemeralPort: number
  readonly lastEphemeralPort: number
  /** Whether TCP offers timestamps: 12 bytes in each segment. */
  readonly tcpTimestamps: boolean
  /** Waits after each SYN; the connection has failed after the last. */
  readonly synWaitsMicroseconds: readonly number[]
  /** Likewise after each SYN/ACK. */
  readonly synAckWaitsMicroseconds: readonly number[]
  /** Retransmissions of data before a connection fails. */
  readonly dataRetransmissions: number
  readonly minimumRetransmissionMicroseconds: number
  readonly delayedAckMicroseconds: number
  readonly timeWaitMicroseconds: number
  /** Exponent of the TCP window scale option. */
  readonly windowScale: number
  readonly initialWindow: number
  /** Half-open connections of a port before it answers with SYN cookies, which need no memory and no retransmission. */
  readonly halfOpenConnections: number
  /** Bytes of data in an echo request of `ping`. */
  readonly pingBytes: number
  /** How long `ping` waits for its last answer. */
  readonly pingWaitMicroseconds: number
}

/**
 * Linux: `ip_local_port_range` 32768 to 60999, `tcp_syn_retries` 6 and `tcp_synack_retries` 5 with a first wait of 1 s that doubles,
 * `tcp_retries2` 15, `TCP_RTO_MIN` 200 ms, `TCP_DELACK_MIN` 40 ms, TIME-WAIT 60 s (kernel documentation, ip-sysctl).
 * Windows: ports 49152 to 65535, two retransmissions of a SYN with a first wait of 3 s, no timestamps unless asked for
 * (Microsoft: "TCP/IP performance tuning", `Get-NetTCPSetting`).
 * What stands behind AWS's services is taken for Linux with the port range that AWS documents for its gateways and balancers.
 */
export const STACK_PROFILES: Readonly<Record<OperatingSystem, StackProfile>> = {
  linux: {
    hopLimit: 64,
    firstEphemeralPort: 32_768,
    lastEphemeralPort: 60_999,
    tcpTimestamps: true,
    synWaitsMicroseconds: [1, 2, 4, 8, 16, 32, 64].map(seconds),
    synAckWaitsMicroseconds: [1, 2, 4, 8, 16, 32].map(seconds),
    dataRetransmissions: 15,
    minimumRetransmissionMicroseconds: 200_000,
    delayedAckMicroseconds: 40_000,
    timeWaitMicroseconds: seconds(60),
    windowScale: 7,
    initialWindow: 64_240,
    halfOpenConnections: 256,
    pingBytes: 56,
    pingWaitMicroseconds: seconds(10),
  },
  windows: {
    hopLimit: 128,
    firstEphemeralPort: 49_152,
    lastEphemeralPort: 65_535,
    tcpTimestamps: false,
    synWaitsMicroseconds: [3, 6, 12].map(seconds),
    synAckWaitsMicroseconds: [3, 6, 12].map(seconds),
    dataRetransmissions: 5,
    minimumRetransmissionMicroseconds: 300_000,
    delayedAckMicroseconds: 50_000,
    timeWaitMicroseconds: seconds(120),
    windowScale: 8,
    initialWindow: 64_240,
    halfOpenConnections: 512,
    pingBytes: 32,
    pingWaitMicroseconds: seconds(4),
  },
  'network-device': {
    hopLimit: 64,
    firstEphemeralPort: 1_024,
    lastEphemeralPort: 65_535,
    tcpTimestamps: true,
    synWaitsMicroseconds: [1, 2, 4, 8, 16, 32, 64].map(seconds),
    synAckWaitsMicroseconds: [1, 2, 4, 8, 16, 32].map(seconds),
    dataRetransmissions: 15,
    minimumRetransmissionMicroseconds: 200_000,
    delayedAckMicroseconds: 40_000,
    timeWaitMicroseconds: seconds(60),
    windowScale: 7,
    initialWindow: 64_240,
    halfOpenConnections: 1_024,
    pingBytes: 56,
    pingWaitMicroseconds: seconds(10),
  },
}
