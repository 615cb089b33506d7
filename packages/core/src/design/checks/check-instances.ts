import { instanceType, instanceTypeNames } from '../../aws/instance-type.ts'
import { firstZone } from '../../aws/region.ts'
import type { CheckContext } from '../check-context.ts'
import { DEFAULT_INSTANCE_TYPE, type Entry, type Keys } from '../design-entry.ts'
import { formatPath, quoteValue } from '../design-issue.ts'
import type { InstanceDesign, InterfaceSettings } from '../instance-design.ts'
import { zoneOf } from '../interface-plan.ts'
import { nearestName } from '../nearest-name.ts'
import { checkInterfaceSettings, checkTracking } from './check-interfaces.ts'

/** Keys that belong to an instance's own ENI. */
const INTERFACE_KEYS: Readonly<Record<keyof InterfaceSettings | 'networkInterfaceId', true>> = {
  privateIpAddress: true,
  publicIp: true,
  secondaryPrivateIpAddresses: true,
  ipv6Addresses: true,
  ipv6AddressCount: true,
  securityGroups: true,
  sourceDestCheck: true,
  connectionTrackingSpecification: true,
  networkInterfaceId: true,
}

/** Types, ENIs and references of instances. */
export function checkInstances(context: CheckContext): void {
  const holders = new Map<string, Keys>()
  for (const entry of context.index.instances.values()) {
    const { keys, value } = entry
    const typeName = value.instanceType ?? DEFAULT_INSTANCE_TYPE
    checkType(context, entry, typeName)
    checkTracking(context, keys, value, typeName)
    if (value.autoScalingGroup !== undefined) {
      context.find('autoScalingGroups', value.autoScalingGroup, [...keys, 'autoScalingGroup'])
    }
    if (value.networkInterfaces) checkAttached(context, entry, value.networkInterfaces, holders, typeName)
    else if (value.subnet !== undefined) {
      const subnet = context.find('subnets', value.subnet, [...keys, 'subnet'])
      if (subnet) checkInterfaceSettings(context, keys, value, subnet.vpc)
    } else {
      context.error(
        'missing-key',
        [...keys, 'subnet'],
        'The instance stands in no subnet. Give it subnet, or networkInterfaces with the names of ENIs.',
        'MissingParameter',
      )
    }
  }
}

function checkType(context: CheckContext, { keys }: Entry<InstanceDesign>, typeName: string): void {
  if (instanceType(typeName)) return
  const nearest = nearestName(typeName, instanceTypeNames())
  const advice = nearest === undefined ? 'Choose one such as t3.micro.' : `Did you mean ${nearest}?`
  context.error(
    'unknown-instance-type',
    [...keys, 'instanceType'],
    `EC2 has no instance type ${quoteValue(typeName)}. ${advice}`,
    'InvalidParameterValue',
  )
}

/** ENIs by name: each exists, is attached to this instance alone, and all stand in one zone. */
function checkAttached(
  context: CheckContext,
  { name, keys, value }: Entry<InstanceDesign>,
  names: readonly string[],
  holders: Map<string, Keys>,
  typeName: string,
): void {
  for (const key of ['subnet', ...Object.keys(INTERFACE_KEYS)]) {
    if (!Object.hasOwn(value, key)) continue
    context.error(
      'conflicting-keys',
      [...keys, key],
      `${key} stands beside networkInterfaces. Move it to the ENI ${quoteValue(names[0])}, or leave networkInterfaces out.`,
      'InvalidParameterCombination',
    )
  }
  let zone: string | undefined
  for (const [at, each] of names.entries()) {
    const place = [...keys, 'networkInterfaces', at]
    const entry = context.find('networkInterfaces', each, place)
    if (!entry) continue
    checkTracking(context, entry.keys, entry.value, typeName)
    const holder = holders.get(each)
    if (holder) {
      context.error(
        'interface-in-use',
        place,
        `The network interface ${each} is attached already, at ${formatPath(holder)}. Choose another one.`,
        'InvalidNetworkInterface.InUse',
      )
    } else holders.set(each, place)
    if (entry.value.requesterManaged === true || entry.value.interfaceType === 'lambda') {
      context.error(
        'interface-in-use',
        place,
        `The network interface ${each} belongs to another service. Attach an ENI of your own.`,
        'OperationNotPermitted',
      )
    }
    const subnet = context.index.subnets.get(entry.value.subnet)
    if (!subnet) continue
    const own = zoneOf(subnet, firstZone)
    zone ??= own
    if (own !== zone) {
      context.error(
        'wrong-zone',
        place,
        `The network interface ${each} stands in ${own}, the first one of ${name} in ${zone}. All ENIs of an instance stand in one zone.`,
        'InvalidParameterCombination',
      )
    }
  }
}
