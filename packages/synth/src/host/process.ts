import type { Host } from './host.ts'

/**
 * What a process does between two moments of simulated time: a generator, run by the scheduler. It is no promise, so the order of
 * events is the order of simulated time and nothing else. Every operation that takes simulated time is a `Process` itself and is
 * called with `yield*`; its value is the operation's result, and it throws {@link NetworkError} where a system call would fail.
 *
 * ```ts
 * function* poll(host: Host): Process {
 *   for (;;) {
 *     const connection = yield* host.connect({ to: 'api.example.com', port: 80 })
 *     yield* connection.exchange({ send: 300, receive: 12_000 })
 *     yield* connection.close()
 *     yield* host.sleep(seconds(30))
 *   }
 * }
 * ```
 */
export type Process<Result = void> = Generator<Wait, Result, void>

/** A process from its beginning: called with the host that it runs on. */
export type ProcessBody<Result = void> = (host: Host) => Process<Result>

/**
 * What a process yields to the scheduler. Processes do not make waits themselves: they call the operations of {@link Host}, sockets and
 * connections with `yield*`.
 */
export interface Wait {
  /** Called once when the process yields it; it arranges that `task.resume()` is called later, once. */
  begin(task: WaitingTask): void
  /** Called when the process is stopped while it waits: `resume` must not be called any more. */
  cancel(): void
}

/** The scheduler's side of a process that waits. */
export interface WaitingTask {
  /** Lets the process go on at the present moment, under its own label. */
  resume(): void
}

/** A process that was started with {@link Host.spawn} or by a scenario. */
export interface ProcessHandle<Result = void> {
  /** The name it was started with, below that of the process that started it: `backup`, `backup/upload`. */
  readonly name: string
  readonly state: 'waiting-to-start' | 'running' | 'finished' | 'failed' | 'stopped'
  /** Why it failed: the {@link NetworkError} that it did not catch. Other errors end the simulation. */
  readonly failure: NetworkError | undefined
  /** Waits for its end; gives its result, or throws the {@link NetworkError} that ended it. A stopped process throws `ESTOPPED`. */
  join(): Process<Result>
  /** Ends it where it waits: its `finally` blocks run, its sockets and connections are closed, and so are the processes it started. */
  stop(): void
}

/** The codes of failed network operations, in the words of system calls. */
export type NetworkErrorCode =
  /** The port answered with a RST, or the host with "port unreachable". */
  | 'ECONNREFUSED'
  /** The other side reset the connection. */
  | 'ECONNRESET'
  /** No answer in time: all retransmissions, or the time that the caller gave. */
  | 'ETIMEDOUT'
  | 'EHOSTUNREACH'
  | 'ENETUNREACH'
  /** An ICMP message says that it is administratively prohibited. */
  | 'EACCES'
  /** The name does not exist, or has no address of the family asked for. */
  | 'ENOTFOUND'
  /** No name server answered. */
  | 'EAI_AGAIN'
  | 'EADDRINUSE'
  /** No free port is left, or the address is not the host's. */
  | 'EADDRNOTAVAIL'
  /** Sending on a connection whose sending side is closed. */
  | 'EPIPE'
  /** A datagram larger than its path takes, with fragmenting forbidden. */
  | 'EMSGSIZE'
  /** The other side closed before all that was waited for had come. */
  | 'EOF'
  /** The joined process was stopped. */
  | 'ESTOPPED'

/** A network operation that failed as it can fail on a real host. A process that does not catch it ends; the simulation goes on. */
export class NetworkError extends Error {
  override readonly name: 'NetworkError' = 'NetworkError'
  readonly code: NetworkErrorCode

  constructor(code: NetworkErrorCode, message: string) {
    super(`${code}: ${message}`)
    this.code = code
  }
}
