import type { IpAddress } from '@flowtap/core'
import type { ContentLike } from './content.ts'
import type { Host } from './host.ts'
import type { Process } from './process.ts'

/** A datagram that came. */
export interface Datagram {
  readonly from: IpAddress
  readonly fromPort: number
  readonly to: IpAddress
  readonly toPort: number
  readonly length: number
  readonly hopLimit: number
  readonly timeMicroseconds: number
  /** Its bytes; zeros where only sizes count. */
  readonly payload: Uint8Array
}

/** What a UDP port answers to a datagram: content at once, or a process that may take its time and send more than once. */
export type UdpApplication = (
  host: Host,
  datagram: Datagram,
  reply: (content: ContentLike) => void,
) => ContentLike | undefined | Process

/** An open UDP socket. */
export interface UdpSocket {
  readonly port: number
  /** Sends one datagram; larger ones than the path takes are fragmented, as by the kernel. */
  send(to: IpAddress, port: number, content: ContentLike): void
  /** The next datagram; undefined where none came in time. Throws what an ICMP error for a sent datagram says. */
  receive(options?: { readonly timeoutMicroseconds?: number }): Process<Datagram | undefined>
  close(): void
}
