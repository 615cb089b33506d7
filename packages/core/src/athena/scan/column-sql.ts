/** A name as DuckDB reads it. */
export function quoteName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}
