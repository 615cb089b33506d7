import { type ProgramContext, printError } from '../../program.ts'
import type { Task } from '../../task.ts'

const HEADING = `  % Total    % Received % Xferd  Average Speed   Time    Time     Time  Current
                                 Dload  Upload   Total   Spent    Left  Speed
`

/** curl's progress meter: a line that is written over, at the start, each second and at the end. */
export class ProgressMeter {
  readonly #context: ProgramContext
  readonly #startMicroseconds: number
  received = 0
  sent = 0
  /** Of the answer's body, where it is known. */
  total: number | undefined
  uploadTotal = 0
  #isStarted = false

  constructor(context: ProgramContext) {
    this.#context = context
    this.#startMicroseconds = context.process.kernel.host.nowMicroseconds
  }

  *start(): Task {
    this.#isStarted = true
    yield* printError(
      this.#context,
      `${HEADING}\r  0     0    0     0    0     0      0      0 --:--:-- --:--:-- --:--:--     0`,
    )
  }

  /** Writes a line each second, for ever: runs beside the transfer. */
  *everySecond(): Task {
    const { host } = this.#context.process.kernel
    for (let second = 1; ; second += 1) {
      yield* host.sleepUntil(this.#startMicroseconds + second * 1_000_000)
      yield* this.#line(false)
    }
  }

  /** The last line. */
  *finish(): Task {
    if (!this.#isStarted) return
    yield* this.#line(true)
    yield* printError(this.#context, '\n')
  }

  *#line(isLast: boolean): Task {
    const micros = this.#context.process.kernel.host.nowMicroseconds - this.#startMicroseconds
    const speed = (bytes: number): number => Math.floor((bytes * 1_000_000) / Math.max(1, micros))
    const milliseconds = Math.max(1, Math.floor(micros / 1000))
    const expected = (this.total ?? this.received) + (this.uploadTotal || this.sent)
    const moved = this.received + this.sent
    const percent = (part: number, whole: number | undefined): number =>
      whole === undefined || whole === 0 ? 0 : Math.floor((part * 100) / whole)
    const seconds = Math.floor(micros / 1_000_000)
    const download = speed(this.received)
    const totalSeconds = this.total !== undefined && download > 0 ? Math.floor(this.total / download) : 0
    const fields = [
      `\r${String(percent(moved, expected)).padStart(3)} ${size(expected)}`,
      `${String(percent(this.received, this.total)).padStart(3)} ${size(this.received)}`,
      `${String(percent(this.sent, this.uploadTotal)).padStart(3)} ${size(this.sent)}`,
      `${size(download)}`,
      `${size(speed(this.sent))} ${time(totalSeconds)} ${time(seconds)} ${time(isLast ? 0 : totalSeconds - seconds)} ${size(Math.floor((moved * 1000) / milliseconds))}`,
    ]
    yield* printError(this.#context, fields.join('  '))
  }
}

/** A number of bytes in five columns, as curl shortens it. */
function size(bytes: number): string {
  if (bytes < 100_000) return String(bytes).padStart(5)
  const kibi = 1024
  if (bytes < 10_000 * kibi) return `${String(Math.floor(bytes / kibi)).padStart(4)}k`
  for (const [unit, scale] of [
    ['M', kibi ** 2],
    ['G', kibi ** 3],
    ['T', kibi ** 4],
  ] as const) {
    if (bytes < 100 * scale)
      return `${String(Math.floor(bytes / scale)).padStart(2)}.${Math.floor((bytes % scale) / (scale / 10))}${unit}`
    if (bytes < 10_000 * scale) return `${String(Math.floor(bytes / scale)).padStart(4)}${unit}`
  }
  return `${String(Math.floor(bytes / kibi ** 5)).padStart(4)}P`
}

function time(seconds: number): string {
  if (seconds <= 0) return '--:--:--'
  const hours = Math.floor(seconds / 3600)
  return `${String(hours).padStart(2)}:${String(Math.floor((seconds % 3600) / 60)).padStart(2, '0')}:${String(seconds % 60).padStart(2, '0')}`
}
