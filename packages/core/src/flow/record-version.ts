import { flowLogField } from '@flowtap/parser'
import type { FlowLog } from '../topology/topology.ts'

/** The highest version among a flow log's fields, at least 2: what the field `version` shows. */
export function highestVersion({ logFormat }: Pick<FlowLog, 'logFormat'>): number {
  return Math.max(2, ...logFormat.map((field) => flowLogField(field)?.version ?? 0))
}
