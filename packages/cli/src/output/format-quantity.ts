/** `1 row`, `3 rows`, `20,000 rows`. */
export function formatCount(count: number, noun: string): string {
  return `${grouped(count)} ${noun}${count === 1 ? '' : 's'}`
}

/** A whole number with commas; `toLocaleString` loads the languages' data first, which takes longer than a small command's work. */
function grouped(count: number): string {
  return String(count).replaceAll(/\B(?=(?:\d{3})+$)/g, ',')
}

const UNITS = ['bytes', 'kB', 'MB', 'GB', 'TB', 'PB'] as const

/** Decimal units, as Athena's price list counts: `892 bytes`, `4.2 MB`. */
export function formatBytes(bytes: number): string {
  let value = bytes
  let unit = 0
  while (value >= 999.95 && unit < UNITS.length - 1) {
    value /= 1000
    unit += 1
  }
  return unit === 0 ? `${bytes} ${bytes === 1 ? 'byte' : 'bytes'}` : `${value.toFixed(1)} ${UNITS[unit]}`
}
