import { FileError } from '../../files/file-error.ts'
import { type ProgramContext, print } from '../../program.ts'
import type { TcpConnection, UdpSocket } from '../../shell-host.ts'
import { Condition, type Task } from '../../task.ts'

/** What nc's options ask for. */
export interface NcSettings {
  readonly isUdp: boolean
  readonly isListening: boolean
  readonly keepsListening: boolean
  readonly scansOnly: boolean
  readonly isVerbose: boolean
  readonly isNumeric: boolean
  readonly readsInput: boolean
  /** Whether the end of the input is sent to the other side. */
  readonly sendsEnd: boolean
  /** How long connecting and silence may take. */
  readonly seconds: number | undefined
  /** Seconds from the end of the input to its own; undefined for never. */
  readonly quitSeconds: number | undefined
  readonly localPort: number | undefined
  readonly version: 4 | 6 | undefined
}

/** The network's side of what nc carries. */
export interface NcLink {
  /** False where the other side is gone. */
  send(bytes: Uint8Array): boolean
  /** Undefined after the last bytes. */
  read(): Task<Uint8Array | undefined>
  endOutput(): void
}

/** A connection as nc uses it. */
export function tcpLink(connection: TcpConnection): NcLink {
  return {
    send: (bytes) => connection.send(bytes),
    *read() {
      const bytes = yield* connection.read()
      return typeof bytes === 'string' ? undefined : bytes
    },
    endOutput: () => connection.endOutput(),
  }
}

/** A socket that talks to one other as nc uses it. An ICMP error ends it. */
export function udpLink(socket: UdpSocket, address: string, port: number): NcLink {
  return {
    send: (bytes) => {
      socket.send(address, port, bytes)
      return true
    },
    *read() {
      const arrival = yield* socket.receive()
      return arrival.kind === 'failed' ? undefined : arrival.bytes
    },
    endOutput: () => {},
  }
}

/**
 * Carries bytes both ways until both have ended, as a listener until the other side has, or until `-w` or `-q` say so. The end of the
 * input alone ends nothing.
 */
export function* transfer(context: ProgramContext, settings: NcSettings, link: NcLink): Task {
  const { host, scheduler } = context.process.kernel
  const ended = new Condition()
  let hasInput = settings.readsInput
  let hasNetwork = true
  let activeAt = host.nowMicroseconds
  const input = function* (): Task {
    while (hasInput) {
      const bytes = yield* readInput(context)
      activeAt = host.nowMicroseconds
      if (bytes.length === 0 || !link.send(bytes)) hasInput = false
    }
    if (!settings.readsInput) return
    if (settings.quitSeconds !== undefined) {
      link.endOutput()
      yield* host.sleepUntil(host.nowMicroseconds + settings.quitSeconds * 1_000_000)
      hasNetwork = false
    } else if (settings.sendsEnd) link.endOutput()
    ended.notify()
  }
  const output = function* (): Task {
    for (;;) {
      const bytes = yield* link.read()
      activeAt = host.nowMicroseconds
      if (!bytes) break
      yield* print(context, bytes)
    }
    if (settings.isListening) {
      // What the input holds at this moment still goes out.
      yield* host.sleepUntil(host.nowMicroseconds)
      hasInput = false
    }
    hasNetwork = false
    ended.notify()
  }
  const both = function* (): Task {
    while (hasInput || hasNetwork) yield* ended.wait()
  }
  const silence = function* (): Task {
    const wait = settings.seconds === undefined ? Number.POSITIVE_INFINITY : settings.seconds * 1_000_000
    while (host.nowMicroseconds < activeAt + wait) {
      yield* host.sleepUntil(Math.min(activeAt + wait, Number.MAX_SAFE_INTEGER))
    }
  }
  const fibers = [scheduler.spawn(input()), scheduler.spawn(output())]
  try {
    yield* scheduler.race([both(), silence()])
  } finally {
    for (const fiber of fibers) fiber.stop()
  }
}

function* readInput(context: ProgramContext): Task<Uint8Array> {
  try {
    return yield* context.process.read(0, 16_384)
  } catch (error) {
    if (error instanceof FileError) return new Uint8Array(0)
    throw error
  }
}
