import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { BuiltinInspector } from '../../src/inspect/builtin/builtin-inspector.ts'
import type { EveEvent } from '../../src/inspect/eve-event.ts'
import { compileSignatures } from '../../src/inspect/rules/detection-engine.ts'
import { parseRules } from '../../src/inspect/rules/parse-rules.ts'
import { LINK_TYPE } from '../../src/packet/link-type.ts'
import { BulkShipper, type BulkShipperOptions } from '../../src/ship/bulk-shipper.ts'
import { DeadLetterFile } from '../../src/ship/dead-letters.ts'
import { eveDocument } from '../../src/ship/eve-document.ts'
import { putIndexTemplate } from '../../src/ship/put-index-template.ts'
import { bytesOf, ipBytes, tcpConversation } from '../inspect/conversation.ts'
import { OpenSearchNode, opensearchAbsence } from './opensearch-node.ts'

// Shipping to a real OpenSearch 2.19: npm run test:opensearch.

const absence = opensearchAbsence()
if (absence !== undefined && process.env.FLOWTAP_REQUIRE_REAL === '1') {
  it('has OpenSearch', () => {
    expect.fail(absence)
  })
}

/** What the inspector says of so many HTTP requests, each on a connection of its own. */
function eventsOf(requests: number): readonly EveEvent[] {
  const events: EveEvent[] = []
  const rule = 'alert http any any -> any any (msg:"a request"; http.uri; content:"/7"; sid:1;)'
  const { signatures } = parseRules(rule, { file: 'test.rules' })
  const inspector = new BuiltinInspector({
    rules: compileSignatures(signatures),
    onEvent: (event) => events.push(event),
  })
  let number = 0
  for (let request = 0; request < requests; request += 1) {
    const turns = [
      bytesOf(`GET /${request} HTTP/1.1\r\nHost: host-${request % 10}.example\r\n\r\n`),
      bytesOf('HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 2\r\n\r\nok'),
    ]
    for (const packet of tcpConversation(10_000 + request, 80, turns)) {
      const data = ipBytes(packet)
      number += 1
      const time = { timeSeconds: 1_700_000_000 + request, timeNanoseconds: (number % 1_000_000) * 1000 }
      inspector.push({ number, linkType: LINK_TYPE.raw, data, originalLength: data.length, ...time })
    }
  }
  inspector.end()
  return events
}

/** Passes connections on to a port, and cuts each one off when so many bytes of the answers have passed. */
class CuttingProxy {
  url = ''
  cuts = 0
  readonly #server: Server
  readonly #open = new Set<Socket>()

  constructor(port: number, bytes: number) {
    this.#server = createServer((client) => {
      const upstream = connect(port, '127.0.0.1')
      let passed = 0
      for (const socket of [client, upstream]) {
        this.#open.add(socket)
        socket.on('error', () => undefined)
        socket.on('close', () => {
          this.#open.delete(socket)
          client.destroy()
          upstream.destroy()
        })
      }
      client.pipe(upstream)
      upstream.on('data', (data) => {
        passed += data.length
        if (passed <= bytes) client.write(data)
        else {
          this.cuts += 1
          client.destroy()
        }
      })
    })
  }

  async start(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve))
    const address = this.#server.address()
    this.url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`
  }

  stop(): void {
    for (const socket of this.#open) socket.destroy()
    this.#server.close()
  }
}

describe.skipIf(absence !== undefined)('a real OpenSearch', () => {
  let node: OpenSearchNode
  const folder = mkdtempSync(join(tmpdir(), 'flowtap-ship-'))
  const letters = (name: string): { id: string; reason: string; document: { n?: number; src_ip: string } }[] =>
    readFileSync(join(folder, name), 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line))

  beforeAll(async () => {
    node = await OpenSearchNode.create()
    await node.start()
  }, 700_000)
  afterAll(async () => {
    await node?.remove()
    rmSync(folder, { recursive: true, force: true })
  })

  async function ask(path: string, body?: object): Promise<Record<string, unknown>> {
    const response = await fetch(`${node.url}/${path}`, {
      method: body ? 'POST' : 'GET',
      headers: { 'content-type': 'application/json' },
      ...(body && { body: JSON.stringify(body) }),
    })
    const answer = (await response.json()) as Record<string, unknown>
    expect(response.ok, JSON.stringify(answer)).toBe(true)
    return answer
  }

  async function count(index: string, query: object = { match_all: {} }): Promise<number> {
    await ask(`${index}/_refresh`, {})
    return (await ask(`${index}/_count`, { query })).count as number
  }

  function shipper(dataStream: string, options: Partial<BulkShipperOptions> = {}): BulkShipper {
    return new BulkShipper({
      endpoint: node.url,
      dataStream,
      source: 'test',
      fetch,
      clock: { sleep: (time, signal) => delay(time, undefined, { signal }).catch(() => undefined) },
      random: Math.random,
      deadLetters: new DeadLetterFile(join(folder, `${dataStream}.ndjson`)),
      retryTimes: { first: 200, longest: 2000 },
      ...options,
    })
  }

  it('takes the template, and finds events by both names', async () => {
    const stream = 'filebeat-flowtap'
    await putIndexTemplate(node.url, fetch)
    await putIndexTemplate(node.url, fetch)
    const events = eventsOf(300)
    const ship = shipper(stream)
    for (const event of events) await ship.push(eveDocument(event))
    await ship.close()
    expect(ship.summary).toMatchObject({ pushed: events.length, delivered: events.length, refused: 0, abandoned: 0 })
    expect(await count('filebeat-*')).toBe(events.length)
    const { data_streams: streams } = (await ask('_data_stream/filebeat-*')) as { data_streams: { name: string }[] }
    expect(streams.map(({ name }) => name)).toEqual([stream])

    const mapping = Object.values(await ask('filebeat-*/_mapping'))[0] as {
      mappings: { properties: Record<string, { type?: string; properties?: Record<string, { type: string }> }> }
    }
    const { properties } = mapping.mappings
    expect(properties['@timestamp']?.type).toBe('date')
    expect([properties.src_ip?.type, properties.source?.properties?.ip?.type]).toEqual(['ip', 'ip'])

    const withSource = (prefix: string): number =>
      events.filter((event) => 'src_ip' in event && event.src_ip?.startsWith(prefix)).length
    for (const field of ['src_ip', 'source.ip']) {
      expect(await count('filebeat-*', { term: { [field]: '10.0.1.10' } })).toBe(withSource('10.0.1.10'))
      expect(await count('filebeat-*', { term: { [field]: '10.0.1.0/24' } })).toBe(withSource('10.0.1.'))
      expect(await count('filebeat-*', { term: { [field]: '10.0.0.0/15' } })).toBe(withSource('10.'))
      expect(await count('filebeat-*', { term: { [field]: '192.0.2.0/24' } })).toBe(0)
    }
    expect(withSource('10.0.1.10')).toBeGreaterThan(300)
    const ofType = (type: string): number => events.filter((event) => event.event_type === type).length
    for (const type of ['alert', 'http', 'flow', 'fileinfo', 'stats']) {
      expect(await count('filebeat-*', { term: { event_type: type } }), type).toBe(ofType(type))
      expect(ofType(type), type).toBeGreaterThan(0)
    }
    expect(await count('filebeat-*', { term: { 'rule.name': 'a request' } })).toBe(ofType('alert'))
    expect(await count('filebeat-*', { term: { 'url.domain': 'host-3.example' } })).toBeGreaterThan(0)
    const times = events.filter(({ timestamp }) => timestamp < '2023-11-14T22:15').length
    expect(times).toBeGreaterThan(0)
    expect(await count('filebeat-*', { range: { '@timestamp': { lt: '2023-11-14T22:15:00Z' } } })).toBe(times)
  })

  it('makes no second document of what is shipped again', async () => {
    const events = eventsOf(300)
    const ship = shipper('filebeat-flowtap')
    for (const event of events) await ship.push(eveDocument(event))
    await ship.close()
    expect(ship.summary).toMatchObject({ delivered: events.length, duplicates: events.length })
    expect(await count('filebeat-*')).toBe(events.length)
  })

  it('loses nothing where the connection is cut again and again', async () => {
    const stream = 'filebeat-cut'
    await putIndexTemplate(node.url, fetch, stream)
    const proxy = new CuttingProxy(Number(new URL(node.url).port), 35_000)
    await proxy.start()
    const events = eventsOf(1500)
    const ship = shipper(stream, { endpoint: proxy.url, batchDocuments: 100, attempts: 100 })
    for (const event of events) await ship.push(eveDocument(event))
    await ship.close()
    proxy.stop()
    expect(proxy.cuts).toBeGreaterThan(2)
    expect(ship.summary).toMatchObject({ delivered: events.length, refused: 0, abandoned: 0 })
    expect(ship.summary.retries).toBeGreaterThan(2)
    expect(await count(stream)).toBe(events.length)
  })

  it('loses nothing where the node is killed in the middle and starts again', async () => {
    const stream = 'filebeat-killed'
    await putIndexTemplate(node.url, fetch, stream)
    const events = eventsOf(3000)
    const ship = shipper(stream, { batchDocuments: 200, pendingBytes: 1 << 19, attempts: 1000 })
    let restarted: Promise<void> | undefined
    let most = 0
    for (const [index, event] of events.entries()) {
      await ship.push(eveDocument(event))
      const { pushed, delivered } = ship.summary
      most = Math.max(most, pushed - delivered)
      if (index === Math.floor(events.length / 3)) {
        restarted = node.stop('SIGKILL').then(async () => {
          await delay(3000)
          await node.start()
        })
      }
    }
    await restarted
    await ship.close()
    expect(ship.summary).toMatchObject({ delivered: events.length, refused: 0, abandoned: 0 })
    expect(ship.summary.retries).toBeGreaterThan(0)
    // Back-pressure: half a MiB of documents, not all that came while the node was away.
    expect(most).toBeLessThan(events.length / 2)
    expect(await count(stream)).toBe(events.length)
    expect(await count('filebeat-flowtap')).toBeGreaterThan(0)
  })

  it('puts what is refused into the dead-letter file, with the reason, and the rest into the index', async () => {
    const stream = 'filebeat-refused'
    await putIndexTemplate(node.url, fetch, stream)
    const events = eventsOf(50)
    const ship = shipper(stream)
    let wrong = 0
    for (const [index, event] of events.entries()) {
      const document = eveDocument(event)
      const isWrong = index % 10 === 3
      if (isWrong) wrong += 1
      await ship.push(isWrong ? { ...document, src_ip: 'no address' } : document)
    }
    await ship.close()
    expect(wrong).toBeGreaterThan(3)
    expect(ship.summary).toMatchObject({ delivered: events.length - wrong, refused: wrong, abandoned: 0 })
    expect(await count(stream)).toBe(events.length - wrong)
    const dead = letters(`${stream}.ndjson`)
    expect(dead.length).toBe(wrong)
    for (const { reason, document } of dead) {
      expect(reason).toMatch(/^status 400: mapper_parsing_exception: .*src_ip/)
      expect(document.src_ip).toBe('no address')
    }
  })
})
