import { join, resolve } from 'node:path'
import type { Capture } from '@flowtap/core'
import { type EveEvent, type Inspector, mergeCaptures, type VxlanReceiver } from '@flowtap/core/inspect'
import { captureFiles } from '../capture-files.ts'
import { EXIT_ENGINE, EXIT_SUCCESS, UsageError } from '../exit-code.ts'
import { type ListenAddress, listenAddress } from '../inspect/listen-address.ts'
import { inspectLive, type LiveLimits, listenForVxlan } from '../inspect/live-traffic.ts'
import { type InspectorOptions, openInspector } from '../inspect/open-inspector.ts'
import { EveFile } from '../output/eve-file.ts'
import { type EventOutput, EveOutput, EveryOutput, ZeekFolder } from '../output/event-output.ts'
import { refuseFilledFolder } from '../output/filled-folder.ts'
import { formatCount } from '../output/format-quantity.ts'
import { startProgress } from '../output/progress.ts'
import { ReplayIssues } from '../output/replay-issues.ts'
import { ShipOutput } from '../output/ship-output.ts'
import { type HomeNetwork, homeNetwork } from '../rule-files.ts'
import type { Streams } from '../streams.ts'

/** The options of `flowtap inspect`, as commander gives them. */
export interface InspectOptions extends InspectorOptions, LiveLimits {
  readonly format: 'eve' | 'zeek' | 'zeek-json'
  readonly out?: string
  readonly homeNet?: string
  readonly listen?: string | true
  readonly ship?: string
  readonly deadLetters: string
  readonly template: boolean
}

/** Where events go, once it is open; events come after that. */
class Events {
  output: EventOutput | undefined
  readonly #counts = new Map<EveEvent['event_type'], number>()

  get isFull(): boolean {
    return this.output?.isFull ?? false
  }

  take(event: EveEvent): void {
    this.#counts.set(event.event_type, (this.#counts.get(event.event_type) ?? 0) + 1)
    this.output?.take(event)
  }

  async flush(): Promise<void> {
    await this.output?.flush()
  }

  describe(packets: number): string {
    const parts = [...this.#counts].sort(([a], [b]) => (a < b ? -1 : 1)).map(([type, count]) => `${count} ${type}`)
    return `${formatCount(packets, 'packet')}: ${parts.length > 0 ? parts.join(', ') : 'no events'}`
  }
}

/** Writes what an inspector sees in captures or live traffic; gives the exit code. Memory does not grow with what is inspected. */
export async function runInspect(files: readonly string[], options: InspectOptions, streams: Streams): Promise<number> {
  const address = checkOptions(files, options)
  const home = homeNetwork(options.homeNet)
  const events = new Events()
  const { inspector, close } = await openInspector(options, home, address !== undefined, events, streams)
  let summary: string
  let shipped: ShipOutput | undefined
  try {
    const open = async (source: string): Promise<EventOutput> => {
      const local = await openLocalOutput(options, home, streams)
      if (options.ship !== undefined) {
        const { ship: url, deadLetters, template: hasTemplate } = options
        shipped = await ShipOutput.open({ url, deadLetters, hasTemplate, source }, streams)
      }
      const outputs = [local, shipped].filter((output) => output !== undefined)
      events.output = new EveryOutput(outputs)
      return events.output
    }
    summary = address
      ? await inspectAddress(address, options, inspector, events, open, streams)
      : await inspectFiles(files, inspector, events, open, streams)
  } finally {
    await close()
  }
  streams.stderr.write(`${summary}\n`)
  if (!shipped) return EXIT_SUCCESS
  streams.stderr.write(`${shipped.describe()}\n`)
  return shipped.lost > 0 ? EXIT_ENGINE : EXIT_SUCCESS
}

/** The address that is listened to. @throws UsageError for options that do not go together. */
function checkOptions(files: readonly string[], options: InspectOptions): ListenAddress | undefined {
  const { listen, packets, seconds, format, out } = options
  if (format !== 'eve' && out === undefined) {
    throw new UsageError("where to? Zeek's logs are several files: add --out DIR")
  }
  if (listen === undefined) {
    if (packets !== undefined || seconds !== undefined) {
      throw new UsageError(`--${packets === undefined ? 'seconds' : 'packets'} is for --listen`)
    }
    return undefined
  }
  if (files.length > 0) throw new UsageError(`captures or live traffic? leave out --listen, or ${files.join(', ')}`)
  return listenAddress(listen)
}

async function inspectAddress(
  address: ListenAddress,
  options: InspectOptions,
  inspector: Inspector,
  events: Events,
  open: (source: string) => Promise<EventOutput>,
  streams: Streams,
): Promise<string> {
  const receiver = await listenForVxlan(address, streams)
  try {
    const output = await open(`${receiver.address}:${receiver.port} from ${new Date().toISOString()}`)
    const { packets, systemDrops } = await inspectLive(receiver, inspector, output, options, streams)
    await inspector.end()
    await output.close()
    return `${events.describe(packets)}${describeLosses(receiver, systemDrops)}`
  } finally {
    receiver.close()
  }
}

function describeLosses({ counts: { malformed, dropped } }: VxlanReceiver, systemDrops = 0): string {
  return [
    ...(malformed > 0 ? [`; ${formatCount(malformed, 'datagram')} without a VXLAN header or a frame`] : []),
    ...(dropped > 0 ? [`; ${formatCount(dropped, 'datagram')} dropped, since they came too fast`] : []),
    ...(systemDrops > 0
      ? [`; ${formatCount(systemDrops, 'datagram')} dropped by the system, since they came too fast`]
      : []),
  ].join('')
}

async function inspectFiles(
  files: readonly string[],
  inspector: Inspector,
  events: Events,
  open: (source: string) => Promise<EventOutput>,
  streams: Streams,
): Promise<string> {
  const issues = new ReplayIssues(streams)
  const bar = await startProgress('inspect', streams)
  let packets = 0
  let output: EventOutput
  try {
    const captures = await captureFiles({ files }, undefined, streams, {
      onFault: (name, message) => issues.add(`${name}: ${message}`, 'damaged-gzip'),
      onProgress: (share) => bar.update(share),
    })
    output = await open(files.join('\n'))
    packets = await pushPackets(captures, inspector, output, issues)
  } finally {
    bar.stop()
  }
  if (packets === 0 && issues.count > 0) throw new UsageError(`nothing could be read from ${files.join(', ')}`)
  await inspector.end()
  await output.close()
  issues.finish()
  return events.describe(packets)
}

/** Reads captures side by side; gives how many packets there were. */
async function pushPackets(
  captures: readonly Capture[],
  inspector: Inspector,
  output: EventOutput,
  issues: ReplayIssues,
): Promise<number> {
  let packets = 0
  let pending: Promise<void> | undefined
  await mergeCaptures(
    captures.map(({ bytes }) => bytes),
    {
      onPacket: ({ number, linkType, data, originalLength, timeNanoseconds, hasTime }, _capture, timeMicroseconds) => {
        packets += 1
        const timeSeconds = Math.floor(timeMicroseconds / 1e6)
        const pushed = inspector.push({
          number: captures.length === 1 ? number : packets,
          linkType,
          timeSeconds,
          timeNanoseconds: hasTime ? timeNanoseconds : (timeMicroseconds - timeSeconds * 1e6) * 1000,
          data,
          originalLength,
        })
        if (pushed) pending = pushed
        return pending !== undefined || output.isFull
      },
      onIssue: ({ code, offset, message }, place) =>
        issues.add(`${captures[place]?.name}: byte ${offset}: ${message}`, code),
      pause: async () => {
        await pending
        pending = undefined
        await output.flush()
      },
    },
  )
  return packets
}

/** Standard output, unless events are shipped alone. */
async function openLocalOutput(
  options: InspectOptions,
  home: HomeNetwork | undefined,
  streams: Streams,
): Promise<EventOutput | undefined> {
  if (options.out === undefined) return options.ship === undefined ? new EveOutput(streams.stdout, false) : undefined
  const folder = resolve(streams.workingDirectory, options.out)
  await refuseFilledFolder(folder, options.out)
  if (options.format === 'eve') return new EveFile(join(folder, 'eve.json'))
  const format = options.format === 'zeek' ? 'tsv' : 'json'
  return new ZeekFolder(folder, { format, ...(home && { localNetworks: home.blocks }) })
}
