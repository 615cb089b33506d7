import type { FlowLog, NetworkInterface, Topology } from '../topology/topology.ts'
import { COMBINED_LOG_STREAM_SUFFIX } from './delivery-assumptions.ts'

/**
 * Names of the log streams in CloudWatch Logs: the ENI's id and the flow log's traffic type in lower case. Flow logs of different traffic
 * types that cover an ENI and write to one log group share one combined stream (VPC user guide, "Publish flow logs to CloudWatch Logs").
 */
export class LogStreamNames {
  readonly #flowLogs: readonly FlowLog[]
  readonly #names = new Map<FlowLog, Map<NetworkInterface, string>>()

  constructor(topology: Topology) {
    this.#flowLogs = topology.flowLogs
  }

  /** The stream of an ENI's records in a flow log. */
  of(flowLog: FlowLog, networkInterface: NetworkInterface): string {
    let names = this.#names.get(flowLog)
    if (names === undefined) {
      names = new Map()
      this.#names.set(flowLog, names)
    }
    let name = names.get(networkInterface)
    if (name === undefined) {
      name = `${networkInterface.id}-${this.#suffix(flowLog, networkInterface)}`
      names.set(networkInterface, name)
    }
    return name
  }

  #suffix(flowLog: FlowLog, networkInterface: NetworkInterface): string {
    const { destination, trafficType } = flowLog
    const isCombined = this.#flowLogs.some(
      (other) =>
        other.trafficType !== trafficType &&
        destination.kind === 'cloud-watch-logs' &&
        other.destination.kind === 'cloud-watch-logs' &&
        other.destination.logGroupName === destination.logGroupName &&
        covers(other, networkInterface),
    )
    return isCombined ? COMBINED_LOG_STREAM_SUFFIX : trafficType.toLowerCase()
  }
}

function covers({ resource }: FlowLog, { id, subnet, vpc }: NetworkInterface): boolean {
  if (resource.kind === 'vpc') return resource.vpc.id === vpc.id
  if (resource.kind === 'subnet') return resource.subnet.id === subnet.id
  return resource.kind === 'network-interface' && resource.networkInterface.id === id
}
