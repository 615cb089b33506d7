import { fileURLToPath } from 'node:url'
import type { DuckDBConnection } from '@duckdb/node-api'
import { SELECTION_SCHEME } from '../automatic-table/selected-files-store.ts'
import { LAZY_SIMPLE_SERDE, PARQUET_SERDE } from '../catalog/storage-format.ts'
import { AthenaError } from '../errors.ts'
import type { ScanRequest } from '../generate/scan-request.ts'
import type { QueryIssue, QueryStatistics } from '../result.ts'
import { lazySimpleSerDe } from './lazy-simple-serde.ts'
import { mapInOrder } from './map-in-order.ts'
import { objectColumns, type ScanObject } from './object-column.ts'
import { type ParquetFault, type ParquetObject, parquetScanSql, readParquetColumns } from './parquet-scan.ts'
import type { ScanContext } from './scan-context.ts'
import { countTableObjects, tableObjects } from './table-objects.ts'
import { textCompression } from './text-compression.ts'
import type { TextFault, TextObject } from './text-reader.ts'
import { registerTextFunction, textScanSql } from './text-scan.ts'
import { openTextSources, type TextSource, type UnlocatedTextObject } from './text-source.ts'

export type ScanStatistics = Omit<QueryStatistics, 'rowsReturned'>

/** A table of a query, ready to be made a relation of a DuckDB connection. */
export interface TableScan {
  /** Of the relation, as the query calls it. */
  readonly name: string
  /** Files that DuckDB itself opens. */
  readonly paths: readonly string[]
  /** Prepares the connection and gives the SQL of the relation. */
  attach(connection: DuckDBConnection): Promise<string>
  /** What was read so far; final when `finish` has resolved. */
  statistics(): ScanStatistics
  finish(): Promise<void>
  /** 0 to 1. */
  shareRead(): number
  close(): void
}

const DOWNLOADS_AT_ONCE = 8

/** The objects of a scan, and how many the table has in all. */
interface FoundObjects {
  readonly objects: readonly ScanObject[]
  /** The query does not wait for it until its rows have been read. */
  readonly counting: Promise<number>
}

/** Finds the objects of a scan and brings them to the local file system. Issues are added as the rows are read. */
export async function openTableScan(
  request: ScanRequest,
  context: ScanContext,
  issues: QueryIssue[],
): Promise<TableScan> {
  const { table } = request
  const { serializationLibrary } = table.storageDescriptor.serDeInfo
  const isParquet = serializationLibrary === PARQUET_SERDE
  if (!isParquet && serializationLibrary !== LAZY_SIMPLE_SERDE) {
    throw new AthenaError(
      'HIVE_UNSUPPORTED_FORMAT',
      `Unsupported SerDe of table ${table.databaseName}.${table.name}: ${serializationLibrary}`,
      { remedy: 'The embedded engine reads text tables (ROW FORMAT DELIMITED) and Parquet.' },
    )
  }
  const counting = request.partitionPredicate === undefined ? undefined : countTableObjects(context.store, table)
  // A failure shows where the count is asked for.
  counting?.catch(() => undefined)
  const objects = await tableObjects(
    context.catalog,
    context.store,
    table,
    request.partitionPredicate,
    context.nowMillis,
  )
  const found: FoundObjects = { objects, counting: counting ?? Promise.resolve(objects.length) }
  return isParquet ? parquetScan(request, found, context, issues) : textScan(request, found, context, issues)
}

async function textScan(
  { table, columns, placeholder, partitionPredicate }: ScanRequest,
  { objects, counting }: FoundObjects,
  context: ScanContext,
  issues: QueryIssue[],
): Promise<TableScan> {
  const { headerLines } = lazySimpleSerDe(table)
  const isSelection = table.storageDescriptor.location.startsWith(SELECTION_SCHEME)
  const texts = objects.map(({ object }, index): UnlocatedText => {
    const compression = isSelection ? 'detect' : textCompression(object.uri)
    return { index, size: object.size, compression, headerLines }
  })
  // What has to be downloaded is there before the query starts, which could otherwise only wait for it by asking again.
  const isLocal = context.store.readableDirectories.length > 0
  const downloaded = isLocal ? undefined : await localPaths(objects, context)
  const locate = async (wanted: readonly UnlocatedText[]): Promise<readonly TextObject[]> => {
    const own = wanted.map(({ index }) => objects[index] as ScanObject)
    const paths = downloaded ? wanted.map(({ index }) => downloaded[index] as string) : await localPaths(own, context)
    return wanted.map((text, position) => ({ ...text, path: paths[position] as string }))
  }
  const faulty = new Set<number>()
  const sources = await openTextSources(texts, locate, (fault, index) => {
    const object = (objects[index] as ScanObject).object
    if (context.strict) throw strictError(fault, object.uri, object.size)
    if (faulty.has(index)) return
    faulty.add(index)
    issues.push({ code: fault.code, message: fault.message, object: displayName(object.uri), line: fault.line })
  })
  const opened: TextSource[] = []
  const counter = new ObjectCounter(objects, counting)
  const objectsOpened = (): number => Math.max(0, ...opened.map((source) => source.objectsOpened))
  return {
    name: placeholder,
    paths: [],
    async attach(connection) {
      const constants = objectColumns(table, columns, objects)
      const storedBytes = objects.reduce((sum, { object }) => sum + object.size, 0)
      const functionName = `${placeholder}_lines`
      const open = (): TextSource => {
        const source = sources.open()
        opened.push(source)
        return source
      }
      registerTextFunction(connection, functionName, open, constants, context.threads, storedBytes)
      return textScanSql(table, columns, constants, functionName, partitionPredicate)
    },
    statistics: () => counter.statistics(objectsOpened()),
    shareRead: () => (objects.length === 0 ? 1 : objectsOpened() / objects.length),
    finish: () => counter.finish(),
    close: () => sources.close(),
  }
}

/** A text object by its place among the scan's objects. */
type UnlocatedText = UnlocatedTextObject & { readonly index: number }

function localPaths(
  objects: readonly ScanObject[],
  { store, downloadDirectory, signal }: ScanContext,
): Promise<readonly string[]> {
  return mapInOrder(objects, DOWNLOADS_AT_ONCE, ({ object }) => {
    signal?.throwIfAborted()
    return store.localPath(object, downloadDirectory, signal)
  })
}

/** Trino's words. Measured against Trino 476. */
function strictError(fault: TextFault, uri: string, size: number): AthenaError {
  if (fault.code === 'invalid-gzip' && fault.line === 1 && fault.message === 'Not in GZIP format') {
    const split = `Error opening Hive split ${uri} (offset=0, length=${size})`
    return new AthenaError('HIVE_CANNOT_OPEN_SPLIT', `${split}: ${fault.message}`)
  }
  return new AthenaError('HIVE_CURSOR_ERROR', `Failed to read file at ${uri}`, {
    remedy: `${fault.message} (line ${fault.line}). Without the option strict the rest is read.`,
  })
}

async function parquetScan(
  { table, columns, placeholder }: ScanRequest,
  { objects, counting }: FoundObjects,
  context: ScanContext,
  issues: QueryIssue[],
): Promise<TableScan> {
  const counter = new ObjectCounter(objects, counting)
  const paths = await localPaths(objects, context)
  return {
    name: placeholder,
    paths,
    async attach(connection) {
      const files: {
        object: ParquetObject
        columns: Exclude<Awaited<ReturnType<typeof readParquetColumns>>, ParquetFault>
      }[] = []
      for (const [index, { object: stored }] of objects.entries()) {
        context.signal?.throwIfAborted()
        const object: ParquetObject = { path: paths[index] as string, uri: stored.uri, index }
        const found = await readParquetColumns(connection, object)
        if ('message' in found) {
          const message = found.message.replaceAll(object.path, displayName(stored.uri))
          if (context.strict)
            throw new AthenaError(
              'HIVE_CANNOT_OPEN_SPLIT',
              `Error opening Hive split ${stored.uri} (offset=0, length=${stored.size}): ${message}`,
            )
          issues.push({ code: 'invalid-parquet', message, object: displayName(stored.uri) })
          continue
        }
        files.push({ object, columns: found as never })
      }
      return parquetScanSql(table, columns, objectColumns(table, columns, objects), files)
    },
    statistics: () => counter.statistics(objects.length),
    shareRead: () => 1,
    finish: () => counter.finish(),
    close: () => undefined,
  }
}

class ObjectCounter {
  readonly #objects: readonly ScanObject[]
  readonly #counting: Promise<number>
  #objectsTotal: number

  constructor(objects: readonly ScanObject[], counting: Promise<number>) {
    this.#objects = objects
    this.#counting = counting
    this.#objectsTotal = objects.length
  }

  /** Partitions may lie elsewhere than the table. */
  async finish(): Promise<void> {
    this.#objectsTotal = Math.max(this.#objects.length, await this.#counting)
  }

  statistics(objectsOpened: number): ScanStatistics {
    const opened = this.#objects.slice(0, objectsOpened)
    return {
      bytesScanned: opened.reduce((sum, { object }) => sum + object.size, 0),
      objectsOpened: opened.length,
      objectsTotal: this.#objectsTotal,
    }
  }
}

/** Files that were named by their path are called so. */
function displayName(uri: string): string {
  return uri.startsWith('file:') ? fileURLToPath(uri) : uri
}
