import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { EveAlertEvent, EveDnsEvent, EveEvent, EveFlowEvent, EveTlsEvent } from '../inspect/eve-event.ts'
import { communityId } from './community-id.ts'
import { DocumentFile } from './document-file.ts'
import { eveDocument } from './eve-document.ts'
import { indexTemplate } from './index-template.ts'

/** The example of Filebeat's own test of its Suricata module (eve-6.0.log), in the fields that flowtap writes. */
const ALERT: EveAlertEvent = {
  timestamp: '2021-01-27T01:28:11.488362+0100',
  flow_id: 1805461738637437,
  event_type: 'alert',
  src_ip: '81.2.69.143',
  src_port: 80,
  dest_ip: '10.31.64.240',
  dest_port: 47592,
  proto: 'TCP',
  alert: {
    action: 'allowed',
    gid: 1,
    signature_id: 2100498,
    rev: 7,
    signature: 'GPL ATTACK_RESPONSE id check returned root',
    category: 'Potentially Bad Traffic',
    severity: 2,
  },
  http: {
    hostname: 'testmynids.org',
    url: '/uid/index.html',
    http_user_agent: 'curl/7.58.0',
    http_content_type: 'text/html',
    http_method: 'GET',
    protocol: 'HTTP/1.1',
    status: 200,
    length: 39,
  },
  app_proto: 'http',
  flow: {
    ...{ pkts_toserver: 6, pkts_toclient: 5, bytes_toserver: 496, bytes_toclient: 876 },
    start: '2021-01-22T23:28:38.673917+0100',
    src_ip: '10.31.64.240',
    dest_ip: '81.2.69.143',
  },
}

const HEADER = { src_ip: '10.0.1.101', src_port: 40000, dest_ip: '10.0.0.2', dest_port: 53, flow_id: 1 } as const
const TIME = '2023-11-14T22:13:20.001000+0000'

describe('eveDocument', () => {
  it('gives an alert the fields and values that Filebeat expects of it', () => {
    expect(eveDocument(ALERT)).toMatchObject({
      '@timestamp': '2021-01-27T00:28:11.488362Z',
      destination: {
        ...{
          address: '10.31.64.240',
          bytes: 876,
          domain: 'testmynids.org',
          ip: '10.31.64.240',
          packets: 5,
          port: 47592,
        },
      },
      event: {
        ...{ dataset: 'suricata.eve', kind: 'alert', module: 'suricata', severity: 2, type: ['allowed'] },
        category: expect.arrayContaining(['intrusion_detection', 'network']),
        start: expect.stringContaining('2021-01-22T22:28:38.673'),
      },
      fileset: { name: 'eve' },
      http: { request: { method: 'GET' }, response: { body: { bytes: 39 }, status_code: 200 } },
      message: 'Potentially Bad Traffic',
      network: {
        ...{ bytes: 1372, packets: 11, protocol: 'http', transport: 'tcp' },
        community_id: '1:fmTf/MbjDMinU9coqCwDUc82LmA=',
      },
      related: { hosts: ['testmynids.org'], ip: expect.arrayContaining(['10.31.64.240', '81.2.69.143']) },
      rule: {
        category: 'Potentially Bad Traffic',
        id: '2100498',
        name: 'GPL ATTACK_RESPONSE id check returned root',
      },
      service: { type: 'suricata' },
      source: { address: '81.2.69.143', bytes: 496, ip: '81.2.69.143', packets: 6, port: 80 },
      suricata: {
        eve: {
          alert: { category: 'Potentially Bad Traffic', gid: 1, rev: 7, signature_id: 2100498 },
          event_type: 'alert',
          flow_id: '1805461738637437',
          http: { http_content_type: 'text/html', protocol: 'HTTP/1.1' },
        },
      },
      tags: ['suricata'],
      url: { domain: 'testmynids.org', original: '/uid/index.html', path: '/uid/index.html' },
      user_agent: { original: 'curl/7.58.0' },
    })
  })

  it('keeps the raw EVE fields at the top', () => {
    expect(eveDocument(ALERT)).toMatchObject(ALERT)
    expect(eveDocument(ALERT, { keepOriginal: true }).event.original).toBe(JSON.stringify(ALERT))
  })

  it('reads a DNS answer', () => {
    const event: EveDnsEvent = {
      ...HEADER,
      timestamp: TIME,
      event_type: 'dns',
      proto: 'UDP',
      dns: {
        ...{ version: 2, type: 'answer', id: 4242, flags: '8180', qr: true, rd: true, ra: true, opcode: 0 },
        ...{ rrname: 'example.com', rrtype: 'A', rcode: 'NOERROR' },
        answers: [
          { rrname: 'example.com', rrtype: 'CNAME', ttl: 60, rdata: 'www.example.com' },
          { rrname: 'www.example.com', rrtype: 'A', ttl: 30, rdata: '93.184.216.34' },
        ],
      },
    }
    const document = eveDocument(event)
    expect(document).toMatchObject({
      '@timestamp': '2023-11-14T22:13:20.001000Z',
      event: { kind: 'event', category: ['network'], type: ['protocol'] },
      network: { protocol: 'dns', transport: 'udp', type: 'ipv4' },
      dns: {
        ...{ id: '4242', type: 'answer', response_code: 'NOERROR', header_flags: ['RD', 'RA'], rrname: 'example.com' },
        question: { name: 'example.com', type: 'A' },
        resolved_ip: ['93.184.216.34'],
        answers: [
          { name: 'example.com', type: 'CNAME', data: 'www.example.com', ttl: 60, rdata: 'www.example.com' },
          { name: 'www.example.com', type: 'A', data: '93.184.216.34', ttl: 30 },
        ],
      },
    })
  })

  it('reads a TLS handshake', () => {
    const event: EveTlsEvent = {
      ...HEADER,
      timestamp: TIME,
      event_type: 'tls',
      proto: 'TCP',
      tls: {
        ...{
          subject: 'CN=example.com',
          issuerdn: 'CN=CA',
          fingerprint: 'ab:cd:01',
          sni: 'example.com.',
          version: 'TLS 1.2',
        },
        ...{ notbefore: '2023-01-01T00:00:00', ja3: { hash: 'a'.repeat(32), string: '771,1' } },
      },
    }
    expect(eveDocument(event)).toMatchObject({
      tls: {
        ...{ version: '1.2', version_protocol: 'tls', sni: 'example.com.', issuerdn: 'CN=CA' },
        client: { server_name: 'example.com', ja3: 'a'.repeat(32) },
        server: {
          subject: 'CN=example.com',
          issuer: 'CN=CA',
          not_before: '2023-01-01T00:00:00Z',
          hash: { sha1: 'ABCD01' },
        },
      },
      destination: { domain: 'example.com' },
      related: { hash: ['ABCD01', 'a'.repeat(32)], hosts: ['example.com'] },
      suricata: { eve: { tls: { version: 'TLS 1.2' } } },
    })
  })

  it('gives a flow its times and its duration in nanoseconds', () => {
    const event: EveFlowEvent = {
      ...HEADER,
      timestamp: TIME,
      event_type: 'flow',
      proto: 'UDP',
      flow: {
        ...{ pkts_toserver: 1, pkts_toclient: 0, bytes_toserver: 60, bytes_toclient: 0, age: 2, state: 'new' },
        ...{ reason: 'shutdown', alerted: false, start: TIME, end: '2023-11-14T22:13:21.500001+0000' },
      },
    }
    expect(eveDocument(event).event).toMatchObject({ type: ['connection', 'start'], duration: 1_499_001_000 })
  })

  it('takes events without addresses and of types that it does not know', () => {
    expect(eveDocument({ timestamp: TIME, event_type: 'stats', stats: { uptime: 1 } })).toMatchObject({
      event: { kind: 'metric' },
      stats: { uptime: 1 },
    })
    const other = {
      timestamp: 'never',
      event_type: 'mqtt',
      src_ip: 'x',
      dest_ip: 'y',
      proto: '250',
    } as unknown as EveEvent
    expect(eveDocument(other)).toMatchObject({ '@timestamp': '1970-01-01T00:00:00.000000Z', source: { address: 'x' } })
    expect(eveDocument(other).source).not.toHaveProperty('ip')
  })
})

describe('communityId', () => {
  /** From the specification's own list of examples. */
  it.each([
    ['128.232.110.120', '66.35.250.204', 6, 34855, 80, '1:LQU9qZlK+B5F3KDmev6m5PMibrg='],
    ['192.168.1.52', '8.8.8.8', 17, 54585, 53, '1:d/FP5EW3wiY1vCndhwleRRKHowQ='],
    ['192.168.0.89', '192.168.0.1', 1, 8, 0, '1:X0snYXpgwiv9TZtqg64sgzUn6Dk='],
  ] as const)('%s to %s', (source, destination, protocol, sourcePort, destinationPort, id) => {
    expect(communityId({ source, destination, protocol, sourcePort, destinationPort })).toBe(id)
    if (protocol !== 1) {
      const turned = {
        source: destination,
        destination: source,
        sourcePort: destinationPort,
        destinationPort: sourcePort,
      }
      expect(communityId({ ...turned, protocol })).toBe(id)
    }
  })
})

describe('indexTemplate', () => {
  it('maps addresses as addresses, under both names', () => {
    const template = indexTemplate()
    expect(template.index_patterns).toEqual(['filebeat-flowtap'])
    const { properties } = template.template.mappings as { properties: Record<string, { properties?: unknown }> }
    expect(properties).toMatchObject({
      src_ip: { type: 'ip' },
      source: { properties: { ip: { type: 'ip' } } },
      '@timestamp': { type: 'date' },
    })
  })
})

describe('DocumentFile', () => {
  it('writes one document a line', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'flowtap-documents-'))
    const file = new DocumentFile(join(folder, 'events.ndjson'))
    for (let n = 0; n < 5000; n += 1) await file.push({ n, pad: 'x'.repeat(50) })
    await file.close()
    const lines = readFileSync(join(folder, 'events.ndjson'), 'utf8').trimEnd().split('\n')
    expect(lines.map((line) => JSON.parse(line).n)).toEqual(Array.from({ length: 5000 }, (_, n) => n))
    rmSync(folder, { recursive: true })
  })
})
