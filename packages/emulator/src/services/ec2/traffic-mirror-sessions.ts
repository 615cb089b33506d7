import type {
  CreateTrafficMirrorSessionRequest,
  CreateTrafficMirrorSessionResult,
  DeleteTrafficMirrorSessionRequest,
  DeleteTrafficMirrorSessionResult,
  DescribeTrafficMirrorSessionsRequest,
  DescribeTrafficMirrorSessionsResult,
  ModifyTrafficMirrorSessionRequest,
  ModifyTrafficMirrorSessionResult,
  TrafficMirrorSession,
} from '@aws-sdk/client-ec2'
import type { Operation, ServiceOperations } from '../../operation/operation.ts'
import { once } from './client-token.ts'
import { describeRows } from './describe.ts'
import type { Ec2Context } from './ec2-context.ts'
import { invalidCombination, invalidValue } from './ec2-errors.ts'
import type { TrafficMirrorSessionRow } from './ec2-rows.ts'
import { existing } from './resource-kinds.ts'
import { checkTagSpecifications } from './resource-tags.ts'
import { checkMirrorSession, checkMirrorSource } from './traffic-mirror-session-checks.ts'

/** Shown where a session mirrors whole packets. [?] As public answers of DescribeTrafficMirrorSessions have it. */
export const WHOLE_PACKET_LENGTH = 65535
const MOST_NETWORK_ID = 0xff_ffff

/** Mirror sessions: from when it is made, a session copies what its filter accepts at its source. */
export function trafficMirrorSessionOperations(context: Ec2Context): ServiceOperations {
  const { tables, tags, ids, accountId } = context
  const output = (row: TrafficMirrorSessionRow): TrafficMirrorSession => ({
    TrafficMirrorSessionId: row.trafficMirrorSessionId,
    TrafficMirrorTargetId: row.trafficMirrorTargetId,
    TrafficMirrorFilterId: row.trafficMirrorFilterId,
    NetworkInterfaceId: row.networkInterfaceId,
    OwnerId: accountId,
    PacketLength: row.packetLength ?? WHOLE_PACKET_LENGTH,
    SessionNumber: row.sessionNumber,
    VirtualNetworkId: row.virtualNetworkId,
    Description: row.description,
    Tags: tags.list(row.trafficMirrorSessionId),
  })
  const create: Operation<CreateTrafficMirrorSessionRequest, CreateTrafficMirrorSessionResult> = {
    acts: [
      'NetworkInterfaceId',
      'TrafficMirrorTargetId',
      'TrafficMirrorFilterId',
      'SessionNumber',
      'PacketLength',
      'VirtualNetworkId',
      'TagSpecifications',
      'ClientToken',
    ],
    keeps: ['Description'],
    handle: (input) => {
      checkTagSpecifications(input.TagSpecifications, ['trafficMirrorSession'])
      const eni = existing('networkInterface', tables.networkInterfaces, input.NetworkInterfaceId)
      const target = existing('trafficMirrorTarget', tables.trafficMirrorTargets, input.TrafficMirrorTargetId)
      const filter = existing('trafficMirrorFilter', tables.trafficMirrorFilters, input.TrafficMirrorFilterId)
      const { ids: made } = once(context, 'CreateTrafficMirrorSession', input, () => {
        checkMirrorSource(tables, eni)
        const row: TrafficMirrorSessionRow = {
          trafficMirrorSessionId: ids.next('tms'),
          networkInterfaceId: eni.networkInterfaceId,
          trafficMirrorTargetId: target.trafficMirrorTargetId,
          trafficMirrorFilterId: filter.trafficMirrorFilterId,
          sessionNumber: input.SessionNumber ?? 0,
          ...(input.PacketLength !== undefined && { packetLength: input.PacketLength }),
          virtualNetworkId: input.VirtualNetworkId ?? freeNetworkId(context),
          description: input.Description ?? '',
        }
        checkMirrorSession(tables, row)
        tables.trafficMirrorSessions.put(row.trafficMirrorSessionId, row)
        tags.apply(row.trafficMirrorSessionId, 'trafficMirrorSession', input.TagSpecifications)
        return [row.trafficMirrorSessionId]
      })
      const row = existing('trafficMirrorSession', tables.trafficMirrorSessions, made[0])
      return { TrafficMirrorSession: output(row), ClientToken: input.ClientToken }
    },
  }
  const modify: Operation<ModifyTrafficMirrorSessionRequest, ModifyTrafficMirrorSessionResult> = {
    acts: [
      'TrafficMirrorSessionId',
      'TrafficMirrorTargetId',
      'TrafficMirrorFilterId',
      'SessionNumber',
      'PacketLength',
      'VirtualNetworkId',
      'RemoveFields',
    ],
    keeps: ['Description'],
    handle: (input) => {
      const row = existing('trafficMirrorSession', tables.trafficMirrorSessions, input.TrafficMirrorSessionId)
      const { TrafficMirrorTargetId: targetId, TrafficMirrorFilterId: filterId } = input
      if (targetId) existing('trafficMirrorTarget', tables.trafficMirrorTargets, targetId)
      if (filterId) existing('trafficMirrorFilter', tables.trafficMirrorFilters, filterId)
      const isRemoved = removedFields(input)
      const { packetLength: keptLength, ...rest } = row
      const packetLength = isRemoved('packet-length') ? undefined : (input.PacketLength ?? keptLength)
      const changed: TrafficMirrorSessionRow = {
        ...rest,
        ...(packetLength !== undefined && { packetLength }),
        trafficMirrorTargetId: targetId ?? row.trafficMirrorTargetId,
        trafficMirrorFilterId: filterId ?? row.trafficMirrorFilterId,
        sessionNumber: input.SessionNumber ?? row.sessionNumber,
        virtualNetworkId: isRemoved('virtual-network-id')
          ? freeNetworkId(context)
          : (input.VirtualNetworkId ?? row.virtualNetworkId),
        description: isRemoved('description') ? '' : (input.Description ?? row.description),
      }
      checkMirrorSession(tables, changed)
      tables.trafficMirrorSessions.put(row.trafficMirrorSessionId, changed)
      return { TrafficMirrorSession: output(changed) }
    },
  }
  const remove: Operation<DeleteTrafficMirrorSessionRequest, DeleteTrafficMirrorSessionResult> = {
    acts: ['TrafficMirrorSessionId'],
    handle: ({ TrafficMirrorSessionId }) => {
      const row = existing('trafficMirrorSession', tables.trafficMirrorSessions, TrafficMirrorSessionId)
      tables.trafficMirrorSessions.delete(row.trafficMirrorSessionId)
      tags.forget(row.trafficMirrorSessionId)
      return { TrafficMirrorSessionId: row.trafficMirrorSessionId }
    },
  }
  const describe: Operation<DescribeTrafficMirrorSessionsRequest, DescribeTrafficMirrorSessionsResult> = {
    acts: ['TrafficMirrorSessionIds', 'Filters', 'NextToken', 'MaxResults'],
    handle: (input) => {
      const { rows, nextToken } = describeRows(
        {
          kind: 'trafficMirrorSession',
          rows: tables.trafficMirrorSessions.values(),
          id: (row) => row.trafficMirrorSessionId,
          filters: {
            'traffic-mirror-session-id': (row) => row.trafficMirrorSessionId,
            'traffic-mirror-target-id': (row) => row.trafficMirrorTargetId,
            'traffic-mirror-filter-id': (row) => row.trafficMirrorFilterId,
            'network-interface-id': (row) => row.networkInterfaceId,
            'owner-id': () => accountId,
            'packet-length': (row) => row.packetLength ?? WHOLE_PACKET_LENGTH,
            'session-number': (row) => row.sessionNumber,
            'virtual-network-id': (row) => row.virtualNetworkId,
            description: (row) => row.description,
          },
          ids: input.TrafficMirrorSessionIds,
          tags,
        },
        input,
      )
      return { TrafficMirrorSessions: rows.map(output), NextToken: nextToken }
    },
  }
  return {
    CreateTrafficMirrorSession: create,
    ModifyTrafficMirrorSession: modify,
    DeleteTrafficMirrorSession: remove,
    DescribeTrafficMirrorSessions: describe,
  }
}

/** At random, and no other session's. Source: EC2 API reference, CreateTrafficMirrorSession, VirtualNetworkId. */
function freeNetworkId({ tables, ids }: Ec2Context): number {
  const taken = new Set([...tables.trafficMirrorSessions.values()].map(({ virtualNetworkId }) => virtualNetworkId))
  for (;;) {
    const id = Number.parseInt(ids.hex('virtual-network-id', 6), 16) % (MOST_NETWORK_ID + 1)
    if (id > 0 && !taken.has(id)) return id
  }
}

function removedFields({ RemoveFields = [], ...given }: ModifyTrafficMirrorSessionRequest): (field: string) => boolean {
  const members = {
    'packet-length': given.PacketLength,
    'virtual-network-id': given.VirtualNetworkId,
    description: given.Description,
  }
  for (const field of RemoveFields) {
    if (!Object.hasOwn(members, field)) throw invalidValue(`Value (${field}) for parameter RemoveField is invalid.`)
    if (members[field] !== undefined) throw invalidCombination(`${field} is both given and removed.`)
  }
  return (field) => RemoveFields.some((each) => each === field)
}
