import type {
  DescribeInstanceStatusRequest,
  DescribeInstanceStatusResult,
  DescribeInstancesRequest,
  DescribeInstancesResult,
  Instance,
  InstanceStatus,
  Reservation,
  RunInstancesRequest,
} from '@aws-sdk/client-ec2'
import type { Call, Operation, ServiceOperations } from '../../operation/operation.ts'
import { describeRows, page, selectRows } from './describe.ts'
import type { Ec2Context } from './ec2-context.ts'
import { invalidCombination } from './ec2-errors.ts'
import type { InstanceRow } from './ec2-rows.ts'
import { instanceFilters } from './instance-filters.ts'
import { InstanceOutputs } from './instance-output.ts'
import { instanceState } from './instance-states.ts'
import { existing } from './resource-kinds.ts'
import { runInstances } from './run-instances.ts'
import { RUN_MEMBERS } from './run-members.ts'
import { zonesOf } from './zones.ts'

/** For how long a terminated instance is told of. Source: EC2 user guide, "Terminate EC2 instances". */
const TOLD_MILLISECONDS = 3_600_000

/** Instances are made and told of. */
export function instanceOperations(context: Ec2Context): ServiceOperations {
  const { tables, tags, accountId, region } = context
  const told = ({ nowMilliseconds }: Call): InstanceRow[] =>
    [...tables.instances.values()].filter(
      ({ terminateMilliseconds: end }) => end === undefined || nowMilliseconds - end < TOLD_MILLISECONDS,
    )
  const reservations = (rows: readonly InstanceRow[]): Reservation[] => {
    const outputs = new InstanceOutputs(context)
    const byId = new Map<string, Instance[]>()
    for (const row of rows) {
      const known = byId.get(row.reservationId)
      if (known) known.push(outputs.of(row))
      else byId.set(row.reservationId, [outputs.of(row)])
    }
    return [...byId].map(([ReservationId, Instances]) => ({ ReservationId, OwnerId: accountId, Groups: [], Instances }))
  }

  const run: Operation<RunInstancesRequest, Reservation> = {
    ...RUN_MEMBERS,
    handle: (input, { nowMilliseconds }) => {
      const ids = runInstances(context, input, { nowMilliseconds })
      const [reservation = {}] = reservations(ids.map((id) => existing('instance', tables.instances, id)))
      const pending = (instance: Instance): Instance => ({ ...instance, State: instanceState('pending') })
      return { ...reservation, Instances: reservation.Instances?.map(pending) }
    },
  }
  const describe: Operation<DescribeInstancesRequest, DescribeInstancesResult> = {
    acts: ['InstanceIds', 'Filters', 'NextToken', 'MaxResults'],
    handle: (input, call) => {
      if (input.InstanceIds?.length && input.MaxResults !== undefined) {
        throw invalidCombination('The parameter instancesSet cannot be used with the parameter maxResults')
      }
      const { rows, nextToken } = describeRows(
        {
          kind: 'instance',
          rows: told(call),
          id: (row) => row.instanceId,
          filters: instanceFilters(context),
          ids: input.InstanceIds,
          tags,
        },
        input,
      )
      return { Reservations: reservations(rows), NextToken: nextToken }
    },
  }
  const describeStatus: Operation<DescribeInstanceStatusRequest, DescribeInstanceStatusResult> = {
    acts: ['InstanceIds', 'Filters', 'IncludeAllInstances', 'NextToken', 'MaxResults'],
    handle: ({ InstanceIds, Filters, IncludeAllInstances, ...paging }, call) => {
      const isShown = ({ state }: InstanceRow): boolean => IncludeAllInstances || state === 'running'
      const status = ({ state }: InstanceRow): 'ok' | 'not-applicable' =>
        state === 'running' ? 'ok' : 'not-applicable'
      const rows = selectRows(
        {
          kind: 'instance',
          rows: told(call),
          id: (row) => row.instanceId,
          filters: {
            'availability-zone': (row) => row.availabilityZone,
            'instance-state-name': (row) => row.state,
            'instance-state-code': (row) => instanceState(row.state).Code,
            'instance-status.status': status,
            'instance-status.reachability': (row) => (row.state === 'running' ? 'passed' : undefined),
            'system-status.status': status,
            'system-status.reachability': (row) => (row.state === 'running' ? 'passed' : undefined),
          },
          ids: InstanceIds,
          tags,
        },
        Filters,
      ).filter(isShown)
      const { rows: shown, nextToken } = page(rows, (row) => row.instanceId, paging)
      const zones = zonesOf(region)
      return {
        InstanceStatuses: shown.map((row): InstanceStatus => {
          const summary =
            row.state === 'running'
              ? { Status: 'ok' as const, Details: [{ Name: 'reachability' as const, Status: 'passed' as const }] }
              : { Status: 'not-applicable' as const }
          return {
            InstanceId: row.instanceId,
            AvailabilityZone: row.availabilityZone,
            AvailabilityZoneId: zones.find(({ name }) => name === row.availabilityZone)?.id,
            InstanceState: instanceState(row.state),
            InstanceStatus: summary,
            SystemStatus: summary,
          }
        }),
        NextToken: nextToken,
      }
    },
  }
  return { RunInstances: run, DescribeInstances: describe, DescribeInstanceStatus: describeStatus }
}
