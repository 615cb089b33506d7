import { ecsTime } from '../../ship/ecs-time.ts'

/** An EVE time in microseconds since 1970; 0 for a text that is none. */
export function microsecondsOf(eveTime: string): number {
  const time = ecsTime(eveTime)
  if (time === undefined) return 0
  return Date.parse(`${time.slice(0, 19)}Z`) * 1000 + Number(time.slice(20, -1).padEnd(6, '0').slice(0, 6))
}
