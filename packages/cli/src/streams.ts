import type { Readable, Writable } from 'node:stream'

/** Where a command reads and writes; injected, so that tests see what a terminal would see. */
export interface Streams {
  readonly stdin: Readable
  readonly stdout: Writable & { readonly isTTY?: boolean; readonly columns?: number }
  readonly stderr: Writable & { readonly isTTY?: boolean; readonly columns?: number }
  readonly workingDirectory: string
  /** Has a function called when the user wants the end (Ctrl-C, SIGTERM), once; what it gives forgets it. Without it nobody asks. */
  readonly onInterrupt?: (listener: () => void) => () => void
}

export function processStreams(): Streams {
  return {
    stdin: process.stdin,
    stdout: process.stdout,
    stderr: process.stderr,
    workingDirectory: process.cwd(),
    onInterrupt: listenForSignals,
  }
}

/** The second signal ends the process as ever. */
function listenForSignals(listener: () => void): () => void {
  const forget = (): void => {
    for (const signal of SIGNALS) process.off(signal, heard)
  }
  const heard = (): void => {
    forget()
    listener()
  }
  for (const signal of SIGNALS) process.on(signal, heard)
  return forget
}

const SIGNALS = ['SIGINT', 'SIGTERM'] as const

/** Writes with back-pressure; rejects when the reader is gone (EPIPE). */
export async function writeAll(stream: Writable, chunks: AsyncIterable<string | Uint8Array>): Promise<void> {
  let failure: Error | undefined
  const fail = (error: Error): void => {
    failure = error
  }
  stream.on('error', fail)
  try {
    for await (const chunk of chunks) {
      if (failure) throw failure
      await new Promise<void>((resolve, reject) => {
        stream.write(chunk, (error) => (error ? reject(error) : resolve()))
      })
    }
    if (failure) throw failure
  } finally {
    stream.off('error', fail)
  }
}
