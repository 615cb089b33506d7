import { SELECTION_SCHEME } from '../automatic-table/selected-files-store.ts'
import type { DuckDbSession } from '../duckdb/duckdb-session.ts'
import { AthenaError } from '../errors.ts'
import type { ScanRequest } from '../generate/scan-request.ts'
import type { QueryIssue } from '../result.ts'
import { lazySimpleSerDe } from './lazy-simple-serde.ts'
import { lineConditions } from './line-conditions.ts'
import type { LineCondition } from './line-filter.ts'
import { describesObject, objectColumns, type ScanObject } from './object-column.ts'
import type { ScanContext } from './scan-context.ts'
import { displayName, type LocatedObject, ScanObjects } from './scan-objects.ts'
import type { ScanStatistics, TableScan } from './table-scan.ts'
import { textCompression } from './text-compression.ts'
import { type OfferedTextTable, offerTextTable } from './text-function.ts'
import { isBeginningEnough, type UnlocatedTextObject } from './text-head.ts'
import type { TextFault, TextObject } from './text-reader.ts'
import { textScanSql } from './text-scan.ts'
import { openTextSources, type TextSource, type TextSources } from './text-source.ts'

/** A text object by its place among the scan's objects. */
type UnlocatedText = UnlocatedTextObject & { readonly index: number }

/** A text table, whose objects are read and inflated here: DuckDB is given lines. */
export class TextTableScan implements TableScan {
  readonly name: string
  readonly paths: readonly string[] = []
  readonly #request: ScanRequest
  readonly #context: ScanContext
  readonly #issues: QueryIssue[]
  readonly #objects: ScanObjects
  readonly #headerLines: number
  readonly #lineConditions: readonly LineCondition[]
  readonly #faulty = new Set<number>()
  readonly #opened: TextSource[] = []
  #sources: TextSources | undefined
  #offered: OfferedTextTable | undefined

  constructor(request: ScanRequest, context: ScanContext, issues: QueryIssue[]) {
    this.name = request.placeholder
    this.#request = request
    this.#context = context
    this.#issues = issues
    this.#objects = new ScanObjects(request, context)
    this.#headerLines = lazySimpleSerDe(request.table).headerLines
    this.#lineConditions = lineConditions(request.table, request.partitionPredicate)
  }

  async find(): Promise<void> {
    const { rowsEnough, columns } = this.#request
    // Of thousands of objects a few will be opened: it is enough to know what these are.
    const namesAreEnough = isBeginningEnough(rowsEnough) && !columns.some(describesObject)
    await this.#objects.find(namesAreEnough)
    const objects = this.#objects.all
    const isSelection = this.#request.table.storageDescriptor.location.startsWith(SELECTION_SCHEME)
    const texts = objects.map(({ object }, index): UnlocatedText => {
      const compression = isSelection ? 'detect' : textCompression(object.uri)
      return { index, size: object.size, compression, headerLines: this.#headerLines }
    })
    // What has to be downloaded is there before the query starts, which could otherwise only wait for it by asking again.
    const isLocal = this.#context.store.readableDirectories.length > 0
    const downloaded = isLocal ? undefined : await this.#objects.locate([...objects.keys()])
    const locate = async (wanted: readonly UnlocatedText[]): Promise<readonly TextObject[]> => {
      const places = wanted.map(({ index }) => index)
      const located = downloaded
        ? places.map((place) => downloaded[place] as LocatedObject)
        : await this.#objects.locate(places)
      return wanted.map((text, position) => ({ ...text, ...(located[position] as LocatedObject) }))
    }
    this.#sources = await openTextSources(texts, locate, {
      workers: this.#context.textWorkers,
      onFault: (fault, object) => this.#report(fault, object),
      rowsEnough,
      lineConditions: this.#lineConditions,
    })
  }

  async attach(session: DuckDbSession): Promise<string> {
    const { table, columns } = this.#request
    const constants = objectColumns(table, columns, this.#objects)
    this.#offered = offerTextTable(session, {
      columns: constants,
      storedBytes: () => this.#objects.storedBytes,
      threads: this.#context.threads,
      open: () => this.#open(),
    })
    return textScanSql(table, columns, constants, this.#offered.sql, this.#lineConditions)
  }

  #open(): TextSource {
    if (this.#sources === undefined) throw new Error('the query runs before its objects were found')
    const source = this.#sources.open()
    this.#opened.push(source)
    return source
  }

  #report(fault: TextFault, index: number): void {
    const { object } = this.#objects.all[index] as ScanObject
    if (this.#context.strict) throw strictError(fault, object.uri, object.size ?? 0)
    if (this.#faulty.has(index)) return
    this.#faulty.add(index)
    this.#issues.push({ code: fault.code, message: fault.message, object: displayName(object.uri), line: fault.line })
  }

  get #objectsOpened(): number {
    return Math.max(0, ...this.#opened.map((source) => source.objectsOpened))
  }

  statistics(): ScanStatistics {
    return this.#objects.statistics(this.#objectsOpened)
  }

  async finish(): Promise<void> {
    await this.#objects.finish()
  }

  shareRead(): number {
    const count = this.#objects.all.length
    return count === 0 ? 1 : this.#objectsOpened / count
  }

  close(): void {
    this.#offered?.withdraw()
    this.#sources?.close()
  }
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
