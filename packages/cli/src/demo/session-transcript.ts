import { closeSync, openSync, writeSync } from 'node:fs'
import type { SessionListener } from './article-scenario.ts'

const PROMPT = 'demo$ '
/** What a command prints in this time after it was entered is shown; a loop goes on in the file alone. */
const SHOWN_MICROSECONDS = 10_000_000

/** Writes a shell session to a file, and shows the beginning of what each command prints. */
export class SessionTranscript implements SessionListener {
  readonly #file: number
  readonly #show: (text: string) => void
  #enteredMicroseconds = 0
  #isElided = false

  constructor(path: string, show: (text: string) => void) {
    this.#file = openSync(path, 'w')
    this.#show = show
  }

  command(text: string, timeMicroseconds: number): void {
    this.#enteredMicroseconds = timeMicroseconds
    this.#write(`${PROMPT}${text}\n`, true)
  }

  output(text: string, timeMicroseconds: number): void {
    const isShown = timeMicroseconds < this.#enteredMicroseconds + SHOWN_MICROSECONDS
    this.#write(text, isShown)
    if (!isShown && !this.#isElided) this.#show('… and so on\n\n')
    this.#isElided ||= !isShown
  }

  close(): void {
    closeSync(this.#file)
  }

  #write(text: string, isShown: boolean): void {
    writeSync(this.#file, text)
    if (isShown) this.#show(text)
  }
}
