import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { EmbeddedEngine } from '../src/athena/engine.ts'
import { FolderStore } from '../src/athena/storage/folder-store.ts'

let root: string, engine: EmbeddedEngine
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'h5-'))
  const dir = join(root, 'b/AWSLogs/1/vpcflowlogs/us-west-2')
  for (const day of ['2021/10/25', '2021/10/26', '2021/10/27']) {
    await mkdir(join(dir, day), { recursive: true })
    const lines = [
      'version account-id',
      ...Array.from({ length: 100 }, (_, i) => `2 1 eni-1 10.0.1.${i} 54.246.214.20 ${i} 80 6 10 100 1 2 ACCEPT OK`),
      '2 1 eni-1 - - - - - - - 1 2 - NODATA',
    ]
    await writeFile(join(dir, day, 'a.log.gz'), gzipSync(lines.join('\n') + '\n'))
  }
  engine = new EmbeddedEngine({ store: new FolderStore({ root }), clock: () => Date.UTC(2022, 0, 1) })
})
afterAll(async () => {
  await engine.close()
  await rm(root, { recursive: true })
})
const q = async (sql: string) => {
  const r = await engine.execute(sql)
  const rows = await r.rows()
  return { rows, stats: r.statistics, issues: r.issues, cols: r.columns.map((c) => `${c.name}:${c.type}`) }
}
describe('e2e', () => {
  it('works', async () => {
    await q(
      `CREATE EXTERNAL TABLE IF NOT EXISTS vpc_flow_logs (version int, account string, interfaceid string, sourceaddress string, destinationaddress string, sourceport int, destinationport int, protocol int, numpackets int, numbytes bigint, starttime int, endtime int, action string, logstatus string, vpcid string) PARTITIONED BY (aws_region string, day string) ROW FORMAT DELIMITED FIELDS TERMINATED BY ' ' LOCATION 's3://b/AWSLogs/1/vpcflowlogs/us-west-2/' TBLPROPERTIES ("skip.header.line.count"="1","projection.enabled" = "true","projection.aws_region.type" = "enum","projection.aws_region.values" = "us-west-2","projection.day.type" = "date","projection.day.range" = "2021/01/01,NOW","projection.day.format" = "yyyy/MM/dd","storage.location.template" = "s3://b/AWSLogs/1/vpcflowlogs/\${aws_region}/\${day}")`,
    )
    for (const sql of [
      "SELECT * FROM vpc_flow_logs WHERE day > '2021/10/25' limit 2",
      'SELECT count(*) from vpc_flow_logs',
      'SELECT day, sourceaddress, destinationport, "$path", "$file_size", "$file_modified_time" FROM vpc_flow_logs WHERE sourceaddress=\'10.0.1.10\' and destinationport=80',
      'select action, sum(numbytes), count(*), approx_distinct(sourceaddress) from vpc_flow_logs group by 1 order by 1',
      "explain select action, sum(numbytes) s from vpc_flow_logs where day='2021/10/26' group by 1 order by 2 limit 3",
      'show tables',
      "show functions like 'substr%'",
      'select 1/0',
      'values 1, 2',
    ]) {
      try {
        const r = await q(sql)
        console.log(
          sql,
          '\n',
          JSON.stringify(r.cols),
          '\n',
          r.rows
            .slice(0, 20)
            .map((x) => JSON.stringify(x))
            .join('\n '),
          JSON.stringify(r.stats),
          r.issues,
        )
      } catch (e) {
        console.log(sql, e)
      }
    }
  })
})
