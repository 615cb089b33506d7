import type { Design } from '@flowtap/core'

/** What other services have in the network: balancers with their target groups, Auto Scaling groups, detectors. */
export type DesignOfOthers = Pick<
  Design,
  'loadBalancers' | 'gatewayLoadBalancers' | 'targetGroups' | 'autoScalingGroups' | 'detectors' | 'internetHosts'
>
