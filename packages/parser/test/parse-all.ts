import {
  type FlowLogSource,
  type ParseFlowLogsOptions,
  type ParseSummary,
  parseFlowLogs,
} from '../src/parse-flow-logs.ts'
import type { ParseIssue } from '../src/parse-issue.ts'
import type { FlowLogRecord } from '../src/record.ts'

export interface ParsedAll {
  readonly records: FlowLogRecord[]
  readonly issues: ParseIssue[]
}

/** All records and issues of a source. */
export async function parseAll(source: FlowLogSource, options: ParseFlowLogsOptions = {}): Promise<ParsedAll> {
  const { records, issues } = await parseWithSummary(source, options)
  return { records, issues }
}

/** The same with the summary. Fails where that does not agree with them. */
export async function parseWithSummary(
  source: FlowLogSource,
  options: ParseFlowLogsOptions = {},
): Promise<ParsedAll & { readonly summary: ParseSummary }> {
  const records: FlowLogRecord[] = []
  const issues: ParseIssue[] = []
  const parsed = parseFlowLogs(source, { ...options, onIssue: (issue) => issues.push(issue) })
  for await (const record of parsed) records.push(record)
  const { summary } = parsed
  if (summary.records !== records.length || summary.issues !== issues.length) {
    throw new Error(`the summary does not agree with what was given: ${JSON.stringify(summary)}`)
  }
  return { records, issues, summary }
}
