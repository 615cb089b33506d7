import { createReadStream } from 'node:fs'
import type { EveEvent } from '../eve-event.ts'
import { SuricataError } from './suricata-error.ts'

/**
 * The events of an eve.json in its order, one at a time. Types that {@link EveEvent} does not have come as they are. SuricataError at the
 * first line that is no event, e.g. the last one of a Suricata that was killed, and where there is no file.
 */
export async function* readEveFile(path: string): AsyncGenerator<EveEvent, void, undefined> {
  let line = 0
  let rest = ''
  try {
    for await (const chunk of createReadStream(path, { encoding: 'utf8', highWaterMark: 1 << 18 })) {
      const lines = (rest + String(chunk)).split('\n')
      rest = lines.pop() ?? ''
      for (const text of lines) {
        line += 1
        if (text !== '') yield parseEvent(text, line)
      }
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    throw new SuricataError(
      'broken-output',
      'Suricata wrote no eve.json: it may lack the right to write, or its disk may be full',
    )
  }
  if (rest !== '') yield parseEvent(rest, line + 1)
}

/** A line of eve.json, counted from 1. SuricataError where it is no event. */
export function parseEvent(text: string, line: number): EveEvent {
  let event: unknown
  try {
    event = JSON.parse(text)
  } catch {
    // Told below, as any value that is no event.
  }
  if (typeof event === 'object' && event !== null && 'event_type' in event && typeof event.event_type === 'string') {
    return event as EveEvent
  }
  const shown = text.length > 200 ? `${text.slice(0, 200)}…` : text
  throw new SuricataError(
    'broken-output',
    `line ${line} of Suricata's eve.json is no event: ${shown}; it may have been ended or its disk may be full`,
  )
}
