import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { tcp, udp } from '../dataplane/network-fixture.ts'
import type { Verdict } from '../dataplane/verdict.ts'
import { encodeIpPacket } from '../packet/encode-packet.ts'
import { resolveDesign } from '../topology/resolve-design.ts'
import { InstanceBandwidth } from './instance-bandwidth.ts'
import { TrafficMirror } from './traffic-mirror.ts'

const all = { ruleAction: 'accept', sourceCidrBlock: '0.0.0.0/0', destinationCidrBlock: '0.0.0.0/0' } as const
const https = { ...all, ruleNumber: 1, protocol: 'tcp', destinationPortRange: { fromPort: 443, toPort: 443 } } as const
const topology = resolveDesign({
  vpcs: {
    main: { cidrBlocks: ['10.0.0.0/16'], subnets: { one: { cidrBlock: '10.0.1.0/24' } }, securityGroups: { all: {} } },
  },
  instances: {
    source: { subnet: 'one', privateIpAddress: '10.0.1.10', securityGroups: ['all'] },
    sensor: { subnet: 'one', privateIpAddress: '10.0.1.99', securityGroups: ['all'] },
  },
  trafficMirrorFilters: {
    https: { egressFilterRules: [https], ingressFilterRules: [] },
    rest: {
      egressFilterRules: [{ ...all, ruleNumber: 1, protocol: 'udp' }],
      ingressFilterRules: [{ ...all, ruleNumber: 1, protocol: 'tcp' }],
      networkServices: ['amazon-dns'],
    },
  },
  trafficMirrorTargets: { sensor: { networkInterface: 'sensor' } },
  trafficMirrorSessions: Object.fromEntries(
    ['https', 'rest'].map((trafficMirrorFilter, at) => [
      trafficMirrorFilter,
      { networkInterface: 'source', trafficMirrorTarget: 'sensor', trafficMirrorFilter, sessionNumber: at + 1 },
    ]),
  ),
})

const VERDICTS: readonly Verdict[] = [
  { action: 'ACCEPT', reason: { kind: 'tracked-connection' } },
  { action: 'ACCEPT', reason: { kind: 'mirrored-traffic' } },
  { action: 'REJECT', reason: { kind: 'block-public-access' } },
]

describe('TrafficMirror.write', () => {
  it('decides as judge does, and writes the bytes of its copies', () => {
    const kinds = new Set<string>()
    fc.assert(
      fc.property(
        fc.array(
          fc.record({
            isEgress: fc.boolean(),
            make: fc.constantFrom(tcp, udp),
            peer: fc.constantFrom('10.0.1.20:443', '203.0.113.9:80', '10.0.0.2:53', '169.254.169.254:80'),
            verdict: fc.constantFrom(...VERDICTS),
            payload: fc.uint8Array({ maxLength: 100 }),
            at: fc.constantFrom(...topology.interfaces),
          }),
          { minLength: 1, maxLength: 20 },
        ),
        fc.boolean(),
        (packets, isLimited) => {
          const make = (): TrafficMirror =>
            new TrafficMirror(topology, isLimited ? new InstanceBandwidth(() => 2e5) : undefined)
          const [judging, writing] = [make(), make()]
          packets.forEach(({ isEgress, make: packetOf, peer, verdict, payload, at }, time) => {
            const own = '10.0.1.10:40000'
            const packet = packetOf(isEgress ? own : peer, isEgress ? peer : own, {
              payload,
              payloadLength: payload.length,
            })
            const direction = isEgress ? 'egress' : 'ingress'
            const judged = judging.judge(at, direction, packet, time, verdict)
            const into = new Uint8Array(300)
            const written = writing.write(at, direction, packet, time, verdict, into, 5)
            kinds.add(typeof written === 'number' ? 'copy' : (written?.kind ?? 'none'))
            if (judged?.kind !== 'copy') {
              expect(written).toBe(judged)
              return
            }
            const expected = new Uint8Array(300)
            expect(written).toBe(encodeIpPacket(judged.packet, expected, 5))
            expect(Buffer.from(into).toString('hex')).toBe(Buffer.from(expected).toString('hex'))
          })
        },
      ),
      { numRuns: 300 },
    )
    expect([...kinds].sort()).toEqual(['copy', 'dropped', 'excluded', 'filtered', 'none'])
  })
})
