import { hours, minutes } from '../duration.ts'
import type { ProcessBody } from '../host/process.ts'

/** The rhythm of a day. */
export interface DiurnalOptions {
  /** Mean time between starts at the busiest hour; 1 min unless given. */
  readonly busiestGapMicroseconds?: number
  /** Activity of the quietest hour as a part of the busiest's, 0 to 1; 0.1 unless given. */
  readonly quietest?: number
  /** Hour of the day, UTC, 0 to 23, that is the busiest; 14 unless given. */
  readonly busiestHour?: number
  /** Activity at weekends as a part of that on other days; 0.4 unless given. */
  readonly weekend?: number
  /** Most activities that run at once; 50 unless given. What would be more does not start. */
  readonly mostAtOnce?: number
}

const DAY = hours(24)
/** 1 January 1970 was a Thursday; Saturday is two days later. */
const FIRST_SATURDAY = 2 * DAY

/**
 * Background with the rhythm of a day: starts the activity again and again, often in working hours and seldom at night, as a Poisson
 * process whose rate follows the time of day (thinning: candidates come at the highest rate, and some are left out).
 *
 * ```ts
 * host('demo').spawn('people', diurnal(webSessions({ sites: ['example.com'], rounds: 1 })))
 * ```
 */
export function diurnal(activity: ProcessBody, options: DiurnalOptions = {}): ProcessBody {
  const { busiestGapMicroseconds = minutes(1), mostAtOnce = 50 } = options
  return function* (host) {
    let running = 0
    for (;;) {
      yield* host.sleep(Math.max(1, Math.round(host.random.exponential(busiestGapMicroseconds))))
      if (running >= mostAtOnce || !host.random.chance(activityAt(host.nowMicroseconds, options))) continue
      running += 1
      host.spawn('activity', function* (other) {
        try {
          yield* activity(other)
        } finally {
          running -= 1
        }
      })
    }
  }
}

/** Activity at a time as a part of the busiest hour's: a straight rise and fall over twelve hours each. */
export function activityAt(timeMicroseconds: number, options: DiurnalOptions): number {
  const { quietest = 0.1, busiestHour = 14, weekend = 0.4 } = options
  const hour = (timeMicroseconds % DAY) / hours(1)
  const away = Math.abs(hour - busiestHour)
  const distance = Math.min(away, 24 - away) / 12
  const isWeekend = (timeMicroseconds + 7 * DAY - FIRST_SATURDAY) % (7 * DAY) < 2 * DAY
  return (1 - distance * (1 - quietest)) * (isWeekend ? weekend : 1)
}
