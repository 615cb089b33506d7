import { describe, expect, it } from 'vitest'
import { checkDesign } from '../check-design.ts'
import type { Design } from '../design.ts'
import type { SecurityGroupRuleDesign } from '../security-group-design.ts'

const vxlan = [{ ipProtocol: 'udp', fromPort: 4789, cidrBlock: '10.0.0.0/8' }] as const

/** A source in one VPC, a sensor in the other. */
function apart(changes: Partial<Design> = {}): Design {
  return {
    vpcs: {
      one: { cidrBlocks: ['10.1.0.0/16'], subnets: { a: { cidrBlock: '10.1.1.0/24' } }, securityGroups: { web: {} } },
      two: {
        cidrBlocks: ['10.2.0.0/16'],
        subnets: { b: { cidrBlock: '10.2.1.0/24' } },
        securityGroups: { sensor: { ingress: vxlan } },
      },
    },
    instances: {
      source: { subnet: 'a', securityGroups: ['web'] },
      sensor: { subnet: 'b', securityGroups: ['sensor'] },
    },
    trafficMirrorFilters: { none: {} },
    trafficMirrorTargets: { sensor: { networkInterface: 'sensor' } },
    trafficMirrorSessions: {
      session: {
        networkInterface: 'source',
        trafficMirrorTarget: 'sensor',
        trafficMirrorFilter: 'none',
        sessionNumber: 1,
      },
    },
    ...changes,
  }
}

const codes = (design: Design): readonly string[] =>
  checkDesign(design).map(({ code, severity }) => `${severity} ${code}`)

describe('the way from a mirror source to its target', () => {
  it('is missing between VPCs that nothing joins', () => {
    expect(codes(apart())).toEqual(['warning mirror-unreachable'])
  })

  it('is a peering or a transit gateway', () => {
    expect(codes(apart({ vpcPeeringConnections: { both: { vpc: 'one', peerVpc: 'two' } } }))).toEqual([])
    const transitGateways = {
      hub: { vpcAttachments: { one: { vpc: 'one', subnets: ['a'] }, two: { vpc: 'two', subnets: ['b'] } } },
    }
    expect(codes(apart({ transitGateways }))).toEqual([])
    const half = { hub: { vpcAttachments: { one: { vpc: 'one', subnets: ['a'] } } } }
    expect(codes(apart({ transitGateways: half }))).toEqual(['warning mirror-unreachable'])
  })

  it('is no peering between Regions', () => {
    const { one, two } = apart().vpcs
    const vpcs = { ...(one && { one }), ...(two && { two: { ...two, region: 'eu-west-1' } }) }
    const design = apart({ vpcs, vpcPeeringConnections: { both: { vpc: 'one', peerVpc: 'two' } } })
    expect(codes(design)).toContain('warning mirror-unreachable')
  })
})

describe('the groups of whoever receives copies', () => {
  const peered = { vpcPeeringConnections: { both: { vpc: 'one', peerVpc: 'two' } } }

  it('let UDP 4789 in, which a default group does for its members', () => {
    expect(codes(apart({ ...peered, instances: { source: { subnet: 'a' }, sensor: { subnet: 'b' } } }))).toEqual([])
    const { one, two } = apart().vpcs
    const closed = { ...(one && { one }), ...(two && { two: { ...two, securityGroups: { sensor: {} } } }) }
    expect(codes(apart({ ...peered, vpcs: closed }))).toEqual(['warning mirror-target-group'])
  })

  it.each([
    ['by the address of the sources', vxlan, []],
    ['by the balancer’s own group', [{ ipProtocol: 'udp', fromPort: 4789, securityGroup: 'front' }], []],
    [
      'not by the group of others',
      [{ ipProtocol: 'udp', fromPort: 4789, self: true }],
      ['warning mirror-target-group'],
    ],
  ] as const)('behind a balancer %s', (_, ingress, expected) => {
    const { one, two } = apart().vpcs
    const securityGroups = { sensor: { ingress }, front: { ingress: vxlan } }
    const design = apart({
      ...peered,
      vpcs: { ...(one && { one }), ...(two && { two: { ...two, securityGroups } }) },
      loadBalancers: {
        fleet: {
          scheme: 'internal',
          subnets: ['b'],
          securityGroups: ['front'],
          listeners: [{ protocol: 'UDP', port: 4789, targetGroup: 'sensors' }],
        },
      },
      targetGroups: { sensors: { protocol: 'UDP', port: 4789, vpc: 'two', targets: [{ instance: 'sensor' }] } },
      trafficMirrorTargets: { sensor: { loadBalancer: 'fleet' } },
    })
    expect(codes(design)).toEqual(expected)
  })
})

/** The sensor behind a Gateway Load Balancer of its VPC, whose endpoint stands beside the source. */
function gateway(ingress: readonly SecurityGroupRuleDesign[], endpointIn: 'one' | 'two' = 'one'): Design {
  const { one, two } = apart().vpcs
  if (!one || !two) throw new Error('the design has other VPCs')
  const mirror = {
    vpcEndpointType: 'GatewayLoadBalancer' as const,
    gatewayLoadBalancer: 'inspection',
    subnets: [endpointIn === 'one' ? 'a' : 'b'],
  }
  const groups = { sensor: { ingress }, other: {} }
  return apart({
    vpcs: {
      one: { ...one, ...(endpointIn === 'one' && { vpcEndpoints: { mirror } }) },
      two: { ...two, securityGroups: groups, ...(endpointIn === 'two' && { vpcEndpoints: { mirror } }) },
    },
    gatewayLoadBalancers: { inspection: { subnets: ['b'], listeners: [{ targetGroup: 'appliances' }] } },
    targetGroups: { appliances: { protocol: 'GENEVE', port: 6081, vpc: 'two', targets: [{ instance: 'sensor' }] } },
    trafficMirrorTargets: { sensor: { gatewayLoadBalancerEndpoint: 'mirror' } },
  })
}

describe('the way through a Gateway Load Balancer endpoint', () => {
  const geneve = { ipProtocol: 'udp', fromPort: 6081, cidrBlock: '10.2.0.0/16' } as const

  it('needs nothing between the VPCs but the endpoint', () => {
    expect(codes(gateway([geneve]))).toEqual([])
    expect(codes(gateway([geneve], 'two'))).toEqual(['warning mirror-unreachable'])
  })

  it('ends at a group that lets in VXLAN alone, or groups alone: the balancer has none', () => {
    expect(codes(gateway(vxlan))).toEqual(['warning mirror-target-group'])
    const byGroup = { ipProtocol: 'udp', fromPort: 6081, securityGroup: 'other' } as const
    const issues = checkDesign(gateway([byGroup]))
    expect(issues.map(({ code }) => code)).toEqual(['mirror-target-group'])
    expect(issues[0]?.message).toMatch(/UDP 6081 in from groups alone.*Name the balancer's subnets by a CIDR block\.$/)
  })
})
