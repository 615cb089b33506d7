// Who was refused most often? Streams the records of files, folders or globs: node main.mjs PATH…
import { parseFlowLogs } from '@flowtap/parser'

const refused = new Map()
const records = parseFlowLogs(
  { paths: process.argv.slice(2) },
  {
    fields: ['srcaddr', 'dstport', 'action'],
    onIssue: (issue) => console.error(`${issue.file}:${issue.line ?? ''} ${issue.message}`),
  },
)
for await (const { srcaddr, dstport, action } of records) {
  if (action !== 'REJECT') continue
  const target = `${srcaddr} → port ${dstport}`
  refused.set(target, (refused.get(target) ?? 0) + 1)
}

const busiest = [...refused].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).slice(0, 10)
for (const [target, count] of busiest) console.log(`${count}\t${target}`)
