import { type FieldDecoder, flowLogField } from './fields.ts'
import type { LogFormat } from './log-format.ts'

/** One column that is wanted: its field, how that is read, and where in the line it stands. */
export interface ColumnPlan {
  readonly name: string
  readonly decoder: FieldDecoder
  /** Index of the field in the line, or -1 where the format has no such field: then every value is absent. */
  readonly source: number
}

/** What a batch decoder makes of a line: the format resolved once, with the projection applied. */
export interface ColumnLayout {
  readonly format: LogFormat
  readonly columns: readonly ColumnPlan[]
}

/** The largest value that each numeric decoder takes. */
export const LARGEST_VALUE: Readonly<Record<'int32' | 'int64' | 'seconds', bigint>> = {
  int32: 2n ** 31n - 1n,
  int64: 2n ** 63n - 1n,
  seconds: BigInt(Number.MAX_SAFE_INTEGER),
}

/**
 * Resolves a format and a projection. Without a projection every field of the format is a column. Columns stand in the
 * order of the projection; a name that stands twice counts once.
 */
export function resolveColumnLayout(format: LogFormat, projection?: readonly string[]): ColumnLayout {
  const names = [...new Set(projection ?? format.fields)]
  const columns = names.map((name) => ({
    name,
    decoder: flowLogField(name)?.decoder ?? 'string',
    source: format.fields.indexOf(name),
  }))
  return { format, columns }
}
