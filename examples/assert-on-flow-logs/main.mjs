// A check for a pipeline: fails (exit code 1) when anything but HTTPS was let in from outside of the VPC: node main.mjs LOGS…
import { EmbeddedEngine, InMemoryCatalog, openFlowLogs } from '@flowtap/core/athena'

const UNEXPECTED = `
  SELECT srcaddr, dstaddr, dstport, sum(packets) AS packets
  FROM vpc_flow_logs
  WHERE action = 'ACCEPT'
    AND dstport < 1024 AND dstport <> 443
    AND NOT contains('172.31.0.0/16', try_cast(srcaddr AS ipaddress))
  GROUP BY 1, 2, 3
  ORDER BY 4 DESC`

const catalog = new InMemoryCatalog()
const { store } = await openFlowLogs({ paths: process.argv.slice(2), catalog })
const engine = new EmbeddedEngine({ catalog, store })
try {
  const result = await engine.execute(UNEXPECTED)
  const rows = await result.rows()
  for (const [source, destination, port, packets] of rows) {
    console.log(`${source} reached ${destination} on port ${port} with ${packets} packets`)
  }
  process.exitCode = rows.length === 0 ? 0 : 1
} finally {
  await engine.close()
}
