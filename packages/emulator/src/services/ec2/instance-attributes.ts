import type {
  DescribeIamInstanceProfileAssociationsRequest,
  DescribeIamInstanceProfileAssociationsResult,
  DescribeInstanceAttributeRequest,
  DescribeInstanceCreditSpecificationsRequest,
  DescribeInstanceCreditSpecificationsResult,
  InstanceAttribute,
  ModifyInstanceAttributeRequest,
  ModifyInstanceMetadataOptionsRequest,
  ModifyInstanceMetadataOptionsResult,
  MonitorInstancesRequest,
  MonitorInstancesResult,
} from '@aws-sdk/client-ec2'
import type { Operation, ServiceOperations } from '../../operation/operation.ts'
import { ServiceError } from '../../wire/service-error.ts'
import { selectRows } from './describe.ts'
import type { Ec2Context } from './ec2-context.ts'
import { invalidValue } from './ec2-errors.ts'
import type { InstanceRow, NetworkInterfaceRow } from './ec2-rows.ts'
import { InstanceOutputs, interfacesByInstance, metadataOutput } from './instance-output.ts'
import { isInstanceType } from './instance-types.ts'
import { checkGroups } from './network-interfaces.ts'
import { existing } from './resource-kinds.ts'

/** What of an instance can be asked for and changed one at a time. */
export function instanceAttributeOperations(context: Ec2Context): ServiceOperations {
  const { tables } = context
  const primaryOf = (instanceId: string): NetworkInterfaceRow | undefined =>
    interfacesByInstance(context).get(instanceId)?.[0]

  const describe: Operation<DescribeInstanceAttributeRequest, InstanceAttribute> = {
    acts: ['InstanceId', 'Attribute'],
    handle: ({ InstanceId, Attribute }) => {
      const row = existing('instance', tables.instances, InstanceId)
      return { InstanceId, ...attributeOutput(context, row, primaryOf(row.instanceId), Attribute) }
    },
  }
  const modify: Operation<ModifyInstanceAttributeRequest, object> = {
    acts: [
      'InstanceId',
      'Attribute',
      'Value',
      'Groups',
      'SourceDestCheck',
      'InstanceType',
      'DisableApiTermination',
      'DisableApiStop',
    ],
    keeps: ['InstanceInitiatedShutdownBehavior', 'EbsOptimized', 'UserData'],
    handle: (input) => {
      const row = existing('instance', tables.instances, input.InstanceId)
      const primary = primaryOf(row.instanceId)
      if (primary && (input.Groups?.length || input.SourceDestCheck)) {
        tables.networkInterfaces.put(primary.networkInterfaceId, {
          ...primary,
          ...(input.Groups?.length && { groupIds: checkGroups(context, input.Groups, primary.vpcId) }),
          sourceDestCheck: input.SourceDestCheck?.Value ?? primary.sourceDestCheck,
        })
      }
      const named = (name: string): string | undefined => (input.Attribute === name ? input.Value : undefined)
      const isTrue = (name: string): boolean | undefined => {
        const text = named(name)
        return text === undefined ? undefined : text === 'true'
      }
      const instanceType = input.InstanceType?.Value ?? named('instanceType')
      if (instanceType !== undefined) checkType(row, instanceType)
      const userData = input.UserData?.Value && Buffer.from(input.UserData.Value).toString('base64')
      tables.instances.put(row.instanceId, {
        ...row,
        instanceType: instanceType ?? row.instanceType,
        disableApiTermination:
          input.DisableApiTermination?.Value ?? isTrue('disableApiTermination') ?? row.disableApiTermination,
        disableApiStop: input.DisableApiStop?.Value ?? isTrue('disableApiStop') ?? row.disableApiStop,
        ebsOptimized: input.EbsOptimized?.Value ?? isTrue('ebsOptimized') ?? row.ebsOptimized,
        instanceInitiatedShutdownBehavior:
          input.InstanceInitiatedShutdownBehavior?.Value ??
          named('instanceInitiatedShutdownBehavior') ??
          row.instanceInitiatedShutdownBehavior,
        ...(userData && { userData }),
      })
      return {}
    },
  }
  const modifyMetadata: Operation<ModifyInstanceMetadataOptionsRequest, ModifyInstanceMetadataOptionsResult> = {
    acts: ['InstanceId'],
    keeps: ['HttpTokens', 'HttpPutResponseHopLimit', 'HttpEndpoint', 'HttpProtocolIpv6', 'InstanceMetadataTags'],
    handle: (input) => {
      const row = existing('instance', tables.instances, input.InstanceId)
      const { metadataOptions: old } = row
      const metadataOptions = {
        httpTokens: input.HttpTokens ?? old.httpTokens,
        httpPutResponseHopLimit: input.HttpPutResponseHopLimit ?? old.httpPutResponseHopLimit,
        httpEndpoint: input.HttpEndpoint ?? old.httpEndpoint,
        httpProtocolIpv6: input.HttpProtocolIpv6 ?? old.httpProtocolIpv6,
        instanceMetadataTags: input.InstanceMetadataTags ?? old.instanceMetadataTags,
      }
      const changed = { ...row, metadataOptions }
      tables.instances.put(row.instanceId, changed)
      return { InstanceId: row.instanceId, InstanceMetadataOptions: { ...metadataOutput(changed), State: 'pending' } }
    },
  }
  const monitor = (isOn: boolean): Operation<MonitorInstancesRequest, MonitorInstancesResult> => ({
    acts: ['InstanceIds'],
    handle: ({ InstanceIds = [] }) => ({
      InstanceMonitorings: InstanceIds.map((id) => {
        const row = existing('instance', tables.instances, id)
        tables.instances.put(id, { ...row, monitoring: isOn })
        return { InstanceId: id, Monitoring: { State: isOn ? 'pending' : 'disabling' } }
      }),
    }),
  })
  const creditSpecifications: Operation<
    DescribeInstanceCreditSpecificationsRequest,
    DescribeInstanceCreditSpecificationsResult
  > = {
    acts: ['InstanceIds'],
    ignores: ['MaxResults', 'NextToken'],
    handle: ({ InstanceIds = [] }) => ({
      InstanceCreditSpecifications: InstanceIds.map((id) => existing('instance', tables.instances, id))
        .filter(({ instanceType }) => /^t\d/.test(instanceType))
        .map(({ instanceId, instanceType, cpuCredits }) => ({
          InstanceId: instanceId,
          CpuCredits: cpuCredits ?? (instanceType.startsWith('t2.') ? 'standard' : 'unlimited'),
        })),
    }),
  }
  const profileAssociations: Operation<
    DescribeIamInstanceProfileAssociationsRequest,
    DescribeIamInstanceProfileAssociationsResult
  > = {
    acts: ['AssociationIds', 'Filters'],
    ignores: ['MaxResults', 'NextToken'],
    handle: ({ AssociationIds, Filters }) => {
      const rows = selectRows(
        {
          kind: 'instance',
          rows: [...tables.instances.values()].filter((row) => row.iamInstanceProfile && row.state !== 'terminated'),
          id: (row) => row.instanceId,
          filters: { 'instance-id': (row) => row.instanceId, state: () => 'associated' },
        },
        Filters,
      )
      return {
        IamInstanceProfileAssociations: rows.flatMap(({ instanceId, iamInstanceProfile: profile }) =>
          profile && (!AssociationIds?.length || AssociationIds.includes(profile.associationId))
            ? [
                {
                  AssociationId: profile.associationId,
                  InstanceId: instanceId,
                  IamInstanceProfile: { Arn: profile.arn, Id: profile.id },
                  State: 'associated',
                },
              ]
            : [],
        ),
      }
    },
  }
  return {
    DescribeInstanceAttribute: describe,
    ModifyInstanceAttribute: modify,
    ModifyInstanceMetadataOptions: modifyMetadata,
    MonitorInstances: monitor(true),
    UnmonitorInstances: monitor(false),
    DescribeInstanceCreditSpecifications: creditSpecifications,
    DescribeIamInstanceProfileAssociations: profileAssociations,
  }
}

function checkType(row: InstanceRow, instanceType: string): void {
  if (!isInstanceType(instanceType)) throw invalidValue(`Invalid value '${instanceType}' for InstanceType.`)
  if (row.state === 'stopped') return
  throw new ServiceError('IncorrectInstanceState', `The instance '${row.instanceId}' is not in the 'stopped' state.`)
}

function attributeOutput(
  context: Ec2Context,
  row: InstanceRow,
  primary: NetworkInterfaceRow | undefined,
  attribute: DescribeInstanceAttributeRequest['Attribute'],
): InstanceAttribute {
  switch (attribute) {
    case 'instanceType':
      return { InstanceType: { Value: row.instanceType } }
    case 'userData':
      return { UserData: row.userData === undefined ? {} : { Value: row.userData } }
    case 'disableApiTermination':
      return { DisableApiTermination: { Value: row.disableApiTermination } }
    case 'disableApiStop':
      return { DisableApiStop: { Value: row.disableApiStop } }
    case 'instanceInitiatedShutdownBehavior':
      return { InstanceInitiatedShutdownBehavior: { Value: row.instanceInitiatedShutdownBehavior } }
    case 'rootDeviceName':
      return { RootDeviceName: { Value: row.rootDeviceName } }
    case 'ebsOptimized':
      return { EbsOptimized: { Value: row.ebsOptimized } }
    case 'sourceDestCheck':
      return { SourceDestCheck: { Value: primary?.sourceDestCheck ?? true } }
    case 'groupSet':
      return { Groups: (primary?.groupIds ?? []).map((GroupId) => ({ GroupId })) }
    case 'blockDeviceMapping':
      return { BlockDeviceMappings: new InstanceOutputs(context).of(row).BlockDeviceMappings }
    case 'enaSupport':
      return { EnaSupport: { Value: true } }
    case 'sriovNetSupport':
      return { SriovNetSupport: {} }
    case 'enclaveOptions':
      return { EnclaveOptions: { Enabled: false } }
    case 'productCodes':
      return { ProductCodes: [] }
    case 'kernel':
      return { KernelId: {} }
    case 'ramdisk':
      return { RamdiskId: {} }
    case undefined:
  }
  throw invalidValue(`Value (${attribute}) for parameter attribute is invalid. Unknown attribute.`)
}
