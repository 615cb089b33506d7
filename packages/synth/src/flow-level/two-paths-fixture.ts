import type { FlowLog, Topology } from '@flowtap/core'
import { FLOW_LOG_FIELDS, type FlowLogRecord } from '@flowtap/parser'
import { simulate } from '../simulation.ts'
import type { Conversation } from './conversation.ts'
import { generateFlowLogs } from './generate-flow-logs.ts'
import { conversationsScenario, type Traffic } from './traffic.ts'

// The two paths to flow logs: packets through hosts, network and flow table, and templates of single conversations replayed.

/** The records of each flow log as texts, without order. */
export type Records = Record<string, string[]>

/** The topology's flow logs with all fields, and for each interval one more of every VPC and transit gateway. */
export function withAllFields(topology: Topology, added: readonly (60 | 600)[]): Topology {
  const fieldsOf = ({ resource }: Pick<FlowLog, 'resource'>): string[] => {
    const kind = resource.kind.startsWith('transit-gateway') ? 'transit-gateway' : 'vpc'
    return FLOW_LOG_FIELDS.filter(({ appliesTo, name }) => appliesTo.includes(kind) && !name.includes('tag')).map(
      ({ name }) => name,
    )
  }
  const resources: FlowLog['resource'][] = [
    ...topology.vpcs.map((vpc) => ({ kind: 'vpc', vpc }) as const),
    ...topology.transitGateways.map((transitGateway) => ({ kind: 'transit-gateway', transitGateway }) as const),
  ]
  const more = resources.flatMap((resource, index) =>
    added.map(
      (maxAggregationIntervalSeconds): FlowLog => ({
        id: `fl-${maxAggregationIntervalSeconds}-${index}`,
        name: `added-${maxAggregationIntervalSeconds}-${index}`,
        tags: {},
        resource,
        trafficType: 'ALL',
        maxAggregationIntervalSeconds,
        logFormat: [],
        tagKeys: { instance: [], networkInterface: [], autoScalingGroup: [] },
        destination: { kind: 'cloud-watch-logs', logGroupName: 'added' },
      }),
    ),
  )
  const flowLogs = [...topology.flowLogs, ...more].map((flowLog) => ({ ...flowLog, logFormat: fieldsOf(flowLog) }))
  return { ...topology, flowLogs }
}

class Collector {
  readonly #records = new Map<string, FlowLogRecord[]>()

  readonly onRecord = (record: FlowLogRecord, { id }: FlowLog): void => {
    this.#records.set(id, [...(this.#records.get(id) ?? []), record])
  }

  /**
   * The records as texts. Ports that NAT gateways and balancers give may have other numbers in the two paths where several conversations
   * ask at the same time; what they stand for is the same.
   */
  records(topology: Topology, ports: ReadonlySet<number>): Records {
    const giving = new Set(
      topology.interfaces
        .filter(({ attachment: { kind } }) => kind === 'nat-gateway' || kind === 'load-balancer')
        .flatMap(({ addresses }) =>
          addresses.flatMap(({ address, publicAddress }) => [`${address}`, `${publicAddress}`]),
        ),
    )
    const rename = (address: string | undefined, port: number | undefined): number | string | undefined =>
      address !== undefined && giving.has(address) && port && !ports.has(port) ? 'given' : port
    return Object.fromEntries(
      [...this.#records].sort().map(([id, records]) => [
        id,
        records
          .map((record) => {
            const srcport = rename(record['pkt-srcaddr'] ?? record.srcaddr, record.srcport)
            const dstport = rename(record['pkt-dstaddr'] ?? record.dstaddr, record.dstport)
            return Object.entries({ ...record, srcport, dstport })
              .flatMap(([field, value]) => (value === undefined ? [] : [`${field}=${value}`]))
              .join(' ')
          })
          .sort(),
      ]),
    )
  }
}

/** The ports that conversations have of themselves. */
export function portsOf(list: readonly Conversation[]): ReadonlySet<number> {
  return new Set(list.flatMap(({ clientPort, serverPort }) => [clientPort ?? 0, serverPort ?? 0]))
}

/** The records of a simulation with packets. */
export function ofPackets(topology: Topology, traffic: Traffic, ports: ReadonlySet<number>): Records {
  const collector = new Collector()
  simulate(topology, conversationsScenario(traffic), { records: true, mirroring: false }).runSync({
    onRecord: collector.onRecord,
  })
  return collector.records(topology, ports)
}

/** The records of the fast path. */
export async function ofFlows(topology: Topology, traffic: Traffic, ports: ReadonlySet<number>): Promise<Records> {
  const collector = new Collector()
  await generateFlowLogs(topology, traffic, { onRecord: collector.onRecord })
  return collector.records(topology, ports)
}
