/** DuckDB SQL of constants, each of an exact type. */

/** A string literal. */
export function quoteText(text: string): string {
  // NUL ends a statement's text in DuckDB's parser, so it goes in as a character code.
  if (!text.includes('\0')) return `'${text.replaceAll("'", "''")}'`
  return `(${text
    .split('\0')
    .map((part) => quoteText(part))
    .join(' || chr(0) || ')})`
}

/** A BLOB literal. */
export function quoteBytes(bytes: Uint8Array): string {
  if (bytes.length === 0) return "CAST('' AS BLOB)"
  let text = ''
  for (const byte of bytes) text += `\\x${byte.toString(16).padStart(2, '0').toUpperCase()}`
  return `CAST('${text}' AS BLOB)`
}

/** An integer of a type: `CAST(5 AS BIGINT)`. */
export function integerSql(
  value: bigint | number,
  type: 'TINYINT' | 'SMALLINT' | 'INTEGER' | 'BIGINT' | 'HUGEINT',
): string {
  return `CAST(${value} AS ${type})`
}

/** A DATE from days since 1970-01-01. */
export function dateSql(epochDay: number): string {
  return isPlainDay(epochDay)
    ? `DATE '${isoDate(epochDay)}'`
    : `CAST(DATE '1970-01-01' + CAST(${epochDay} AS INTEGER) AS DATE)`
}

/** A TIMESTAMP from microseconds since 1970-01-01T00:00. */
export function timestampSql(micros: bigint): string {
  const seconds = Number(micros / 1_000_000n)
  const day = Math.floor(seconds / 86_400)
  if (micros < 0n || !isPlainDay(day)) return `make_timestamp(CAST(${micros} AS BIGINT))`
  return `TIMESTAMP '${isoDate(day)} ${timeOfDay(micros - BigInt(day) * 86_400_000_000n)}'`
}

/** A TIME from microseconds since midnight. */
export function timeSql(micros: bigint): string {
  return `TIME '${timeOfDay(micros)}'`
}

function isPlainDay(day: number): boolean {
  return day >= -719_162 && day <= 2_932_896
}

/** `2021-10-25`, for years 1 to 9999. */
function isoDate(epochDay: number): string {
  return new Date(epochDay * 86_400_000).toISOString().slice(0, 10)
}

/** `10:11:12.345678` */
function timeOfDay(micros: bigint): string {
  const seconds = Number(micros / 1_000_000n)
  const pad = (part: number): string => String(part).padStart(2, '0')
  const time = `${pad(Math.floor(seconds / 3600))}:${pad(Math.floor(seconds / 60) % 60)}:${pad(seconds % 60)}`
  const fraction = micros % 1_000_000n
  return fraction === 0n ? time : `${time}.${String(fraction).padStart(6, '0')}`
}
