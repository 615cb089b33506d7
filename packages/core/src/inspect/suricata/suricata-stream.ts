import { once } from 'node:events'
import { join } from 'node:path'
import type { InspectedFrame, Inspector } from '../inspector.ts'
import { CaptureSpool } from './capture-spool.ts'
import { runFailure, testConfiguration } from './check-rules.ts'
import { followEveFile } from './eve-tail.ts'
import { findSuricata, type SuricataInstallation } from './find-suricata.ts'
import { SuricataFolder } from './suricata-folder.ts'
import type { SuricataInspectorOptions } from './suricata-inspector.ts'
import { type RunningSuricata, type SuricataExit, startSuricata } from './suricata-process.ts'

/**
 * The installed Suricata as an inspector of live traffic: frames go to it through a pipe, as one capture that does not end, and its events
 * come while it runs. They are those of {@link SuricataInspector}, which waits for the last frame. It needs no rights but those of its
 * user, and a system that has `sh`, `cat` and `mkfifo`. Time is that of the frames: a flow ends when a later frame says that its time is
 * over. The events stay in a temporary file until the end.
 *
 * `onEvent` is called at any time until `end` resolves, one event after the other; where it fails, the next `push` or `end` throws the
 * same. `timeoutMilliseconds` is for the whole run, and never unless given.
 */
export class SuricataStream implements Inspector {
  readonly installation: SuricataInstallation
  readonly #options: SuricataInspectorOptions
  readonly #folder: SuricataFolder
  readonly #spool: CaptureSpool
  #process: RunningSuricata | undefined
  #exit: Promise<SuricataExit | undefined> | undefined
  #events: Promise<void> | undefined
  #failure: Error | undefined
  #isWriting = false
  #isEnded = false

  private constructor(options: SuricataInspectorOptions, installation: SuricataInstallation, folder: SuricataFolder) {
    this.#options = { timeoutMilliseconds: 0, ...options }
    this.installation = installation
    this.#folder = folder
    this.#spool = new CaptureSpool(
      {
        write: (bytes) => {
          this.#isWriting = true
          this.#process?.input?.write(Uint8Array.from(bytes), () => {
            this.#isWriting = false
            // What came meanwhile goes at once.
            this.#spool.flush()
          })
        },
        close: () => this.#process?.input?.end(),
      },
      options.mirrorSession,
    )
  }

  /** SuricataError where there is no Suricata 7 or newer, and of rules that it refuses, all with file and line. */
  static async open(options: SuricataInspectorOptions): Promise<SuricataStream> {
    const installation = await findSuricata(options)
    const folder = await SuricataFolder.make(options)
    try {
      const test = await testConfiguration(folder, options)
      if (test.exitCode !== 0) throw await runFailure(test, folder)
      return new SuricataStream(options, installation, folder)
    } catch (error) {
      await folder.remove()
      throw error
    }
  }

  /** Resolves when there is room for the next frame. SuricataError where Suricata has ended, and for link types that it does not read. */
  async push(frame: InspectedFrame): Promise<void> {
    if (this.#isEnded) throw new Error('the inspector has ended: packets cannot follow; open a new one')
    if (this.#failure) throw this.#failure
    // Of an empty capture Suricata waits a minute for a first packet, then fails.
    this.#process ??= this.#start()
    this.#spool.write(frame)
    if (!this.#isWriting) this.#spool.flush()
    const { input } = this.#process
    if (!input?.writableNeedDrain) return
    const drained = new AbortController()
    await Promise.race([once(input, 'drain', { signal: drained.signal }).catch(() => {}), this.#exit])
    drained.abort()
    if (this.#failure) throw this.#failure
  }

  /** Ends the capture; resolves when the last event was taken. SuricataError where Suricata failed; what it wrote before comes first. */
  async end(): Promise<void> {
    if (this.#isEnded) return
    this.#isEnded = true
    try {
      this.#spool.close()
      await this.#exit
      await this.#events
      if (this.#failure) throw this.#failure
    } finally {
      await this.#folder.remove()
    }
  }

  /** Leaves without the last events, e.g. after an error of `push`, and removes what was written; does nothing after `end`. */
  async close(): Promise<void> {
    if (this.#isEnded) return
    this.#isEnded = true
    this.#process?.input?.destroy()
    this.#process?.kill()
    await this.#exit
    await this.#events
    await this.#folder.remove()
  }

  #start(): RunningSuricata {
    const { configuration, path } = this.#folder
    const pipe = join(path, 'capture')
    const args = [
      ...['-c', configuration, '-r', pipe, '-l', path],
      ...['-k', 'none', '--runmode', 'single', '--init-errors-fatal'],
    ]
    const running = startSuricata(args, this.#options, () => {}, pipe)
    const ended = new AbortController()
    this.#exit = running.exit.then(
      async (exit) => {
        // Before the end of the capture, success is a failure, too.
        if (exit.exitCode !== 0 || !this.#isEnded) this.#fail(await runFailure(exit, this.#folder))
        ended.abort()
        return exit
      },
      (error: unknown) => {
        this.#fail(error)
        ended.abort()
        return undefined
      },
    )
    this.#events = this.#takeEvents(join(path, 'eve.json'), ended.signal)
    return running
  }

  async #takeEvents(path: string, ended: AbortSignal): Promise<void> {
    try {
      for await (const event of followEveFile(path, ended)) await this.#options.onEvent(this.#spool.finish(event))
    } catch (error) {
      this.#fail(error)
      this.#process?.input?.destroy()
      this.#process?.kill()
    }
  }

  #fail(error: unknown): void {
    this.#failure ??= error instanceof Error ? error : new Error(String(error))
  }
}
