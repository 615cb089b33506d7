import { join, resolve } from 'node:path'
import { LogObjectFolder } from '@flowtap/core'
import {
  type ActivityRecord,
  cataloguedScenario,
  defineScenario,
  SCENARIO_NAMES,
  type Scenario,
  simulate,
} from '@flowtap/synth'
import { loadData, loadDesign } from '../design-file.ts'
import { parseDuration } from '../duration.ts'
import { EXIT_SUCCESS, UsageError } from '../exit-code.ts'
import { CaptureFolder } from '../output/capture-folder.ts'
import { CountingSink } from '../output/counting-sink.ts'
import { refuseFilledFolder } from '../output/filled-folder.ts'
import { formatCount } from '../output/format-quantity.ts'
import { LineFile } from '../output/line-file.ts'
import { LogEventFolder } from '../output/log-event-folder.ts'
import { describeSynth, type SynthOutcome, timesOf } from '../output/synth-report.ts'
import { withParquet } from '../parquet-flow-logs.ts'
import { parseStart } from '../start-time.ts'
import type { Streams } from '../streams.ts'
import { refuseVolumeOptions, runVolume, VOLUME } from './synth-volume.ts'

/** The options of `flowtap synth`, as commander gives them. */
export interface SynthOptions {
  readonly list?: boolean
  readonly duration?: string
  readonly start?: string
  readonly seed: number
  readonly out?: string
  readonly design: string
  readonly pcap?: boolean
  readonly parquet?: boolean
  /** Of `volume`. */
  readonly records?: number
  readonly rate?: number
  readonly json?: boolean
}

const MODULE = /\.(?:mjs|cjs|js|mts|cts|ts)$/

/** Simulates a scenario and writes its flow logs, captures and labels; gives the exit code. The same seed gives the same bytes. */
export async function runSynth(name: string | undefined, options: SynthOptions, streams: Streams): Promise<number> {
  if (options.list) {
    const all = [...SCENARIO_NAMES, VOLUME]
    streams.stdout.write(options.json ? `${JSON.stringify(all)}\n` : describeCatalogue(all))
    return EXIT_SUCCESS
  }
  if (name === undefined) throw new UsageError('which scenario? flowtap synth --list shows their names')
  if (options.out === undefined) throw new UsageError('where to? add --out DIR')
  if (name === VOLUME.name) return runVolume({ ...options, out: options.out }, streams)
  refuseVolumeOptions(name, options)
  const scenario = await loadScenario(name, options, streams)
  const design = await loadDesign(options.design, streams.workingDirectory)
  const folder = resolve(streams.workingDirectory, options.out)
  await refuseFilledFolder(folder, options.out)

  const files = new CountingSink(new LogObjectFolder(folder))
  const labels = new LineFile(join(folder, 'labels.jsonl'))
  const captures = options.pcap ? new CaptureFolder(join(folder, 'pcap')) : undefined
  const activities = new Set<number>()
  const summary = await simulate(options.parquet ? withParquet(design) : design, scenario, {
    seed: options.seed,
    objectSink: files,
    eventSink: new LogEventFolder(join(folder, 'cloudwatch-logs')),
    ...(captures ? { packets: 'all' as const } : {}),
  }).run({
    onActivity: (activity: ActivityRecord) => {
      activities.add(activity.activity)
      labels.write(JSON.stringify(activity))
    },
    ...(captures && {
      onPacket: (captured) => captures.taps.write(captured),
      onMirroredPacket: (mirrored) => captures.mirrorTaps.write(mirrored),
    }),
  })
  labels.close()
  captures?.close()

  const outcome = {
    scenario: summary.scenario,
    seed: summary.seed,
    ...timesOf(summary),
    packets: summary.packetCount,
    activities: activities.size,
    logFiles: files.objects,
    records: files.records,
    captures: captures?.count ?? 0,
    mirrorCaptures: captures?.mirrorCount ?? 0,
    mirrorLosses: summary.mirrorLosses.map(({ networkInterface, reason, packets }) => ({
      networkInterface: networkInterface.id,
      reason,
      packets,
    })),
    out: options.out,
  }
  streams.stdout.write(options.json ? `${JSON.stringify(outcome)}\n` : describeOutcome(outcome, captures !== undefined))
  return EXIT_SUCCESS
}

interface ScenarioOutcome extends SynthOutcome {
  readonly packets: number
  readonly activities: number
  readonly captures: number
  readonly mirrorCaptures: number
  readonly mirrorLosses: readonly Readonly<{ networkInterface: string; reason: string; packets: number }>[]
}

function describeOutcome(outcome: ScenarioOutcome, hasCaptures: boolean): string {
  const { out } = outcome
  const captures = [formatCount(outcome.captures, 'capture'), formatCount(outcome.mirrorCaptures, 'mirror capture')]
  return describeSynth(
    outcome,
    formatCount(outcome.packets, 'packet'),
    [
      ...(hasCaptures ? [`${captures.join(' and ')} in ${out}/pcap`] : []),
      `${outcome.activities} labelled activities in ${out}/labels.jsonl`,
    ],
    outcome.mirrorLosses.map(
      ({ networkInterface, reason, packets }) =>
        `mirroring of ${networkInterface}: ${formatCount(packets, 'mirrored packet')} lost on the way to the target (${reason})`,
    ),
  )
}

async function loadScenario(name: string, options: SynthOptions, streams: Streams): Promise<Scenario> {
  const times = {
    ...(options.duration === undefined ? {} : { durationMicroseconds: parseDuration(options.duration) }),
    ...(options.start === undefined ? {} : { startMicroseconds: parseStart(options.start) }),
  }
  if (MODULE.test(name)) {
    const content = await loadData(name, streams.workingDirectory, 'a scenario, as defineScenario makes it')
    if (
      typeof content !== 'object' ||
      content === null ||
      !('setup' in content) ||
      typeof content.setup !== 'function'
    ) {
      throw new UsageError(`the default export of ${name} is not a scenario; make it with defineScenario`)
    }
    return defineScenario({ ...(content as Scenario), ...times })
  }
  const scenario = cataloguedScenario(name, { durationMicroseconds: parseDuration('1h'), ...times })
  if (!scenario) {
    throw new UsageError(
      `there is no scenario "${name}"; there are ${[...SCENARIO_NAMES, VOLUME].map((one) => one.name).join(', ')}, or name a module (scenario.mjs)`,
    )
  }
  return scenario
}

function describeCatalogue(all: typeof SCENARIO_NAMES): string {
  const width = Math.max(...all.map(({ name }) => name.length))
  return all.map(({ name, description }) => `${name.padEnd(width)}  ${description}\n`).join('')
}
