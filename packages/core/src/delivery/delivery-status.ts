import { DELIVERY_ERROR_MESSAGES } from './delivery-assumptions.ts'
import type { LogDeliveryError } from './log-sinks.ts'

/** What DescribeFlowLogs says of a flow log's deliveries (EC2 API, FlowLog). */
export interface FlowLogDeliveryStatus {
  readonly flowLogStatus: 'ACTIVE'
  readonly deliverLogsStatus: 'SUCCESS' | 'FAILED'
  readonly deliverLogsErrorMessage?: 'Access error' | 'Rate limited' | 'Unknown error'
}

/** Status of a flow log whose last delivery was made, or that has made none. */
export const DELIVERY_SUCCESS: FlowLogDeliveryStatus = { flowLogStatus: 'ACTIVE', deliverLogsStatus: 'SUCCESS' }

/** Status of a flow log whose last delivery was refused. */
export function failedDelivery({ code }: LogDeliveryError): FlowLogDeliveryStatus {
  return {
    flowLogStatus: 'ACTIVE',
    deliverLogsStatus: 'FAILED',
    deliverLogsErrorMessage: DELIVERY_ERROR_MESSAGES[code],
  }
}
