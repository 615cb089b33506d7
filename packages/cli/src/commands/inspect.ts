import { createWriteStream } from 'node:fs'
import { join, resolve } from 'node:path'
import { type Capture, resolveDesign } from '@flowtap/core'
import {
  BuiltinInspector,
  checkSuricataRules,
  compileSignatures,
  type EveEvent,
  type Inspector,
  mergeCaptures,
  SuricataInspector,
} from '@flowtap/core/inspect'
import { captureFiles } from '../capture-files.ts'
import { loadDesign } from '../design-file.ts'
import { EXIT_SUCCESS, UsageError } from '../exit-code.ts'
import { type EventOutput, EveOutput, ZeekFolder } from '../output/event-output.ts'
import { refuseFilledFolder } from '../output/filled-folder.ts'
import { formatCount } from '../output/format-quantity.ts'
import { startProgress } from '../output/progress.ts'
import { ReplayIssues } from '../output/replay-issues.ts'
import {
  homeNetwork,
  parseRuleFiles,
  type RuleFileError,
  readRuleFiles,
  reportRuleErrors,
  withoutRules,
} from '../rule-files.ts'
import type { Streams } from '../streams.ts'

/** The options of `flowtap inspect`, as commander gives them. */
export interface InspectOptions {
  readonly rules?: readonly string[]
  readonly keepGoodRules?: boolean
  readonly ids: 'builtin' | 'suricata'
  readonly format: 'eve' | 'zeek' | 'zeek-json'
  readonly out?: string
  readonly design?: string
  readonly homeNet?: string
}

type HomeNetwork = ReturnType<typeof homeNetwork>

/** Characters that wait before reading stops for the writer. */
const WAITING_CHARACTERS = 1 << 16

/** Writes what an inspector sees in captures; gives the exit code. Memory does not grow with the captures. */
export async function runInspect(files: readonly string[], options: InspectOptions, streams: Streams): Promise<number> {
  if (options.format !== 'eve' && options.out === undefined) {
    throw new UsageError("where to? Zeek's logs are several files: add --out DIR")
  }
  const home = homeNetwork(options.homeNet)
  const counts = new Map<EveEvent['event_type'], number>()
  let output: EventOutput | undefined
  const onEvent = (event: EveEvent): void => {
    counts.set(event.event_type, (counts.get(event.event_type) ?? 0) + 1)
    output?.take(event)
  }
  const inspector = await openInspector(options, home, onEvent, streams)
  const issues = new ReplayIssues(streams)
  let packets = 0
  try {
    const bar = await startProgress('inspect', streams)
    try {
      const captures = await captureFiles({ files }, undefined, streams, {
        onFault: (name, message) => issues.add(`${name}: ${message}`, 'damaged-gzip'),
        onProgress: (share) => bar.update(share),
      })
      output = await openOutput(options, home, streams)
      packets = await pushPackets(captures, inspector, output, issues)
    } finally {
      bar.stop()
    }
    if (packets === 0 && issues.count > 0) throw new UsageError(`nothing could be read from ${files.join(', ')}`)
    await inspector.end()
    await output.close()
  } finally {
    if (inspector instanceof SuricataInspector) await inspector.close()
  }
  issues.finish()
  streams.stderr.write(`${describe(packets, counts)}\n`)
  return EXIT_SUCCESS
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
        return pending !== undefined || output.waiting > WAITING_CHARACTERS
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

async function openOutput(options: InspectOptions, home: HomeNetwork, streams: Streams): Promise<EventOutput> {
  if (options.out === undefined) return new EveOutput(streams.stdout, false)
  const folder = resolve(streams.workingDirectory, options.out)
  await refuseFilledFolder(folder, options.out)
  if (options.format === 'eve') return new EveOutput(createWriteStream(join(folder, 'eve.json')), true)
  const format = options.format === 'zeek' ? 'tsv' : 'json'
  return new ZeekFolder(folder, { format, ...(home && { localNetworks: home.blocks }) })
}

async function openInspector(
  options: InspectOptions,
  home: HomeNetwork,
  onEvent: (event: EveEvent) => void,
  streams: Streams,
): Promise<Inspector> {
  const sessions = await mirrorSessions(options.design, streams)
  const mirrorSession = sessions && ((vni: number) => sessions.get(vni))
  const common = { onEvent, ...(mirrorSession && { mirrorSession }) }
  const files = await readRuleFiles(options.rules ?? [], streams)
  if (options.ids === 'builtin') {
    const { signatures, errors } = parseRuleFiles(files, home?.group)
    refuseRules(errors, options, streams)
    return new BuiltinInspector({ ...common, ...(files.length > 0 && { rules: compileSignatures(signatures) }) })
  }
  if (home) throw new UsageError('--home-net is for --ids builtin')
  const { errors } = files.length > 0 ? await checkSuricataRules(files) : { errors: [] }
  refuseRules(errors, options, streams)
  const rules = files.map((file) => withoutRules(file, errors))
  return SuricataInspector.open({ ...common, rules })
}

/** Lists what is wrong with rules. @throws UsageError unless the good ones are to be kept. */
function refuseRules(errors: readonly RuleFileError[], { keepGoodRules }: InspectOptions, streams: Streams): void {
  if (errors.length === 0) return
  reportRuleErrors(errors, streams)
  const wrong = `${formatCount(errors.length, 'rule')} cannot be used`
  if (!keepGoodRules) throw new UsageError(`${wrong}; --keep-good-rules goes on with the others`)
  streams.stderr.write(`${wrong}; the others are\n`)
}

/** The ids of a design's mirror sessions by their VXLAN network identifiers. */
async function mirrorSessions(
  named: string | undefined,
  { workingDirectory }: Streams,
): Promise<ReadonlyMap<number, string> | undefined> {
  if (named === undefined) return undefined
  const { mirrorSessions: sessions } = resolveDesign(await loadDesign(named, workingDirectory))
  return new Map(sessions.map(({ virtualNetworkId, id }) => [virtualNetworkId, id]))
}

function describe(packets: number, counts: ReadonlyMap<string, number>): string {
  const parts = [...counts].sort(([a], [b]) => (a < b ? -1 : 1)).map(([type, count]) => `${count} ${type}`)
  return `${formatCount(packets, 'packet')}: ${parts.length > 0 ? parts.join(', ') : 'no events'}`
}
