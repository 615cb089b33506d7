import { mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, relative, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { DEFAULT_LOG_FORMAT, findFiles, type LogFormat, parseObjectKey } from '@flowtap/parser'
import type { FlowLogTableSchema } from '../catalog/aws-tables.ts'
import type { Catalog } from '../catalog/catalog.ts'
import { AthenaError } from '../errors.ts'
import type { QueryIssue } from '../result.ts'
import type { ObjectStore, StoredObject } from '../storage/object-store.ts'
import { registerTables } from './flow-log-tables.ts'
import { type FileFormat, readFileFormat } from './read-file-format.ts'
import { SelectedFilesStore } from './selected-files-store.ts'

/** What to make a table of. */
export interface OpenFlowLogsOptions {
  /** Files, folders, globs and `s3://` prefixes. */
  readonly paths: readonly string[]
  /** Where the tables are registered. */
  readonly catalog: Catalog
  /** Column names: AWS's own (`srcaddr`; the default) or the reference article's (`sourceaddress`). */
  readonly schema?: FlowLogTableSchema | undefined
  /** `default` unless given; made where it does not exist. */
  readonly database?: string | undefined
  /** `vpc_flow_logs` unless given. */
  readonly tableName?: string | undefined
  /** The format of text files without a header line; version 2's default unless given. */
  readonly format?: LogFormat | undefined
  /** Where relative paths start; the process's own unless given. */
  readonly workingDirectory?: string | undefined
  /** Holds the `s3://` prefixes, and whatever else queries read. */
  readonly store?: ObjectStore | undefined
}

/** The flow logs as a table: give `store` to the engine beside the catalog. */
export interface OpenedFlowLogs {
  readonly store: ObjectStore
  /** Files that cannot be read or hold nothing; the others are in the table. */
  readonly issues: readonly QueryIssue[]
  readonly files: number
}

/** A file with what its first bytes and its key say. */
export interface FlowLogFileEntry {
  readonly object: StoredObject
  readonly fileFormat: FileFormat
  /** From a key in AWS's layout. */
  readonly partition: { readonly region: string; readonly day: string } | undefined
}

/**
 * Makes the table `vpc_flow_logs` of flow-log files wherever they lie: columns from the files' own headers, and the
 * partition columns `aws_region` and `day` (`2021/10/25`) where keys are in AWS's layout. Files of several formats make one
 * table all the same: a column that a file does not have is NULL in its rows.
 *
 * Column types are those of AWS's documented tables: see `flowLogTable`.
 *
 * @throws AthenaError INVALID_INPUT where no file is found, or an `s3://` prefix is named and no store is given.
 */
export async function openFlowLogs(options: OpenFlowLogsOptions): Promise<OpenedFlowLogs> {
  const issues: QueryIssue[] = []
  const directories = new Set<string>()
  const entries: FlowLogFileEntry[] = []
  const fallback = options.format ?? DEFAULT_LOG_FORMAT
  const downloads = await mkdtemp(join(tmpdir(), 'flowtap-heads-'))
  try {
    const found = findObjects(options, directories, issues)
    await forEachConcurrently(found, HEADS_AT_ONCE, async ({ object, path }) => {
      try {
        const localPath = path ?? (await requireStore(options).localPath(object, downloads))
        entries.push({
          object,
          fileFormat: await readFileFormat(localPath, fallback),
          partition: partitionOf(path ?? object.uri),
        })
      } catch (error) {
        if (error instanceof AthenaError) throw error
        issues.push({ code: 'unreadable-file', message: messageOf(error), object: displayUri(object.uri, options) })
      }
    })
  } finally {
    await rm(downloads, { recursive: true, force: true })
  }
  if (entries.length === 0) throw nothingFound(options.paths, issues)
  // Reading ran concurrently; the table must not depend on which file came first.
  entries.sort((a, b) => (a.object.uri < b.object.uri ? -1 : 1))
  for (const { object, fileFormat } of entries) {
    if (fileFormat.kind === 'empty') {
      issues.push({ code: 'empty-file', message: 'The file is empty.', object: displayUri(object.uri, options) })
    }
  }
  const files = await registerTables(entries, fallback, options)
  return { store: new SelectedFilesStore(files, [...directories], options.store), issues, files: entries.length }
}

const HEADS_AT_ONCE = 16

interface FoundObject {
  readonly object: StoredObject
  /** For a file of the local file system. */
  readonly path?: string
}

async function* findObjects(
  options: OpenFlowLogsOptions,
  directories: Set<string>,
  issues: QueryIssue[],
): AsyncGenerator<FoundObject> {
  for (const path of options.paths) {
    if (path.startsWith('s3://')) {
      for await (const object of requireStore(options).list(path)) {
        if (!isHidden(object.uri)) yield { object }
      }
      continue
    }
    for await (const file of findFiles([resolve(options.workingDirectory ?? '.', path)])) {
      if ('message' in file) {
        issues.push({ code: 'unreadable-file', message: file.message, object: displayUri(file.path, options) })
        continue
      }
      const name = file.name ?? path
      try {
        const { size, mtimeMs } = await stat(name)
        directories.add(dirname(name))
        const uri = pathToFileURL(name).href
        yield { object: { uri, size, lastModifiedMillis: Math.trunc(mtimeMs) }, path: name }
      } catch (error) {
        issues.push({ code: 'unreadable-file', message: messageOf(error), object: displayUri(name, options) })
      }
    }
  }
}

function requireStore(options: OpenFlowLogsOptions): ObjectStore {
  if (options.store) return options.store
  throw new AthenaError(
    'INVALID_INPUT',
    `no store was given that holds ${options.paths.find((path) => path.startsWith('s3://'))}`,
    {
      remedy: 'Name the folder that holds the buckets (--s3-root DIR), or give openFlowLogs a store.',
    },
  )
}

/** As for Hive and Athena, names that begin with `_` or `.` are hidden, and a key that ends in `/` is a folder. */
function isHidden(uri: string): boolean {
  const name = uri.slice(uri.lastIndexOf('/') + 1)
  return name === '' || name.startsWith('_') || name.startsWith('.')
}

function partitionOf(pathOrUri: string): FlowLogFileEntry['partition'] {
  const key = parseObjectKey(pathOrUri.replace(/^s3:\/\/[^/]*\//, ''))
  if (key === undefined) return undefined
  const day = new Date(key.windowStartSeconds * 1000).toISOString().slice(0, 10).replaceAll('-', '/')
  return { region: key.region, day }
}

function nothingFound(paths: readonly string[], issues: readonly QueryIssue[]): AthenaError {
  const reasons = issues.map((issue) => `${issue.object}: ${issue.message}`)
  return new AthenaError(
    'INVALID_INPUT',
    ['no flow logs to query', ...(reasons.length > 0 ? reasons : paths)].join('; '),
  )
}

/** A local file as the user would name it. */
function displayUri(uriOrPath: string, options: OpenFlowLogsOptions): string {
  if (uriOrPath.startsWith('s3://')) return uriOrPath
  const path = uriOrPath.startsWith('file:') ? decodeURIComponent(new URL(uriOrPath).pathname) : uriOrPath
  const near = relative(options.workingDirectory ?? '.', path)
  return near.startsWith('..') || near === '' ? path : near
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

async function forEachConcurrently<T>(
  items: AsyncGenerator<T>,
  workers: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const worker = async (): Promise<void> => {
    for (;;) {
      const { value, done } = await items.next()
      if (done) return
      await work(value)
    }
  }
  await Promise.all(Array.from({ length: workers }, worker))
}
