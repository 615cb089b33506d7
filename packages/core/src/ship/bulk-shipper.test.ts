import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { BulkShipper, type BulkShipperOptions, type ShipClock } from './bulk-shipper.ts'
import { type DeadLetter, DeadLetterFile } from './dead-letters.ts'

/** What the fake endpoint does with one request, before or after it has stored the documents. */
type Fault = 'none' | 'reset-before' | 'reset-after' | 'garbled-after' | 429 | 503 | 413 | 401

/** An in-process `_bulk` endpoint that keeps documents by id and breaks as it is told. */
class FakeEndpoint {
  readonly stored = new Map<string, { readonly index: string; readonly document: unknown }>()
  requests: string[][] = []
  faults: Fault[] = []
  /** Statuses of items by the `n` of their documents, used up one by one. */
  readonly itemStatuses = new Map<number, number[]>()
  mostDocuments = Number.POSITIVE_INFINITY
  headers: Record<string, string> = {}
  url = ''
  #server: Server | undefined

  async start(): Promise<void> {
    const server = createServer((request, response) => {
      const chunks: Buffer[] = []
      request.on('data', (chunk: Buffer) => chunks.push(chunk))
      request.on('end', () => {
        const fault = this.faults.shift() ?? 'none'
        if (fault === 'reset-before') return request.socket.destroy()
        if (typeof fault === 'number') return response.writeHead(fault, this.headers).end('{"error":"told so"}')
        const lines = Buffer.concat(chunks).toString().split('\n').slice(0, -1)
        if (lines.length / 2 > this.mostDocuments) return response.writeHead(413).end()
        const items = this.#store(lines)
        if (fault === 'reset-after') return request.socket.destroy()
        return response
          .writeHead(200, { 'content-type': 'application/json' })
          .end(fault === 'garbled-after' ? '{"items":[' : JSON.stringify({ took: 1, errors: true, items }))
      })
    })
    this.#server = server
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    this.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  }

  #store(lines: readonly string[]): unknown[] {
    const items: unknown[] = []
    const ids: string[] = []
    for (let at = 0; at < lines.length; at += 2) {
      const { _id: id, _index: index } = JSON.parse(lines[at] ?? '').create
      const document = JSON.parse(lines[at + 1] ?? '')
      ids.push(id)
      const told = this.itemStatuses.get(document.n)?.shift()
      const status = told ?? (this.stored.has(id) ? 409 : 201)
      if (status === 201) this.stored.set(id, { index, document })
      items.push({
        create: status < 300 ? { _id: id, status } : { _id: id, status, error: { type: 'a_fault', reason: 'told so' } },
      })
    }
    this.requests.push(ids)
    return items
  }

  stop(): void {
    this.#server?.closeAllConnections()
    this.#server?.close()
  }
}

/** Time that passes at once, unless it is the wait for an answer. */
class TestClock implements ShipClock {
  readonly sleeps: number[] = []
  sleep(milliseconds: number, signal: AbortSignal): Promise<void> {
    if (milliseconds === 60_000) return new Promise((resolve) => signal.addEventListener('abort', () => resolve()))
    this.sleeps.push(milliseconds)
    return new Promise((resolve) => setImmediate(resolve))
  }
}

const endpoint = new FakeEndpoint()
const folder = mkdtempSync(join(tmpdir(), 'flowtap-ship-'))
beforeAll(() => endpoint.start())
afterAll(() => {
  endpoint.stop()
  rmSync(folder, { recursive: true, force: true })
})
beforeEach(() => {
  endpoint.stored.clear()
  endpoint.itemStatuses.clear()
  endpoint.requests = []
  endpoint.faults = []
  endpoint.headers = {}
  endpoint.mostDocuments = Number.POSITIVE_INFINITY
})

interface Run {
  readonly shipper: BulkShipper
  readonly letters: DeadLetter[]
  readonly clock: TestClock
}

function start(options: Partial<BulkShipperOptions> = {}): Run {
  const letters: DeadLetter[] = []
  const clock = new TestClock()
  const deadLetters = { put: async (more: readonly DeadLetter[]): Promise<void> => void letters.push(...more) }
  const shipper = new BulkShipper({
    endpoint: endpoint.url,
    fetch,
    clock,
    random: () => 1,
    deadLetters,
    retryTimes: { first: 100, longest: 1000 },
    ...options,
  })
  return { shipper, letters, clock }
}

async function pushAll(shipper: BulkShipper, count: number): Promise<void> {
  for (let n = 0; n < count; n += 1) await shipper.push({ n })
  await shipper.close()
}

const storedNumbers = (): number[] =>
  [...endpoint.stored.values()].map(({ document }) => (document as { n: number }).n).sort((a, b) => a - b)

describe('BulkShipper', () => {
  it('loses nothing and doubles nothing, whatever the endpoint does', async () => {
    const fault = fc.constantFrom<Fault>('none', 'reset-before', 'reset-after', 'garbled-after', 429, 503)
    const status = fc.constantFrom(201, 429, 500, 503, 400, 404)
    await fc.assert(
      fc.asyncProperty(
        fc.array(fault, { maxLength: 8 }),
        fc.uniqueArray(fc.tuple(fc.nat(29), fc.array(status, { maxLength: 3 })), {
          selector: ([n]) => n,
          maxLength: 6,
        }),
        fc.integer({ min: 1, max: 30 }),
        fc.integer({ min: 1, max: 12 }),
        async (faults, statuses, count, batchDocuments) => {
          endpoint.stored.clear()
          endpoint.faults = [...faults]
          endpoint.itemStatuses.clear()
          for (const [n, list] of statuses) endpoint.itemStatuses.set(n, [...list])
          const { shipper, letters } = start({ batchDocuments, pendingBytes: 600, attempts: 20 })
          await pushAll(shipper, count)
          const buried = letters.map(({ document }) => JSON.parse(document).n as number)
          const all = [...new Set([...storedNumbers(), ...buried])].sort((a, b) => a - b)
          expect(all).toEqual(Array.from({ length: count }, (_, n) => n))
          expect(endpoint.stored.size).toBe(new Set(storedNumbers()).size)
          const { pushed, delivered, refused, abandoned } = shipper.summary
          expect(delivered + refused + abandoned).toBe(pushed)
          expect(delivered).toBeGreaterThanOrEqual(endpoint.stored.size - refused)
        },
      ),
      { numRuns: 60 },
    )
  })

  it('sends what was lost on its way again, without a second document', async () => {
    endpoint.faults = ['reset-after']
    const { shipper } = start()
    await pushAll(shipper, 5)
    expect(storedNumbers()).toEqual([0, 1, 2, 3, 4])
    expect(shipper.summary).toMatchObject({ pushed: 5, delivered: 5, duplicates: 5, requests: 2, retries: 1 })
  })

  it('sends again only those items that may succeed, and buries the refused with the reason', async () => {
    endpoint.itemStatuses.set(1, [429, 429])
    endpoint.itemStatuses.set(3, [400])
    const { shipper, letters } = start()
    await pushAll(shipper, 5)
    expect(endpoint.requests.map((ids) => ids.length)).toEqual([5, 1, 1])
    expect(letters).toMatchObject([{ document: '{"n":3}', reason: 'status 400: a_fault: told so', attempts: 1 }])
    expect(storedNumbers()).toEqual([0, 1, 2, 4])
  })

  it('waits twice as long each time, up to the longest, and as long as it is asked to', async () => {
    endpoint.faults = [503, 503, 503, 503, 503, 503]
    const { shipper, clock } = start({ lingerMilliseconds: 0 })
    await pushAll(shipper, 1)
    expect(clock.sleeps).toEqual([100, 200, 400, 800, 1000, 1000])
    endpoint.faults = [429]
    endpoint.headers = { 'retry-after': '7' }
    const patient = start({ lingerMilliseconds: 0, retryTimes: { first: 100, longest: 10_000 } })
    await pushAll(patient.shipper, 1)
    expect(patient.clock.sleeps).toEqual([7000])
  })

  it('gives up in the end, and says so', async () => {
    endpoint.faults = Array.from({ length: 3 }, () => 'reset-before')
    const { shipper, letters } = start({ attempts: 3 })
    await pushAll(shipper, 2)
    expect(shipper.summary).toMatchObject({ delivered: 0, abandoned: 2, requests: 3 })
    expect(letters[0]?.reason).toMatch(/^given up after 3 attempts: no answer: fetch failed/)
  })

  it('halves requests that are too long', async () => {
    endpoint.mostDocuments = 3
    const { shipper, letters } = start()
    await pushAll(shipper, 10)
    expect(storedNumbers().length).toBe(10)
    expect(letters).toEqual([])
    expect(Math.max(...endpoint.requests.map((ids) => ids.length))).toBeLessThanOrEqual(3)
  })

  it('stops where nothing is taken, and keeps all documents as dead letters', async () => {
    endpoint.faults = Array.from({ length: 9 }, () => 401)
    const { shipper, letters } = start({ batchDocuments: 2, pendingBytes: 1 << 20 })
    for (let n = 0; n < 7; n += 1) await shipper.push({ n })
    await expect(shipper.close()).rejects.toThrow(/answers 401.*Check the address and the credentials/)
    expect(letters.map(({ document }) => JSON.parse(document).n)).toEqual([0, 1, 2, 3, 4, 5, 6])
    await expect(shipper.push({})).rejects.toThrow('closed')
  })

  it('holds the pusher back while the endpoint is slow', async () => {
    let release = (): void => undefined
    const gate = new Promise<void>((resolve) => {
      release = resolve
    })
    const { shipper } = start({
      pendingBytes: 500,
      lingerMilliseconds: 0,
      fetch: async (...args) => {
        await gate
        return fetch(...args)
      },
    })
    let pushed = 0
    const pushing = (async () => {
      for (; pushed < 100; pushed += 1) await shipper.push({ n: pushed })
    })()
    await new Promise((resolve) => setTimeout(resolve, 30))
    expect(pushed).toBeLessThan(10)
    release()
    await pushing
    await shipper.close()
    expect(endpoint.stored.size).toBe(100)
  })

  it('keeps to the bytes of a batch', async () => {
    const sizes: number[] = []
    const { shipper } = start({
      batchBytes: 400,
      fetch: (url, init) => {
        sizes.push(Buffer.byteLength(String(init?.body)))
        return fetch(url, init)
      },
    })
    await pushAll(shipper, 20)
    expect(Math.max(...sizes)).toBeLessThanOrEqual(400)
    expect(endpoint.stored.size).toBe(20)
  })

  it('counts a request without an answer as failed', async () => {
    const hanging: typeof fetch = (_url, init) =>
      new Promise((_resolve, reject) => init?.signal?.addEventListener('abort', () => reject(init.signal?.reason)))
    const { shipper, letters } = start({ fetch: hanging, requestMilliseconds: 50, attempts: 1 })
    await pushAll(shipper, 1)
    expect(letters[0]?.reason).toBe('given up after 1 attempts: no answer: no answer within 50 ms')
  })

  it('gives the same ids in a second run, and others to another source', async () => {
    await pushAll(start({ source: 'a.pcap' }).shipper, 3)
    await pushAll(start({ source: 'a.pcap' }).shipper, 3)
    expect(endpoint.stored.size).toBe(3)
    await pushAll(start({ source: 'b.pcap' }).shipper, 3)
    expect(endpoint.stored.size).toBe(6)
  })
})

describe('DeadLetterFile', () => {
  it('holds the document, and why it was refused', async () => {
    const path = join(folder, 'dead.ndjson')
    endpoint.itemStatuses.set(0, [400])
    await pushAll(start({ deadLetters: new DeadLetterFile(path) }).shipper, 1)
    const [line = ''] = readFileSync(path, 'utf8').split('\n')
    expect(JSON.parse(line)).toMatchObject({ reason: 'status 400: a_fault: told so', document: { n: 0 } })
  })
})
