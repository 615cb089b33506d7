import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { CidrBlock } from '../../net/cidr-block.ts'
import type { EveDnsEvent, EveEvent, EveFlowEvent } from '../eve-event.ts'
import { connectionCourse } from './connection-state.ts'
import type { ZeekLogName } from './zeek-log-fields.ts'
import { ZeekLogs } from './zeek-logs.ts'
import { zeekTsvLine } from './zeek-text.ts'

const ENDS = { src_ip: '10.0.1.101', src_port: 40000, dest_ip: '93.184.216.34', dest_port: 80, flow_id: 77 } as const
const COUNTS = { pkts_toserver: 6, pkts_toclient: 4, bytes_toserver: 500, bytes_toclient: 900 }

function flow(ts: string, tc: string, proto = 'TCP', counts: Partial<typeof COUNTS> = {}): EveFlowEvent {
  return {
    timestamp: '2023-11-14T22:14:20.000000+0000',
    event_type: 'flow',
    ...ENDS,
    proto,
    app_proto: 'tls',
    flow: {
      ...{ ...COUNTS, ...counts, age: 1, state: 'closed', reason: 'timeout', alerted: false },
      ...{ start: '2023-11-14T22:13:20.000250+0000', end: '2023-11-14T22:13:21.500000+0000' },
    },
    ...(proto === 'TCP' && { tcp: { tcp_flags: ts, tcp_flags_ts: ts, tcp_flags_tc: tc } }),
  }
}

function dns(type: 'query' | 'answer', id: number, time: string): EveDnsEvent {
  const name = { rrname: 'example.com', rrtype: 'A', id, opcode: 0 }
  return {
    timestamp: `2023-11-14T22:13:20.${time}+0000`,
    event_type: 'dns',
    ...ENDS,
    proto: 'UDP',
    dns:
      type === 'query'
        ? { version: 2, type, ...name, tx_id: 0 }
        : {
            ...{ version: 2, type, ...name, flags: '8180', qr: true, rd: true, ra: true, rcode: 'NOERROR' },
            answers: [
              { rrname: 'example.com', rrtype: 'A', ttl: 60, rdata: '93.184.216.34' },
              { rrname: 'example.com', rrtype: 'TXT', ttl: 5, rdata: 'a,b' },
            ],
          },
  }
}

function logsOf(events: readonly EveEvent[], format: 'tsv' | 'json'): Readonly<Partial<Record<ZeekLogName, string>>> {
  const texts: Partial<Record<ZeekLogName, string>> = {}
  const logs = new ZeekLogs({
    format,
    localNetworks: [CidrBlock.of('10.0.0.0/8')],
    onText: (log, text) => {
      texts[log] = (texts[log] ?? '') + text
    },
  })
  for (const event of events) logs.push(event)
  logs.end()
  return texts
}

/** Reads TSV as its header says, as any reader of Zeek's logs does. */
function readTsv(text: string): Record<string, string>[] {
  const lines = text.trimEnd().split('\n')
  const names = (lines.find((line) => line.startsWith('#fields')) ?? '').split('\t').slice(1)
  return lines
    .filter((line) => !line.startsWith('#'))
    .map((line) => Object.fromEntries(line.split('\t').map((value, column) => [names[column] ?? '', value])))
}

describe('ZeekLogs', () => {
  it('writes a connection with the header lines of Zeek', () => {
    const { conn = '' } = logsOf([flow('1b', '1b')], 'tsv')
    expect(conn).toBe(
      `${[
        '#separator \\x09',
        '#set_separator\t,',
        '#empty_field\t(empty)',
        '#unset_field\t-',
        '#path\tconn',
        '#open\t2023-11-14-22-14-20',
        '#fields\tts\tuid\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\tproto\tservice\tduration\torig_bytes\tresp_bytes\tconn_state\tlocal_orig\tlocal_resp\tmissed_bytes\thistory\torig_pkts\torig_ip_bytes\tresp_pkts\tresp_ip_bytes\ttunnel_parents\tip_proto',
        '#types\ttime\tstring\taddr\tport\taddr\tport\tenum\tstring\tinterval\tcount\tcount\tstring\tbool\tbool\tcount\tstring\tcount\tcount\tcount\tcount\tset[string]\tcount',
        `1700000000.000250\t${readTsv(conn)[0]?.uid}\t10.0.1.101\t40000\t93.184.216.34\t80\ttcp\tssl\t1.499750\t-\t-\tSF\tT\tF\t0\tShADadFf\t6\t416\t4\t844\t-\t6`,
        '#close\t2023-11-14-22-14-20',
      ].join('\n')}\n`,
    )
    expect(readTsv(conn)[0]?.uid).toMatch(/^C[0-9A-Za-z]{17}$/)
  })

  it('brings a question and its answer together, and writes the unanswered at the end of the flow', () => {
    const events = [
      dns('query', 1, '000000'),
      dns('query', 2, '001000'),
      dns('answer', 1, '030000'),
      flow('', '', 'UDP'),
    ]
    const { dns: text = '', conn = '' } = logsOf(events, 'tsv')
    const [answered, unanswered] = readTsv(text)
    expect(answered).toMatchObject({
      ...{ ts: '1700000000.000000', trans_id: '1', rtt: '0.030000', query: 'example.com', qtype: '1', qtype_name: 'A' },
      ...{ rcode: '0', rcode_name: 'NOERROR', AA: 'F', RD: 'T', RA: 'T', qclass: '-', rejected: 'F' },
      ...{ answers: '93.184.216.34,TXT 3 a\\x2cb', TTLs: '60.000000,5.000000', uid: readTsv(conn)[0]?.uid },
    })
    expect(unanswered).toMatchObject({ trans_id: '2', rcode: '-', answers: '-', rtt: '-' })
  })

  it('writes http and ssl, in JSON with times in seconds and without the unset', () => {
    const header = { timestamp: '2023-11-14T22:13:20.000001+0000', ...ENDS, proto: 'TCP' }
    const { http = '', ssl = '' } = logsOf(
      [
        {
          ...header,
          event_type: 'http',
          tx_id: 1,
          http: {
            ...{ hostname: 'example.com', http_port: 8080, url: '/x?y', http_method: 'GET', protocol: 'HTTP/1.1' },
            ...{ status: 200, length: 5, http_user_agent: 'curl/8' },
          },
        },
        {
          ...header,
          event_type: 'tls',
          tls: { sni: 'example.com', version: 'TLS 1.2', ja3s: { hash: '', string: '771,49199,65281-0' } },
        },
      ],
      'json',
    )
    expect(http).toContain('{"ts":1700000000.000001,"uid":"C')
    expect(JSON.parse(http)).toEqual({
      ...{ ts: 1700000000.000001, uid: expect.any(String), 'id.orig_h': '10.0.1.101', 'id.orig_p': 40000 },
      ...{ 'id.resp_h': '93.184.216.34', 'id.resp_p': 80, trans_depth: 2, method: 'GET', host: 'example.com:8080' },
      ...{ uri: '/x?y', version: '1.1', user_agent: 'curl/8', response_body_len: 5, status_code: 200, tags: [] },
    })
    expect(JSON.parse(ssl)).toMatchObject({
      ...{ version: 'TLSv12', cipher: 'TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256', server_name: 'example.com' },
      resumed: false,
    })
  })

  it('keeps each record on one line of as many columns as the header has, whatever the texts', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (uri) => {
        const line = zeekTsvLine('http', { ts: 0, uri })
        expect(line.indexOf('\n')).toBe(line.length - 1)
        const column = line.trimEnd().split('\t')[9] ?? ''
        const read =
          column === '(empty)'
            ? ''
            : column.replace(/\\x([0-9a-f]{2})/g, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)))
        expect(column === '-' ? undefined : read).toBe(uri)
      }),
      { examples: [['-'], [''], ['(empty)'], ['a\\x09b\tc\n']] },
    )
  })
})

describe('connectionCourse', () => {
  /** The cases of Conn::Info's documentation. */
  it.each([
    ['S0', '02', '00'],
    ['S1', '1a', '1a'],
    ['SF', '1b', '1b'],
    ['REJ', '02', '14'],
    ['S2', '1b', '1a'],
    ['S3', '1a', '1b'],
    ['RSTO', '1e', '1a'],
    ['RSTR', '1a', '1e'],
    ['RSTOS0', '06', '00'],
    ['RSTRH', '00', '16'],
    ['SH', '03', '00'],
    ['SHR', '00', '13'],
    ['OTH', '18', '18'],
  ])('%s', (state, ts, tc) => {
    expect(connectionCourse(flow(ts, tc)).state).toBe(state)
  })

  it.each([
    ['SF', 'Dd', 1, 1],
    ['S0', 'D', 1, 0],
  ])('UDP %s', (state, history, sent, answered) => {
    const counts = { pkts_toserver: sent, pkts_toclient: answered }
    expect(connectionCourse(flow('', '', 'UDP', counts))).toEqual({ state, history })
  })
})
