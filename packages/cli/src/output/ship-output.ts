import { access, constants } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import {
  BulkShipper,
  DEFAULT_DATA_STREAM,
  DeadLetterFile,
  type EveEvent,
  eveDocument,
  putIndexTemplate,
  ShipError,
} from '@flowtap/core/inspect'
import { UsageError } from '../exit-code.ts'
import type { Streams } from '../streams.ts'
import type { EventOutput } from './event-output.ts'
import { formatCount } from './format-quantity.ts'

/** Events that wait before reading stops for the shipper. */
const WAITING_EVENTS = 256

/** Where events are shipped. */
export interface ShipOptions {
  /** As the user wrote it. */
  readonly url: string
  /** As the user wrote it. */
  readonly deadLetters: string
  /** Whether the index template is put first. */
  readonly hasTemplate: boolean
  /** What is inspected: the same again gives the same documents. */
  readonly source: string
}

/** Ships events to a `_bulk` endpoint, as documents in ECS. */
export class ShipOutput implements EventOutput {
  readonly #shipper: BulkShipper
  readonly #options: ShipOptions
  readonly #place: string
  #events: EveEvent[] = []

  private constructor(shipper: BulkShipper, options: ShipOptions, place: string) {
    this.#shipper = shipper
    this.#options = options
    this.#place = place
  }

  /** UsageError for what is no address or no place for a file; Error where the endpoint cannot be reached or refuses the template. */
  static async open(options: ShipOptions, { workingDirectory }: Streams): Promise<ShipOutput> {
    const { endpoint, headers } = endpointOf(options.url)
    const path = resolve(workingDirectory, options.deadLetters)
    await access(dirname(path), constants.W_OK).catch(() => {
      throw new UsageError(`--dead-letters ${options.deadLetters}: its folder is not there or cannot be written to`)
    })
    if (options.hasTemplate) await putTemplate(endpoint, headers)
    const shipper = new BulkShipper({
      endpoint,
      headers,
      source: options.source,
      fetch: globalThis.fetch,
      clock: {
        sleep: (milliseconds, signal) => sleep(milliseconds, undefined, { signal }).catch(() => undefined),
      },
      random: Math.random,
      deadLetters: new DeadLetterFile(path),
    })
    return new ShipOutput(shipper, options, `${DEFAULT_DATA_STREAM} at ${new URL(endpoint).host}`)
  }

  get isFull(): boolean {
    return this.#events.length >= WAITING_EVENTS
  }

  take(event: EveEvent): void {
    this.#events.push(event)
  }

  async flush(): Promise<void> {
    const events = this.#events
    this.#events = []
    for (const event of events) await this.#shipper.push(eveDocument(event))
  }

  async close(): Promise<void> {
    await this.flush()
    await this.#shipper.close()
  }

  /** Events that are in the dead-letter file. */
  get lost(): number {
    const { refused, abandoned } = this.#shipper.summary
    return refused + abandoned
  }

  /** For the end of a run. */
  describe(): string {
    const { delivered, duplicates } = this.#shipper.summary
    const before = duplicates > 0 ? `, ${duplicates.toLocaleString('en-US')} of them were there before` : ''
    const shipped = `${formatCount(delivered, 'event')} shipped to ${this.#place}${before}`
    if (this.lost === 0) return shipped
    return `${shipped}; ${this.lost.toLocaleString('en-US')} not taken: see ${this.#options.deadLetters} for the reasons`
  }
}

/** A name and a password in the address become a header: `fetch` takes none there, and messages are not to show them. */
function endpointOf(text: string): { readonly endpoint: string; readonly headers: Record<string, string> } {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (!url || !/^https?:$/.test(url.protocol)) {
    throw new UsageError(`--ship ${text}: write an address such as http://localhost:9200`)
  }
  const { username, password } = url
  url.username = ''
  url.password = ''
  const credentials = Buffer.from(`${decodeURIComponent(username)}:${decodeURIComponent(password)}`).toString('base64')
  const headers: Record<string, string> = username === '' ? {} : { authorization: `Basic ${credentials}` }
  return { endpoint: url.href.replace(/\/+$/, ''), headers }
}

async function putTemplate(endpoint: string, headers: Readonly<Record<string, string>>): Promise<void> {
  try {
    await putIndexTemplate(endpoint, globalThis.fetch, DEFAULT_DATA_STREAM, headers)
  } catch (error) {
    if (error instanceof ShipError) {
      throw new Error(
        `the index template is refused: ${error.message}; an endpoint that has no templates is shipped to with --no-template`,
      )
    }
    const reason = error instanceof Error && error.cause instanceof Error ? reasonOf(error.cause) : String(error)
    throw new Error(`cannot reach ${endpoint}: ${reason}; is OpenSearch or Elasticsearch running there?`)
  }
}

/** Where a name has several addresses, the system's error is a list without a text. */
function reasonOf(error: Error): string {
  if (error.message !== '') return error.message
  return error instanceof AggregateError ? error.errors.map(String).join(', ') : error.name
}
