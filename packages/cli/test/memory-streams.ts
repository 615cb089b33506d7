import { Readable, Writable } from 'node:stream'
import { run } from '../src/main.ts'

/** What a run of the command left behind. */
export interface CommandOutcome {
  readonly exitCode: number
  readonly stdout: string
  readonly stderr: string
}

class Collector extends Writable {
  readonly parts: Buffer[] = []
  override _write(chunk: Buffer | string, _encoding: BufferEncoding, done: () => void): void {
    this.parts.push(Buffer.from(chunk))
    done()
  }
  get text(): string {
    return Buffer.concat(this.parts).toString('utf8')
  }
}

/** Runs the command in this process. A terminal is `width` cells wide; without a width, output goes to a pipe. */
export async function runCommand(
  args: readonly string[],
  options: { readonly workingDirectory: string; readonly stdin?: string | Uint8Array; readonly width?: number },
): Promise<CommandOutcome> {
  const stdout = new Collector()
  const stderr = new Collector()
  const terminal = options.width === undefined ? {} : { isTTY: true, columns: options.width }
  const exitCode = await run(args, {
    stdin: Readable.from([Buffer.from(options.stdin ?? '')]),
    stdout: Object.assign(stdout, terminal),
    stderr,
    workingDirectory: options.workingDirectory,
  })
  return { exitCode, stdout: stdout.text, stderr: stderr.text }
}
