import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { expect, it } from 'vitest'
import { LINK_TYPE } from '../../src/packet/link-type.ts'
import { PcapWriter } from '../../src/packet/pcap/pcap-writer.ts'
import { bytesOf, ipBytes, tcpConversation } from './conversation.ts'

// The example of docs/shipping.md as it stands there, with the endpoint and the folder of this test.

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url))

it('ships what docs/shipping.md ships', async () => {
  const document = readFileSync(here('../../../../docs/shipping.md'), 'utf8')
  const [, example = ''] = /```ts\n(.*?)```/s.exec(document) ?? []
  const folder = mkdtempSync(join(tmpdir(), 'flowtap-example-'))
  const requests: string[] = []
  const bodies: string[] = []
  const server = createServer((request, response) => {
    requests.push(`${request.method} ${request.url}`)
    let body = ''
    request.on('data', (chunk) => {
      body += String(chunk)
    })
    request.on('end', () => {
      bodies.push(body)
      const items = body.trimEnd().split('\n')
      const created = items.filter((_, at) => at % 2 === 0).map(() => ({ create: { status: 201 } }))
      response.end(JSON.stringify(request.method === 'PUT' ? { acknowledged: true } : { items: created }))
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  try {
    const parts: Uint8Array[] = []
    const writer = new PcapWriter({ linkType: LINK_TYPE.raw, onBytes: (bytes) => parts.push(bytes) })
    const turns = ['GET / HTTP/1.1\r\nHost: a.example\r\n\r\n', 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok']
    for (const packet of tcpConversation(40_000, 80, turns.map(bytesOf))) {
      const bytes = ipBytes(packet)
      writer.writeFrame(bytes, 1_700_000_000e6, 0, bytes.length)
    }
    writer.flush()
    writeFileSync(join(folder, 'web.pcap'), Buffer.concat(parts))
    const address = server.address()
    const port = typeof address === 'object' ? address?.port : 0
    const runnable = example
      .replace('http://localhost:9200', `http://127.0.0.1:${port}`)
      .replaceAll("'web.pcap'", JSON.stringify(join(folder, 'web.pcap')))
      .replaceAll("'dead-letters.ndjson'", JSON.stringify(join(folder, 'dead-letters.ndjson')))
    expect(runnable).not.toBe(example)
    writeFileSync(join(folder, 'example.ts'), runnable)
    await import(pathToFileURL(join(folder, 'example.ts')).href)
    expect(requests).toEqual(['PUT /_index_template/filebeat-flowtap', 'POST /_bulk'])
    const documents = (bodies[1] ?? '').trimEnd().split('\n')
    const types = documents.filter((_, at) => at % 2 === 1).map((line) => JSON.parse(line).event_type)
    expect([...types].sort()).toEqual(['fileinfo', 'flow', 'http', 'stats'])
  } finally {
    server.close()
    rmSync(folder, { recursive: true, force: true })
  }
})
