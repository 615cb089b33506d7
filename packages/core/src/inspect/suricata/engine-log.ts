/** A line that Suricata says of itself. */
export interface EngineMessage {
  readonly level: string
  readonly text: string
}

/** Lines that are kept: a broken set of rules may give two for each of its rules. */
const MESSAGES_KEPT = 100_000

/** What Suricata says on its console, which its configuration asks for in JSON; anything else is kept as it is. */
export class EngineLog {
  readonly messages: EngineMessage[] = []
  readonly #onMessage: (message: EngineMessage) => void
  #rest = ''

  constructor(onMessage: (message: EngineMessage) => void) {
    this.#onMessage = onMessage
  }

  push(text: string): void {
    const lines = (this.#rest + text).split('\n')
    this.#rest = lines.pop() ?? ''
    for (const line of lines) this.#add(line)
  }

  end(): void {
    this.#add(this.#rest)
    this.#rest = ''
  }

  /** The errors' texts, or if there are none the last thing that was said; for the reader of an error. */
  summary(): string {
    const errors = this.messages.filter(({ level }) => level === 'Error' || level === 'Critical')
    const said = errors.length > 0 ? errors : this.messages.slice(-1)
    return said
      .slice(0, 5)
      .map(({ text }) => text)
      .join('; ')
  }

  #add(line: string): void {
    if (line.trim() === '') return
    const message = readMessage(line)
    if (this.messages.length < MESSAGES_KEPT) this.messages.push(message)
    this.#onMessage(message)
  }
}

function readMessage(line: string): EngineMessage {
  try {
    const { log_level: level, engine } = JSON.parse(line) as { log_level?: unknown; engine?: { message?: unknown } }
    if (typeof level === 'string' && typeof engine?.message === 'string') return { level, text: engine.message }
  } catch {
    const cut = CUT_LINE.exec(line)
    if (cut) return { level: cut[1] ?? '', text: unescapeCut(cut[2] ?? '') }
    // Else said before the configuration was read, or by the C library.
  }
  return { level: 'Unknown', text: line.trim() }
}

/** Suricata cuts its lines after 2,048 bytes, wherever that is. */
const CUT_LINE = /"log_level":"([A-Za-z]+)".*?"message":"(.*)$/s

function unescapeCut(text: string): string {
  // The last escape may be cut as well: at most `\\u` and three digits.
  for (let end = text.length; end >= Math.max(0, text.length - 5); end -= 1) {
    try {
      return String(JSON.parse(`"${text.slice(0, end)}"`))
    } catch {
      // Shorter, then.
    }
  }
  return text
}
