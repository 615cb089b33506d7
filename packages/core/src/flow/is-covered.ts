import type { FlowLog, NetworkInterface } from '../topology/topology.ts'

/** Whether a flow log has records of an ENI: its own, or that of its subnet or VPC. Those of transit gateways have none of ENIs. */
export function isCovered({ resource }: FlowLog, { id, subnet, vpc }: NetworkInterface): boolean {
  switch (resource.kind) {
    case 'vpc':
      return resource.vpc.id === vpc.id
    case 'subnet':
      return resource.subnet.id === subnet.id
    case 'network-interface':
      return resource.networkInterface.id === id
    case 'transit-gateway':
    case 'transit-gateway-attachment':
      return false
  }
}
