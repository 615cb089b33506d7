/** A row: DuckDB's struct with fields by position, as their names are in the Trino type alone. */
export function rowSql(values: readonly string[]): string {
  return `struct_pack(${values.map((value, index) => `f${index} := ${value}`).join(', ')})`
}

export function rowFieldSql(row: string, index: number): string {
  return `struct_extract(${row}, 'f${index}')`
}
