/** DuckDB leaves the zero before the point out where the type has no digit for it. */
export function decimalText(sql: string, precision: number, scale: number): string {
  if (precision > scale) return `CAST(${sql} AS VARCHAR)`
  if (precision < 38) return `CAST(CAST(${sql} AS DECIMAL(${precision + 1},${scale})) AS VARCHAR)`
  return `regexp_replace(CAST(${sql} AS VARCHAR), '^(-?)[.]', '\\10.')`
}
