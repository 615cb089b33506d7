import type { LiveNetwork } from '../network/live-network.ts'

/** How simulated time passes: when the test steps it, or with real time, as fast or `speed` times as fast. */
export type ClockMode = 'stepped' | 'real' | { readonly speed: number }

/** Milliseconds of real time between steps of a clock that runs. */
const TICK_MILLISECONDS = 50

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }

/** The emulated account's time, and what happens as it passes: traffic, deliveries, and what services have planned. */
export class EmulatedClock {
  readonly #network: LiveNetwork
  readonly #realNow: () => number
  #mode: ClockMode = 'stepped'
  #timer: ReturnType<typeof setInterval> | undefined
  /** Real and simulated milliseconds when the clock was last set going. */
  #since: { readonly real: number; readonly simulated: number } | undefined
  #stepping: Promise<void> = Promise.resolve()
  #failure: unknown

  constructor(network: LiveNetwork, realNow: () => number) {
    this.#network = network
    this.#realNow = realNow
  }

  /** Simulated time, milliseconds since 1970. */
  get nowMilliseconds(): number {
    return this.#network.nowMilliseconds
  }

  /** Simulated time. */
  now(): Date {
    return new Date(this.nowMilliseconds)
  }

  /** How time passes now. */
  get mode(): ClockMode {
    return this.#mode
  }

  /** Lets time pass otherwise from now on. @throws RangeError for a speed that is no positive number. */
  setMode(mode: ClockMode): void {
    if (typeof mode === 'object' && !(mode.speed > 0 && Number.isFinite(mode.speed))) {
      throw new RangeError(`a clock's speed is a number above 0, not ${mode.speed}`)
    }
    this.#mode = mode
    clearInterval(this.#timer)
    this.#timer = undefined
    this.#since = undefined
    if (mode === 'stepped') return
    this.#since = { real: this.#realNow(), simulated: this.nowMilliseconds }
    this.#timer = setInterval(() => void this.#tick(), TICK_MILLISECONDS)
  }

  /**
   * Lets a time pass at once, with everything that happens in it: `'10m'`, `'1h30m'`, `'500ms'`, or milliseconds. Resolves when it has
   * passed, deliveries included. @throws RangeError for what is no duration.
   */
  advance(duration: string | number): Promise<void> {
    const milliseconds = durationMilliseconds(duration)
    return this.#step(() => this.nowMilliseconds + milliseconds)
  }

  /** Stops the clock; resolves when nothing is under way. */
  async stop(): Promise<void> {
    clearInterval(this.#timer)
    this.#timer = undefined
    this.#mode = 'stepped'
    await this.#stepping.catch(() => undefined)
  }

  async #tick(): Promise<void> {
    const since = this.#since
    if (!since || this.#failure !== undefined) return
    const speed = typeof this.#mode === 'object' ? this.#mode.speed : 1
    const target = since.simulated + (this.#realNow() - since.real) * speed
    try {
      await this.#step(() => Math.max(target, this.nowMilliseconds))
    } catch (error) {
      this.#failure = error
      clearInterval(this.#timer)
    }
  }

  /** One step after another: two that were asked for at once both pass. */
  #step(target: () => number): Promise<void> {
    const step = this.#stepping
      .catch(() => undefined)
      .then(async () => {
        const isRunning = this.#since
        await this.#network.advanceTo(target())
        if (isRunning && isRunning === this.#since && this.#mode !== 'stepped') {
          // A test that steps a running clock leaps ahead of real time, and goes on from there.
          const speed = typeof this.#mode === 'object' ? this.#mode.speed : 1
          const due = isRunning.simulated + (this.#realNow() - isRunning.real) * speed
          if (this.nowMilliseconds > due + TICK_MILLISECONDS * speed) {
            this.#since = { real: this.#realNow(), simulated: this.nowMilliseconds }
          }
        }
      })
    this.#stepping = step
    return step
  }
}

/** Milliseconds of `'1h30m'` and the like, or of a number of them. @throws RangeError. */
export function durationMilliseconds(duration: string | number): number {
  if (typeof duration === 'number') {
    if (duration >= 0 && Number.isFinite(duration)) return duration
  } else if (/^(\d+(\.\d+)?(ms|s|m|h|d))+$/.test(duration)) {
    let milliseconds = 0
    for (const [, count, unit] of duration.matchAll(/(\d+(?:\.\d+)?)(ms|[smhd])/g)) {
      milliseconds += Number(count) * (UNITS[unit as string] as number)
    }
    return milliseconds
  }
  throw new RangeError(`'${duration}' is no duration: give milliseconds, or a text such as '10m', '1h30m' or '500ms'`)
}
