import type { IpAddress } from '@flowtap/core'
import type { ContentLike } from './content.ts'
import type { Host } from './host.ts'
import type { Process } from './process.ts'

/** What serves an accepted connection: a process on the listening host. The connection is closed when it ends. */
export type TcpApplication = (host: Host, connection: Connection) => Process

/** An open port. */
export interface Listener {
  readonly port: number
  /** Closes the port: new packets to it are refused. Connections stay. */
  close(): void
}

/**
 * One side of an established TCP connection. Data is a stream, as on a real socket; most traffic needs only its sizes, so
 * {@link Connection.exchange} describes a request and its answer by content or by number of bytes.
 */
export interface Connection {
  readonly localAddress: IpAddress
  readonly localPort: number
  readonly remoteAddress: IpAddress
  readonly remotePort: number
  /** `half-closed`: the other side has sent its last byte. */
  readonly state: 'open' | 'half-closed' | 'closed'
  readonly bytesSent: number
  readonly bytesReceived: number

  /**
   * One question and its answer: sends, has the port at the other side answer, and waits for the whole answer. Where the other side
   * listens with an application of its own, that one decides, and `receive` only says how many bytes to wait for. A server that speaks
   * first: `send: 0`. Throws `ECONNRESET`, `ETIMEDOUT`, `EPIPE`, or `EOF` when the other side closes before.
   */
  exchange(options: ExchangeOptions): Process
  /**
   * A TLS handshake with the sizes and records of a real one; from here on content is carried in TLS records, which adds to its sizes.
   * The other side must be a port without an application of its own.
   */
  startTls(options?: TlsOptions): Process

  /** Hands data to the stack and goes on at once; it is sent as window and loss allow. Throws `EPIPE`, `ECONNRESET`. */
  send(content: ContentLike): void
  /** Waits until everything sent has been acknowledged. */
  flush(): Process
  /** Waits for that many bytes and lets them go. Throws `EOF`, `ECONNRESET`, `ETIMEDOUT`. */
  receive(bytes: number, options?: ReceiveOptions): Process
  /** Waits until the other side has sent its last byte; gives how many bytes came in the meantime, and lets them go. */
  receiveUntilClosed(options?: ReceiveOptions): Process<number>
  /** The bytes that have come since the last read, as soon as there are some; undefined when the other side has sent its last. */
  read(options?: ReceiveOptions): Process<Uint8Array | undefined>

  /** Sends FIN after all data and waits for the other side's; then the connection is over, whatever happened. Never throws. */
  close(): Process
  /** Sends a RST and forgets the connection. */
  abort(): void
}

/** One question and its answer. */
export interface ExchangeOptions {
  readonly send: ContentLike
  readonly receive: ContentLike
  /** Between the last byte of the question and the first of the answer, on the other side. 0 unless given. */
  readonly serverDelayMicroseconds?: number
  /** For the whole exchange; throws `ETIMEDOUT`. None unless given (the stack's own timers still end it). */
  readonly timeoutMicroseconds?: number
  /** The other side closes after its answer, as HTTP/1.0 servers do. */
  readonly thenServerCloses?: boolean
}

/** How a wait for data ends. */
export interface ReceiveOptions {
  /** Throws `ETIMEDOUT`. */
  readonly timeoutMicroseconds?: number
}

/** A TLS handshake. */
export interface TlsOptions {
  /** Server name indication; none unless given. */
  readonly serverName?: string
  /** ALPN protocol names, e.g. `['h2', 'http/1.1']`. */
  readonly alpn?: readonly string[]
  /** 1.3 unless given; in 1.2 the certificate is readable. */
  readonly version?: '1.2' | '1.3'
  /** Bytes of the server's certificate chain; about 3,000 unless given. */
  readonly certificateBytes?: number
}
