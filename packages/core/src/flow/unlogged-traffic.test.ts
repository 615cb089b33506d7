import { describe, expect, it } from 'vitest'
import type { NextHop } from '../dataplane/next-hop.ts'
import type { Verdict } from '../dataplane/verdict.ts'
import type { FlowDirection } from '../topology/topology.ts'
import {
  ACCEPT,
  flowTopology,
  INTERNET,
  interfaceOf,
  MIRRORED,
  NOT_FILTERED,
  packetOf,
  REJECT,
} from './flow-fixture.ts'
import { isUnloggedTraffic, loggedAs } from './unlogged-traffic.ts'

const topology = flowTopology({
  interfaces: [
    { id: 'eni-0a', addresses: ['10.0.0.10', '2001:db8::10'] },
    { id: 'eni-0b', addresses: ['10.0.0.11'], kind: 'interface-endpoint' },
    { id: 'eni-0c', addresses: ['10.0.0.12'], kind: 'load-balancer' },
  ],
})
const own = interfaceOf(topology, 'eni-0a')

/** Whether a packet between the ENI and a peer is left out, both ways. */
function leftOut(peer: string, protocol: number, fields = {}): readonly [boolean, boolean] {
  const me = peer.includes('::') ? '2001:db8::10' : '10.0.0.10'
  const of = (direction: FlowDirection): boolean => {
    const packet = direction === 'egress' ? packetOf(me, peer, protocol, fields) : packetOf(peer, me, protocol, fields)
    return isUnloggedTraffic(own, direction, packet, INTERNET)
  }
  return [of('egress'), of('ingress')]
}

describe('traffic that is not logged', () => {
  it.each([
    ['instance metadata', '169.254.169.254'],
    ['time sync', '169.254.169.123'],
    ['the resolver, link-local', '169.254.169.253'],
    ['the resolver at VPC + 2', '10.0.0.2'],
    ['the router of the subnet', '10.0.0.1'],
    ['task metadata', '169.254.170.2'],
    ['metadata over IPv6', 'fd00:ec2::254'],
    ['link-local IPv6', 'fe80::1'],
  ])('%s', (_, peer) => {
    expect(leftOut(peer, 17)).toEqual([true, true])
  })

  it.each([
    ['another host of the VPC', '10.0.0.3'],
    ['an own DNS server', '10.0.0.53'],
    ['an NTP server on the internet', '78.46.93.39'],
    ['an IPv6 host', '2001:db8::11'],
    ['a host beside the metadata range', '169.253.169.254'],
  ])('but %s is', (_, peer) => {
    expect(leftOut(peer, 17)).toEqual([false, false])
  })

  it('DHCP by its ports', () => {
    expect(leftOut('255.255.255.255', 17, { sourcePort: 68, destinationPort: 67 })).toEqual([true, true])
    expect(leftOut('10.0.0.9', 17, { sourcePort: 67, destinationPort: 68 })).toEqual([true, true])
    expect(leftOut('2001:db8::9', 17, { sourcePort: 546, destinationPort: 547 })).toEqual([true, true])
    expect(leftOut('10.0.0.9', 17, { sourcePort: 68, destinationPort: 53 })).toEqual([false, false])
    expect(leftOut('10.0.0.9', 6, { sourcePort: 68, destinationPort: 67 })).toEqual([false, false])
  })

  it('neighbour discovery by its ICMPv6 types', () => {
    expect(leftOut('2001:db8::9', 58, { icmpType: 135 })).toEqual([true, true])
    expect(leftOut('2001:db8::9', 58, { icmpType: 128 })).toEqual([false, false])
    expect(leftOut('10.0.0.9', 1, { icmpType: 135 })).toEqual([false, false])
  })

  it('traffic between an endpoint and a load balancer, by their ENIs', () => {
    const endpoint = interfaceOf(topology, 'eni-0b')
    const balancer = interfaceOf(topology, 'eni-0c')
    const packet = packetOf('10.0.0.11:1', '10.0.0.12:2', 6)
    const to = (networkInterface: typeof endpoint): NextHop => ({ trafficPath: 1, networkInterface })
    expect(isUnloggedTraffic(endpoint, 'egress', packet, to(balancer))).toBe(true)
    expect(isUnloggedTraffic(balancer, 'ingress', packet, to(endpoint))).toBe(true)
    expect(isUnloggedTraffic(endpoint, 'egress', packet, to(own))).toBe(false)
    expect(isUnloggedTraffic(balancer, 'egress', packet, INTERNET)).toBe(false)
  })

  it('by the verdict', () => {
    const rateLimited: Verdict = { action: 'ACCEPT', reason: { kind: 'link-local-rate' } }
    const untrackable: Verdict = { action: 'REJECT', reason: { kind: 'connection-tracking-allowance' } }
    expect([ACCEPT, REJECT, NOT_FILTERED, rateLimited, untrackable, MIRRORED].map(loggedAs)).toEqual([
      'logged',
      'logged',
      'never',
      'never',
      'never',
      'at-target',
    ])
  })
})
