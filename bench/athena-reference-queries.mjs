// The reference article's table and four SELECTs through EmbeddedEngine, beside DuckDB queries tuned by hand over the same
// 5 million records in 288 .log.gz objects: a typed read_csv that trusts its input, the same number of threads, rows fetched
// chunk by chunk. The two take turns within each round, and the medians count: of the rounds, and of several turns per round
// where one takes milliseconds. Processor time is printed beside it, as the ratio of times moves with the machine's load.
import { mkdirSync, writeFileSync } from 'node:fs'
import { availableParallelism, cpus } from 'node:os'
import { fileURLToPath } from 'node:url'
import { DuckDBInstance } from '@duckdb/node-api'
import { EmbeddedEngine, FolderStore } from '@flowtap/core/athena'
import { ACCOUNT, BUCKET, DAYS, flowLogBucket, OBJECTS_PER_DAY, REGION } from './lib/flow-log-bucket.mjs'

const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 5)
const RECORDS = Number(process.env.BENCH_RECORDS ?? 5_000_000)
const THREADS = Number(process.env.BENCH_THREADS ?? availableParallelism())
const MOST_TIMES_DUCKDB = 1.1

const root = flowLogBucket(RECORDS)
const location = `s3://${BUCKET}/AWSLogs/${ACCOUNT}/vpcflowlogs/${REGION}/`
const CREATE_TABLE = `CREATE EXTERNAL TABLE IF NOT EXISTS vpc_flow_logs (
  version int, account string, interfaceid string, sourceaddress string, destinationaddress string, sourceport int,
  destinationport int, protocol int, numpackets int, numbytes bigint, starttime int, endtime int, action string,
  logstatus string, vpcid string, subnetid string, instanceid string, tcpflags int, type string, pktsrcaddr string,
  pktdstaddr string, region string, azid string, sublocationtype string, sublocationid string, pktsrcawsservice string,
  pktdstawsservice string, flowdirection string, trafficpath string
)
PARTITIONED BY (aws_region string, day string)
ROW FORMAT DELIMITED
FIELDS TERMINATED BY ' '
LOCATION '${location}'
TBLPROPERTIES (
  "skip.header.line.count"="1", "projection.enabled" = "true", "projection.aws_region.type" = "enum",
  "projection.aws_region.values" = "${REGION}", "projection.day.type" = "date",
  "projection.day.range" = "2021/01/01,NOW", "projection.day.format" = "yyyy/MM/dd",
  "storage.location.template" = "${location.slice(0, -REGION.length - 1)}\${aws_region}/\${day}"
)`

const COLUMNS = `{version: 'INTEGER', account: 'VARCHAR', interfaceid: 'VARCHAR', sourceaddress: 'VARCHAR',
  destinationaddress: 'VARCHAR', sourceport: 'INTEGER', destinationport: 'INTEGER', protocol: 'INTEGER',
  numpackets: 'INTEGER', numbytes: 'BIGINT', starttime: 'INTEGER', endtime: 'INTEGER', action: 'VARCHAR',
  logstatus: 'VARCHAR'}`
const folder = `${root}${BUCKET}/AWSLogs/${ACCOUNT}/vpcflowlogs/${REGION}/`
function readCsv(days) {
  const files = days.map((day) => `'${folder}${day}/*.log.gz'`)
  return `read_csv([${files.join(', ')}], columns = ${COLUMNS}, delim = ' ', header = true, auto_detect = false,
    quote = '', escape = '', nullstr = '-', filename = true)`
}
const DAY = `regexp_extract(filename, '(\\d{4}/\\d{2}/\\d{2})/[^/]*$', 1) AS day`
const tuned = (where, days = DAYS) => `SELECT * EXCLUDE (filename), ${DAY} FROM ${readCsv(days)} ${where}`

const ALL_OBJECTS = DAYS.length * OBJECTS_PER_DAY
const QUERIES = [
  {
    name: 'day > … limit 20',
    sql: "SELECT * FROM vpc_flow_logs WHERE day > '2021/10/25' limit 20;",
    tuned: tuned('LIMIT 20', DAYS.slice(1)),
    objects: 2 * OBJECTS_PER_DAY,
    turns: 10,
  },
  {
    name: 'sourceaddress',
    sql: "SELECT * FROM vpc_flow_logs WHERE sourceaddress='10.0.1.101';",
    tuned: tuned("WHERE sourceaddress = '10.0.1.101'"),
    objects: ALL_OBJECTS,
  },
  {
    name: 'destinationaddress',
    sql: "SELECT * FROM vpc_flow_logs WHERE destinationaddress='54.246.214.20';",
    tuned: tuned("WHERE destinationaddress = '54.246.214.20'"),
    objects: ALL_OBJECTS,
  },
  {
    name: 'sourceaddress and port',
    sql: "SELECT * FROM vpc_flow_logs WHERE sourceaddress='10.0.1.101' AND destinationport=80;",
    tuned: tuned("WHERE sourceaddress = '10.0.1.101' AND destinationport = 80"),
    objects: ALL_OBJECTS,
  },
]

const engine = new EmbeddedEngine({
  store: new FolderStore({ root }),
  clock: () => Date.UTC(2021, 10, 1),
  threads: THREADS,
})
await (await engine.execute(CREATE_TABLE)).close()
const instance = await DuckDBInstance.create(':memory:', { threads: String(THREADS) })
const connection = await instance.connect()

// A day opens the day's objects, all of them and no other.
const dayResult = await engine.execute(`SELECT count(*) FROM vpc_flow_logs WHERE day = '${DAYS[1]}'`)
await dayResult.rows()
if (dayResult.statistics.objectsOpened !== OBJECTS_PER_DAY) {
  throw new Error(`one day opened ${dayResult.statistics.objectsOpened} objects, it has ${OBJECTS_PER_DAY}`)
}

async function runEngine({ sql, name, objects }) {
  const result = await engine.execute(sql)
  let rows = 0
  for await (const batch of result.textBatches()) rows += batch.length
  if (result.issues.length > 0) throw new Error(`${name}: issues in a bucket that has none`)
  const { objectsOpened, objectsTotal } = result.statistics
  if (objectsTotal !== ALL_OBJECTS || objectsOpened > objects) {
    throw new Error(`${name}: ${objectsOpened} of ${objectsTotal} objects opened, ${objects} lie in the days asked for`)
  }
  return { rows, objectsOpened }
}

async function runTuned(query) {
  const result = await connection.stream(query.tuned)
  let rows = 0
  for (let chunk = await result.fetchChunk(); chunk && chunk.rowCount > 0; chunk = await result.fetchChunk()) {
    rows += chunk.getRows().length
  }
  return { rows }
}

async function measure(run, query) {
  const cpuBefore = process.cpuUsage()
  const started = performance.now()
  const outcome = await run(query)
  const seconds = (performance.now() - started) / 1000
  const { user, system } = process.cpuUsage(cpuBefore)
  return { ...outcome, seconds, cpuSeconds: (user + system) / 1_000_000 }
}

const runs = QUERIES.map(() => ({ engine: [], tuned: [] }))
for (let round = 0; round <= ROUNDS; round += 1) {
  for (const [index, query] of QUERIES.entries()) {
    process.stderr.write(`round ${round} of ${ROUNDS}: ${query.name}\n`)
    const sides = { engine: () => measure(runEngine, query), tuned: () => measure(runTuned, query) }
    for (let turn = 0; turn < (query.turns ?? 1); turn += 1) {
      const measured = {}
      const order = (round + turn) % 2 === 0 ? ['engine', 'tuned'] : ['tuned', 'engine']
      for (const side of order) measured[side] = await sides[side]()
      if (measured.engine.rows !== measured.tuned.rows) {
        throw new Error(`${query.name}: ${measured.engine.rows} rows, DuckDB gives ${measured.tuned.rows}`)
      }
      // The first round warms the file system's cache.
      if (round > 0) for (const side of ['engine', 'tuned']) runs[index][side].push(measured[side])
    }
  }
}
await engine.close()
connection.closeSync()
instance.closeSync()

const median = (values, key) =>
  values.map((value) => value[key]).toSorted((a, b) => a - b)[Math.floor(values.length / 2)]
const results = QUERIES.map(({ name, sql }, index) => {
  const { engine: own, tuned: peer } = runs[index]
  const seconds = median(own, 'seconds')
  const tunedSeconds = median(peer, 'seconds')
  const cpuRatio = median(own, 'cpuSeconds') / median(peer, 'cpuSeconds')
  return { name, sql, ...own[0], seconds, tunedSeconds, ratio: seconds / tunedSeconds, cpuRatio }
})
console.log(
  `${RECORDS} records in ${ALL_OBJECTS} objects; ${cpus()[0]?.model}, ${THREADS} threads, Node ${process.version}; ` +
    `medians of ${ROUNDS} rounds`,
)
for (const { name, rows, objectsOpened, seconds, tunedSeconds, ratio, cpuRatio } of results) {
  console.log(
    `  ${ratio <= MOST_TIMES_DUCKDB ? 'kept  ' : 'BROKEN'} ${name.padEnd(24)} ${ratio.toFixed(2)} x ` +
      `(engine ${seconds.toFixed(3)} s, DuckDB ${tunedSeconds.toFixed(3)} s; processor time ${cpuRatio.toFixed(2)} x; ` +
      `${rows} rows, ${objectsOpened} objects opened; ` +
      `promised at most ${MOST_TIMES_DUCKDB} x)`,
  )
}
mkdirSync(fileURLToPath(new URL('results', import.meta.url)), { recursive: true })
writeFileSync(
  new URL('results/athena-reference-queries.json', import.meta.url),
  `${JSON.stringify({ records: RECORDS, rounds: ROUNDS, threads: THREADS, most: MOST_TIMES_DUCKDB, results, runs }, null, 2)}\n`,
)
if (results.some(({ ratio }) => ratio > MOST_TIMES_DUCKDB)) process.exitCode = 1
