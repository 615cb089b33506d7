import { type Design, DesignError, type FlowLog, resolveDesign } from '@flowtap/core'
import type { FlowLogRow } from '../services/ec2/ec2-rows.ts'
import { designRefusal } from './design-refusal.ts'

/** What of a flow log can be checked without what it logs. */
export type FlowLogParts = Partial<Omit<FlowLogRow, 'flowLogId' | 'resourceId' | 'createMilliseconds'>>

const NAME = 'flow-log'

/**
 * A flow log with its format and destination in full, whatever it logs: flow logs of ENIs that are not in the network yet are checked like
 * all others. @throws ServiceError with EC2's code.
 */
export function resolveFlowLogAlone(kind: 'vpc' | 'transitGateway', parts: FlowLogParts): FlowLog {
  const { deliverLogsPermissionArn: _, deliverCrossAccountRole: __, ...own } = parts
  const design: Design = {
    vpcs: { vpc: { cidrBlocks: ['10.0.0.0/16'] } },
    ...(kind === 'transitGateway' && { transitGateways: { transitGateway: {} } }),
    flowLogs: { [NAME]: { [kind]: kind, ...own } },
  }
  try {
    return resolveDesign(design).flowLogs[0] as FlowLog
  } catch (error) {
    throw error instanceof DesignError ? designRefusal(error) : error
  }
}
