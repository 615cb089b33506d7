import { once } from 'node:events'
import { createConnection, type Socket } from 'node:net'
import { SuricataError } from './suricata-error.ts'

/** The protocol's version that Suricata 7 speaks (user guide, "Interacting via Unix Socket"). */
const PROTOCOL_VERSION = '0.2'

/** Suricata's command socket: a line of JSON for each command and each answer, one after the other. */
export class CommandSocket {
  readonly #socket: Socket
  #rest = ''
  #waiting: { resolve: (line: string) => void; reject: (error: Error) => void } | undefined

  private constructor(socket: Socket) {
    this.#socket = socket
    socket.setEncoding('utf8')
    socket.on('data', (text: string) => {
      const lines = (this.#rest + text).split('\n')
      this.#rest = lines.pop() ?? ''
      for (const line of lines) this.#answer(line)
    })
    socket.on('error', () => {})
    socket.on('close', () => {
      this.#waiting?.reject(closed())
      this.#waiting = undefined
    })
  }

  /** Whether Suricata has gone. */
  get isClosed(): boolean {
    return this.#socket.destroyed
  }

  /** Undefined while nobody listens there. */
  static async connect(path: string): Promise<CommandSocket | undefined> {
    const socket = createConnection(path)
    try {
      await once(socket, 'connect')
    } catch {
      socket.destroy()
      return undefined
    }
    const commands = new CommandSocket(socket)
    await commands.#ask({ version: PROTOCOL_VERSION })
    return commands
  }

  /** What the command gives; SuricataError where Suricata refuses it or has gone. */
  command(command: string, values?: Readonly<Record<string, string>>): Promise<unknown> {
    return this.#ask({ command, ...(values && { arguments: values }) })
  }

  close(): void {
    this.#socket.destroy()
  }

  async #ask(request: object): Promise<unknown> {
    const line = await new Promise<string>((resolve, reject) => {
      if (this.#socket.destroyed) {
        reject(closed())
        return
      }
      this.#waiting = { resolve, reject }
      this.#socket.write(`${JSON.stringify(request)}\n`)
    })
    const answer = parseAnswer(line)
    if (answer?.return === 'OK') return answer.message
    throw new SuricataError('failed', `Suricata refused the command ${JSON.stringify(request)}: ${line.slice(0, 500)}`)
  }

  #answer(line: string): void {
    const waiting = this.#waiting
    this.#waiting = undefined
    waiting?.resolve(line)
  }
}

function parseAnswer(line: string): { return?: unknown; message?: unknown } | undefined {
  try {
    const answer: unknown = JSON.parse(line)
    return typeof answer === 'object' && answer !== null ? answer : undefined
  } catch {
    return undefined
  }
}

function closed(): SuricataError {
  return new SuricataError('failed', 'Suricata closed its command socket')
}
