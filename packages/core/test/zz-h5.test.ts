import { it } from 'vitest'
import { DuckDbSession } from '../src/athena/duckdb/duckdb-session.ts'
import { EmbeddedEngine } from '../src/athena/engine.ts'
import { FolderStore } from '../src/athena/storage/folder-store.ts'

it('x', async () => {
  const orig = DuckDbSession.prototype.select
  DuckDbSession.prototype.select = async function (sql) {
    console.log(sql)
    const e = await this.connection.runAndReadAll('EXPLAIN ' + sql)
    console.log(e.getRows()[0]?.[1])
    return orig.call(this, sql)
  }
  const engine = new EmbeddedEngine({
    store: new FolderStore({ root: '/work/main/bench/.cache/bucket-5000000' }),
    clock: () => Date.UTC(2021, 10, 1),
    threads: 2,
  })
  await engine.execute(
    `CREATE EXTERNAL TABLE IF NOT EXISTS t (version int, sourceaddress string) PARTITIONED BY (aws_region string, day string) ROW FORMAT DELIMITED FIELDS TERMINATED BY ' ' LOCATION 's3://bench-flow-logs/AWSLogs/123456789010/vpcflowlogs/us-west-2/' TBLPROPERTIES ("skip.header.line.count"="1","projection.enabled" = "true","projection.aws_region.type" = "enum","projection.aws_region.values" = "us-west-2","projection.day.type" = "date","projection.day.range" = "2021/01/01,NOW","projection.day.format" = "yyyy/MM/dd","storage.location.template" = "s3://bench-flow-logs/AWSLogs/123456789010/vpcflowlogs/\${aws_region}/\${day}")`,
  )
  const r = await engine.execute("SELECT * FROM t WHERE day > '2021/10/25' limit 20")
  console.log((await r.rows()).length, r.statistics)
  await engine.close()
})
