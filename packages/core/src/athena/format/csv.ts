import type { ResultText } from '../result.ts'

/**
 * A result as Athena writes it to `<query id>.csv`: a header, every value that is not NULL in double quotes with `"`
 * doubled, NULL an empty field, `\n` at each line's end, UTF-8 without byte order mark. Gives one text per batch.
 * Source: measured on Amazon Athena (facts of the athena-local project); Amazon Athena User Guide, "Query results".
 */
export async function* formatCsv(
  columnNames: readonly string[],
  batches: AsyncIterable<readonly (readonly ResultText[])[]>,
): AsyncGenerator<string, void> {
  yield csvLine(columnNames)
  for await (const batch of batches) {
    if (batch.length > 0) yield batch.map(csvLine).join('')
  }
}

function csvLine(values: readonly ResultText[]): string {
  return `${values.map(csvField).join(',')}\n`
}

function csvField(value: ResultText): string {
  if (value === null) return ''
  return value.includes('"') ? `"${value.replaceAll('"', '""')}"` : `"${value}"`
}
