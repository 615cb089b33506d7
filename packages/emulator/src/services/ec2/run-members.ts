import type { RunInstancesRequest } from '@aws-sdk/client-ec2'
import type { InputMembers } from '../../operation/operation.ts'

/** What RunInstances does with the members of its request, and with those of a launch template's data. */
export const RUN_MEMBERS: Required<InputMembers<RunInstancesRequest>> = {
  acts: [
    'ImageId',
    'InstanceType',
    'MinCount',
    'MaxCount',
    'SubnetId',
    'SecurityGroupIds',
    'SecurityGroups',
    'PrivateIpAddress',
    'Ipv6AddressCount',
    'Ipv6Addresses',
    'NetworkInterfaces',
    'Placement',
    'LaunchTemplate',
    'TagSpecifications',
    'ClientToken',
    'DisableApiTermination',
    'DisableApiStop',
  ],
  keeps: [
    'KeyName',
    'UserData',
    'IamInstanceProfile',
    'BlockDeviceMappings',
    'EbsOptimized',
    'Monitoring',
    'MetadataOptions',
    'InstanceInitiatedShutdownBehavior',
    'CreditSpecification',
  ],
  ignores: [
    'CapacityReservationSpecification',
    'CpuOptions',
    'EnclaveOptions',
    'HibernationOptions',
    'InstanceMarketOptions',
    'LicenseSpecifications',
    'MaintenanceOptions',
    'PrivateDnsNameOptions',
  ],
}

const KNOWN: ReadonlySet<string> = new Set([...RUN_MEMBERS.acts, ...RUN_MEMBERS.keeps, ...RUN_MEMBERS.ignores])

/** The members of a launch template's data that RunInstances would not act on. */
export function membersNotActedOn(data: Readonly<Record<string, unknown>>): readonly string[] {
  return Object.entries(data).flatMap(([name, value]) => {
    const isWithoutMeaning = value === false || value === '' || (Array.isArray(value) && value.length === 0)
    return KNOWN.has(name) || isWithoutMeaning ? [] : [name]
  })
}
