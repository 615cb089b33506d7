import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { CommandSocket } from '../../src/inspect/suricata/command-socket.ts'
import { readEveFile } from '../../src/inspect/suricata/eve-file.ts'
import { SuricataFolder } from '../../src/inspect/suricata/suricata-folder.ts'
import { type RunningSuricata, startSuricata } from '../../src/inspect/suricata/suricata-process.ts'
import type { SuricataEvent } from '../../src/inspect/testing/real-suricata.ts'

/** Alerts of one packet that Suricata tells at most; the largest number that it takes. */
export const MOST_PACKET_ALERTS = 255

/** Algorithms without vector instructions, which give the same on every machine, and all alerts of a packet. */
const SETTINGS = [`packet-alert-max=${MOST_PACKET_ALERTS}`, 'mpm-algo=ac', 'spm-algo=bm']

const DONE = /^read [0-9]+ files?, /

/** Between two captures: longer than rules count, and than flows last. */
const SECONDS_BETWEEN = 10_000

/** One real Suricata with one set of rules, for many captures. What it counted in one is forgotten in the next. It has to be closed. */
export class RealSuricataSession {
  readonly #folder: SuricataFolder
  readonly #process: RunningSuricata
  readonly #commands: CommandSocket
  /** What it says at the end of each capture, when all of its events are written. */
  readonly #outcomes: readonly string[]
  #count = 0
  #lastSeconds = 0

  private constructor(
    folder: SuricataFolder,
    server: RunningSuricata,
    commands: CommandSocket,
    outcomes: readonly string[],
  ) {
    this.#outcomes = outcomes
    this.#folder = folder
    this.#process = server
    this.#commands = commands
  }

  /** Error where Suricata refuses a rule, with what it says. */
  static async start(rules: string): Promise<RealSuricataSession> {
    const folder = await SuricataFolder.make({ rules: [{ file: 'test.rules', text: rules }] })
    const path = join(folder.path, 'socket')
    const outcomes: string[] = []
    const server = startSuricata(
      [
        ...[
          '-c',
          folder.configuration,
          `--unix-socket=${path}`,
          '-l',
          folder.path,
          '-k',
          'none',
          '--runmode',
          'single',
        ],
        ...['--init-errors-fatal', ...SETTINGS.flatMap((setting) => ['--set', setting])],
      ],
      { timeoutMilliseconds: 0 },
      ({ text }) => {
        if (DONE.test(text)) outcomes.push(text)
      },
    )
    let isOver = false
    server.exit.then(
      () => {
        isOver = true
      },
      () => {
        isOver = true
      },
    )
    for (;;) {
      const commands = await CommandSocket.connect(path)
      if (commands) return new RealSuricataSession(folder, server, commands, outcomes)
      if (isOver) {
        const said = server.log.messages.map(({ text }) => text).join('\n')
        await folder.remove()
        throw new Error(`Suricata did not start: ${said}`)
      }
      await delay(5)
    }
  }

  /**
   * A capture (microseconds, little-endian) moved to a time well after all that this Suricata has seen: what it does in the background goes
   * by the latest packet of any capture.
   */
  later(capture: Uint8Array): Uint8Array {
    const moved = Uint8Array.from(capture)
    const view = new DataView(moved.buffer)
    let shift: number | undefined
    for (let at = 24; at + 16 <= moved.length; at += 16 + view.getUint32(at + 8, true)) {
      const seconds = view.getUint32(at, true)
      shift ??= this.#lastSeconds === 0 ? 0 : this.#lastSeconds + SECONDS_BETWEEN - seconds
      view.setUint32(at, seconds + shift, true)
      this.#lastSeconds = Math.max(this.#lastSeconds, seconds + shift)
    }
    return moved
  }

  /** The events of a capture file (its bytes), in the order of eve.json, without stats. */
  async events(capture: Uint8Array): Promise<readonly SuricataEvent[]> {
    this.#count += 1
    const folder = join(this.#folder.path, `capture-${this.#count}`)
    const file = `${folder}.pcap`
    await mkdir(folder)
    await writeFile(file, capture)
    try {
      await this.#commands.command('pcap-file', { filename: file, 'output-dir': folder })
      for (;;) {
        const list = (await this.#commands.command('pcap-file-list')) as { readonly files: readonly string[] }
        if (!list.files.includes(file) && (await this.#commands.command('pcap-current')) !== file) break
        await delay(2)
      }
      while (this.#outcomes.length < this.#count) await delay(1)
      const events: SuricataEvent[] = []
      for await (const event of readEveFile(join(folder, 'eve.json'))) {
        if (event.event_type !== 'stats') events.push(event as unknown as SuricataEvent)
      }
      return events
    } finally {
      await rm(folder, { recursive: true, force: true })
      await rm(file, { force: true })
    }
  }

  async close(): Promise<void> {
    await this.#commands.command('shutdown').catch(() => {})
    this.#process.kill()
    await this.#process.exit.catch(() => {})
    this.#commands.close()
    await this.#folder.remove()
  }
}
