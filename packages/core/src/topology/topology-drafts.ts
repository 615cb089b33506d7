import { makeResourceId, type ResourceIdKind } from '../aws/resource-id.ts'
import type { PlannedAddresses } from '../design/address-plan.ts'
import type { Entry, RouteTableEntry, SecurityGroupEntry, VpcEntry } from '../design/design-entry.ts'
import type { DesignIndex } from '../design/design-index.ts'
import { type InterfacePlan, instanceInterfaceName } from '../design/interface-plan.ts'
import { CidrBlock } from '../net/cidr-block.ts'
import type { Draft } from './draft.ts'
import type {
  EgressOnlyInternetGateway,
  GatewayEndpoint,
  GatewayLoadBalancer,
  GatewayLoadBalancerEndpoint,
  Instance,
  InterfaceEndpoint,
  InternetGateway,
  MirrorFilter,
  MirrorTarget,
  NatGateway,
  NetworkAcl,
  NetworkInterface,
  NetworkLoadBalancer,
  PeeringConnection,
  PrefixList,
  Resource,
  RouteTable,
  SecurityGroup,
  Subnet,
  TargetGroup,
  TransitGateway,
  TransitGatewayAttachment,
  Vpc,
} from './topology.ts'

/** The parts of a topology by their names, while it is being made. */
export class TopologyDrafts {
  readonly index: DesignIndex
  readonly plans: readonly InterfacePlan[]
  readonly addresses: ReadonlyMap<InterfacePlan, PlannedAddresses>
  readonly vpcs: Map<string, Draft<Vpc>> = new Map()
  readonly internetGateways: Map<string, Draft<InternetGateway>> = new Map()
  readonly egressOnlyInternetGateways: Map<string, Draft<EgressOnlyInternetGateway>> = new Map()
  readonly subnets: Map<string, Draft<Subnet>> = new Map()
  readonly routeTables: Map<string, Draft<RouteTable>> = new Map()
  readonly networkAcls: Map<string, Draft<NetworkAcl>> = new Map()
  readonly securityGroups: Map<string, Draft<SecurityGroup>> = new Map()
  readonly prefixLists: Map<string, Draft<PrefixList>> = new Map()
  readonly instances: Map<string, Draft<Instance>> = new Map()
  readonly interfaces: Map<string, Draft<NetworkInterface>> = new Map()
  readonly natGateways: Map<string, Draft<NatGateway>> = new Map()
  readonly transitGateways: Map<string, Draft<TransitGateway>> = new Map()
  readonly attachments: Map<string, Draft<TransitGatewayAttachment>> = new Map()
  readonly peeringConnections: Map<string, Draft<PeeringConnection>> = new Map()
  readonly gatewayEndpoints: Map<string, Draft<GatewayEndpoint>> = new Map()
  readonly interfaceEndpoints: Map<string, Draft<InterfaceEndpoint>> = new Map()
  readonly loadBalancers: Map<string, Draft<NetworkLoadBalancer>> = new Map()
  readonly gatewayLoadBalancers: Map<string, Draft<GatewayLoadBalancer>> = new Map()
  readonly gatewayLoadBalancerEndpoints: Map<string, Draft<GatewayLoadBalancerEndpoint>> = new Map()
  readonly targetGroups: Map<string, Draft<TargetGroup>> = new Map()
  readonly mirrorFilters: Map<string, Draft<MirrorFilter>> = new Map()
  readonly mirrorTargets: Map<string, Draft<MirrorTarget>> = new Map()
  readonly #blocks = new Map<string, CidrBlock>()

  constructor(
    index: DesignIndex,
    plans: readonly InterfacePlan[],
    addresses: ReadonlyMap<InterfacePlan, PlannedAddresses>,
  ) {
    this.index = index
    this.plans = plans
    this.addresses = addresses
  }

  /** Id, name and tags of a named thing. */
  resource(kind: ResourceIdKind, entry: Entry<{ readonly id?: string; readonly tags?: Resource['tags'] }>): Resource {
    const { name, value } = entry
    return { id: value.id ?? this.makeId(kind, name), name, tags: { ...value.tags } }
  }

  /** An id made of a name. */
  makeId(kind: ResourceIdKind, name: string): string {
    return makeResourceId(this.index, kind, name)
  }

  /** A block from its text, one object for each text. */
  block(text: string): CidrBlock {
    let block = this.#blocks.get(text)
    if (!block) {
      block = CidrBlock.of(text)
      this.#blocks.set(text, block)
    }
    return block
  }

  /** An ENI by its own name, or an instance's primary ENI by the instance's name. */
  interfaceNamed(name: string): Draft<NetworkInterface> {
    const own = this.interfaces.get(name)
    if (own) return own
    const instance = this.index.instances.get(name)
    const [first = instanceInterfaceName(name)] = instance?.value.networkInterfaces ?? []
    return must(this.interfaces.get(first), `network interface ${name}`)
  }

  securityGroup(name: string, vpc: VpcEntry): Draft<SecurityGroup> {
    return must(this.securityGroups.get(groupName(this.index.securityGroup(name, vpc), name)), `security group ${name}`)
  }

  /** The table that a VPC's subnets have unless they name another. */
  mainRouteTable(vpc: VpcEntry): Draft<RouteTable> {
    const main = this.index.routeTablesOf(vpc).find((table: RouteTableEntry) => table.isMain)
    return must(this.routeTables.get(main?.name ?? ''), `main route table of ${vpc.name}`)
  }
}

function groupName(entry: SecurityGroupEntry | undefined, name: string): string {
  return entry?.name ?? name
}

/** A part that a checked design has for certain. */
export function must<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw new Error(`the design was checked, but it has no ${what}`)
  return value
}
