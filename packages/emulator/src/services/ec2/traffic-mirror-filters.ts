import type {
  CreateTrafficMirrorFilterRequest,
  CreateTrafficMirrorFilterResult,
  DeleteTrafficMirrorFilterRequest,
  DeleteTrafficMirrorFilterResult,
  DescribeTrafficMirrorFiltersRequest,
  DescribeTrafficMirrorFiltersResult,
  ModifyTrafficMirrorFilterNetworkServicesRequest,
  ModifyTrafficMirrorFilterNetworkServicesResult,
  TrafficMirrorFilter,
} from '@aws-sdk/client-ec2'
import type { Operation, ServiceOperations } from '../../operation/operation.ts'
import { ServiceError } from '../../wire/service-error.ts'
import { once } from './client-token.ts'
import { describeRows } from './describe.ts'
import type { Ec2Context } from './ec2-context.ts'
import { invalidValue } from './ec2-errors.ts'
import type { TrafficMirrorFilterRow } from './ec2-rows.ts'
import { existing } from './resource-kinds.ts'
import { checkTagSpecifications } from './resource-tags.ts'
import { mirrorRuleOutput } from './traffic-mirror-filter-rules.ts'

/** Mirror filters; one without rules mirrors nothing. */
export function trafficMirrorFilterOperations(context: Ec2Context): ServiceOperations {
  const { tables, tags, ids } = context
  const output = (row: TrafficMirrorFilterRow): TrafficMirrorFilter => {
    const id = row.trafficMirrorFilterId
    const rules = [...tables.trafficMirrorFilterRules.values()]
      .filter(({ trafficMirrorFilterId }) => trafficMirrorFilterId === id)
      .sort((one, other) => one.ruleNumber - other.ruleNumber)
      .map((rule) => mirrorRuleOutput(context, rule))
    return {
      TrafficMirrorFilterId: id,
      Description: row.description,
      IngressFilterRules: rules.filter(({ TrafficDirection }) => TrafficDirection === 'ingress'),
      EgressFilterRules: rules.filter(({ TrafficDirection }) => TrafficDirection === 'egress'),
      NetworkServices: [...row.networkServices],
      Tags: tags.list(id),
    }
  }
  const create: Operation<CreateTrafficMirrorFilterRequest, CreateTrafficMirrorFilterResult> = {
    acts: ['TagSpecifications', 'ClientToken'],
    keeps: ['Description'],
    handle: (input) => {
      checkTagSpecifications(input.TagSpecifications, ['trafficMirrorFilter'])
      const { ids: made } = once(context, 'CreateTrafficMirrorFilter', input, () => {
        const trafficMirrorFilterId = ids.next('tmf')
        const description = input.Description ?? ''
        tables.trafficMirrorFilters.put(trafficMirrorFilterId, {
          trafficMirrorFilterId,
          description,
          networkServices: [],
        })
        tags.apply(trafficMirrorFilterId, 'trafficMirrorFilter', input.TagSpecifications)
        return [trafficMirrorFilterId]
      })
      const row = existing('trafficMirrorFilter', tables.trafficMirrorFilters, made[0])
      return { TrafficMirrorFilter: output(row), ClientToken: input.ClientToken }
    },
  }
  const remove: Operation<DeleteTrafficMirrorFilterRequest, DeleteTrafficMirrorFilterResult> = {
    acts: ['TrafficMirrorFilterId'],
    handle: (input) => {
      const row = existing('trafficMirrorFilter', tables.trafficMirrorFilters, input.TrafficMirrorFilterId)
      const id = row.trafficMirrorFilterId
      const user = [...tables.trafficMirrorSessions.values()].find((each) => each.trafficMirrorFilterId === id)
      if (user) {
        throw new ServiceError(
          'TrafficMirrorFilterInUse',
          `Traffic mirror filter '${id}' is used by the session ${user.trafficMirrorSessionId}`,
        )
      }
      for (const rule of [...tables.trafficMirrorFilterRules.values()]) {
        if (rule.trafficMirrorFilterId !== id) continue
        tables.trafficMirrorFilterRules.delete(rule.trafficMirrorFilterRuleId)
        tags.forget(rule.trafficMirrorFilterRuleId)
      }
      tables.trafficMirrorFilters.delete(id)
      tags.forget(id)
      return { TrafficMirrorFilterId: id }
    },
  }
  const describe: Operation<DescribeTrafficMirrorFiltersRequest, DescribeTrafficMirrorFiltersResult> = {
    acts: ['TrafficMirrorFilterIds', 'Filters', 'NextToken', 'MaxResults'],
    handle: (input) => {
      const { rows, nextToken } = describeRows(
        {
          kind: 'trafficMirrorFilter',
          rows: tables.trafficMirrorFilters.values(),
          id: (row) => row.trafficMirrorFilterId,
          filters: {
            'traffic-mirror-filter-id': (row) => row.trafficMirrorFilterId,
            description: (row) => row.description,
          },
          ids: input.TrafficMirrorFilterIds,
          tags,
        },
        input,
      )
      return { TrafficMirrorFilters: rows.map(output), NextToken: nextToken }
    },
  }
  const modifyServices: Operation<
    ModifyTrafficMirrorFilterNetworkServicesRequest,
    ModifyTrafficMirrorFilterNetworkServicesResult
  > = {
    acts: ['TrafficMirrorFilterId', 'AddNetworkServices', 'RemoveNetworkServices'],
    handle: ({ TrafficMirrorFilterId, AddNetworkServices: added = [], RemoveNetworkServices: removed = [] }) => {
      const row = existing('trafficMirrorFilter', tables.trafficMirrorFilters, TrafficMirrorFilterId)
      const other = [...added, ...removed].find((service) => service !== 'amazon-dns')
      if (other !== undefined) {
        throw invalidValue(`Value (${other}) for parameter NetworkService is invalid. It is amazon-dns.`)
      }
      const kept = row.networkServices.filter((service) => !removed.includes(service))
      const changed = { ...row, networkServices: [...new Set([...kept, ...added])] }
      tables.trafficMirrorFilters.put(row.trafficMirrorFilterId, changed)
      return { TrafficMirrorFilter: output(changed) }
    },
  }
  return {
    CreateTrafficMirrorFilter: create,
    DeleteTrafficMirrorFilter: remove,
    DescribeTrafficMirrorFilters: describe,
    ModifyTrafficMirrorFilterNetworkServices: modifyServices,
  }
}
