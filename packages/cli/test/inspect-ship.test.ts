import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type CommandOutcome, runCommand } from './memory-streams.ts'

const folder = mkdtempSync(join(tmpdir(), 'flowtap-ship-'))
const flowtap = (...args: readonly string[]): Promise<CommandOutcome> => runCommand(args, { workingDirectory: folder })

interface Shipped {
  readonly event_type: string
  readonly '@timestamp': string
  readonly src_ip?: string
  readonly source?: { readonly ip?: string }
}

/** An endpoint that keeps documents by their ids. */
class Endpoint {
  readonly requests: { method: string; url: string; authorization: string | undefined; body: string }[] = []
  readonly documents = new Map<string, Shipped>()
  /** Answers with it to requests whose path begins so. */
  refusals: readonly [path: string, status: number][] = []
  /** Documents of this type are refused. */
  refusedType = ''
  url = ''
  #server: Server | undefined

  async start(): Promise<void> {
    const server = createServer((request, response) => {
      const chunks: Buffer[] = []
      request.on('data', (chunk: Buffer) => chunks.push(chunk))
      request.on('end', () => {
        const { method = '', url = '', headers } = request
        const body = Buffer.concat(chunks).toString()
        this.requests.push({ method, url, authorization: headers.authorization, body })
        const refusal = this.refusals.find(([path]) => url.startsWith(path))
        response.writeHead(refusal?.[1] ?? 200, { 'content-type': 'application/json' })
        if (refusal) response.end('{"error":"told so"}')
        else response.end(url === '/_bulk' ? JSON.stringify({ items: this.#store(body) }) : '{"acknowledged":true}')
      })
    })
    this.#server = server
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const address = server.address()
    this.url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`
  }

  #store(body: string): unknown[] {
    const lines = body.trimEnd().split('\n')
    return lines.flatMap((line, at) => {
      if (at % 2 === 1) return []
      const { _id: id } = JSON.parse(line).create
      const document = JSON.parse(lines[at + 1] ?? '') as Shipped
      if (document.event_type === this.refusedType) {
        return [{ create: { _id: id, status: 400, error: { type: 'a_fault', reason: 'told so' } } }]
      }
      const status = this.documents.has(id) ? 409 : 201
      this.documents.set(id, document)
      return [{ create: { _id: id, status } }]
    })
  }

  stop(): void {
    this.#server?.closeAllConnections()
    this.#server?.close()
  }
}

describe('flowtap inspect --ship', () => {
  const endpoint = new Endpoint()
  let capture = ''
  let events: readonly Shipped[] = []

  beforeAll(async () => {
    await endpoint.start()
    await flowtap('synth', 'web', '--duration', '10m', '--out', 'web', '--pcap')
    const names = readdirSync(join(folder, 'web', 'pcap')).map((name) => `web/pcap/${name}`)
    const sizes = new Map(names.map((name) => [name, readFileSync(join(folder, name)).length]))
    capture = names.sort((a, b) => (sizes.get(b) ?? 0) - (sizes.get(a) ?? 0))[0] ?? ''
    const { stdout } = await flowtap('inspect', capture)
    events = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Shipped)
    expect(events.length).toBeGreaterThan(20)
  })
  afterAll(() => {
    endpoint.stop()
    rmSync(folder, { recursive: true, force: true })
  })
  beforeEach(() => {
    endpoint.requests.length = 0
    endpoint.documents.clear()
    endpoint.refusals = []
    endpoint.refusedType = ''
  })

  it('puts the template, then every event, and again makes no second document', async () => {
    const outcome = await flowtap('inspect', capture, '--ship', endpoint.url)
    const count = events.length.toLocaleString('en-US')
    const place = `filebeat-flowtap at ${new URL(endpoint.url).host}`
    expect(outcome).toMatchObject({ exitCode: 0, stdout: '' })
    expect(outcome.stderr).toContain(`\n${count} events shipped to ${place}\n`)
    expect(endpoint.requests[0]).toMatchObject({ method: 'PUT', url: '/_index_template/filebeat-flowtap' })
    const shipped = [...endpoint.documents.values()]
    expect(shipped.map((document) => document.event_type)).toEqual(events.map((event) => event.event_type))
    for (const document of shipped) expect(document.source?.ip).toBe(document.src_ip)
    const again = await flowtap('inspect', capture, '--ship', endpoint.url)
    expect(again.stderr).toContain(`${count} events shipped to ${place}, ${count} of them were there before\n`)
    expect(endpoint.documents.size).toBe(events.length)
  })

  it('writes files besides, and takes a name and a password out of the address', async () => {
    const url = endpoint.url.replace('://', '://ann:s%40crit@')
    const outcome = await flowtap('inspect', capture, '--ship', url, '--out', 'both', '--no-template')
    expect(outcome).toMatchObject({ exitCode: 0, stdout: '' })
    expect(outcome.stderr).not.toContain('crit')
    expect(
      readFileSync(join(folder, 'both', 'eve.json'), 'utf8')
        .trimEnd()
        .split('\n').length,
    ).toBe(events.length)
    expect(endpoint.requests.every(({ url: path }) => path === '/_bulk')).toBe(true)
    const expected = `Basic ${Buffer.from('ann:s@crit').toString('base64')}`
    expect(endpoint.requests[0]?.authorization).toBe(expected)
    const zeek = await flowtap('inspect', capture, '--ship', endpoint.url, '--format', 'zeek', '--out', 'zeek')
    expect(zeek.exitCode).toBe(0)
    expect(readdirSync(join(folder, 'zeek'))).toContain('conn.log')
    expect(endpoint.documents.size).toBe(events.length)
  })

  it('keeps what is refused, and says so', async () => {
    endpoint.refusedType = 'flow'
    const flows = events.filter((event) => event.event_type === 'flow').length
    const outcome = await flowtap('inspect', capture, '--ship', endpoint.url, '--dead-letters', 'lost.ndjson')
    expect(outcome).toMatchObject({ exitCode: 3, stdout: '' })
    expect(outcome.stderr).toContain(`; ${flows} not taken: see lost.ndjson for the reasons\n`)
    const letters = readFileSync(join(folder, 'lost.ndjson'), 'utf8').trimEnd().split('\n')
    expect(letters.map((line) => JSON.parse(line))).toEqual(
      letters.map(() =>
        expect.objectContaining({
          reason: 'status 400: a_fault: told so',
          document: expect.objectContaining({ event_type: 'flow' }),
        }),
      ),
    )
    expect(letters.length).toBe(flows)
    expect(endpoint.documents.size).toBe(events.length - flows)
  })

  it('says what is wrong with the endpoint', async () => {
    endpoint.refusals = [['/_index_template', 405]]
    const template = await flowtap('inspect', capture, '--ship', endpoint.url)
    expect(template).toMatchObject({ exitCode: 3, stdout: '' })
    expect(template.stderr).toContain('the index template is refused: ')
    expect(template.stderr).toContain('answers 405: {"error":"told so"}')
    expect(template.stderr).toContain('is shipped to with --no-template')
    endpoint.refusals = [['/_bulk', 401]]
    const refused = await flowtap('inspect', capture, '--ship', endpoint.url, '--dead-letters', 'held.ndjson')
    expect(refused).toMatchObject({ exitCode: 3 })
    expect(refused.stderr).toContain('/_bulk answers 401: {"error":"told so"}; it should take POST requests')
    const nobody = await flowtap('inspect', capture, '--ship', 'http://127.0.0.1:1')
    expect(nobody).toMatchObject({ exitCode: 3 })
    expect(nobody.stderr).toMatch(/cannot reach http:\/\/127\.0\.0\.1:1: .+; is OpenSearch or Elasticsearch running/)
  })

  it.each([
    [['--ship', 'localhost:9200'], '--ship localhost:9200: write an address such as http://localhost:9200'],
    [['--ship', 'nonsense'], '--ship nonsense: write an address such as http://localhost:9200'],
    [['--ship', 'http://127.0.0.1:1', '--dead-letters', 'no/such/file'], 'its folder is not there'],
  ])('%j says what is wrong', async (args, message) => {
    const outcome = await flowtap('inspect', capture, ...args)
    expect(outcome).toMatchObject({ exitCode: 2, stdout: '' })
    expect(outcome.stderr).toContain(message)
  })
})
