import { join, resolve } from 'node:path'
import { LogObjectFolder } from '@flowtap/core'
import { everydayTraffic, generateFlowLogs } from '@flowtap/synth'
import { loadDesign } from '../design-file.ts'
import { parseDuration } from '../duration.ts'
import { EXIT_SUCCESS, UsageError } from '../exit-code.ts'
import { CountingSink } from '../output/counting-sink.ts'
import { refuseFilledFolder } from '../output/filled-folder.ts'
import { formatCount } from '../output/format-quantity.ts'
import { LogEventFolder } from '../output/log-event-folder.ts'
import { startProgress } from '../output/progress.ts'
import { describeSynth, timesOf } from '../output/synth-report.ts'
import { withParquet } from '../parquet-flow-logs.ts'
import { parseStart } from '../start-time.ts'
import type { Streams } from '../streams.ts'
import type { SynthOptions } from './synth.ts'

/** The scenario without packets, as `flowtap synth --list` shows it. */
export const VOLUME: Readonly<{ name: string; description: string }> = {
  name: 'volume',
  description: 'Everyday traffic in large amounts: flow logs alone, without packets (--records, --rate)',
}

const DEFAULT_CONVERSATIONS_PER_SECOND = 20
/** As fast as can be: the files are a third larger than at AWS's level. */
const GZIP_LEVEL = 1
/** Where the records say when it ends. */
const LONG_ENOUGH = '36500d'

/** Says which options only `volume` has. */
export function refuseVolumeOptions(scenario: string, options: SynthOptions): void {
  for (const option of ['records', 'rate'] as const) {
    if (options[option] === undefined) continue
    throw new UsageError(`--${option} is for the scenario volume; ${scenario} is simulated with its packets`)
  }
}

/** Generates flow logs of everyday traffic; gives the exit code. The same seed gives the same bytes. */
export async function runVolume(options: SynthOptions & { readonly out: string }, streams: Streams): Promise<number> {
  const { records, rate = DEFAULT_CONVERSATIONS_PER_SECOND, out, seed } = options
  if (options.pcap) {
    throw new UsageError('volume has no packets to capture: leave --pcap out, or choose another scenario of --list')
  }
  const duration = options.duration ?? (records === undefined ? '1h' : LONG_ENOUGH)
  const traffic = everydayTraffic({
    durationMicroseconds: parseDuration(duration),
    conversationsPerSecond: rate,
    ...(options.start === undefined ? {} : { startMicroseconds: parseStart(options.start) }),
  })
  const design = await loadDesign(options.design, streams.workingDirectory)
  const folder = resolve(streams.workingDirectory, out)
  await refuseFilledFolder(folder, out)

  const files = new CountingSink(new LogObjectFolder(folder))
  const progress = await startProgress('synth', streams)
  let startMicroseconds: number | undefined
  const summary = await generateFlowLogs(options.parquet ? withParquet(design) : design, traffic, {
    seed,
    gzipLevel: GZIP_LEVEL,
    objectSink: files,
    eventSink: new LogEventFolder(join(folder, 'cloudwatch-logs')),
    ...(records !== undefined && { records }),
    onProgress: ({ nowMicroseconds, recordCount }) => {
      startMicroseconds ??= nowMicroseconds
      const ofTime = (nowMicroseconds - startMicroseconds) / traffic.durationMicroseconds
      progress.update(Math.max(ofTime, records === undefined ? 0 : recordCount / records))
    },
  })
  progress.stop()
  const outcome = {
    scenario: summary.traffic,
    seed: summary.seed,
    ...timesOf(summary),
    conversations: summary.conversationCount,
    logFiles: files.objects,
    records: summary.recordCount,
    bytes: files.bytes,
    out,
  }
  const described = describeSynth(outcome, formatCount(outcome.conversations, 'conversation'))
  streams.stdout.write(options.json ? `${JSON.stringify(outcome)}\n` : described)
  return EXIT_SUCCESS
}
