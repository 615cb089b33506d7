import type { Streams } from '../streams.ts'

/** What a command is run with. */
export interface CommandContext {
  readonly streams: Streams
  setExitCode(code: number): void
}
