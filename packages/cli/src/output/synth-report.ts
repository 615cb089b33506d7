import { formatCount } from './format-quantity.ts'

/** What every run of `flowtap synth` tells; `--json` prints it with what the scenario adds. */
export interface SynthOutcome {
  readonly scenario: string
  readonly seed: number
  readonly start: string
  readonly end: string
  readonly logFiles: number
  readonly records: number
  readonly out: string
}

/** The times of a run in text. */
export function timesOf(summary: { readonly startMicroseconds: number; readonly endMicroseconds: number }): {
  readonly start: string
  readonly end: string
} {
  return {
    start: new Date(summary.startMicroseconds / 1_000).toISOString(),
    end: new Date(summary.endMicroseconds / 1_000).toISOString(),
  }
}

/** The outcome on a terminal: `first` is what the traffic was made of, `others` what was written besides flow logs. */
export function describeSynth(
  { scenario, seed, start, end, logFiles, records, out }: SynthOutcome,
  first: string,
  others: readonly string[] = [],
  lines: readonly string[] = [],
): string {
  const written = [first, formatCount(records, 'record'), `${formatCount(logFiles, 'log file')} in ${out}`, ...others]
  return `${[`${scenario}, ${start} to ${end}, seed ${seed}`, written.join(' · '), ...lines].join('\n')}\n`
}
