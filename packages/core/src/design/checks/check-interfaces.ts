import { instanceType } from '../../aws/instance-type.ts'
import { IpAddress } from '../../net/ip-address.ts'
import { isPublicAddress } from '../../net/public-address.ts'
import type { CheckContext } from '../check-context.ts'
import type { Entry, Keys, VpcEntry } from '../design-entry.ts'
import { formatPath } from '../design-issue.ts'
import type { InterfaceSettings, NetworkInterfaceDesign } from '../instance-design.ts'
import { wrongVpc } from './check-vpcs.ts'

/** ENIs of their own, and the public addresses of all. */
export function checkInterfaces(context: CheckContext): void {
  const macAddresses = new Map<string, Keys>()
  for (const entry of context.index.networkInterfaces.values()) {
    const { keys, value } = entry
    const subnet = context.find('subnets', value.subnet, [...keys, 'subnet'])
    if (subnet) checkInterfaceSettings(context, keys, value, subnet.vpc)
    checkRequester(context, entry)
    if (value.macAddress !== undefined) {
      const place = [...keys, 'macAddress']
      const holder = macAddresses.get(value.macAddress)
      if (holder) {
        context.error(
          'address-in-use',
          place,
          `${value.macAddress} is given twice, first at ${formatPath(holder)}. Choose another one.`,
        )
      } else macAddresses.set(value.macAddress, place)
    }
  }
  checkPublicAddresses(context)
}

/** Groups, IPv6 addresses and timers of an ENI of its own or of an instance. */
export function checkInterfaceSettings(
  context: CheckContext,
  keys: Keys,
  value: InterfaceSettings,
  vpc: VpcEntry,
): void {
  checkGroups(context, [...keys, 'securityGroups'], value.securityGroups ?? [], vpc)
  if (value.ipv6Addresses && value.ipv6AddressCount !== undefined) {
    context.error(
      'conflicting-keys',
      [...keys, 'ipv6AddressCount'],
      'ipv6Addresses stands beside ipv6AddressCount. Give one of them.',
      'InvalidParameterCombination',
    )
  }
}

/** Groups of an ENI, an endpoint or a balancer: they exist, in its VPC, each once. */
export function checkGroups(context: CheckContext, keys: Keys, names: readonly string[], vpc: VpcEntry): void {
  const seen = new Set<string>()
  for (const [at, name] of names.entries()) {
    const place = [...keys, at]
    const group = context.findSecurityGroup(name, vpc, place)
    if (!group) continue
    if (group.vpc !== vpc) wrongVpc(context, place, `The security group ${group.name}`, group.vpc, vpc)
    if (seen.has(group.name)) {
      context.error(
        'conflicting-keys',
        place,
        `The security group ${name} is listed twice. List it once.`,
        'InvalidParameterValue',
      )
    }
    seen.add(group.name)
  }
}

function checkRequester(context: CheckContext, { keys, value }: Entry<NetworkInterfaceDesign>): void {
  const isManaged = value.requesterManaged ?? value.interfaceType === 'lambda'
  if (value.requesterId !== undefined && !isManaged) {
    context.error(
      'conflicting-keys',
      [...keys, 'requesterId'],
      'Only ENIs that another service made have a requesterId. Add requesterManaged: true, or leave it out.',
    )
  }
  if (value.interfaceType === 'lambda' && value.requesterManaged === false) {
    context.error(
      'conflicting-keys',
      [...keys, 'requesterManaged'],
      'ENIs of Lambda are always made by the service. Leave requesterManaged out.',
    )
  }
}

/** Public addresses that are named: public ones, in a VPC with an internet gateway. */
function checkPublicAddresses(context: CheckContext): void {
  for (const plan of context.interfaces) {
    const hasGateway = hasInternetGateway(plan.subnet.vpc)
    for (const request of plan.ipv4) {
      const { publicIp, publicIpKeys } = request
      if (typeof publicIp === 'string') {
        const address = IpAddress.parse(publicIp)
        if (address && !isPublicAddress(address)) {
          context.error(
            'address-not-public',
            publicIpKeys,
            `${publicIp} is no public address. Name one such as 198.51.100.10, or write true.`,
            'InvalidAddress.NotFound',
          )
        }
      }
      // NAT gateways and balancers have a check of their own.
      const isPlain = plan.owner.kind === 'network-interface' || plan.owner.kind === 'instance'
      if (isPlain && typeof publicIp === 'string' && !hasGateway) noGateway(context, publicIpKeys, plan.subnet.vpc)
      if (isPlain && publicIp === true && !hasGateway) {
        context.warn(
          'no-internet-gateway',
          publicIpKeys,
          `The VPC ${plan.subnet.vpc.name} has no internet gateway: the public address leads nowhere. Add internetGateway: true.`,
        )
      }
    }
  }
}

/** Whether a VPC has an internet gateway. */
export function hasInternetGateway(vpc: VpcEntry): boolean {
  return vpc.value.internetGateway !== undefined && vpc.value.internetGateway !== false
}

/** The issue for what needs an internet gateway. */
export function noGateway(context: CheckContext, keys: Keys, vpc: VpcEntry): void {
  context.error(
    'no-internet-gateway',
    keys,
    `The VPC ${vpc.name} has no internet gateway. Add internetGateway: true to it.`,
    'Gateway.NotAttached',
  )
}

/** Timers of connection tracking: of instances on Nitro only. */
export function checkTracking(context: CheckContext, keys: Keys, value: InterfaceSettings, typeName: string): void {
  if (!value.connectionTrackingSpecification) return
  const type = instanceType(typeName)
  if (!type || type.isNitro) return
  context.error(
    'tracking-timeouts',
    [...keys, 'connectionTrackingSpecification'],
    `Instances of type ${typeName} are not built on Nitro: their timers are fixed. Choose a Nitro type such as t3.micro, or leave the key out.`,
    'InvalidParameterCombination',
  )
}
