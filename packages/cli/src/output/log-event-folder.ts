import { appendFile, mkdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { LogEventBatch, LogEventSink } from '@flowtap/core'

/** Appends the messages of CloudWatch Logs to `folder/group/stream.log`, one on a line and without a header, as its events have none. */
export class LogEventFolder implements LogEventSink {
  readonly #folder: string

  constructor(folder: string) {
    this.#folder = folder
  }

  async put({ logGroupName, logStreamName, events }: LogEventBatch): Promise<void> {
    const group = logGroupName.split('/').filter((part) => part !== '' && part !== '.' && part !== '..')
    const path = join(this.#folder, ...group, `${logStreamName}.log`)
    await mkdir(dirname(path), { recursive: true })
    await appendFile(path, events.map(({ message }) => `${message}\n`).join(''))
  }
}
