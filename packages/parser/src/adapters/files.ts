import { createReadStream } from 'node:fs'
import { open, readdir, realpath, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { glob, isDynamicPattern } from 'tinyglobby'
import type { FlowLogFile } from './flow-log-file.ts'

const READ_BYTES = 256 * 1024

/** How the names of the files end that are read from a folder, in any case of letters. */
export const FLOW_LOG_FILE_SUFFIXES: readonly string[] = ['.log', '.txt', '.gz', '.parquet']

/** A path that gives no file to read. */
export interface PathProblem {
  readonly path: string
  readonly message: string
}

/**
 * The files that paths mean, in the order of the paths, each file once.
 *
 * - A file is read whatever its name.
 * - A folder means the files below it at any depth that end in {@link FLOW_LOG_FILE_SUFFIXES}, in the order of their
 *   names. As for Hive and Athena, what begins with `.` or `_` is hidden. Links are followed, never in a circle.
 * - Everything else with `*`, `?`, `[…]` or `{…}` is a glob; it means the files that match, whatever their names.
 */
export async function* findFiles(paths: readonly string[]): AsyncGenerator<FlowLogFile | PathProblem, void> {
  const seen = new Set<string>()
  for (const path of paths) {
    let found = false
    for await (const entry of filesOfPath(path)) {
      found = true
      if ('message' in entry) {
        yield entry
        continue
      }
      // A file that has vanished meanwhile is read all the same, as that tells why it cannot be.
      const real = await realpath(entry.path).catch(() => entry.path)
      if (seen.has(real)) continue
      seen.add(real)
      yield diskFile(entry.path)
    }
    if (!found) yield { path, message: nothingFound(path) }
  }
}

function nothingFound(path: string): string {
  return isDynamicPattern(path)
    ? 'No file matches the pattern.'
    : `There is no flow-log file in the folder. Files there must end in ${FLOW_LOG_FILE_SUFFIXES.join(', ')}; others can be named one by one or by a glob.`
}

type FoundPath = { readonly path: string } | PathProblem

async function* filesOfPath(path: string): AsyncGenerator<FoundPath, void> {
  if (path.startsWith('s3://')) {
    yield { path, message: 'Places in S3 are read by s3Source({ client, url }) of @flowtap/parser/s3.' }
    return
  }
  try {
    const status = await stat(path)
    if (status.isDirectory()) yield* filesInFolder(path, [])
    else yield { path }
  } catch (error) {
    if (isMissing(error) && isDynamicPattern(path)) yield* filesOfGlob(path)
    else yield { path, message: errorText(error) }
  }
}

async function* filesOfGlob(pattern: string): AsyncGenerator<FoundPath, void> {
  try {
    const matches = await glob(pattern, { expandDirectories: false, onlyFiles: true })
    for (const path of matches.sort()) yield { path }
  } catch (error) {
    yield { path: pattern, message: errorText(error) }
  }
}

async function* filesInFolder(folder: string, ancestors: readonly string[]): AsyncGenerator<FoundPath, void> {
  let names: string[]
  let real: string
  try {
    real = await realpath(folder)
    if (ancestors.includes(real)) return
    names = await readdir(folder)
  } catch (error) {
    yield { path: folder, message: errorText(error) }
    return
  }
  for (const name of names.sort()) {
    if (name.startsWith('.') || name.startsWith('_')) continue
    const path = join(folder, name)
    const isLog = FLOW_LOG_FILE_SUFFIXES.some((suffix) => name.toLowerCase().endsWith(suffix))
    try {
      const status = await stat(path)
      if (status.isDirectory()) yield* filesInFolder(path, [...ancestors, real])
      else if (status.isFile() && isLog) yield { path }
    } catch (error) {
      if (isLog) yield { path, message: errorText(error) }
    }
  }
}

/** A file on disk. */
function diskFile(path: string): FlowLogFile {
  return {
    name: path,
    canReopen: true,
    open: (): AsyncIterable<Uint8Array> => createReadStream(path, { highWaterMark: READ_BYTES }),
    async randomAccess() {
      const handle = await open(path)
      const { size } = await handle.stat()
      return {
        byteLength: size,
        async read(start, end) {
          const bytes = new Uint8Array(end - start)
          for (let at = 0; at < bytes.length; ) {
            const { bytesRead } = await handle.read(bytes, at, bytes.length - at, start + at)
            if (bytesRead === 0) throw new Error('the file ended while it was read')
            at += bytesRead
          }
          return bytes
        },
        close: () => handle.close(),
      }
    },
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'EINVAL')
}

/** The system's words for what went wrong. */
function errorText(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
