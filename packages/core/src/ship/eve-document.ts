import type { EveApplication, EveEvent, EveFlowCounts, EveTunnel } from '../inspect/eve-event.ts'
import { IpAddress } from '../net/ip-address.ts'
import { communityId } from './community-id.ts'
import { type EcsFields, ecsDns, ecsFile, ecsHttp, ecsTls, ecsUrl, relatedTo } from './ecs-application.ts'
import { type EcsEvent, ecsEvent } from './ecs-event.ts'
import { ecsTime, nanosecondsBetween } from './ecs-time.ts'

/** An event as it is indexed: ECS's fields, what Filebeat's Suricata module leaves under `suricata.eve`, and EVE's own at the top. */
export interface EveDocument {
  readonly '@timestamp': string
  readonly event: EcsEvent
  readonly [field: string]: unknown
}

/** What is said of all events. */
export interface EveDocumentOptions {
  /** `observer.*`: what saw the packets. `{ type: 'ids', product: 'flowtap' }` unless given. */
  readonly observer?: Readonly<Record<string, string>>
  /** Keeps the event as JSON in `event.original`; not unless asked. */
  readonly keepOriginal?: boolean
}

/** The version of the ECS reference whose field names are used. */
const ECS_VERSION = '8.11.0'
const DEFAULT_OBSERVER = { type: 'ids', product: 'flowtap' }
/** What Filebeat takes for a time that is none. */
const NO_TIME = '1970-01-01T00:00:00.000000Z'

const PROTOCOL_NUMBERS: Readonly<Record<string, number>> = {
  TCP: 6,
  UDP: 17,
  ICMP: 1,
  'IPv6-ICMP': 58,
  SCTP: 132,
}

/** Any event's fields, where they are. */
interface Fields extends EveApplication {
  readonly timestamp: string
  readonly src_ip?: string
  readonly src_port?: number
  readonly dest_ip?: string
  readonly dest_port?: number
  readonly proto?: string
  readonly icmp_type?: number
  readonly icmp_code?: number
  readonly app_proto?: string
  readonly vlan?: readonly number[]
  readonly tunnel?: EveTunnel
  readonly flow_id?: number
  readonly flow?: Partial<EveFlowCounts> & { readonly end?: string }
}

/**
 * An EVE event as Filebeat's Suricata module would index it (beats, x-pack/filebeat/module/suricata/eve), with the raw EVE fields at the
 * top level beside ECS's: `src_ip` and `source.ip` both find it. Where both have a name, ECS's meaning stands: `tls.version` is `1.2` and
 * `dns.id` a text; `suricata.eve` has the others. What the module looks up elsewhere (places of addresses, parts of a user agent,
 * registered domains) is not added.
 */
export function eveDocument(event: EveEvent, options: EveDocumentOptions = {}): EveDocument {
  const fields: Fields = event.event_type === 'stats' ? { timestamp: event.timestamp } : (event as Fields)
  const { http, tls } = fields
  const file = event.event_type === 'fileinfo' ? event.fileinfo : undefined
  const { hosts, hash } = relatedTo(fields, file)
  const [domain] = hosts
  const ips = [...new Set([fields.src_ip, fields.dest_ip].filter((address) => address !== undefined))]
  const { src_ip: from, dest_ip: to } = fields
  return {
    ...event,
    '@timestamp': ecsTime(event.timestamp) ?? NO_TIME,
    ecs: { version: ECS_VERSION },
    agent: { type: 'flowtap' },
    service: { type: 'suricata' },
    fileset: { name: 'eve' },
    tags: ['suricata'],
    observer: options.observer ?? DEFAULT_OBSERVER,
    event: {
      ...ecsEvent(event),
      ...eventTimes(fields),
      ...(options.keepOriginal && { original: JSON.stringify(event) }),
    },
    ...(from !== undefined && { source: endpoint(from, fields.src_port, fields.flow, 'toserver') }),
    ...(to !== undefined && { destination: endpoint(to, fields.dest_port, fields.flow, 'toclient', domain) }),
    ...(fields.proto !== undefined && { network: network(event, fields) }),
    ...(event.event_type === 'alert' && {
      message: event.alert.category,
      rule: {
        id: String(event.alert.signature_id),
        name: event.alert.signature,
        category: event.alert.category,
        version: String(event.alert.rev),
      },
    }),
    ...(http && { http: ecsHttp(http), url: ecsUrl(http) }),
    ...(http?.http_user_agent !== undefined && { user_agent: { original: http.http_user_agent } }),
    ...(event.event_type === 'dns' && { dns: ecsDns(event.dns) }),
    ...(tls && { tls: ecsTls(tls) }),
    ...(file && { file: ecsFile(file) }),
    ...((ips.length > 0 || hosts.length > 0 || hash.length > 0) && {
      related: {
        ...(ips.length > 0 && { ip: ips }),
        ...(hosts.length > 0 && { hosts }),
        ...(hash.length > 0 && { hash }),
      },
    }),
    suricata: { eve: remainder(event) },
  }
}

function eventTimes({ flow }: Fields): Partial<EcsEvent> {
  const start = flow?.start === undefined ? undefined : ecsTime(flow.start)
  const end = flow?.end === undefined ? undefined : ecsTime(flow.end)
  const duration = start !== undefined && end !== undefined ? nanosecondsBetween(start, end) : undefined
  return {
    ...(start !== undefined && { start }),
    ...(end !== undefined && { end }),
    ...(duration !== undefined && { duration }),
  }
}

/** Counts go by the flow, as the module does it: those to the server are the source's, whichever way the packet went. */
function endpoint(
  address: string,
  port: number | undefined,
  flow: Fields['flow'],
  way: 'toserver' | 'toclient',
  domain?: string,
): EcsFields {
  const packets = flow?.[`pkts_${way}`]
  const bytes = flow?.[`bytes_${way}`]
  return {
    address,
    ...(IpAddress.parse(address) && { ip: address }),
    ...(port !== undefined && { port }),
    ...(domain !== undefined && { domain }),
    ...(packets !== undefined && { packets }),
    ...(bytes !== undefined && { bytes }),
  }
}

function network(event: EveEvent, fields: Fields): EcsFields {
  const { proto = '', flow, vlan = [], src_ip: source, dest_ip: destination } = fields
  const protocol = applicationProtocol(event, fields)
  const bytes = (flow?.bytes_toserver ?? 0) + (flow?.bytes_toclient ?? 0)
  const packets = (flow?.pkts_toserver ?? 0) + (flow?.pkts_toclient ?? 0)
  const number = Object.hasOwn(PROTOCOL_NUMBERS, proto) ? PROTOCOL_NUMBERS[proto] : Number(proto)
  const isIcmp = proto === 'ICMP' || proto === 'IPv6-ICMP'
  const id =
    source === undefined || destination === undefined || number === undefined || Number.isNaN(number)
      ? undefined
      : communityId({
          source,
          destination,
          protocol: number,
          sourcePort: isIcmp ? fields.icmp_type : fields.src_port,
          destinationPort: isIcmp ? fields.icmp_code : fields.dest_port,
        })
  const [outer, inner] = vlan
  return {
    ...(source !== undefined && { type: source.includes(':') ? 'ipv6' : 'ipv4' }),
    transport: proto.toLowerCase(),
    ...(protocol !== undefined && { protocol }),
    ...(id !== undefined && { community_id: id }),
    ...(bytes > 0 && { bytes }),
    ...(packets > 0 && { packets }),
    ...(outer !== undefined && { vlan: { id: String(outer) } }),
    ...(inner !== undefined && { inner: { vlan: { id: String(inner) } } }),
  }
}

const PROTOCOL_EVENTS: ReadonlySet<string> = new Set(['http', 'dns', 'tls', 'ssh'])

function applicationProtocol(event: EveEvent, { app_proto: name }: Fields): string | undefined {
  if (name !== undefined && name !== 'failed') return name.toLowerCase()
  return PROTOCOL_EVENTS.has(event.event_type) ? event.event_type : undefined
}

/** What the module leaves of the event where it stood: all that it did not move into ECS's fields. */
function remainder(event: EveEvent): EcsFields {
  const {
    timestamp: _time,
    src_ip: _source,
    src_port: _sourcePort,
    dest_ip: _destination,
    dest_port: _destinationPort,
    proto: _protocol,
    app_proto: _application,
    ...rest
  } = event as EveEvent & Readonly<Record<string, unknown>>
  const left: Record<string, unknown> = { ...rest }
  if (event.event_type !== 'stats' && event.flow_id !== undefined) left.flow_id = String(event.flow_id)
  without(left, 'alert', ['action', 'severity'])
  without(left, 'http', [...['http_method', 'status', 'hostname', 'url', 'http_refer', 'length', 'http_user_agent']])
  without(left, 'fileinfo', ['filename', 'size'])
  without(left, 'flow', ['start', 'end', 'pkts_toserver', 'pkts_toclient', 'bytes_toserver', 'bytes_toclient'])
  if (event.event_type === 'dns') {
    without(left, 'dns', ['answers', 'aa', 'tc', 'rd', 'ra', 'qr', 'version', 'flags', 'grouped'])
  }
  return left
}

function without(fields: Record<string, unknown>, name: string, moved: readonly string[]): void {
  const group = fields[name]
  if (typeof group !== 'object' || group === null) return
  const kept = Object.entries(group).filter(([key]) => !moved.includes(key))
  if (kept.length > 0) fields[name] = Object.fromEntries(kept)
  else delete fields[name]
}
