import { type FileHandle, open } from 'node:fs/promises'
import { setTimeout as delay } from 'node:timers/promises'
import type { EveEvent } from '../eve-event.ts'
import { parseEvent } from './eve-file.ts'

const POLL_MILLISECONDS = 50
const READ_BYTES = 1 << 18

/**
 * The events of an eve.json while it is written, one at a time, until the signal is aborted and all is read. SuricataError at the first
 * line that is no event. Without a file there is no event.
 */
export async function* followEveFile(path: string, ended: AbortSignal): AsyncGenerator<EveEvent, void, undefined> {
  let file: FileHandle | undefined
  let line = 0
  let rest = ''
  const decoder = new TextDecoder()
  const buffer = new Uint8Array(READ_BYTES)
  try {
    for (;;) {
      // Asked before the file is read: what was written by then is there.
      const isLast = ended.aborted
      file ??= await openWhenThere(path)
      const { bytesRead } = file ? await file.read(buffer, 0, READ_BYTES) : { bytesRead: 0 }
      const lines = (rest + decoder.decode(buffer.subarray(0, bytesRead), { stream: true })).split('\n')
      rest = lines.pop() ?? ''
      for (const text of lines) {
        line += 1
        if (text !== '') yield parseEvent(text, line)
      }
      if (bytesRead > 0) continue
      if (isLast) break
      await delay(POLL_MILLISECONDS, undefined, { signal: ended }).catch(() => {})
    }
  } finally {
    await file?.close()
  }
  if (rest !== '') yield parseEvent(rest, line + 1)
}

async function openWhenThere(path: string): Promise<FileHandle | undefined> {
  try {
    return await open(path)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}
