import type { FlowLog, Topology } from '../topology/topology.ts'
import { AwsServiceLookup } from './aws-service-lookup.ts'
import type { RecordContext } from './field-source.ts'
import type { FlowRow, TransitGatewayRow } from './flow-row.ts'
import { VPC_FIELDS } from './record-fields.ts'
import { RecordFormat } from './record-format.ts'
import { TRANSIT_GATEWAY_FIELDS } from './transit-gateway-fields.ts'

/** What the records of a topology's flow logs say besides the flow; made once for all of them. */
export function recordContext({ accountId, region, serviceRanges }: Topology): RecordContext {
  return { accountId, region, services: new AwsServiceLookup(serviceRanges) }
}

/**
 * The format of a flow log on a VPC, subnet or ENI.
 *
 * @throws RangeError where the flow log has a field of transit gateways.
 */
export function interfaceRecordFormat(flowLog: FlowLog, context: () => RecordContext): RecordFormat<FlowRow> {
  return new RecordFormat(flowLog, VPC_FIELDS, ({ networkInterface }) => networkInterface, context)
}

/**
 * The format of a flow log on a transit gateway or an attachment.
 *
 * @throws RangeError where the flow log has a field that their records do not have.
 */
export function transitGatewayRecordFormat(
  flowLog: FlowLog,
  context: () => RecordContext,
): RecordFormat<TransitGatewayRow> {
  return new RecordFormat(flowLog, TRANSIT_GATEWAY_FIELDS, () => undefined, context)
}
