import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { DEFAULT_LOG_FORMAT, type FlowLogRecord, formatHeader, formatObjectKey, formatRecord } from '@flowtap/parser'
import { uniformInt } from 'pure-rand/distribution/uniformInt'
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus'
import { DEMO_ACCOUNT, DEMO_BUCKET, DEMO_REGION } from './reference-queries.ts'

/** Where the demo's flow logs begin: 25 October 2021, 00:00 UTC, the article's day. */
const START_SECONDS = Date.UTC(2021, 9, 25) / 1000
const DAYS = 3
/** AWS writes a file per flow log every five minutes. */
const WINDOW_SECONDS = 300
const FLOW_LOG_ID = 'fl-0a1b2c3d4e5f60718'
const RECORDS_PER_FILE = 24
/** One file of the second day loses its end, as a broken download would. */
const DAMAGED_FILE = 400

const DEMO_INSTANCE = '10.0.1.101'
const SENSOR = '10.0.2.101'
const INTERNET = ['54.246.214.20', '142.250.217.78', '151.101.1.69', '52.218.220.17', '203.0.113.80']
const SCANNERS = ['198.51.100.7', '198.51.100.23', '203.0.113.199']

/** What was written. */
export interface SampleFlowLogs {
  readonly records: number
  readonly objects: number
  readonly bytes: number
  readonly noData: number
  readonly skipData: number
  /** The object whose gzip stream ends too early, as an `s3://` URI. */
  readonly damagedObject: string
}

type Random = (from: number, to: number) => number

/** Writes three days of seeded flow logs in AWS's key layout under `root/bucket`; the same seed gives the same bytes. */
export async function writeSampleFlowLogs(root: string, seed: number): Promise<SampleFlowLogs> {
  const generator = xoroshiro128plus(seed)
  const random: Random = (from, to) => uniformInt(generator, from, to)
  const totals = { records: 0, objects: 0, bytes: 0, noData: 0, skipData: 0 }
  let damagedObject = ''
  for (let file = 0; file < (DAYS * 86_400) / WINDOW_SECONDS; file += 1) {
    const windowStartSeconds = START_SECONDS + file * WINDOW_SECONDS
    const records = windowRecords(windowStartSeconds, random)
    const lines = [
      formatHeader(DEFAULT_LOG_FORMAT),
      ...records.map((record) => formatRecord(record, DEFAULT_LOG_FORMAT)),
    ]
    const whole = gzipSync(`${lines.join('\n')}\n`)
    const content = file === DAMAGED_FILE ? whole.subarray(0, Math.floor(whole.length * 0.7)) : whole
    const key = formatObjectKey({
      accountId: DEMO_ACCOUNT,
      region: DEMO_REGION,
      flowLogId: FLOW_LOG_ID,
      windowStartSeconds,
      hash: random(0, 0xffff_ffff).toString(16).padStart(8, '0'),
      fileFormat: 'plain-text',
      hiveCompatible: false,
      perHour: false,
    })
    const path = join(root, DEMO_BUCKET, key)
    await mkdir(dirname(path), { recursive: true })
    await writeFile(path, content)
    if (file === DAMAGED_FILE) damagedObject = `s3://${DEMO_BUCKET}/${key}`
    totals.objects += 1
    totals.bytes += content.length
    totals.records += records.length
    totals.noData += records.filter((record) => record['log-status'] === 'NODATA').length
    totals.skipData += records.filter((record) => record['log-status'] === 'SKIPDATA').length
  }
  return { ...totals, damagedObject }
}

/** The records of one five-minute file: their end times lie in the window, as AWS files them. */
function windowRecords(windowStartSeconds: number, random: Random): FlowLogRecord[] {
  const records: FlowLogRecord[] = []
  while (records.length < RECORDS_PER_FILE) {
    const end = windowStartSeconds + random(0, WINDOW_SECONDS - 1)
    const times = { start: end - random(1, 60), end }
    const kind = random(1, 100)
    if (kind <= 2) records.push({ ...common('eni-0sensor0000000001'), ...times, 'log-status': 'NODATA' })
    else if (kind === 3) records.push({ ...common('eni-0demo000000000001'), ...times, 'log-status': 'SKIPDATA' })
    else if (kind <= 18) records.push(refusedProbe(times, random))
    else if (kind <= 28) records.push(...conversation(times, random, ipv6Host(random), ipv6Host(random), 443))
    else {
      const client = kind <= 88 ? DEMO_INSTANCE : SENSOR
      const server = INTERNET[random(0, INTERNET.length - 1)] as string
      records.push(...conversation(times, random, client, server, kind % 3 === 0 ? 80 : 443))
    }
  }
  return records
}

function common(interfaceId: string): FlowLogRecord {
  return { version: 2, 'account-id': DEMO_ACCOUNT, 'interface-id': interfaceId }
}

type Times = { readonly start: number; readonly end: number }

/** Both directions of a TCP connection, one record each, as flow logs have them. */
function conversation(times: Times, random: Random, client: string, server: string, port: number): FlowLogRecord[] {
  const clientPort = random(1024, 65_535)
  const packets = random(4, 400)
  const forward = { srcaddr: client, dstaddr: server, srcport: clientPort, dstport: port }
  const backward = { srcaddr: server, dstaddr: client, srcport: port, dstport: clientPort }
  const rest = { protocol: 6, ...times, action: 'ACCEPT', 'log-status': 'OK' } as const
  const eni = common(client === SENSOR ? 'eni-0sensor0000000001' : 'eni-0demo000000000001')
  return [
    { ...eni, ...forward, packets: BigInt(packets), bytes: BigInt(packets * random(52, 400)), ...rest },
    { ...eni, ...backward, packets: BigInt(packets), bytes: BigInt(packets * random(52, 1500)), ...rest },
  ]
}

function refusedProbe(times: Times, random: Random): FlowLogRecord {
  const packets = random(1, 3)
  return {
    ...common('eni-0demo000000000001'),
    srcaddr: SCANNERS[random(0, SCANNERS.length - 1)] as string,
    dstaddr: DEMO_INSTANCE,
    srcport: random(1024, 65_535),
    dstport: [22, 23, 3389, 445, 8080][random(0, 4)] as number,
    protocol: 6,
    packets: BigInt(packets),
    bytes: BigInt(packets * 40),
    ...times,
    action: 'REJECT',
    'log-status': 'OK',
  }
}

function ipv6Host(random: Random): string {
  const group = (): string => random(1, 0xffff).toString(16)
  return `2001:db8:1234:a100:${group()}:${group()}:${group()}:${group()}`
}
