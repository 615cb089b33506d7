import type { Ec2Context } from './ec2-context.ts'
import type { VpcRow } from './ec2-rows.ts'
import { makeSubnet, makeVpc } from './vpc-parts.ts'
import { zonesOf } from './zones.ts'

/** Of a default VPC. Source: VPC user guide, "Default VPC components". */
const DEFAULT_VPC_BLOCK = '172.31.0.0/16'

/** Sets a new account up, once: its DHCP options and its default VPC. */
export function setUpAccount(context: Ec2Context): void {
  const { tables, ids } = context
  if (tables.account.has('account')) return
  tables.account.put('account', { defaultDhcpOptionsId: ids.next('dopt') })
  makeDefaultVpc(context)
}

/**
 * A default VPC: 172.31.0.0/16 with DNS host names, a default subnet of /20 in each zone, an internet gateway, and a route to it.
 * Source: VPC user guide, "Default VPC components".
 */
export function makeDefaultVpc(context: Ec2Context): VpcRow {
  const { tables, ids, region } = context
  const vpc = makeVpc(context, { cidrBlock: DEFAULT_VPC_BLOCK, isDefault: true, enableDnsHostnames: true })
  for (const zone of zonesOf(region)) makeDefaultSubnet(context, vpc, zone.name)
  const internetGatewayId = ids.next('igw')
  tables.internetGateways.put(internetGatewayId, { internetGatewayId, vpcId: vpc.vpcId })
  for (const table of tables.routeTables.values()) {
    if (table.vpcId !== vpc.vpcId) continue
    const routes = [{ destinationCidrBlock: '0.0.0.0/0', targetId: internetGatewayId }]
    tables.routeTables.put(table.routeTableId, { ...table, routes })
  }
  return vpc
}

/** A default subnet of a zone: the first /20 of the default VPC that is free. */
export function makeDefaultSubnet(context: Ec2Context, vpc: VpcRow, availabilityZone: string): string {
  const taken = new Set([...context.tables.subnets.values()].map((row) => row.vpcId === vpc.vpcId && row.cidrBlock))
  let place = 0
  while (taken.has(`172.31.${place * 16}.0/20`)) place++
  const cidrBlock = `172.31.${place * 16}.0/20`
  return makeSubnet(context, { vpcId: vpc.vpcId, availabilityZone, cidrBlock, isDefaultForAz: true }).subnetId
}
