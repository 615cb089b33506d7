import type {
  BlockPublicAccessDesign,
  BlockPublicAccessExclusionDesign,
  Design,
  FlowLogDesign,
  PrefixListDesign,
  RouteDesign,
  TransitGatewayDesign,
  VpcDesign,
} from '@flowtap/core'
import fc from 'fast-check'
import { transitGatewayFlowLog } from './flow-log.ts'
import { type MirroringDraft, mirroring, mirroringParts } from './mirroring.ts'
import { EVERYWHERE, EVERYWHERE_IPV6, PREFIX_LISTS } from './security-rules.ts'
import { VPC_NAMES, type VpcPart, type VpcPartConstraints, vpcPart } from './vpc-part.ts'

/** Limits of {@link design}. */
export interface DesignConstraints extends VpcPartConstraints {
  /** 3 unless given, 1 to 9. */
  readonly maxVpcs?: number
  /** Instances in each VPC; 4 unless given. */
  readonly maxInstances?: number
  /** Whether a transit gateway or peering joins the VPCs, where there are several; true unless given. */
  readonly connectVpcs?: boolean
  /** Fields that every flow log of a VPC, subnet or ENI has; the default format and others unless given. */
  readonly logFields?: readonly string[]
}

/** How VPCs are joined. */
type Joint = 'none' | 'peering' | 'transit-gateway'

/** What is drawn of a transit gateway beside the VPCs that it joins. */
interface HubDraft {
  readonly applianceMode: boolean
  readonly securityGroupReferencingSupport: boolean
  readonly zones: number
  readonly hasBlackhole: boolean
  readonly gatewayLog: FlowLogDesign | undefined
  readonly attachmentLog: FlowLogDesign | undefined
}

/** Block Public Access with what is excluded from it: the first VPC, its first subnet, or nothing. */
interface BlockDraft {
  readonly mode: BlockPublicAccessDesign['internetGatewayBlockMode']
  readonly exclusion: 'none' | 'vpc' | 'subnet'
  readonly exclusionMode: BlockPublicAccessExclusionDesign['internetGatewayExclusionMode']
}

/**
 * A valid design of one to a few VPCs: public and private subnets in two zones with internet and NAT gateways, gateway and interface
 * endpoints, Network Load Balancers with services behind them, groups and ACLs with rules of all kinds, tracked and untracked, prefix lists,
 * instances of old and new types, ENIs of other services, several flow logs at all three scopes with formats and destinations of all kinds
 * that share a bucket, traffic mirroring, Block Public Access, and peering or a transit gateway with its own flow logs between the VPCs. It
 * shrinks to one VPC with one instance.
 */
export function design(constraints: DesignConstraints = {}): fc.Arbitrary<Design> {
  const { maxVpcs = 3, connectVpcs = true } = constraints
  return fc
    .integer({ min: 1, max: Math.min(maxVpcs, VPC_NAMES.length) })
    .chain((count) =>
      fc.record({
        parts: fc.tuple(...VPC_NAMES.slice(0, count).map((name, index) => vpcPart(name, index, constraints))),
        joint:
          connectVpcs && count > 1
            ? fc.constantFrom<Joint>('none', 'peering', 'transit-gateway')
            : fc.constant<Joint>('none'),
        hub: hub(),
        block: fc.option(block(), { nil: undefined, freq: 2 }),
        mirrors: mirroring(),
      }),
    )
    .map(({ parts, joint, hub, block, mirrors }) => assemble(parts, joint, hub, block, mirrors))
}

function hub(): fc.Arbitrary<HubDraft> {
  return fc.record({
    applianceMode: fc.boolean(),
    securityGroupReferencingSupport: fc.boolean(),
    zones: fc.integer({ min: 1, max: 2 }),
    hasBlackhole: fc.boolean(),
    gatewayLog: fc.option(transitGatewayFlowLog(), { nil: undefined }),
    attachmentLog: fc.option(transitGatewayFlowLog(), { nil: undefined }),
  })
}

function block(): fc.Arbitrary<BlockDraft> {
  return fc.record({
    mode: fc.constantFrom('off', 'block-ingress', 'block-bidirectional'),
    exclusion: fc.constantFrom('none', 'vpc', 'subnet'),
    exclusionMode: fc.constantFrom('allow-bidirectional', 'allow-egress'),
  })
}

function assemble(
  parts: readonly VpcPart[],
  joint: Joint,
  hub: HubDraft,
  block: BlockDraft | undefined,
  mirrors: MirroringDraft | undefined,
): Design {
  const merged = <Key extends keyof VpcPart>(key: Key): VpcPart[Key] =>
    Object.assign({}, ...parts.map((part) => part[key]))
  const joined = jointParts(joint, hub, parts)
  const base: Design = {
    vpcs: Object.fromEntries(parts.map((part) => [part.name, withRoutes(part, joint, parts)])),
    instances: merged('instances'),
    ...filled('networkInterfaces', merged('networkInterfaces')),
    ...filled('loadBalancers', merged('loadBalancers')),
    ...filled('targetGroups', merged('targetGroups')),
    ...joined,
    flowLogs: { ...merged('flowLogs'), ...joined.flowLogs },
    ...(block && { vpcBlockPublicAccess: blockPart(block, parts) }),
  }
  return { ...base, ...filled('prefixLists', usedPrefixLists(base)), ...mirroringParts(mirrors, base) }
}

/** A key with its resources, or nothing where there are none. */
function filled<Key extends keyof Design>(key: Key, value: Design[Key] & object): Pick<Design, Key> | object {
  return Object.keys(value).length > 0 ? { [key]: value } : {}
}

/** The prefix lists that a design's rules and routes name. */
function usedPrefixLists(design: Design): Readonly<Record<string, PrefixListDesign>> {
  const text = JSON.stringify(design)
  return Object.fromEntries(Object.entries(PREFIX_LISTS).filter(([name]) => text.includes(`refixList":"${name}"`)))
}

function blockPart(
  { mode, exclusion, exclusionMode }: BlockDraft,
  [first]: readonly VpcPart[],
): BlockPublicAccessDesign {
  const name = first?.name ?? ''
  return {
    internetGatewayBlockMode: mode,
    ...(exclusion !== 'none' && {
      exclusions: [
        {
          ...(exclusion === 'vpc' ? { vpc: name } : { subnet: `${name}-public-0` }),
          internetGatewayExclusionMode: exclusionMode,
        },
      ],
    }),
  }
}

function withRoutes(part: VpcPart, joint: Joint, parts: readonly VpcPart[]): VpcDesign {
  const { name, ipv6, hasGateway, hasNat, hasPrivateNat, endpoints } = part
  const between = routesBetween(part, joint, parts)
  const outside: RouteDesign[] = hasGateway ? [{ destinationCidrBlock: EVERYWHERE, internetGateway: true }] : []
  if (hasGateway && ipv6) outside.push({ destinationCidrBlock: EVERYWHERE_IPV6, internetGateway: true })
  const behindNat: RouteDesign[] = hasNat ? [{ destinationCidrBlock: EVERYWHERE, natGateway: `${name}-nat` }] : []
  if (ipv6) behindNat.push({ destinationCidrBlock: EVERYWHERE_IPV6, egressOnlyInternetGateway: true })
  if (part.routesPrefixList) behindNat.push({ destinationPrefixList: 'offices', internetGateway: true })
  return {
    cidrBlocks: [part.cidrBlock],
    enableDnsHostnames: true,
    ...(ipv6
      ? { ipv6CidrBlocks: [`2001:db8:${part.cidrBlock.split('.')[1]}::/56`], egressOnlyInternetGateway: true }
      : {}),
    ...(hasGateway ? { internetGateway: true } : {}),
    ...(hasNat
      ? {
          natGateways: {
            [`${name}-nat`]: {
              subnet: `${name}-public-0`,
              ...(hasPrivateNat && { connectivityType: 'private' as const }),
            },
          },
        }
      : {}),
    routeTables: {
      [`${name}-public`]: { routes: [...between, ...outside] },
      [`${name}-private`]: { routes: [...between, ...behindNat] },
    },
    ...(Object.keys(endpoints).length > 0 ? { vpcEndpoints: endpoints } : {}),
    securityGroups: part.groups,
    networkAcls: part.acls,
    subnets: part.subnets,
  }
}

function routesBetween(part: VpcPart, joint: Joint, parts: readonly VpcPart[]): RouteDesign[] {
  const [first] = parts
  switch (joint) {
    case 'none':
      return []
    case 'transit-gateway':
      return [{ destinationCidrBlock: '10.0.0.0/8', transitGateway: 'hub' }]
    case 'peering': {
      // Each VPC is peered with the first one only: the others cannot reach each other through it.
      const others = part === first ? parts.slice(1) : first ? [first] : []
      return others.map((other) => ({
        destinationCidrBlock: other.cidrBlock,
        vpcPeeringConnection: part === first ? `${part.name}-${other.name}` : `${other.name}-${part.name}`,
      }))
    }
  }
}

function jointParts(joint: Joint, hub: HubDraft, parts: readonly VpcPart[]): Partial<Design> {
  const [first, ...others] = parts
  if (!first || joint === 'none') return {}
  if (joint === 'peering') {
    return {
      vpcPeeringConnections: Object.fromEntries(
        others.map((other) => [`${first.name}-${other.name}`, { vpc: first.name, peerVpc: other.name }]),
      ),
    }
  }
  const attachments = parts.map(
    ({ name }) =>
      [
        `${name}-attachment`,
        {
          vpc: name,
          subnets: [`${name}-private-0`, `${name}-private-1`].slice(0, hub.zones),
          ...(hub.applianceMode && { applianceModeSupport: true }),
        },
      ] as const,
  )
  const gateway: TransitGatewayDesign = {
    vpcAttachments: Object.fromEntries(attachments),
    ...(hub.securityGroupReferencingSupport && { securityGroupReferencingSupport: true }),
    ...(hub.hasBlackhole && {
      defaultRouteTable: { routes: [{ destinationCidrBlock: '10.250.0.0/16', blackhole: true }] },
    }),
  }
  return {
    transitGateways: { hub: gateway },
    flowLogs: {
      ...(hub.gatewayLog && { 'hub-log': { transitGateway: 'hub', ...hub.gatewayLog } }),
      ...(hub.attachmentLog && {
        'attachment-log': { transitGatewayAttachment: `${first.name}-attachment`, ...hub.attachmentLog },
      }),
    },
  }
}
