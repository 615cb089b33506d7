// Seeded flow-log files for the benchmarks: default-format records as a VPC of 400 network interfaces gives them. Addresses
// repeat as they do in real logs: some peers are seen all the time, most of the internet a few times. 15 % is IPv6, 2 %
// NODATA, a few SKIPDATA, 8 % REJECT.
import { createWriteStream, existsSync, mkdirSync, renameSync } from 'node:fs'
import { finished } from 'node:stream/promises'
import { fileURLToPath } from 'node:url'
import { createGzip } from 'node:zlib'

const HEADER =
  'version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status\n'
const INTERFACES = 400
const PUBLIC_PEERS = 300_000
const SERVER_PORTS = [443, 443, 443, 80, 22, 53, 5432, 3306, 6379, 8080, 9092, 123]
const CHUNK_RECORDS = 20_000

/** The cached file of so many records, made if it is not there. */
export async function flowLogFile(records, { gzip = false } = {}) {
  const folder = fileURLToPath(new URL('../.cache/', import.meta.url))
  const path = `${folder}default-${records}.log${gzip ? '.gz' : ''}`
  if (existsSync(path)) return path
  mkdirSync(folder, { recursive: true })
  const file = createWriteStream(`${path}.part`)
  const sink = gzip ? createGzip({ level: 6, chunkSize: 1 << 20 }) : file
  if (gzip) sink.pipe(file)
  for (const chunk of flowLogChunks(records)) {
    if (!sink.write(chunk)) await new Promise((resolve) => sink.once('drain', resolve))
  }
  sink.end()
  await finished(file)
  renameSync(`${path}.part`, path)
  return path
}

/** The text of so many records with a header, in pieces; the same for the same count. */
export function* flowLogChunks(records) {
  const random = mulberry32(20210101)
  const below = (limit) => Math.floor(random() * limit)
  const interfaces = Array.from({ length: INTERFACES }, (_, index) => ({
    account: ['123456789010', '210987654321', '345678901234'][index % 3],
    id: `eni-0${hex(below, 16)}`,
    v4: `10.${index % 4}.${below(256)}.${1 + below(254)}`,
    v6: `2600:1f18:${hex(below, 4)}:${hex(below, 4)}::${hex(below, 4)}`,
  }))
  const peers4 = Array.from(
    { length: PUBLIC_PEERS },
    () => `${1 + below(223)}.${below(256)}.${below(256)}.${below(256)}`,
  )
  const peers6 = Array.from(
    { length: PUBLIC_PEERS / 4 },
    () => `2a00:1450:${hex(below, 4)}:${hex(below, 3)}::${hex(below, 4)}`,
  )
  // The cube makes a few peers common and most of them rare.
  const peer = (peers) => peers[Math.floor(random() ** 3 * peers.length)]

  let text = HEADER
  for (let record = 0; record < records; record += 1) {
    const own = interfaces[below(INTERFACES)]
    const start = 1_609_459_200 + Math.floor((record / records) * 86_400) + below(60)
    const end = start + below(60)
    const fate = random()
    if (fate < 0.0205) {
      text += `2 ${own.account} ${own.id} - - - - - - - ${start} ${end} - ${fate < 0.02 ? 'NODATA' : 'SKIPDATA'}\n`
    } else {
      const isV6 = random() < 0.15
      const other = random() < 0.5 ? interfaces[below(INTERFACES)] : undefined
      const mine = isV6 ? own.v6 : own.v4
      const theirs = isV6 ? (other?.v6 ?? peer(peers6)) : (other?.v4 ?? peer(peers4))
      const server = SERVER_PORTS[below(SERVER_PORTS.length)]
      const client = 32_768 + below(28_232)
      const ends = random() < 0.5 ? `${mine} ${theirs} ${client} ${server}` : `${theirs} ${mine} ${server} ${client}`
      const packets = Math.ceil(Math.exp(random() * 7))
      const bytes = packets * (40 + below(1460))
      const protocol = server === 53 || server === 123 ? 17 : 6
      const action = random() < 0.08 ? 'REJECT' : 'ACCEPT'
      text += `2 ${own.account} ${own.id} ${ends} ${protocol} ${packets} ${bytes} ${start} ${end} ${action} OK\n`
    }
    if (record % CHUNK_RECORDS === CHUNK_RECORDS - 1) {
      yield Buffer.from(text, 'latin1')
      text = ''
    }
  }
  yield Buffer.from(text, 'latin1')
}

function hex(below, digits) {
  let text = ''
  for (let digit = 0; digit < digits; digit += 1) text += (1 + below(15)).toString(16)
  return text
}

/** Tommy Ettinger's mulberry32, public domain: a small seeded generator. */
function mulberry32(seed) {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}
