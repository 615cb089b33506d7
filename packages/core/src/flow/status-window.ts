import { STATUS_RECORD_GAP_SECONDS } from './record-assumptions.ts'

/**
 * The times of a NODATA or SKIPDATA record in an aggregation interval, Unix seconds. Real ones leave some seconds of the interval out: at
 * 60 seconds 52 or 53 of them are covered, at about the same place of every interval of an ENI.
 */
export function statusWindow(
  interfaceHash: number,
  intervalStartSeconds: number,
  intervalSeconds: number,
): { readonly startSeconds: number; readonly endSeconds: number } {
  const gap = STATUS_RECORD_GAP_SECONDS
  const place = (interfaceHash >>> 0) % Math.max(1, gap - 2)
  const jitter = Math.imul(interfaceHash ^ (intervalStartSeconds / intervalSeconds), 0x9e3779b1)
  const startSeconds = intervalStartSeconds + place + ((jitter >>> 16) & 1)
  return { startSeconds, endSeconds: startSeconds + intervalSeconds - gap + ((jitter >>> 17) & 1) }
}
