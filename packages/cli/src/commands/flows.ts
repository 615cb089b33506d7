import { join, resolve } from 'node:path'
import {
  formatReplayIssue,
  LogObjectFolder,
  type ReplaySummary,
  replayCaptures,
  resolveDesign,
  type Topology,
} from '@flowtap/core'
import { captureFiles } from '../capture-files.ts'
import { loadDesign } from '../design-file.ts'
import { EXIT_SUCCESS, EXIT_USAGE, UsageError } from '../exit-code.ts'
import { CountingEventSink, CountingSink } from '../output/counting-sink.ts'
import { refuseFilledFolder } from '../output/filled-folder.ts'
import { LogEventFolder } from '../output/log-event-folder.ts'
import { startProgress } from '../output/progress.ts'
import { ReplayIssues } from '../output/replay-issues.ts'
import { describeLosses, describeOutcome, replayOutcome } from '../output/replay-report.ts'
import { withParquet } from '../parquet-flow-logs.ts'
import type { Streams } from '../streams.ts'

/** The options of `flowtap flows`, as commander gives them. */
export interface FlowsOptions {
  readonly design?: string
  readonly out?: string
  readonly interface?: string
  readonly capture?: readonly string[]
  readonly seed: number
  readonly parquet?: boolean
  readonly strict?: boolean
  readonly json?: boolean
}

/** Writes the flow logs that AWS would have written for captures; gives the exit code. Memory does not grow with the captures. */
export async function runFlows(files: readonly string[], options: FlowsOptions, streams: Streams): Promise<number> {
  const { design: named, out } = options
  if (named === undefined) throw new UsageError('which design? add --design FILE (or demo, or article)')
  if (out === undefined) throw new UsageError('where to? add --out DIR')
  const design = await loadDesign(named, streams.workingDirectory)
  const topology = resolveDesign(options.parquet ? withParquet(design) : design)
  checkFlowLogs(topology, named)
  const issues = new ReplayIssues(streams)
  const bar = await startProgress('flows', streams)
  const captures = await captureFiles({ files, ...options }, topology, streams, {
    onFault: (name, message) => issues.add(`${name}: ${message}`, 'damaged-gzip'),
    onProgress: (share) => bar.update(share),
  })
  const folder = resolve(streams.workingDirectory, out)
  await refuseFilledFolder(folder, out)
  const objects = new CountingSink(new LogObjectFolder(folder))
  const events = new CountingEventSink(new LogEventFolder(join(folder, 'cloudwatch-logs')))
  let summary: ReplaySummary
  try {
    summary = await replayCaptures(topology, captures, {
      objectSink: objects,
      eventSink: events,
      seed: options.seed,
      onIssue: (issue) => issues.add(formatReplayIssue(issue), issue.code),
    })
  } finally {
    bar.stop()
  }
  if (summary.packets === 0) throw new UsageError(noPackets(summary, issues.count))
  issues.finish()
  for (const line of describeLosses(summary, topology)) streams.stderr.write(`${line}\n`)
  if (summary.interfaces.length === 0) {
    throw new UsageError(
      `no packet was at a network interface of ${named}: is that the network of the capture? --interface ENI says where it was taken`,
    )
  }
  const outcome = replayOutcome(summary, {
    logFiles: objects.objects,
    records: objects.records,
    logEvents: events.events,
    out,
  })
  streams.stdout.write(options.json ? `${JSON.stringify(outcome)}\n` : describeOutcome(outcome))
  return options.strict && issues.count > 0 ? EXIT_USAGE : EXIT_SUCCESS
}

function checkFlowLogs({ flowLogs }: Topology, named: string): void {
  if (flowLogs.length === 0) {
    throw new UsageError(
      `${named} has no flow logs; add one to the design, such as "flowLogs": {"all": {"vpc": "main", "logDestination": "s3://flow-logs"}}`,
    )
  }
  if (flowLogs.every(({ resource }) => resource.kind.startsWith('transit-gateway'))) {
    throw new UsageError(
      `the flow logs of ${named} are of transit gateways alone, whose records do not follow from captures; add one of a VPC, subnet or network interface`,
    )
  }
}

function noPackets({ captures }: ReplaySummary, issueCount: number): string {
  const names = captures.map(({ name }) => name).join(', ')
  return issueCount > 0
    ? `nothing could be read from ${names}: no flow logs were written`
    : `${names} ${captures.length === 1 ? 'holds' : 'hold'} no packets: no flow logs were written`
}
