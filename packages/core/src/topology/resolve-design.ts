import { defaultServiceRanges, sortServiceRanges } from '../aws/service-ranges.ts'
import { planAddresses } from '../design/address-plan.ts'
import { defineDesign } from '../design/define-design.ts'
import type { Design } from '../design/design.ts'
import { DesignIndex } from '../design/design-index.ts'
import { planInterfaces } from '../design/interface-plan.ts'
import { protocolNumber } from '../design/protocol-number.ts'
import { IpAddress } from '../net/ip-address.ts'
import { freezeGraph } from './draft.ts'
import { linkGatewayInterfaces, resolveGateways } from './resolve-gateways.ts'
import { resolveInstances, resolveInterfaces } from './resolve-interfaces.ts'
import { resolveListeners, resolveLoadBalancers } from './resolve-load-balancers.ts'
import { resolveDetectors, resolveFlowLogs, resolveMirrorFilters, resolveMirrorSessions } from './resolve-monitoring.ts'
import { resolveNetworkAcls } from './resolve-network-acls.ts'
import { resolveRoutes, resolveTransitGatewayRoutes } from './resolve-routes.ts'
import { resolvePrefixLists, resolveSecurityGroupRules, resolveSecurityGroups } from './resolve-security-groups.ts'
import { resolveSubnets, resolveVpcs } from './resolve-vpcs.ts'
import type { InternetHost, ServiceRange, Topology } from './topology.ts'
import { TopologyDrafts } from './topology-drafts.ts'

/** One-way delay to an internet host that names none. */
export const DEFAULT_LATENCY_MILLISECONDS = 10

/**
 * The topology of a design: every reference an object, every default filled in, every id and address given. The same design gives the
 * same topology, on any machine and after a way through JSON; the order of keys makes no difference to ids and addresses.
 *
 * @throws DesignError where the design has an error, as `defineDesign` does.
 */
export function resolveDesign(design: Design): Topology {
  const index = new DesignIndex(defineDesign(design))
  const plans = planInterfaces(index)
  const drafts = new TopologyDrafts(index, plans, planAddresses(index, plans, refuseAddress))
  // What is made later refers to what is made earlier; the other way round is linked at the end.
  resolvePrefixLists(drafts)
  resolveVpcs(drafts)
  resolveNetworkAcls(drafts)
  resolveSecurityGroups(drafts)
  resolveSubnets(drafts)
  resolveInstances(drafts)
  resolveLoadBalancers(drafts)
  resolveGateways(drafts)
  resolveInterfaces(drafts)
  linkGatewayInterfaces(drafts)
  resolveSecurityGroupRules(drafts)
  resolveRoutes(drafts)
  resolveTransitGatewayRoutes(drafts)
  resolveListeners(drafts)
  resolveMirrorFilters(drafts)
  return freezeGraph(assemble(drafts))
}

function refuseAddress(_code: unknown, _keys: unknown, message: string): never {
  throw new Error(`the design was checked, but: ${message}`)
}

function assemble(drafts: TopologyDrafts): Topology {
  const { index } = drafts
  return {
    accountId: index.accountId,
    region: index.region,
    vpcs: [...drafts.vpcs.values()],
    subnets: [...drafts.subnets.values()],
    routeTables: [...drafts.routeTables.values()],
    securityGroups: [...drafts.securityGroups.values()],
    networkAcls: [...drafts.networkAcls.values()],
    prefixLists: [...drafts.prefixLists.values()],
    instances: [...drafts.instances.values()],
    interfaces: [...drafts.interfaces.values()],
    internetGateways: [...drafts.internetGateways.values()],
    egressOnlyInternetGateways: [...drafts.egressOnlyInternetGateways.values()],
    natGateways: [...drafts.natGateways.values()],
    transitGateways: [...drafts.transitGateways.values()],
    peeringConnections: [...drafts.peeringConnections.values()],
    gatewayEndpoints: [...drafts.gatewayEndpoints.values()],
    interfaceEndpoints: [...drafts.interfaceEndpoints.values()],
    loadBalancers: [...drafts.loadBalancers.values()],
    gatewayLoadBalancers: [...drafts.gatewayLoadBalancers.values()],
    gatewayLoadBalancerEndpoints: [...drafts.gatewayLoadBalancerEndpoints.values()],
    flowLogs: resolveFlowLogs(drafts),
    mirrorFilters: [...drafts.mirrorFilters.values()],
    mirrorTargets: [...drafts.mirrorTargets.values()],
    mirrorSessions: resolveMirrorSessions(drafts),
    detectors: resolveDetectors(drafts),
    internetHosts: internetHosts(index),
    serviceRanges: serviceRanges(drafts),
  }
}

function internetHosts(index: DesignIndex): InternetHost[] {
  return [...index.internetHosts.values()].map(({ name, value }) => ({
    name,
    dnsNames: [...(value.dnsNames ?? [])],
    addresses: value.addresses.map(IpAddress.of),
    services: (value.services ?? []).map(({ protocol, port }) => ({ protocol: protocolNumber(protocol), port })),
    answersPing: value.answersPing ?? true,
    latencyMicroseconds: Math.round((value.latencyMilliseconds ?? DEFAULT_LATENCY_MILLISECONDS) * 1000),
  }))
}

function serviceRanges(drafts: TopologyDrafts): readonly ServiceRange[] {
  const given = drafts.index.design.awsServiceRanges
  if (!given) return defaultServiceRanges()
  return sortServiceRanges(given.map(({ ipPrefix, service }) => ({ block: drafts.block(ipPrefix), service })))
}
