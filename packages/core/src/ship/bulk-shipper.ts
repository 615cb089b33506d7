import { type BulkItem, bulkItem, documentId } from './bulk-request.ts'
import { type ItemOutcome, isRetryable, readBulkResponse } from './bulk-response.ts'
import type { DeadLetterSink } from './dead-letters.ts'
import { DEFAULT_DATA_STREAM } from './index-template.ts'
import { type RetryTimes, retryDelay } from './retry-delay.ts'
import { ShipError } from './ship-error.ts'

/** Time, as a shipper needs it. */
export interface ShipClock {
  /** Resolves after so many milliseconds, or at once when the signal is aborted. */
  sleep(milliseconds: number, signal: AbortSignal): Promise<void>
}

/** Where documents go and how. */
export interface BulkShipperOptions {
  /** The endpoint, with or without `/_bulk`: `http://localhost:9200`. */
  readonly endpoint: string
  readonly dataStream?: string
  /** What the documents are of, such as a capture's name: with it, a second run gives the same ids. */
  readonly source?: string
  readonly fetch: typeof globalThis.fetch
  readonly clock: ShipClock
  /** 0 to 1, for the waits between attempts. */
  readonly random: () => number
  readonly deadLetters: DeadLetterSink
  /** Sent with each request, such as `authorization`. */
  readonly headers?: Readonly<Record<string, string>>
  /** Documents of a request at most; 1,000 unless given. */
  readonly batchDocuments?: number
  /** Bytes of a request at most, unless one document alone is longer; 5 MiB unless given. */
  readonly batchBytes?: number
  /** Bytes from which `push` waits; 16 MiB unless given. */
  readonly pendingBytes?: number
  /** Milliseconds that a document waits for others to fill its batch; 200 unless given. */
  readonly lingerMilliseconds?: number
  /** Milliseconds until a request counts as failed; 60,000 unless given. */
  readonly requestMilliseconds?: number
  /** Attempts for each document before it becomes a dead letter; 12 unless given, which is some 5 minutes. */
  readonly attempts?: number
  readonly retryTimes?: RetryTimes
}

/** What a shipper did. Delivered, refused and abandoned add up to pushed, once it is closed. */
export interface ShipSummary {
  pushed: number
  /** In the index now, duplicates included. */
  delivered: number
  /** Of the delivered: in the index before they were sent. */
  duplicates: number
  /** Dead letters that the endpoint refused. */
  refused: number
  /** Dead letters whose attempts were used up, or that came when nothing was taken any more. */
  abandoned: number
  requests: number
  retries: number
}

/**
 * Ships documents to a `_bulk` endpoint (OpenSearch, Elasticsearch and what speaks like them), at least once: each is in the index or among
 * the dead letters when `close` resolves. One request is under way at a time; documents go in the order of `push`, except those that are
 * sent again. Memory is bounded as long as `push` is awaited.
 *
 * A batch is sent again after network errors, 408, 425, 429 and 5xx, and an item after such a status of its own; a request that is too long
 * (413) or malformed (400) is halved. Any other status says that nothing will be taken: the shipper stops, what it holds becomes dead
 * letters, and `push` and `close` reject with a {@link ShipError}.
 */
export class BulkShipper {
  readonly summary: ShipSummary = {
    ...{ pushed: 0, delivered: 0, duplicates: 0, refused: 0, abandoned: 0, requests: 0, retries: 0 },
  }
  readonly #options: Required<Omit<BulkShipperOptions, 'headers'>> & Pick<BulkShipperOptions, 'headers'>
  readonly #url: string
  #queue: BulkItem[] = []
  /** Of the queue and of the batch under way. */
  #pendingBytes = 0
  #queueBytes = 0
  #waiting: (() => void)[] = []
  #sending: Promise<void> | undefined
  #linger: AbortController | undefined
  #isFlushing = false
  #isClosed = false
  #failure: Error | undefined

  constructor(options: BulkShipperOptions) {
    this.#options = {
      dataStream: DEFAULT_DATA_STREAM,
      source: '',
      batchDocuments: 1000,
      batchBytes: 5 << 20,
      pendingBytes: 16 << 20,
      lingerMilliseconds: 200,
      requestMilliseconds: 60_000,
      attempts: 12,
      retryTimes: { first: 500, longest: 60_000 },
      ...options,
    }
    const endpoint = options.endpoint.replace(/\/+$/, '')
    this.#url = endpoint.endsWith('/_bulk') ? endpoint : `${endpoint}/_bulk`
  }

  /**
   * Takes a document, an object that JSON can hold; resolves when there is room for the next.
   *
   * @throws ShipError where nothing is taken any more, and what the sink of dead letters throws.
   */
  async push(document: object): Promise<void> {
    if (this.#isClosed) throw new ShipError('closed', 'the shipper is closed: make a new one for more documents')
    if (this.#failure) throw this.#failure
    const { dataStream, source, pendingBytes } = this.#options
    const text = JSON.stringify(document)
    const item = bulkItem(dataStream, documentId(source, this.summary.pushed, text), text)
    this.summary.pushed += 1
    this.#queue.push(item)
    this.#queueBytes += item.bytes
    this.#pendingBytes += item.bytes
    this.#start()
    if (this.#pendingBytes < pendingBytes) return
    await new Promise<void>((resolve) => this.#waiting.push(resolve))
    if (this.#failure) throw this.#failure
  }

  /** Sends what is there without waiting for more; resolves when all of it is delivered or among the dead letters. Throws as `push` does. */
  async flush(): Promise<void> {
    while (this.#queue.length > 0 || this.#sending) {
      this.#isFlushing = true
      this.#linger?.abort()
      this.#start()
      await this.#sending
    }
    if (this.#failure) throw this.#failure
  }

  /** Flushes; nothing can be pushed any more. Throws as `push` does. */
  async close(): Promise<void> {
    this.#isClosed = true
    await this.flush()
  }

  #start(): void {
    if (this.#queueBytes >= this.#options.batchBytes || this.#queue.length >= this.#options.batchDocuments) {
      this.#linger?.abort()
    }
    if (this.#sending) return
    this.#sending = this.#sendAll().finally(() => {
      this.#sending = undefined
      this.#isFlushing = false
      this.#release()
      if (this.#queue.length > 0 && !this.#failure) this.#start()
    })
  }

  async #sendAll(): Promise<void> {
    try {
      while (this.#queue.length > 0 && !this.#failure) {
        await this.#fillBatch()
        await this.#deliver(this.#takeBatch())
      }
    } catch (error) {
      this.#failure = error instanceof Error ? error : new Error(String(error))
      await this.#abandonAll(this.#failure)
    }
  }

  /** Waits a little for a batch to fill. */
  async #fillBatch(): Promise<void> {
    const { batchBytes, batchDocuments, lingerMilliseconds, clock } = this.#options
    const isFull = this.#queueBytes >= batchBytes || this.#queue.length >= batchDocuments
    if (isFull || this.#isFlushing || lingerMilliseconds === 0) return
    this.#linger = new AbortController()
    await clock.sleep(lingerMilliseconds, this.#linger.signal)
    this.#linger = undefined
  }

  #takeBatch(): BulkItem[] {
    const { batchBytes, batchDocuments } = this.#options
    let bytes = 0
    let count = 0
    for (const item of this.#queue) {
      if (count > 0 && (count === batchDocuments || bytes + item.bytes > batchBytes)) break
      bytes += item.bytes
      count += 1
    }
    this.#queueBytes -= bytes
    return this.#queue.splice(0, count)
  }

  /** Sends a batch, in parts where it must be, until each of its documents is delivered or a dead letter. */
  async #deliver(batch: readonly BulkItem[]): Promise<void> {
    const parts: (readonly BulkItem[])[] = [batch]
    try {
      for (let part = parts[0]; part; part = parts[0]) {
        const halves = await this.#deliverPart(part)
        parts.splice(0, 1, ...halves)
      }
    } catch (error) {
      const left = parts.flat().filter((item) => !item.isSettled)
      await this.#bury(left, () => messageOf(error), 'abandoned')
      throw error
    }
  }

  /** Sends documents until each is settled; gives them back in halves where they are too much for one request. */
  async #deliverPart(part: readonly BulkItem[]): Promise<readonly (readonly BulkItem[])[]> {
    const { attempts, retryTimes, random, clock } = this.#options
    let left = part
    for (let failures = 1; ; failures += 1) {
      for (const item of left) item.attempts += 1
      const { outcomes, retryAfter, isTooMuch } = await this.#attempt(left)
      if (isTooMuch && left.length > 1) {
        const middle = left.length >> 1
        return [left.slice(0, middle), left.slice(middle)]
      }
      const again = await this.#settle(left, outcomes, attempts)
      if (again.length === 0) return []
      left = again
      this.summary.retries += 1
      await clock.sleep(retryDelay(failures, retryTimes, random, retryAfter), new AbortController().signal)
    }
  }

  /** Counts what is settled, buries what is refused, and gives what is to be sent again. */
  async #settle(
    batch: readonly BulkItem[],
    outcomes: readonly ItemOutcome[],
    attempts: number,
  ): Promise<readonly BulkItem[]> {
    const again: BulkItem[] = []
    const reasons = new Map<BulkItem, string>()
    const refused: BulkItem[] = []
    const spent: BulkItem[] = []
    batch.forEach((item, place) => {
      const outcome = outcomes[place] ?? UNKNOWN
      if (outcome.kind === 'delivered' || outcome.kind === 'duplicate') {
        this.summary.delivered += 1
        if (outcome.kind === 'duplicate') this.summary.duplicates += 1
        this.#forget(item)
        return
      }
      if (outcome.kind === 'refused') refused.push(item)
      else if (item.attempts >= attempts) spent.push(item)
      else again.push(item)
      reasons.set(item, outcome.reason)
    })
    await this.#bury(refused, (item) => reasons.get(item) ?? '', 'refused')
    await this.#bury(spent, (item) => `given up after ${item.attempts} attempts: ${reasons.get(item)}`, 'abandoned')
    return again
  }

  /** One request. Rejects where nothing will be taken any more. */
  async #attempt(batch: readonly BulkItem[]): Promise<Attempt> {
    const { fetch, headers, requestMilliseconds, clock } = this.#options
    const request = new AbortController()
    const timer = new AbortController()
    clock.sleep(requestMilliseconds, timer.signal).then(
      () => {
        if (!timer.signal.aborted) request.abort(new Error(`no answer within ${requestMilliseconds} ms`))
      },
      () => undefined,
    )
    this.summary.requests += 1
    try {
      const response = await fetch(this.#url, {
        method: 'POST',
        headers: { ...headers, 'content-type': 'application/x-ndjson' },
        body: batch.map((item) => item.lines).join(''),
        redirect: 'manual',
        signal: request.signal,
      })
      const text = await response.text()
      return this.#readAnswer(batch, response, text)
    } catch (error) {
      if (error instanceof ShipError) throw error
      return allAgain(batch, `no answer: ${messageOf(error)}`)
    } finally {
      timer.abort()
    }
  }

  #readAnswer(batch: readonly BulkItem[], response: Response, text: string): Attempt {
    const { status } = response
    if (response.ok) {
      const outcomes = readBulkResponse(text, batch.length)
      return outcomes ? { outcomes } : allAgain(batch, `an answer that says nothing of ${batch.length} items`)
    }
    const said = text === '' ? '' : `: ${text.slice(0, 300)}`
    if (isRetryable(status)) {
      return { ...allAgain(batch, `status ${status}${said}`), retryAfter: response.headers.get('retry-after') }
    }
    if (status === 413 || status === 400) {
      return { outcomes: batch.map(() => ({ kind: 'refused', reason: `status ${status}${said}` })), isTooMuch: true }
    }
    throw new ShipError(
      'refused-request',
      `${this.#url} answers ${status}${said}; it should take POST requests of application/x-ndjson. Check the address and the credentials`,
    )
  }

  async #bury(
    items: readonly BulkItem[],
    reason: (item: BulkItem) => string,
    as: 'refused' | 'abandoned',
  ): Promise<void> {
    if (items.length === 0) return
    await this.#options.deadLetters.put(
      items.map((item) => ({ id: item.id, reason: reason(item), attempts: item.attempts, document: item.document })),
    )
    this.summary[as] += items.length
    for (const item of items) this.#forget(item)
  }

  async #abandonAll(failure: Error): Promise<void> {
    const left = this.#queue
    this.#queue = []
    this.#queueBytes = 0
    try {
      await this.#bury(left, () => failure.message, 'abandoned')
    } catch {
      // The first failure is the one to tell.
    }
  }

  #forget(item: BulkItem): void {
    item.isSettled = true
    this.#pendingBytes -= item.bytes
    if (this.#pendingBytes < this.#options.pendingBytes) this.#release()
  }

  #release(): void {
    const waiting = this.#waiting
    this.#waiting = []
    for (const resolve of waiting) resolve()
  }
}

interface Attempt {
  readonly outcomes: readonly ItemOutcome[]
  readonly retryAfter?: string | null
  /** Fewer documents may be taken. */
  readonly isTooMuch?: boolean
}

const UNKNOWN: ItemOutcome = { kind: 'retry', reason: 'no outcome' }

function allAgain(batch: readonly BulkItem[], reason: string): Attempt {
  return { outcomes: batch.map(() => ({ kind: 'retry', reason })) }
}

function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  // fetch says "fetch failed" and keeps why in the cause.
  return error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message
}
