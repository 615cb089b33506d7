import buffer from 'node:buffer'
import fs from 'node:fs'
import zlib from 'node:zlib'
import { threadPoolSize } from '../duckdb/native-calls.ts'
import { lineAssemblers } from './line-assembler.ts'
import { createLineFilter, type LineCondition, type LineFilter } from './line-filter.ts'
import {
  createTextReader,
  TEXT_READER_LIMITS,
  type TextMessage,
  type TextObject,
  type TextReader,
  type TextReaderLimits,
} from './text-reader.ts'
import type { TextWorkers } from './text-workers.ts'

/** Up to this size a scan is read before the query starts, and no worker has to be. */
const EAGER_STORED_BYTES = 4 * 1024 * 1024
const EAGER_TEXT_BYTES = 96 * 1024 * 1024
/** What is read of a larger one while a worker starts. */
const HEAD_STORED_BYTES = 512 * 1024
/** A line of a flow log, generously. */
const BYTES_PER_ROW = 256
const LEAST_BEGINNING_BYTES = 32 * 1024
const MOST_BEGINNING_OBJECTS = 16
/** A query that wants more than this for a beginning may as well wait for a worker. */
const MOST_BEGINNING_BYTES = 2 * 1024 * 1024
/** One object after another in small steps, so that little is read that nobody wants. */
const BEGINNING_LIMITS: TextReaderLimits = {
  ...TEXT_READER_LIMITS,
  concurrency: 1,
  wholeObjectBytes: 0,
  sliceBytes: 16 * 1024,
}

/** An object that may have to be downloaded, and whose size may have to be asked for. */
export type UnlocatedTextObject = Omit<TextObject, 'path' | 'size'> & { readonly size: number | undefined }
/** Brings objects to the local file system. */
export type LocateObjects<T extends UnlocatedTextObject> = (objects: readonly T[]) => Promise<readonly TextObject[]>

export interface TextHeadOptions {
  readonly workers: TextWorkers
  readonly lineConditions?: readonly LineCondition[] | undefined
  readonly rowsEnough?: number | undefined
}

const NEWLINE = 10

/** True where a query needs so few rows that only the beginning of the first objects is read before it starts. */
export function isBeginningEnough(rowsEnough: number | undefined): rowsEnough is number {
  return rowsEnough !== undefined && rowsEnough * BYTES_PER_ROW <= MOST_BEGINNING_BYTES
}

/** What was read before the query starts. */
export interface TextHead {
  readonly messages: readonly TextMessage[]
  /** Objects that were read to their end. */
  readonly objectsRead: number
  /** Lines of the next object that are among the messages, header lines with them. */
  readonly linesRead: number
}

const NO_HEAD: TextHead = { messages: [], objectsRead: 0, linesRead: 0 }

export async function readTextHead<T extends UnlocatedTextObject>(
  objects: readonly T[],
  locate: LocateObjects<T>,
  { rowsEnough, workers, lineConditions = [] }: TextHeadOptions,
): Promise<TextHead> {
  const keep = lineConditions.length > 0 ? createLineFilter(buffer, lineConditions) : undefined
  // With one thread in Node's pool nothing can be read while DuckDB runs.
  if (threadPoolSize() === 1) return await readWhole(await locate(objects), Number.POSITIVE_INFINITY, keep)
  if (isBeginningEnough(rowsEnough)) {
    return await readBeginning(objects, locate, Math.max(rowsEnough * BYTES_PER_ROW, LEAST_BEGINNING_BYTES))
  }
  const storedBytes = objects.reduce((sum, { size = 0 }) => sum + size, 0)
  if (storedBytes <= EAGER_STORED_BYTES) return await readWhole(await locate(objects), EAGER_TEXT_BYTES, keep)
  if (workers.hasIdle) return NO_HEAD
  workers.warmUp()
  return await readWhole(await locate(withinBytes(objects, HEAD_STORED_BYTES)), EAGER_TEXT_BYTES, keep)
}

function withinBytes<T extends UnlocatedTextObject>(objects: readonly T[], most: number): readonly T[] {
  let bytes = 0
  const end = objects.findIndex(({ size = 0 }) => {
    bytes += size
    return bytes > most
  })
  return end < 0 ? objects : objects.slice(0, end)
}

function newReader(limits: TextReaderLimits, keep?: LineFilter): TextReader {
  return createTextReader({ fs, zlib, buffer }, limits, lineAssemblers(buffer, limits.lineBytes, keep))
}

class Enough extends Error {}

/** All of some objects; nothing where their text is much longer than what is stored. */
async function readWhole(
  objects: readonly TextObject[],
  mostTextBytes: number,
  keep: LineFilter | undefined,
): Promise<TextHead> {
  const messages: TextMessage[] = []
  let bytes = 0
  try {
    await newReader(TEXT_READER_LIMITS, keep).readAll(objects, async (message) => {
      if (message.kind === 'block') bytes += message.bytes.length
      if (bytes > mostTextBytes) throw new Enough()
      messages.push(message)
    })
    return { messages, objectsRead: objects.length, linesRead: 0 }
  } catch (error) {
    if (error instanceof Enough) return NO_HEAD
    throw error
  }
}

/** So many bytes of text of the first objects, or somewhat more; all lines of them, as they are counted. */
async function readBeginning<T extends UnlocatedTextObject>(
  objects: readonly T[],
  locate: LocateObjects<T>,
  wantedBytes: number,
): Promise<TextHead> {
  const messages: TextMessage[] = []
  let bytes = 0
  let objectsRead = 0
  let linesRead = 0
  try {
    for (const [index, object] of objects.slice(0, MOST_BEGINNING_OBJECTS).entries()) {
      await newReader(BEGINNING_LIMITS).readAll(await locate([object]), async (message) => {
        messages.push({ ...message, object: index })
        if (message.kind === 'end') return
        bytes += message.bytes.length
        linesRead = (linesRead || object.headerLines) + countLines(message.bytes)
        if (bytes >= wantedBytes) throw new Enough()
      })
      objectsRead = index + 1
      linesRead = 0
    }
  } catch (error) {
    if (!(error instanceof Enough)) throw error
  }
  return { messages, objectsRead, linesRead }
}

function countLines(bytes: Uint8Array): number {
  let lines = 0
  for (let at = bytes.indexOf(NEWLINE); at !== -1; at = bytes.indexOf(NEWLINE, at + 1)) lines += 1
  return lines
}
