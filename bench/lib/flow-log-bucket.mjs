// A seeded bucket for the benchmarks: default-format records of three days in 288 .log.gz objects in AWS's key layout.
import { existsSync, mkdirSync, renameSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'

export const ACCOUNT = '123456789010'
export const REGION = 'us-west-2'
export const BUCKET = 'bench-flow-logs'
export const DAYS = ['2021/10/25', '2021/10/26', '2021/10/27']
export const OBJECTS_PER_DAY = 96

const HEADER =
  'version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status'
const SECONDS_PER_OBJECT = (24 * 60 * 60) / OBJECTS_PER_DAY
const PORTS = [443, 443, 443, 80, 22, 53, 5432, 3389, 8080]

/** The folder that stands for S3, made if it is not there; about `records` records in all. */
export function flowLogBucket(records) {
  const root = fileURLToPath(new URL(`../.cache/bucket-${records}/`, import.meta.url))
  if (existsSync(root)) return root
  const part = `${root.slice(0, -1)}.part/`
  const perObject = Math.ceil(records / (DAYS.length * OBJECTS_PER_DAY))
  const random = mulberry32(20211025)
  for (const [dayIndex, day] of DAYS.entries()) {
    const folder = `${part}${BUCKET}/AWSLogs/${ACCOUNT}/vpcflowlogs/${REGION}/${day}/`
    mkdirSync(folder, { recursive: true })
    for (let object = 0; object < OBJECTS_PER_DAY; object += 1) {
      const seconds = Date.UTC(2021, 9, 25 + dayIndex) / 1000 + object * SECONDS_PER_OBJECT
      const time = new Date(seconds * 1000)
        .toISOString()
        .replaceAll(/[-:]/g, '')
        .replace(/\d\d\.000Z$/, 'Z')
      const id = (dayIndex * OBJECTS_PER_DAY + object).toString(16).padStart(8, '0')
      const name = `${ACCOUNT}_vpcflowlogs_${REGION}_fl-0123456789abcdef0_${time}_${id}.log.gz`
      writeFileSync(`${folder}${name}`, gzipSync(objectText(perObject, seconds, random)))
    }
  }
  renameSync(part, root)
  return root
}

function objectText(records, seconds, random) {
  const below = (limit) => Math.floor(random() * limit)
  let text = `${HEADER}\n`
  for (let record = 0; record < records; record += 1) {
    const start = seconds + below(SECONDS_PER_OBJECT)
    const own = `2 ${ACCOUNT} eni-0${below(64).toString(16).padStart(2, '0')}b2c3d4e5f60718`
    if (random() < 0.01) {
      text += `${own} - - - - - - - ${start} ${start + 60} - NODATA\n`
      continue
    }
    const inside = random() < 0.02 ? '10.0.1.101' : `10.0.${1 + below(4)}.${1 + below(254)}`
    const outside =
      random() < 0.005 ? '54.246.214.20' : `${1 + below(223)}.${below(256)}.${below(256)}.${1 + below(254)}`
    const port = PORTS[below(PORTS.length)]
    const client = 1024 + below(60_000)
    const ends = random() < 0.5 ? `${inside} ${outside} ${client} ${port}` : `${outside} ${inside} ${port} ${client}`
    const packets = 1 + below(200)
    const action = random() < 0.08 ? 'REJECT' : 'ACCEPT'
    const protocol = port === 53 ? 17 : 6
    text += `${own} ${ends} ${protocol} ${packets} ${packets * (40 + below(1400))} ${start} ${start + 60} ${action} OK\n`
  }
  return text
}

function mulberry32(seed) {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
