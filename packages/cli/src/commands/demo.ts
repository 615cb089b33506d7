import { mkdir, readdir } from 'node:fs/promises'
import { join, relative, resolve } from 'node:path'
import { EmbeddedEngine, FolderStore, InMemoryCatalog, type QueryIssue, type ResultText } from '@flowtap/core/athena'
import { CREATE_DATABASE, CREATE_TABLE, DEMO_BUCKET, DEMO_DATABASE, SELECTS } from '../demo/reference-queries.ts'
import { type SampleFlowLogs, writeSampleFlowLogs } from '../demo/sample-flow-logs.ts'
import { EXIT_SUCCESS, UsageError } from '../exit-code.ts'
import { formatBytes, formatCount } from '../output/format-quantity.ts'
import { renderTextTable } from '../output/text-table.ts'
import type { Streams } from '../streams.ts'

/** The options of `flowtap demo`, as commander gives them. */
export interface DemoOptions {
  readonly seed: number
  readonly out: string
  readonly json?: boolean
}

interface QueryOutcome {
  readonly sql: string
  readonly rows: number
  readonly firstRows: readonly (readonly ResultText[])[]
  readonly columns: readonly string[]
  readonly objectsOpened: number
  readonly objectsTotal: number
  readonly bytesScanned: number
  readonly issues: readonly QueryIssue[]
  readonly millis: number
}

/** Makes three days of flow logs and runs the article's queries on them. */
export async function runDemo(options: DemoOptions, streams: Streams): Promise<number> {
  const root = resolve(streams.workingDirectory, options.out)
  await refuseForeignFolder(root, options.out)
  const print = (text: string): void => {
    if (!options.json) streams.stdout.write(`${text}\n`)
  }
  const sample = await writeSampleFlowLogs(root, options.seed)
  const place = relative(streams.workingDirectory, root) || '.'
  print(`Flow logs  ${describeSample(sample)}`)
  print(`           ${join(place, DEMO_BUCKET)}/AWSLogs/… (in place of s3://${DEMO_BUCKET}/)\n`)

  const engine = new EmbeddedEngine({
    catalog: new InMemoryCatalog(),
    store: new FolderStore({ root }),
    database: DEMO_DATABASE,
  })
  try {
    for (const statement of [CREATE_DATABASE, CREATE_TABLE]) await (await engine.execute(statement)).close()
    print('Table      vpc_flow_logs, created by the reference article’s query, with partition projection\n')
    const outcomes: QueryOutcome[] = []
    for (const sql of SELECTS) {
      const outcome = await measure(engine, sql)
      outcomes.push(outcome)
      print(describeOutcome(outcome, streams.stdout.columns ?? 120))
    }
    if (options.json) streams.stdout.write(`${JSON.stringify({ sample, queries: outcomes.map(stable) }, null, 2)}\n`)
    else {
      print('Ask your own question of these files:')
      print(
        `  npx --no-install flowtap query --logs ${place} "SELECT action, sum(bytes) FROM vpc_flow_logs GROUP BY 1"`,
      )
    }
    return EXIT_SUCCESS
  } finally {
    await engine.close()
  }
}

async function measure(engine: EmbeddedEngine, sql: string): Promise<QueryOutcome> {
  const startMillis = Date.now()
  const result = await engine.execute(sql)
  const rows = await result.rows()
  const { objectsOpened, objectsTotal, bytesScanned } = result.statistics
  return {
    sql,
    rows: rows.length,
    firstRows: rows.slice(0, 3),
    columns: result.columns.map((column) => column.name),
    objectsOpened,
    objectsTotal,
    bytesScanned,
    issues: result.issues,
    millis: Date.now() - startMillis,
  }
}

/** What the same seed gives again, so without the time. */
function stable({ millis: _millis, ...outcome }: QueryOutcome): Omit<QueryOutcome, 'millis'> {
  return outcome
}

function describeSample(sample: SampleFlowLogs): string {
  return [
    formatCount(sample.records, 'record'),
    `${formatCount(sample.objects, 'object')} over three days`,
    formatBytes(sample.bytes),
    `${sample.noData} NODATA, ${sample.skipData} SKIPDATA`,
    'one truncated gzip',
  ].join(' · ')
}

/** The columns that tell most; the other 23 are in the files. */
const SHOWN = ['sourceaddress', 'destinationaddress', 'destinationport', 'numpackets', 'numbytes', 'action', 'day']

function describeOutcome(outcome: QueryOutcome, width: number): string {
  const indexes = SHOWN.map((name) => outcome.columns.indexOf(name))
  const table = renderTextTable(
    SHOWN.map((name) => ({ name, align: /port|num/.test(name) ? 'right' : 'left' })),
    outcome.firstRows.map((row) => indexes.map((index) => row[index] ?? null)),
    width - 2,
  )
  const more = outcome.rows > outcome.firstRows.length ? `  … ${formatCount(outcome.rows, 'row')} in all\n` : ''
  const issues = outcome.issues.map(
    (issue) =>
      `  ! ${issue.object}${issue.line === undefined ? '' : ` line ${issue.line}`}: ${issue.code}: ${issue.message}\n`,
  )
  return [
    `athena> ${outcome.sql}`,
    `${table.replace(/^(?=.)/gm, '  ')}${more}${issues.join('')}  ${formatCount(outcome.rows, 'row')} · ${outcome.objectsOpened} of ${formatCount(outcome.objectsTotal, 'object')} opened · ${formatBytes(outcome.bytesScanned)} scanned · ${(outcome.millis / 1000).toFixed(2)} s`,
    '',
  ].join('\n')
}

/** A demo may overwrite its own folder, never another one. */
async function refuseForeignFolder(root: string, named: string): Promise<void> {
  await mkdir(root, { recursive: true })
  const foreign = (await readdir(root)).filter((entry) => entry !== DEMO_BUCKET)
  if (foreign.length > 0) {
    throw new UsageError(`${named} holds other files (${foreign[0]}, …); name an empty or new folder with --out`)
  }
}
