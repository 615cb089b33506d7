import { type ChildProcess, spawn as nodeSpawn, type SpawnOptions } from 'node:child_process'
import type { Writable } from 'node:stream'
import { containerCommand, type SuricataContainer } from './container-command.ts'
import { EngineLog, type EngineMessage } from './engine-log.ts'
import { SuricataError } from './suricata-error.ts'

/** Starts a process; `spawn` of node:child_process unless given. */
export type SpawnSuricata = (command: string, args: readonly string[], options: SpawnOptions) => ChildProcess

/** How Suricata is run. */
export interface SuricataProcessOptions {
  /** The command or its path; `suricata` on PATH unless given. */
  readonly command?: string
  /** Runs the Suricata of a container image by `docker run`, not an installed one. */
  readonly container?: SuricataContainer
  readonly spawn?: SpawnSuricata
  /** It is ended after so many milliseconds; 10 minutes unless given, 0 for never. */
  readonly timeoutMilliseconds?: number
  /** Ends it. */
  readonly signal?: AbortSignal
}

/** How a process ended. */
export interface SuricataExit {
  /** Undefined where it did not end by itself. */
  readonly exitCode: number | undefined
  readonly exitSignal: string | undefined
  readonly log: EngineLog
}

/** A process that runs. */
export interface RunningSuricata {
  /** Rejected by SuricataError where it could not start, took too long or was aborted. */
  readonly exit: Promise<SuricataExit>
  readonly log: EngineLog
  /** Where a capture is written to that it reads, with `capturePipe`. */
  readonly input: Writable | undefined
  kill(): void
}

const DEFAULT_TIMEOUT = 600_000

/** What Suricata says when it cannot read a capture; it then waits for a minute before it ends. */
const READER_FAILED = 'pcap file reader thread failed to initialize'

/** Starts Suricata with arguments. Times in its events are in UTC. `onMessage` hears what it says, at once. */
export function startSuricata(
  args: readonly string[],
  options: SuricataProcessOptions,
  onMessage: (message: EngineMessage) => void = () => {},
  capturePipe?: string,
): RunningSuricata {
  const { spawn = nodeSpawn, timeoutMilliseconds = DEFAULT_TIMEOUT, signal } = options
  const run = capturePipe === undefined ? runOf(args, options) : piped(runOf(args, options), capturePipe)
  const { command } = run
  const log = new EngineLog((message) => {
    // In this mode alone the wait serves nothing: a server goes on with its next capture.
    if (message.text === READER_FAILED && args.includes('-r')) end('reader')
    onMessage(message)
  })
  let child: ChildProcess | undefined
  let cause: 'reader' | 'caller' | undefined
  const end = (reason: 'reader' | 'caller'): void => {
    cause ??= reason
    child?.kill('SIGKILL')
  }
  const exit = new Promise<SuricataExit>((resolve, reject) => {
    if (signal?.aborted) {
      reject(aborted())
      return
    }
    child = spawn(command, run.args, {
      env: { ...process.env, TZ: 'UTC' },
      stdio: [capturePipe === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
      // Ctrl-C on a terminal is for flowtap, which then ends the capture: Suricata would stop within it.
      detached: capturePipe !== undefined,
      timeout: timeoutMilliseconds,
      killSignal: 'SIGKILL',
      ...(signal && { signal }),
    })
    if (capturePipe !== undefined) killGroup(child)
    if (run.endOnKill) endOnKill(child, run.endOnKill, spawn)
    let failure: Error | undefined
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8')
      stream?.on('data', (text: string) => log.push(text))
    }
    child.on('error', (error) => {
      failure = error
      // Where the process never started nothing is closed.
      if (child?.pid === undefined) reject(signal?.aborted ? aborted() : startFailure(command, options, error))
    })
    child.on('close', (code, exitSignal) => {
      log.end()
      if (signal?.aborted) reject(aborted())
      else if (failure) reject(startFailure(command, options, failure))
      else if (cause === undefined && child?.killed) {
        const seconds = timeoutMilliseconds / 1000
        reject(
          new SuricataError(
            'timed-out',
            `Suricata did not end within ${seconds} seconds and was stopped; raise timeoutMilliseconds, or give it less`,
          ),
        )
      } else resolve({ exitCode: code ?? undefined, exitSignal: exitSignal ?? undefined, log })
    })
  })
  // Written to after its end: how it ended says why.
  child?.stdin?.on('error', () => {})
  return { exit, log, input: child?.stdin ?? undefined, kill: () => end('caller') }
}

/** What is started. */
interface Run {
  readonly command: string
  readonly args: readonly string[]
  /** A command that ends it besides, where ending the process is not enough. */
  readonly endOnKill?: readonly [command: string, ...args: readonly string[]]
}

function runOf(args: readonly string[], { command = 'suricata', container }: SuricataProcessOptions): Run {
  return container ? containerCommand(args, container) : { command, args }
}

/** `sh` makes the named pipe and passes standard input on to it, since Node's own pipes are sockets, which nobody can open by a name. */
const PASS_ON = 'exec 3<&0 0</dev/null; mkfifo -m 600 "$0" && { cat <&3 >"$0" & exec "$@" 3<&-; }'

function piped({ command, args, ...run }: Run, path: string): Run {
  return { ...run, command: 'sh', args: ['-c', PASS_ON, path, command, ...args] }
}

/** Who passes the capture on may wait for somebody to open the pipe, and outlive its shell. */
function killGroup(child: ChildProcess): void {
  const kill = child.kill.bind(child)
  child.kill = (signal) => {
    try {
      if (child.pid !== undefined) process.kill(-child.pid, signal)
    } catch {
      // The group has ended.
    }
    return kill(signal)
  }
}

function endOnKill(
  child: ChildProcess,
  [command, ...args]: readonly [string, ...string[]],
  spawn: SpawnSuricata,
): void {
  const kill = child.kill.bind(child)
  child.kill = (signal) => {
    spawn(command, args, { stdio: 'ignore' }).on('error', () => {})
    return kill(signal)
  }
}

function aborted(): SuricataError {
  return new SuricataError('aborted', 'the inspection by Suricata was aborted')
}

/** What to do about a command that cannot be started. */
function startFailure(
  command: string,
  { container }: SuricataProcessOptions,
  error: NodeJS.ErrnoException,
): SuricataError {
  if (error.code !== 'ENOENT' && error.code !== 'EACCES') {
    return new SuricataError('failed', `Suricata could not be started by "${command}": ${error.message}`)
  }
  const what = error.code === 'ENOENT' ? 'was not found' : 'may not be executed'
  if (container) {
    return new SuricataError(
      'not-installed',
      `the command "${command}" ${what}: Suricata in a container needs Docker; install it, or Suricata itself, or use the builtin inspector`,
    )
  }
  return new SuricataError(
    'not-installed',
    `the command "${command}" ${what}; ${HOW_TO_INSTALL}, name the path of its binary, or use the builtin inspector`,
  )
}

/** For the reader of an error. */
export const HOW_TO_INSTALL: string =
  'install Suricata 7 or newer (Debian 12: apt-get install -t bookworm-backports suricata; Debian 13 and newer: ' +
  'apt-get install suricata; Ubuntu: from ppa:oisf/suricata-stable; macOS: brew install suricata)'
