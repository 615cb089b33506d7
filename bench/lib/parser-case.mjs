// One measurement of bench/parser.mjs in a process of its own: `node parser-case.mjs CASE PATH [REPEAT]`. Prints one line
// of JSON.
import { closeSync, createReadStream, openSync, readSync } from 'node:fs'
import { createGunzip } from 'node:zlib'

const CHUNK_BYTES = 1 << 20
const [name, path, repeat = '1'] = process.argv.slice(2)

const CASES = {
  /** The push parser over a file that is read in pieces. */
  kernel: () => pushFile('kernel'),
  typescript: () => pushFile('typescript'),
  /** The public function, over a plain or a gzip file. */
  columns: () => parseColumns({ paths: [path] }),
  /** The same over a file that is as long as `repeat` of them, of which only one is on the disk. */
  repeated: () => parseColumns(repeatedFile(Number(repeat))),
  /** What Node needs for decompression alone. */
  gunzip: gunzipAlone,
  duckdb: readWithDuckDb,
}

const run = CASES[name]
const { records, ...more } = await run()
const peakBytes = process.resourceUsage().maxRSS * 1024
console.log(JSON.stringify({ records, ...more, peakBytes }))

/** Wall time, and the time that all threads of the process together had a processor. */
async function timed(work) {
  const start = performance.now()
  const used = process.cpuUsage()
  const result = await work()
  const { user, system } = process.cpuUsage(used)
  return { seconds: (performance.now() - start) / 1000, cpuSeconds: (user + system) / 1e6, ...result }
}

async function pushFile(decoder) {
  const { FlowLogParser } = await import('@flowtap/parser')
  return timed(() => {
    let columns = 0
    const parser = new FlowLogParser({
      decoder,
      onBatch: (batch) => {
        columns = Math.max(columns, batch.columns.length)
      },
    })
    const file = openSync(path)
    const chunk = Buffer.allocUnsafe(CHUNK_BYTES)
    for (let count = readSync(file, chunk); count > 0; count = readSync(file, chunk))
      parser.push(chunk.subarray(0, count))
    closeSync(file)
    parser.end()
    const { records, issueLines, bytes } = parser.counts
    return { records, issues: issueLines, bytes, columns }
  })
}

async function parseColumns(source) {
  const { parseFlowLogColumns } = await import('@flowtap/parser')
  return timed(async () => {
    const batches = parseFlowLogColumns(source)
    let records = 0
    let columns = 0
    for await (const batch of batches) {
      records += batch.rowCount
      columns = Math.max(columns, batch.columns.length)
    }
    const { issues, textBytes } = batches.summary
    return { records, issues, bytes: textBytes, columns }
  })
}

async function* repeatedFile(times) {
  for (let time = 0; time < times; time += 1) yield* createReadStream(path)
}

function gunzipAlone() {
  return timed(async () => {
    let bytes = 0
    const stream = createReadStream(path, { highWaterMark: CHUNK_BYTES }).pipe(createGunzip({ chunkSize: CHUNK_BYTES }))
    for await (const chunk of stream) bytes += chunk.length
    return { records: 0, bytes }
  })
}

async function readWithDuckDb() {
  const { DuckDBInstance } = await import('@duckdb/node-api')
  const types = {
    version: 'INTEGER',
    'account-id': 'VARCHAR',
    'interface-id': 'VARCHAR',
    srcaddr: 'VARCHAR',
    dstaddr: 'VARCHAR',
    srcport: 'INTEGER',
    dstport: 'INTEGER',
    protocol: 'INTEGER',
    packets: 'BIGINT',
    bytes: 'BIGINT',
    start: 'BIGINT',
    end: 'BIGINT',
    action: 'VARCHAR',
    'log-status': 'VARCHAR',
  }
  const columns = Object.entries(types).map(([field, type]) => `'${field}': '${type}'`)
  const connection = await (await DuckDBInstance.create(':memory:', { threads: '1' })).connect()
  return timed(async () => {
    const result = await connection.stream(
      `SELECT * FROM read_csv('${path}', delim = ' ', header = true, nullstr = '-', quote = '', escape = '',
        auto_detect = false, columns = {${columns.join(', ')}})`,
    )
    let records = 0
    for (let chunk = await result.fetchChunk(); chunk && chunk.rowCount > 0; chunk = await result.fetchChunk()) {
      records += chunk.rowCount
    }
    return { records, columns: columns.length }
  })
}
