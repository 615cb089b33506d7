import { join } from 'node:path'
import type { AwaitedEveEventHandler, InspectedFrame, Inspector } from '../inspector.ts'
import { CaptureSpool, captureFile } from './capture-spool.ts'
import { runFailure, testConfiguration } from './check-rules.ts'
import { readEveFile } from './eve-file.ts'
import { findSuricata, type SuricataInstallation } from './find-suricata.ts'
import { SuricataFolder, type SuricataFolderOptions } from './suricata-folder.ts'
import { type SuricataProcessOptions, startSuricata } from './suricata-process.ts'

/** How the installed Suricata inspects. */
export interface SuricataInspectorOptions extends SuricataFolderOptions, SuricataProcessOptions {
  /** Called for every event, in order, within `end`, which waits for it: one event is in memory, the others are in a file. */
  readonly onEvent: AwaitedEveEventHandler
  /** The id of the traffic mirror session with a VXLAN network identifier, for `tunnel.mirror_session`. */
  readonly mirrorSession?: (vni: number) => string | undefined
}

/**
 * The installed Suricata as an inspector: frames are spooled to a temporary capture file, which Suricata reads when they end. It needs no
 * rights but those of its user, and its temporary folder is removed whatever happens. Node only.
 */
export class SuricataInspector implements Inspector {
  readonly installation: SuricataInstallation
  readonly #options: SuricataInspectorOptions
  readonly #folder: SuricataFolder
  readonly #spool: CaptureSpool
  #isEnded = false

  private constructor(
    options: SuricataInspectorOptions,
    installation: SuricataInstallation,
    folder: SuricataFolder,
    spool: CaptureSpool,
  ) {
    this.#options = options
    this.installation = installation
    this.#folder = folder
    this.#spool = spool
  }

  /** SuricataError where there is no Suricata 7 or newer, or a file of rules cannot be read. Rules are read by `end`. */
  static async open(options: SuricataInspectorOptions): Promise<SuricataInspector> {
    const installation = await findSuricata(options)
    const folder = await SuricataFolder.make(options)
    try {
      const spool = new CaptureSpool(captureFile(join(folder.path, 'capture.pcap')), options.mirrorSession)
      return new SuricataInspector(options, installation, folder, spool)
    } catch (error) {
      await folder.remove()
      throw error
    }
  }

  /** SuricataError for link types that Suricata does not read, and where frames have several. */
  push(frame: InspectedFrame): void {
    if (this.#isEnded) throw new Error('the inspector has ended: packets cannot follow; open a new one')
    this.#spool.write(frame)
  }

  /**
   * Runs Suricata and gives its events. Where it fails, the events that it wrote come first. SuricataError with what it says; of rules that
   * it refuses, all with file and line. Without a frame the rules are checked, and there is no event.
   */
  async end(): Promise<void> {
    if (this.#isEnded) return
    this.#isEnded = true
    const { path } = this.#folder
    try {
      this.#spool.close()
      // Of an empty capture Suricata waits a minute for a first packet, then fails.
      const exit =
        this.#spool.count === 0
          ? await testConfiguration(this.#folder, this.#options)
          : await startSuricata(this.#captureArguments(), this.#options).exit
      if (this.#spool.count === 0 && exit.exitCode === 0) return
      const failure = exit.exitCode === 0 ? undefined : await runFailure(exit, this.#folder)
      try {
        for await (const event of readEveFile(join(path, 'eve.json'))) {
          await this.#options.onEvent(this.#spool.finish(event))
        }
      } catch (error) {
        // A half line is no more than a consequence.
        throw failure ?? error
      }
      if (failure) throw failure
    } finally {
      await this.#folder.remove()
    }
  }

  /** Leaves without inspection, e.g. after an error of `push`, and removes what was written; does nothing after `end`. */
  async close(): Promise<void> {
    if (this.#isEnded) return
    this.#isEnded = true
    this.#spool.close()
    await this.#folder.remove()
  }

  #captureArguments(): readonly string[] {
    const { configuration, path } = this.#folder
    return [
      ...['-c', configuration, '-r', join(path, 'capture.pcap'), '-l', path],
      ...['-k', 'none', '--runmode', 'single', '--init-errors-fatal'],
    ]
  }
}
