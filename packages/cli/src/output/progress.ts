import type { Streams } from '../streams.ts'

/** A bar for long work; shown on a terminal only, and only once the work has taken a moment. */
export interface Progress {
  /** 0 to 1. */
  update(share: number): void
  stop(): void
}

const SILENT: Progress = { update: () => undefined, stop: () => undefined }
const SHOW_AFTER_MILLIS = 700

/** Lives on standard error, so that results can be piped while it runs. */
export async function startProgress(label: string, streams: Streams): Promise<Progress> {
  if (!streams.stderr.isTTY) return SILENT
  const { default: cliProgress } = await import('cli-progress')
  const bar = new cliProgress.SingleBar(
    {
      format: `${label} {bar} {percentage}% {eta_formatted}`,
      stream: streams.stderr as NodeJS.WriteStream,
      clearOnComplete: true,
      hideCursor: true,
    },
    cliProgress.Presets.shades_classic,
  )
  const startMillis = Date.now()
  let shown = false
  return {
    update(share) {
      if (!shown) {
        if (Date.now() - startMillis < SHOW_AFTER_MILLIS) return
        bar.start(100, 0)
        shown = true
      }
      bar.update(Math.min(100, Math.max(0, share * 100)))
    },
    stop() {
      if (shown) bar.stop()
    },
  }
}
