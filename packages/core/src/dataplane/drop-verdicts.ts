import { MTU } from './path-mtu.ts'
import type { Verdict, VerdictReason } from './verdict.ts'

/** What may lose a packet that groups and ACLs let pass. */
export type Loss =
  | 'noRoute'
  | 'sourceDestinationCheck'
  | 'noSuchAddress'
  | 'noPublicAddress'
  | 'unsolicited'
  | 'idleTimeout'
  | 'hopLimitExceeded'
  | 'noListener'
  | 'noHealthyTarget'
  | 'portAllocation'
  | 'hairpin'
  | 'notTransitive'
  | 'linkLocalRate'
  | 'fragmentRate'
  | 'instanceNotRunning'
  | 'packetLoss'
  | 'tooBigForInterface'
  | 'tooBigForInternetGateway'
  | 'tooBigForPeering'
  | 'tooBigForTransitGateway'
  | 'tooBigForNatGateway'
  | 'tooBigForEndpoint'
  | 'endpointBandwidth'

/** The verdicts on such packets, made once, since packets are many. */
export const DROPPED: Readonly<Record<Loss, Verdict>> = {
  noRoute: dropped({ kind: 'no-route' }),
  sourceDestinationCheck: dropped({ kind: 'source-destination-check' }),
  noSuchAddress: dropped({ kind: 'no-such-address' }),
  noPublicAddress: dropped({ kind: 'no-public-address' }),
  unsolicited: dropped({ kind: 'unsolicited' }),
  idleTimeout: dropped({ kind: 'idle-timeout' }),
  hopLimitExceeded: dropped({ kind: 'hop-limit-exceeded' }),
  noListener: dropped({ kind: 'no-listener' }),
  noHealthyTarget: dropped({ kind: 'no-healthy-target' }),
  portAllocation: dropped({ kind: 'port-allocation' }),
  hairpin: dropped({ kind: 'hairpin' }),
  notTransitive: dropped({ kind: 'not-transitive' }),
  linkLocalRate: dropped({ kind: 'link-local-rate' }),
  fragmentRate: dropped({ kind: 'fragment-rate' }),
  instanceNotRunning: dropped({ kind: 'instance-not-running' }),
  packetLoss: dropped({ kind: 'packet-loss' }),
  tooBigForInterface: dropped({ kind: 'mtu-exceeded', mtu: MTU.networkInterface }),
  tooBigForInternetGateway: dropped({ kind: 'mtu-exceeded', mtu: MTU.internetGateway }),
  tooBigForPeering: dropped({ kind: 'mtu-exceeded', mtu: MTU.interRegionPeering }),
  tooBigForTransitGateway: dropped({ kind: 'mtu-exceeded', mtu: MTU.transitGateway }),
  tooBigForNatGateway: dropped({ kind: 'mtu-exceeded', mtu: MTU.natGateway }),
  tooBigForEndpoint: dropped({ kind: 'mtu-exceeded', mtu: MTU.interfaceEndpoint }),
  endpointBandwidth: dropped({ kind: 'endpoint-bandwidth' }),
}

function dropped(reason: VerdictReason): Verdict {
  return { action: 'ACCEPT', reason }
}
