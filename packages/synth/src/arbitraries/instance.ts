import type { ConnectionTrackingDesign, InstanceDesign } from '@flowtap/core'
import fc from 'fast-check'

/** Types with Nitro, of its newest version too, and without. */
const TYPES = ['t3.micro', 'm5.large', 't2.micro', 'c7g.large', 'm4.large', 'm8g.large'] as const
const WITHOUT_NITRO: readonly string[] = ['t2.micro', 'm4.large']
/** Types that can be mirrored. */
export const MIRRORED_TYPES: readonly string[] = ['t3.micro', 'm5.large', 'c7g.large']

/** An instance and the number of the subnet that it stands in. */
export type PlacedInstance = Omit<InstanceDesign, 'subnet'> & { readonly place: number }

/** An instance in one of four subnets, with some of the groups. */
export function instance(groupNames: readonly string[]): fc.Arbitrary<PlacedInstance> {
  const rarely = <T>(usual: T, other: fc.Arbitrary<T>): fc.Arbitrary<T> =>
    fc.oneof({ weight: 5, arbitrary: fc.constant(usual) }, { weight: 1, arbitrary: other })
  return fc
    .record({
      place: fc.nat({ max: 3 }),
      instanceType: fc.constantFrom(...TYPES),
      securityGroups: fc.option(fc.subarray([...groupNames], { minLength: Math.min(1, groupNames.length) }), {
        nil: undefined,
      }),
      sourceDestCheck: rarely(true, fc.constant(false)),
      platform: rarely<'linux' | 'windows'>('linux', fc.constant('windows')),
      state: rarely<'running' | 'stopped'>('running', fc.constant('stopped')),
      secondaryAddresses: rarely(0, fc.integer({ min: 1, max: 2 })),
      tracking: rarely<ConnectionTrackingDesign | undefined>(
        undefined,
        fc.record({
          tcpEstablishedTimeout: fc.integer({ min: 60, max: 3_600 }),
          udpTimeout: fc.integer({ min: 30, max: 60 }),
          udpStreamTimeout: fc.integer({ min: 60, max: 180 }),
        }),
      ),
    })
    .map(({ securityGroups, platform, state, secondaryAddresses, tracking, ...rest }) => ({
      ...rest,
      ...(securityGroups && { securityGroups }),
      ...(platform === 'windows' && { platform }),
      ...(state === 'stopped' && { state }),
      ...(secondaryAddresses > 0 && {
        secondaryPrivateIpAddresses: Array.from({ length: secondaryAddresses }, () => ({})),
      }),
      ...(tracking && !WITHOUT_NITRO.includes(rest.instanceType) && { connectionTrackingSpecification: tracking }),
    }))
}
