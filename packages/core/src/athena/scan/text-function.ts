import { BIGINT, BLOB, DuckDBBlobValue, DuckDBTableFunction, type DuckDBType, VARCHAR } from '@duckdb/node-api'
import type { DuckDbSession } from '../duckdb/duckdb-session.ts'
import type { ObjectColumn } from './object-column.ts'
import type { TextSource } from './text-source.ts'

/** What the table function gives for one text table of one query. */
export interface TextTable {
  readonly columns: readonly ObjectColumn[]
  /** Undefined where it is not known when the query is planned. */
  storedBytes(): number | undefined
  readonly threads: number
  /** Begins a reading from the first line on. */
  open(): TextSource
}

/** A text table that SQL can read until it is withdrawn. */
export interface OfferedTextTable {
  /** A table expression with a column `text`, a BLOB of many lines or NULL for none, and the object columns. */
  readonly sql: string
  withdraw(): void
}

const FUNCTION_NAME = 'flowtap_text'
/** Of all databases of the process, so that the function is registered once per database and not for each query. */
const offered = new Map<bigint, TextTable>()
let nextHandle = 1n

/** Makes a text table readable in a session's database. */
export function offerTextTable(session: DuckDbSession, table: TextTable): OfferedTextTable {
  session.defineOnce(FUNCTION_NAME, (connection) => connection.registerTableFunction(tableFunction()))
  const handle = nextHandle
  nextHandle += 1n
  offered.set(handle, table)
  return { sql: `${FUNCTION_NAME}(${handle})`, withdraw: () => void offered.delete(handle) }
}

/** Of a compressed flow log, roughly. */
const STORED_BYTES_PER_ROW = 25
/** Larger than whatever it may be joined with, so that DuckDB does not gather the table's rows for that. */
const UNKNOWN_BYTES = 1024 ** 3

const COLUMN_TYPES: Readonly<Record<ObjectColumn['carrier'], DuckDBType>> = { VARCHAR, BIGINT }

interface Reading {
  readonly source: TextSource
  readonly columns: readonly ObjectColumn[]
}

function tableFunction(): DuckDBTableFunction {
  return DuckDBTableFunction.create({
    name: FUNCTION_NAME,
    parameterTypes: [BIGINT],
    bindFunction: (info) => {
      const table = offered.get(info.getParameter(0) as bigint)
      if (table === undefined) throw new Error('the text table is not there any more')
      info.setBindData(table)
      info.addResultColumn('text', BLOB)
      // Pieces are counted, but rows are what the order of joins is to be chosen by.
      info.setCardinality(Math.ceil((table.storedBytes() ?? UNKNOWN_BYTES) / STORED_BYTES_PER_ROW) + 1, false)
      for (const column of table.columns) info.addResultColumn(column.name, COLUMN_TYPES[column.carrier])
    },
    initFunction: (info) => {
      const { open, columns, threads } = info.bindData as TextTable
      info.setInitData({ source: open(), columns } satisfies Reading)
      info.setMaxThreads(threads)
    },
    mainFunction: (info, output) => {
      const { source, columns } = info.initData as Reading
      const piece = source.take()
      if (piece === 'end') {
        output.rowCount = 0
        return
      }
      output.rowCount = 1
      const text = output.getColumnVector(0)
      text.setItem(0, piece === 'pending' ? null : new DuckDBBlobValue(piece.bytes))
      text.flush()
      for (const [index, column] of columns.entries()) {
        const vector = output.getColumnVector(index + 1)
        vector.setItem(0, piece === 'pending' ? null : column.valueOf(piece.object))
        vector.flush()
      }
    },
  })
}
