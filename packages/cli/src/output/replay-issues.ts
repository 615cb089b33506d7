import type { Streams } from '../streams.ts'
import { formatCount } from './format-quantity.ts'

const SHOWN = 20

/** Shows the first issues of captures on standard error, and counts all of them. */
export class ReplayIssues {
  count = 0
  readonly #streams: Streams

  constructor(streams: Streams) {
    this.#streams = streams
  }

  add(text: string, code: string): void {
    this.count += 1
    if (this.count <= SHOWN) this.#streams.stderr.write(`${text} [${code}]\n`)
  }

  finish(): void {
    const { stderr } = this.#streams
    if (this.count > SHOWN) stderr.write(`… and ${formatCount(this.count - SHOWN, 'more issue')}\n`)
    if (this.count > 0)
      stderr.write(`${formatCount(this.count, 'issue')} in the captures; the good packets were used\n`)
  }
}
