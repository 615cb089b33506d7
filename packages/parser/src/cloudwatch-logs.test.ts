import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseAll as parse } from '../test/parse-all.ts'
import { JsonDocuments } from './adapters/json-documents.ts'
import { LogPayloadError, logEventsOf } from './cloudwatch-logs.ts'
import { formatRecord } from './format-record.ts'

const LINES = [
  '2 123456789010 eni-0c19436730cc350ae 172.31.16.139 172.31.16.21 20641 22 6 20 4249 1418530010 1418530070 ACCEPT OK',
  '2 123456789010 eni-0c19436730cc350ae - - - - - - - 1431280876 1431280934 - NODATA',
]
const events = (messages: readonly string[]): object[] =>
  messages.map((message, index) => ({ id: `${index}`, timestamp: 1_418_530_010_000 + index, message }))

/** What CloudWatch Logs sends to the destination of a subscription filter. */
const subscription = (messages: readonly string[] = LINES, messageType = 'DATA_MESSAGE'): object => ({
  messageType,
  owner: '123456789010',
  logGroup: 'flow-logs',
  logStream: 'eni-0c19436730cc350ae-all',
  subscriptionFilters: ['everything'],
  logEvents: events(messages),
})
const base64 = (payload: object): string => gzipSync(JSON.stringify(payload)).toString('base64')
const plainBase64 = (payload: object): string => Buffer.from(JSON.stringify(payload)).toString('base64')
const query = (messages: readonly string[]): object => ({
  status: 'Complete',
  results: messages.map((value) => [
    { field: '@timestamp', value: '2014-12-14 04:06:50.000' },
    { field: '@message', value },
    { field: '@ptr', value: 'x' },
  ]),
})

describe('payloads', () => {
  const payloads: readonly (readonly [string, object])[] = [
    ['a subscription’s payload', subscription()],
    ['a Lambda event', { awslogs: { data: base64(subscription()) } }],
    [
      'a Kinesis event',
      {
        Records: LINES.map((line) => ({ kinesis: { data: base64(subscription([line])) }, eventSource: 'aws:kinesis' })),
      },
    ],
    ['a Firehose transformation event', { records: [{ recordId: '1', data: base64(subscription()) }] }],
    ['data that is not compressed', { records: [{ data: plainBase64(subscription()) }] }],
    ['the answer of FilterLogEvents', { events: events(LINES), searchedLogStreams: [] }],
    ['the answer of GetLogEvents', { events: events(LINES), nextForwardToken: 'f/1', nextBackwardToken: 'b/1' }],
    ['the answer of GetQueryResults', query(LINES)],
    ['an array of events', events(LINES)],
  ]

  it.each(payloads)('%s: as an object, as JSON, compressed, and in pieces', async (_, payload) => {
    const json = JSON.stringify(payload)
    const sources = [json, JSON.stringify(payload, null, 2), Buffer.from(`\uFEFF${json}\n`), gzipSync(json), [...json]]
    for (const source of [...sources, { event: payload }]) {
      const { records, issues } = await parse(source)
      const marked = { code: 'byte-order-mark', line: 1, column: 1 }
      expect(issues).toEqual(source instanceof Buffer && source[0] === 0xef ? [expect.objectContaining(marked)] : [])
      expect(records.map((record) => formatRecord(record))).toEqual(LINES)
    }
    expect(logEventsOf(payload).map(({ message }) => message)).toEqual(LINES)
  })

  it('the data of a subscription alone, in base64', async () => {
    expect((await parse(`${base64(subscription())}\n`)).records).toHaveLength(2)
  })

  it('documents one after another, as Firehose writes them to S3, or one per line', async () => {
    const json = LINES.map((line) => JSON.stringify(subscription([line])))
    for (const separator of ['', '\n', '\r\n', ', ']) {
      expect((await parse(json.join(separator))).records).toHaveLength(2)
      expect((await parse(gzipSync(json.join(separator)))).records).toHaveLength(2)
    }
    expect(
      (
        await parse(
          events(LINES)
            .map((event) => JSON.stringify(event))
            .join('\n'),
        )
      ).records,
    ).toHaveLength(2)
  })

  it('control messages and empty answers have no records and no issue', async () => {
    const check = subscription(
      ['CWL CONTROL MESSAGE: Checking health of destination Kinesis stream.'],
      'CONTROL_MESSAGE',
    )
    for (const payload of [check, { awslogs: { data: base64(check) } }, { events: [] }, []]) {
      expect(await parse({ event: payload })).toEqual({ records: [], issues: [] })
    }
  })

  it('keeps times', () => {
    expect(logEventsOf(subscription())[1]).toEqual({ timestampMilliseconds: 1_418_530_010_001, message: LINES[1] })
  })

  it('custom formats are given by the caller', async () => {
    const format = { fields: ['action', 'bytes'] }
    const { records } = await parse({ event: { events: events(['ACCEPT 5', '- -']) } }, { format })
    expect(records).toEqual([{ action: 'ACCEPT', bytes: 5n }, {}])
  })

  it('an issue is located by the number of the event', async () => {
    const messages = [LINES[0] ?? '', 'not a record', `${LINES[1]}\r\n`, `${LINES[0]}\n${LINES[1]}`, '', LINES[0] ?? '']
    const { records, issues } = await parse({ event: subscription(messages) })
    expect(records.map((record) => formatRecord(record))).toEqual([LINES[0], LINES[1], LINES[0]])
    expect(issues.map(({ line }) => line)).toEqual([2, 4])
  })

  it.each([
    ['another object', '{"hello": 1}', 'none of CloudWatch Logs'],
    ['cut JSON', JSON.stringify(subscription()).slice(0, -5), 'not JSON'],
    ['broken data', '{"awslogs":{"data":"H4sIAAAAAAAAA0vLz1dISixSqAIAv"}}', 'base64'],
    ['a query without @message', '{"results":[[{"field":"srcAddr","value":"x"}]]}', '@message'],
    ['an event without message', '{"logEvents":[{"id":"1"}]}', 'message'],
    ['something in an array', '[{"message":"x"},5]', '5'],
  ])('%s is an issue', async (_, json, words) => {
    const { issues, records } = await parse(json)
    expect(issues).toMatchObject([{ code: 'invalid-payload', message: expect.stringContaining(words) }])
    expect(issues[0]?.raw).toBe(json.slice(0, 199) + (json.length > 200 ? '…' : json.slice(199)))
    expect(records).toEqual([])
  })

  it('goes on after a document that is no payload', async () => {
    const documents = [subscription([LINES[0] ?? '']), { hello: 1 }, subscription([LINES[1] ?? ''])]
    const { records, issues } = await parse(documents.map((document) => JSON.stringify(document)).join('\n'))
    expect(records).toHaveLength(2)
    expect(issues).toMatchObject([{ code: 'invalid-payload', line: 1 }])
  })

  it('a payload over the limit ends with an issue', async () => {
    const limits = { maxPayloadBytes: 1_000 }
    const bomb = { awslogs: { data: gzipSync(Buffer.alloc(1_000_000)).toString('base64') } }
    expect((await parse({ event: bomb }, { limits: { maxPayloadBytes: 5_000 } })).issues).toMatchObject([
      { code: 'invalid-payload', message: expect.stringContaining('maxPayloadBytes') },
    ])
    const long = ['{"logEvents":[', ...Array.from({ length: 100 }, () => `{"message":"${LINES[0]}"},`)]
    expect((await parse(long, { limits })).issues).toMatchObject([{ code: 'decompression-limit' }])
  })

  it('nesting without end is an issue', () => {
    let payload: object = subscription()
    for (let depth = 0; depth < 100; depth++) payload = { awslogs: { data: base64(payload) } }
    expect(() => logEventsOf(payload)).toThrow(LogPayloadError)
  })
})

describe('exports to S3', () => {
  const text = LINES.map((line) => `2021-10-25T00:00:00.000Z ${line}\n`).join('')

  it('are read as lines with a time before the message', async () => {
    for (const source of [text, gzipSync(text)]) {
      const { records, issues } = await parse(source)
      expect(issues).toEqual([])
      expect(records.map((record) => formatRecord(record))).toEqual(LINES)
      expect(Object.keys(records[0] ?? {})).not.toContain('@timestamp')
    }
  })

  it('give the time to those who ask for it', async () => {
    const { records } = await parse(text, { fields: ['@timestamp', 'log-status'] })
    expect(records).toEqual(
      ['OK', 'NODATA'].map((status) => ({ '@timestamp': '2021-10-25T00:00:00.000Z', 'log-status': status })),
    )
  })

  it('of a custom format', async () => {
    const { records } = await parse('2021-10-25T00:00:00.000Z ACCEPT 5\n', { format: { fields: ['action', 'bytes'] } })
    expect(records).toEqual([{ action: 'ACCEPT', bytes: 5n }])
  })
})

describe('JsonDocuments', () => {
  it('finds the documents, whatever they are and wherever the text is cut', () => {
    const separator = fc.constantFrom('', ' ', '\n', ',\n')
    const document = fc.oneof(fc.array(fc.jsonValue()), fc.dictionary(fc.string(), fc.jsonValue()))
    fc.assert(
      fc.property(fc.array(fc.tuple(document, separator)), fc.integer({ min: 1, max: 30 }), (documents, size) => {
        const text = documents.map(([value, after]) => JSON.stringify(value) + after).join('')
        const splitter = new JsonDocuments(1_000_000)
        const found: string[] = []
        for (let at = 0; at < text.length; at += size) found.push(...splitter.push(text.slice(at, at + size)))
        found.push(...splitter.end())
        expect(found.map((json) => JSON.stringify(JSON.parse(json)))).toEqual(
          documents.map(([value]) => JSON.stringify(value)),
        )
      }),
      { numRuns: 500 },
    )
  })
})
