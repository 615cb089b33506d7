import { mkdir, rm } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { AwaitedEveEventHandler, InspectedFrame, Inspector } from '../inspector.ts'
import { CaptureSpool, captureFile } from './capture-spool.ts'
import { runFailure, testConfiguration } from './check-rules.ts'
import { CommandSocket } from './command-socket.ts'
import { readEveFile } from './eve-file.ts'
import { findSuricata } from './find-suricata.ts'
import { SuricataError } from './suricata-error.ts'
import { SuricataFolder, type SuricataFolderOptions } from './suricata-folder.ts'
import { type RunningSuricata, type SuricataProcessOptions, startSuricata } from './suricata-process.ts'

/** How a batch runs; `timeoutMilliseconds` is for each capture. */
export interface SuricataBatchOptions extends SuricataFolderOptions, SuricataProcessOptions {}

/** How one capture of a batch is inspected. */
export interface BatchCaptureOptions {
  /** Called for every event, in order, within `end`, which waits for it. */
  readonly onEvent: AwaitedEveEventHandler
  /** The id of the traffic mirror session with a VXLAN network identifier, for `tunnel.mirror_session`. */
  readonly mirrorSession?: (vni: number) => string | undefined
}

const POLL_MILLISECONDS = 5
const START_MILLISECONDS = 60_000
const SHUTDOWN_MILLISECONDS = 10_000
const CAPTURE_MILLISECONDS = 600_000

/** How long the log may lag behind the command socket. */
const LOG_MILLISECONDS = 1_000

const DONE = /^read [0-9]+ files?, /
const SKIPPED = 'Failed to init pcap file '

/**
 * One Suricata for many captures, by its command socket: each costs milliseconds, not a start. Captures are inspected one after the other
 * and know nothing of each other. It has to be closed.
 */
export class SuricataBatch {
  readonly #options: SuricataBatchOptions
  readonly #folder: SuricataFolder
  readonly #process: RunningSuricata
  readonly #commands: CommandSocket
  readonly #failure: () => SuricataError | undefined
  readonly #outcomes: string[]
  #queue: Promise<void> = Promise.resolve()
  #captures = 0
  #isClosed = false

  private constructor(
    options: SuricataBatchOptions,
    folder: SuricataFolder,
    server: RunningSuricata,
    commands: CommandSocket,
    failure: () => SuricataError | undefined,
    outcomes: string[],
  ) {
    this.#options = options
    this.#folder = folder
    this.#process = server
    this.#commands = commands
    this.#failure = failure
    this.#outcomes = outcomes
  }

  /** SuricataError where there is no Suricata 7 or newer, where it refuses rules, or where it does not start. */
  static async start(options: SuricataBatchOptions = {}): Promise<SuricataBatch> {
    await findSuricata(options)
    const folder = await SuricataFolder.make(options)
    let server: RunningSuricata | undefined
    try {
      const test = await testConfiguration(folder, options)
      if (test.exitCode !== 0) throw await runFailure(test, folder)
      const path = join(folder.path, 'socket')
      const outcomes: string[] = []
      server = startSuricata(
        ['-c', folder.configuration, `--unix-socket=${path}`, '-l', folder.path, '-k', 'none', '--runmode', 'single'],
        { ...options, timeoutMilliseconds: 0 },
        ({ text }) => {
          if (DONE.test(text) || text.startsWith(SKIPPED)) outcomes.push(text)
        },
      )
      let failure: SuricataError | undefined
      server.exit.then(
        async (exit) => {
          failure = new SuricataError('failed', 'Suricata ended')
          failure = await runFailure(exit, folder).catch(() => failure)
        },
        (error: unknown) => {
          failure = error instanceof SuricataError ? error : new SuricataError('failed', String(error))
        },
      )
      const late = AbortSignal.timeout(START_MILLISECONDS)
      for (;;) {
        const commands = await CommandSocket.connect(path)
        if (commands) return new SuricataBatch(options, folder, server, commands, () => failure, outcomes)
        if (failure) throw failure
        if (late.aborted) {
          throw new SuricataError(
            'timed-out',
            `Suricata did not open its command socket ${path}: ${server.log.summary()}`,
          )
        }
        await delay(POLL_MILLISECONDS)
      }
    } catch (error) {
      server?.kill()
      await server?.exit.catch(() => {})
      await folder.remove()
      throw error
    }
  }

  /**
   * An inspector of one capture: its frames are spooled, `end` has them inspected. Several may be open at a time; what is
   * not ended goes with the batch. Without a frame there is no event.
   */
  open(options: BatchCaptureOptions): Inspector {
    const folder = this.#nextFolder()
    const path = `${folder}.pcap`
    const spool = new CaptureSpool(captureFile(path), options.mirrorSession)
    let isEnded = false
    return {
      push: (frame: InspectedFrame): void => {
        if (isEnded) throw new Error('the inspector has ended: packets cannot follow; open a new one')
        spool.write(frame)
      },
      end: async (): Promise<void> => {
        if (isEnded) return
        isEnded = true
        try {
          spool.close()
          if (spool.count > 0) await this.#enqueue(path, folder, (event) => options.onEvent(spool.finish(event)))
        } finally {
          await rm(path, { force: true })
        }
      },
    }
  }

  /** Inspects a capture file that is there already; its events are as Suricata gives them. It needs at least one packet. */
  inspectFile(path: string, onEvent: AwaitedEveEventHandler): Promise<void> {
    return this.#enqueue(resolve(path), this.#nextFolder(), onEvent)
  }

  /** Waits for what is being inspected, ends Suricata and removes what it wrote. */
  async close(): Promise<void> {
    if (this.#isClosed) return
    this.#isClosed = true
    await this.#queue
    try {
      if (!this.#failure()) await this.#commands.command('shutdown').catch(() => {})
      const ended = new AbortController()
      const exit = this.#process.exit.catch(() => {}).finally(() => ended.abort())
      await Promise.race([exit, delay(SHUTDOWN_MILLISECONDS, undefined, { signal: ended.signal }).catch(() => {})])
      this.#process.kill()
      await exit
    } finally {
      this.#commands.close()
      await this.#folder.remove()
    }
  }

  #nextFolder(): string {
    this.#captures += 1
    return join(this.#folder.path, `capture-${this.#captures}`)
  }

  #enqueue(path: string, folder: string, onEvent: AwaitedEveEventHandler): Promise<void> {
    if (this.#isClosed) return Promise.reject(new SuricataError('failed', 'the batch is closed; start a new one'))
    const done = this.#queue.then(() => this.#inspect(path, folder, onEvent))
    this.#queue = done.catch(() => {})
    return done
  }

  async #inspect(path: string, folder: string, onEvent: AwaitedEveEventHandler): Promise<void> {
    const before = this.#outcomes.length
    try {
      await mkdir(folder)
      await this.#commands.command('pcap-file', { filename: path, 'output-dir': folder })
      await this.#wait(path)
      const log = AbortSignal.timeout(LOG_MILLISECONDS)
      while (this.#outcomes.length === before && !log.aborted) await delay(1)
      const outcome = this.#outcomes[before]
      if (outcome?.startsWith(SKIPPED)) {
        const reasons = this.#process.log.messages.filter(({ level }) => level === 'Error').slice(-2)
        const reason = reasons.map(({ text }) => text).join('; ')
        throw new SuricataError('bad-capture', `Suricata does not read the capture ${path}: ${reason}`)
      }
      for await (const event of readEveFile(join(folder, 'eve.json'))) await onEvent(event)
    } catch (error) {
      // Where Suricata has ended its own words say more than a closed socket.
      if (this.#commands.isClosed) {
        await this.#process.exit.catch(() => {})
        await delay(1)
      }
      throw this.#failure() ?? error
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  }

  /** Until Suricata has neither the file in its list nor in its hands, asked in this order since it goes from the one to the other. */
  async #wait(path: string): Promise<void> {
    const milliseconds = this.#options.timeoutMilliseconds ?? CAPTURE_MILLISECONDS
    const late = milliseconds > 0 ? AbortSignal.timeout(milliseconds) : undefined
    for (;;) {
      const list = (await this.#commands.command('pcap-file-list')) as { files?: unknown } | undefined
      const isListed = Array.isArray(list?.files) && list.files.includes(path)
      if (!isListed && (await this.#commands.command('pcap-current')) !== path) return
      if (late?.aborted) {
        this.#process.kill()
        throw new SuricataError(
          'timed-out',
          `Suricata did not end with ${path} within ${milliseconds / 1000} seconds and was stopped; raise timeoutMilliseconds, ` +
            'or give it less',
        )
      }
      await delay(POLL_MILLISECONDS)
    }
  }
}
