import type {
  InstanceStateChange,
  RebootInstancesRequest,
  StartInstancesRequest,
  StartInstancesResult,
  InstanceStateName as StateWord,
  StopInstancesRequest,
  StopInstancesResult,
  TerminateInstancesRequest,
  TerminateInstancesResult,
} from '@aws-sdk/client-ec2'
import type { Call, Operation, ServiceOperations } from '../../operation/operation.ts'
import { ServiceError } from '../../wire/service-error.ts'
import type { Ec2Context } from './ec2-context.ts'
import type { InstanceRow } from './ec2-rows.ts'
import { lendPublicAddress } from './instance-interfaces.ts'
import { removeNetworkInterface } from './network-interface-parts.ts'
import { existing, notFound } from './resource-kinds.ts'

/** Source: EC2 API reference, InstanceState. */
const STATE_CODES: Readonly<Record<StateWord, number>> = {
  pending: 0,
  running: 16,
  'shutting-down': 32,
  terminated: 48,
  stopping: 64,
  stopped: 80,
}

/** A state as answers show it. */
export function instanceState(name: StateWord): { readonly Code: number; readonly Name: StateWord } {
  return { Code: STATE_CODES[name], Name: name }
}

/**
 * Instances start, stop and end. What lies between two states shows only in the answer of the call itself: a client polls while no
 * simulated time passes.
 */
export function instanceStateOperations(context: Ec2Context): ServiceOperations {
  const { tables } = context
  const instances = (ids: readonly string[] | undefined): InstanceRow[] => {
    const missing = (ids ?? []).filter((id) => !tables.instances.has(id))
    if (missing.length > 0) throw notFound('instance', missing)
    return (ids ?? []).map((id) => existing('instance', tables.instances, id))
  }
  const change = (row: InstanceRow, passing: StateWord, settled: StateWord): InstanceStateChange => ({
    InstanceId: row.instanceId,
    PreviousState: instanceState(row.state),
    CurrentState: instanceState(row.state === settled ? settled : passing),
  })

  const start: Operation<StartInstancesRequest, StartInstancesResult> = {
    acts: ['InstanceIds'],
    ignores: ['AdditionalInfo'],
    handle: ({ InstanceIds }, call) => {
      const rows = instances(InstanceIds)
      for (const row of rows) startInstance(context, row, call)
      return { StartingInstances: rows.map((row) => change(row, 'pending', 'running')) }
    },
  }
  const stop: Operation<StopInstancesRequest, StopInstancesResult> = {
    acts: ['InstanceIds'],
    ignores: ['Force', 'SkipOsShutdown'],
    handle: ({ InstanceIds }, call) => {
      const rows = instances(InstanceIds)
      for (const row of rows) stopInstance(context, row, call)
      return { StoppingInstances: rows.map((row) => change(row, 'stopping', 'stopped')) }
    },
  }
  const reboot: Operation<RebootInstancesRequest, object> = {
    acts: ['InstanceIds'],
    handle: ({ InstanceIds }) => {
      for (const row of instances(InstanceIds)) {
        if (row.state !== 'running') throw wrongState(row)
      }
      return {}
    },
  }
  const terminate: Operation<TerminateInstancesRequest, TerminateInstancesResult> = {
    acts: ['InstanceIds'],
    ignores: ['Force', 'SkipOsShutdown'],
    handle: ({ InstanceIds }, { nowMilliseconds }) => {
      const rows = instances(InstanceIds)
      for (const row of rows) {
        if (!row.disableApiTermination) continue
        throw new ServiceError(
          'OperationNotPermitted',
          `The instance '${row.instanceId}' may not be terminated. Modify its 'disableApiTermination' instance attribute and try again.`,
        )
      }
      for (const row of rows) terminateInstance(context, row, nowMilliseconds)
      return { TerminatingInstances: rows.map((row) => change(row, 'shutting-down', 'terminated')) }
    },
  }
  return { StartInstances: start, StopInstances: stop, RebootInstances: reboot, TerminateInstances: terminate }
}

function wrongState({ instanceId, state }: InstanceRow): ServiceError {
  return new ServiceError(
    'IncorrectInstanceState',
    `The instance '${instanceId}' is not in a state from which it can be started, stopped or rebooted: ${state}`,
  )
}

function startInstance(context: Ec2Context, row: InstanceRow, { nowMilliseconds }: Call): void {
  const { tables } = context
  if (row.state === 'running') return
  if (row.state !== 'stopped') throw wrongState(row)
  const { stateReason: _, ...rest } = row
  tables.instances.put(row.instanceId, {
    ...rest,
    state: 'running',
    stateTransitionReason: '',
    launchMilliseconds: nowMilliseconds,
  })
  for (const networkInterface of [...tables.networkInterfaces.values()]) {
    if (networkInterface.attachment?.instanceId !== row.instanceId || !networkInterface.associatesPublicIp) continue
    const hasElastic = [...tables.addresses.values()].some(
      ({ association }) => association?.networkInterfaceId === networkInterface.networkInterfaceId,
    )
    if (!hasElastic) lendPublicAddress(context, networkInterface)
  }
}

function stopInstance({ tables }: Ec2Context, row: InstanceRow, { nowMilliseconds }: Call): void {
  if (row.state === 'stopped') return
  if (row.state !== 'running') throw wrongState(row)
  if (row.disableApiStop) {
    throw new ServiceError(
      'OperationNotPermitted',
      `The instance '${row.instanceId}' may not be stopped. Modify its 'disableApiStop' instance attribute and try again.`,
    )
  }
  tables.instances.put(row.instanceId, { ...row, state: 'stopped', ...userInitiated(nowMilliseconds) })
  for (const networkInterface of [...tables.networkInterfaces.values()]) {
    if (networkInterface.attachment?.instanceId !== row.instanceId) continue
    if (!networkInterface.privateIpAddresses.some(({ publicIp }) => publicIp !== undefined)) continue
    const privateIpAddresses = networkInterface.privateIpAddresses.map(({ privateIpAddress }) => ({ privateIpAddress }))
    tables.networkInterfaces.put(networkInterface.networkInterfaceId, { ...networkInterface, privateIpAddresses })
  }
}

function userInitiated(nowMilliseconds: number): Pick<InstanceRow, 'stateTransitionReason' | 'stateReason'> {
  const time = new Date(nowMilliseconds).toISOString().slice(0, 19).replace('T', ' ')
  return {
    stateTransitionReason: `User initiated (${time} GMT)`,
    stateReason: {
      code: 'Client.UserInitiatedShutdown',
      message: 'Client.UserInitiatedShutdown: User initiated shutdown',
    },
  }
}

/** Ends an instance: its own ENIs and volumes go with it, others are free again. For Auto Scaling groups too. */
export function terminateInstance(context: Ec2Context, row: InstanceRow, nowMilliseconds: number): void {
  const { tables, tags } = context
  if (row.state === 'terminated') return
  tables.instances.put(row.instanceId, {
    ...row,
    state: 'terminated',
    terminateMilliseconds: nowMilliseconds,
    ...userInitiated(nowMilliseconds),
  })
  for (const networkInterface of [...tables.networkInterfaces.values()]) {
    const { attachment, ...free } = networkInterface
    if (attachment?.instanceId !== row.instanceId) continue
    if (attachment.deleteOnTermination) removeNetworkInterface(context, networkInterface.networkInterfaceId)
    else tables.networkInterfaces.put(networkInterface.networkInterfaceId, free)
  }
  for (const volume of [...tables.volumes.values()]) {
    const { attachment, ...free } = volume
    if (attachment?.instanceId !== row.instanceId) continue
    if (attachment.deleteOnTermination) {
      tables.volumes.delete(volume.volumeId)
      tags.forget(volume.volumeId)
    } else tables.volumes.put(volume.volumeId, free)
  }
}
