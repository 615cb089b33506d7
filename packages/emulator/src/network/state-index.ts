import type { AutoScalingGroupDesign } from '@flowtap/core'
import type {
  AddressRow,
  EgressOnlyInternetGatewayRow,
  InternetGatewayRow,
  NetworkAclRow,
  NetworkInterfaceRow,
  RouteTableRow,
  SecurityGroupRow,
  SecurityGroupRuleRow,
  SubnetRow,
} from '../services/ec2/ec2-rows.ts'
import type { Ec2Tables } from '../services/ec2/ec2-tables.ts'
import { groupReachOf } from '../services/ec2/vpc-reach.ts'
import type { DesignOfOthers } from './design-of-others.ts'

/** ENIs that gateways, endpoints and balancers have: a design makes them with their owner. */
const MADE_WITH_OWNER: ReadonlySet<string> = new Set([
  'nat_gateway',
  'network_load_balancer',
  'gateway_load_balancer',
  'gateway_load_balancer_endpoint',
  'transit_gateway',
  'vpc_endpoint',
])

/** EC2's tables by what the projection asks of them; made for one projection. */
export class StateIndex {
  readonly tables: Ec2Tables
  readonly others: DesignOfOthers
  /** ENIs by instance, in the order of their device indexes. */
  readonly interfacesByInstance: ReadonlyMap<string, readonly NetworkInterfaceRow[]>
  readonly autoScalingGroups: Readonly<Record<string, AutoScalingGroupDesign>>
  readonly #subnets = new Map<string, SubnetRow[]>()
  readonly #routeTables = new Map<string, RouteTableRow[]>()
  readonly #groups = new Map<string, SecurityGroupRow[]>()
  readonly #rules = new Map<string, SecurityGroupRuleRow[]>()
  readonly #acls = new Map<string, NetworkAclRow[]>()
  readonly #tableOfSubnet = new Map<string, RouteTableRow>()
  readonly #tableOfGateway = new Map<string, RouteTableRow>()
  readonly #mainTables = new Map<string, RouteTableRow>()
  readonly #aclOfSubnet = new Map<string, NetworkAclRow>()
  readonly #gateways = new Map<string, InternetGatewayRow>()
  readonly #egressOnly = new Map<string, EgressOnlyInternetGatewayRow>()
  readonly #elastic = new Map<string, AddressRow>()

  readonly #managedLists: ReadonlyMap<string, string>

  constructor(tables: Ec2Tables, others: DesignOfOthers, managedLists: ReadonlyMap<string, string>) {
    this.tables = tables
    this.#managedLists = managedLists
    this.others = others
    for (const row of tables.subnets.values()) push(this.#subnets, row.vpcId, row)
    for (const row of tables.securityGroups.values()) push(this.#groups, row.vpcId, row)
    for (const row of tables.securityGroupRules.values()) push(this.#rules, row.groupId, row)
    for (const row of tables.routeTables.values()) {
      push(this.#routeTables, row.vpcId, row)
      for (const { main, subnetId, gatewayId } of row.associations) {
        if (main) this.#mainTables.set(row.vpcId, row)
        if (subnetId !== undefined) this.#tableOfSubnet.set(subnetId, row)
        if (gatewayId !== undefined) this.#tableOfGateway.set(gatewayId, row)
      }
    }
    for (const row of tables.networkAcls.values()) {
      push(this.#acls, row.vpcId, row)
      for (const { subnetId } of row.associations) this.#aclOfSubnet.set(subnetId, row)
    }
    for (const row of tables.internetGateways.values()) if (row.vpcId !== undefined) this.#gateways.set(row.vpcId, row)
    for (const row of tables.egressOnlyInternetGateways.values()) this.#egressOnly.set(row.vpcId, row)
    for (const row of tables.addresses.values()) {
      const at = row.association
      if (at) this.#elastic.set(`${at.networkInterfaceId} ${at.privateIpAddress}`, row)
    }
    const attached = new Map<string, NetworkInterfaceRow[]>()
    for (const row of tables.networkInterfaces.values()) {
      const id = row.attachment?.instanceId
      if (id !== undefined) push(attached, id, row)
    }
    for (const rows of attached.values()) {
      rows.sort((one, other) => (one.attachment?.deviceIndex ?? 0) - (other.attachment?.deviceIndex ?? 0))
    }
    this.interfacesByInstance = attached
    const groups: Record<string, AutoScalingGroupDesign> = {}
    for (const { autoScalingGroupName: name } of tables.instances.values()) if (name !== undefined) groups[name] = {}
    this.autoScalingGroups = groups
  }

  tagsOf(id: string): Readonly<Record<string, string>> {
    return this.tables.tags.get(id)?.tags ?? {}
  }

  subnetsOf(vpcId: string): readonly SubnetRow[] {
    return this.#subnets.get(vpcId) ?? []
  }

  routeTablesOf(vpcId: string): readonly RouteTableRow[] {
    return this.#routeTables.get(vpcId) ?? []
  }

  groupsOf(vpcId: string): readonly SecurityGroupRow[] {
    return this.#groups.get(vpcId) ?? []
  }

  rulesOf(groupId: string): readonly SecurityGroupRuleRow[] {
    return this.#rules.get(groupId) ?? []
  }

  aclsOf(vpcId: string): readonly NetworkAclRow[] {
    return this.#acls.get(vpcId) ?? []
  }

  tableOfSubnet(subnetId: string): RouteTableRow | undefined {
    return this.#tableOfSubnet.get(subnetId)
  }

  tableOfGateway(gatewayId: string): RouteTableRow | undefined {
    return this.#tableOfGateway.get(gatewayId)
  }

  mainTableOf(vpcId: string): RouteTableRow | undefined {
    return this.#mainTables.get(vpcId)
  }

  aclOfSubnet(subnetId: string): NetworkAclRow | undefined {
    return this.#aclOfSubnet.get(subnetId)
  }

  internetGatewayOf(vpcId: string): InternetGatewayRow | undefined {
    return this.#gateways.get(vpcId)
  }

  egressOnlyGatewayOf(vpcId: string): EgressOnlyInternetGatewayRow | undefined {
    return this.#egressOnly.get(vpcId)
  }

  /** The public address of an ENI's private one, where an internet gateway makes something of it. */
  publicIpOf(row: NetworkInterfaceRow, privateIpAddress: string): string | undefined {
    if (!this.#gateways.has(row.vpcId)) return undefined
    const elastic = this.#elastic.get(`${row.networkInterfaceId} ${privateIpAddress}`)
    return (
      elastic?.publicIp ?? row.privateIpAddresses.find((each) => each.privateIpAddress === privateIpAddress)?.publicIp
    )
  }

  /** How ENIs, endpoints and rules name a group: the VPC's default one has a name of its own in designs. */
  groupName(groupId: string): string {
    const vpcId = this.tables.securityGroups.get(groupId)?.vpcId
    const isDefault = vpcId !== undefined && this.tables.vpcs.get(vpcId)?.defaultSecurityGroupId === groupId
    return isDefault ? `${vpcId}/default` : groupId
  }

  /** How a rule names a group: by its id alone, which makes it a stale rule, where nothing connects the two VPCs any more. */
  referencedGroupName(rule: SecurityGroupRuleRow, groupId: string): string {
    const own = this.tables.securityGroups.get(rule.groupId)?.vpcId
    const other = this.tables.securityGroups.get(groupId)?.vpcId
    if (own === undefined || other === undefined || own === other) return this.groupName(groupId)
    const reach = groupReachOf(this.tables, own, other)
    const isReached = reach === 'peering' || (reach === 'transit-gateway' && !rule.isEgress)
    return isReached ? this.groupName(groupId) : groupId
  }

  /** How rules and routes name a prefix list: AWS's own have their names in designs, a customer's its id. */
  prefixListName(id: string): string {
    return this.tables.prefixLists.has(id) ? id : (this.#managedLists.get(id) ?? id)
  }

  /** The name of the balancer with an ARN in the design; undefined where there is none. */
  balancerName(kind: 'loadBalancers' | 'gatewayLoadBalancers', arn: string): string | undefined {
    return Object.entries(this.others[kind] ?? {}).find(([, { id }]) => id === arn)?.[0]
  }

  /** Whether an ENI stands in the design by itself: attached to an instance that is there, or a service's own. */
  isInDesign(networkInterfaceId: string): boolean {
    const row = this.tables.networkInterfaces.get(networkInterfaceId)
    if (!row || MADE_WITH_OWNER.has(row.interfaceType)) return false
    const instanceId = row.attachment?.instanceId
    return row.requesterManaged || (instanceId !== undefined && this.tables.instances.has(instanceId))
  }

  /** Whether an ENI is in the network at all, by itself or with its owner. */
  isInNetwork(networkInterfaceId: string): boolean {
    const row = this.tables.networkInterfaces.get(networkInterfaceId)
    return row !== undefined && (MADE_WITH_OWNER.has(row.interfaceType) || this.isInDesign(networkInterfaceId))
  }
}

function push<Row>(map: Map<string, Row[]>, key: string, row: Row): void {
  const known = map.get(key)
  if (known) known.push(row)
  else map.set(key, [row])
}
