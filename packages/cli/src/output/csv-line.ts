/** A line of RFC 4180 CSV with `\n`; an absent value is an empty field. */
export function csvLine(values: readonly (string | undefined)[]): string {
  return `${values.map((value) => (value === undefined ? '' : quoteWhereNeeded(value))).join(',')}\n`
}

function quoteWhereNeeded(value: string): string {
  return value === '' || /[",\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value
}
