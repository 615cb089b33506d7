/** A size with a unit, as wget writes it behind the bytes. */
export function humanSize(bytes: number): string {
  let value = bytes
  for (const unit of ['', 'K', 'M', 'G']) {
    if (value < 1024 || unit === 'G')
      return value < 10 && unit !== '' ? `${value.toFixed(1)}${unit}` : `${Math.round(value)}${unit}`
    value /= 1024
  }
  return String(bytes)
}

/** Bytes in a second, as wget writes rates. */
export function rateText(bytes: number, microseconds: number): string {
  let rate = (bytes * 1_000_000) / microseconds
  for (const unit of ['B/s', 'KB/s', 'MB/s', 'GB/s']) {
    if (rate < 1024 || unit === 'GB/s') {
      const digits = rate >= 99.95 ? rate.toFixed(0) : rate >= 9.995 ? rate.toFixed(1) : rate.toFixed(2)
      return `${digits} ${unit}`
    }
    rate /= 1024
  }
  return ''
}

/** The finished bar of a download that is shown on a terminal of 80 columns. */
export function barText(path: string, bytes: number, microseconds: number): string {
  const name = path === '-' ? '-' : path.slice(path.lastIndexOf('/') + 1)
  const shown = name.length > 19 ? name.slice(0, 19) : name
  const rate = microseconds < 100_000 ? '--.-KB/s' : rateText(bytes, microseconds).replace(' ', '')
  const time =
    microseconds < 1_000 ? '0s' : `${Number((microseconds / 1_000_000).toFixed(microseconds < 100_000 ? 3 : 1))}s`
  return `\n${shown.padEnd(20)}100%[===================>]${humanSize(bytes).padStart(8)}  ${rate.padStart(8)}    in ${time.padEnd(8)}\n`
}

/** The dots of a download that is not shown on a terminal: one for each KiB, fifty in a line. */
export function progressText(bytes: number, microseconds: number): string {
  let text = '\n'
  const lines = Math.max(1, Math.ceil(bytes / 51_200))
  for (let line = 0; line < lines; line += 1) {
    const left = bytes - line * 51_200
    const dots = Math.min(50, Math.floor(left / 1024))
    const groups = Array.from({ length: 5 }, (_, i) =>
      '.'.repeat(Math.max(0, Math.min(10, dots - i * 10))).padEnd(10),
    ).join(' ')
    const percent = Math.floor(Math.min(100, ((line + 1) * 51_200 * 100) / Math.max(1, bytes)))
    const isLast = line === lines - 1
    const rate = rateText(bytes, microseconds)
      .replace(/ ?B\/s/, '')
      .replace(/ /, '')
      .replace('B/s', '')
    text += `${String(line * 50).padStart(6)}K ${groups} ${String(percent).padStart(3)}% ${rate.padStart(4)}`
    text += isLast ? `=${(microseconds / 1_000_000).toFixed(3).replace(/0+$/, '').replace(/\.$/, '')}s\n` : ' 0s\n'
  }
  return text
}
