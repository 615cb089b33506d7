import { UsageError } from './exit-code.ts'

const UNITS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3_600, d: 86_400 }

/** Microseconds of a duration such as `90s`, `15m`, `1.5h`, `2d` or `1h30m`; a UsageError for anything else and for nothing. */
export function parseDuration(text: string): number {
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)([smhd])/g)]
  if (parts.length === 0 || parts.map(([part]) => part).join('') !== text) {
    throw new UsageError(`"${text}" is not a duration; write it as 90s, 15m, 1h30m or 2d`)
  }
  const seconds = parts.reduce((sum, [, count, unit]) => sum + Number(count) * (UNITS[unit ?? ''] ?? 0), 0)
  if (seconds <= 0) throw new UsageError('a duration must be longer than nothing')
  return Math.round(seconds * 1_000_000)
}
