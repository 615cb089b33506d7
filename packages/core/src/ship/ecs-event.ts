import type { EveEvent } from '../inspect/eve-event.ts'

/** ECS's categorisation of an event (ECS reference, "Categorization fields"). */
export interface EcsEvent {
  kind: 'alert' | 'event' | 'metric'
  category?: readonly string[]
  type?: readonly string[]
  outcome?: 'success' | 'failure'
  severity?: number
  start?: string
  end?: string
  /** Nanoseconds. */
  duration?: number
  module: 'suricata'
  dataset: 'suricata.eve'
  /** The EVE line, where it is kept. */
  original?: string
}

type Categories = Pick<EcsEvent, 'kind' | 'category' | 'type'>

const PROTOCOL: Categories = { kind: 'event', category: ['network'], type: ['protocol'] }
const NETWORK: Categories = { kind: 'event', category: ['network'] }

/** As Filebeat's Suricata module sorts them (beats, x-pack/filebeat/module/suricata/eve). */
const CATEGORIES: Readonly<Record<EveEvent['event_type'], Categories>> = {
  alert: { kind: 'alert', category: ['network', 'intrusion_detection'] },
  anomaly: NETWORK,
  dns: PROTOCOL,
  fileinfo: NETWORK,
  flow: { kind: 'event', category: ['network'], type: ['connection'] },
  http: { kind: 'event', category: ['network', 'web'], type: ['access', 'protocol'] },
  ssh: PROTOCOL,
  stats: { kind: 'metric' },
  tls: PROTOCOL,
}

const FLOW_TYPES: Readonly<Record<string, string>> = { new: 'start', closed: 'end' }

/** What an event is in ECS's terms: `event.*`, apart from its times. An event type that is not known counts as network traffic. */
export function ecsEvent(event: EveEvent): EcsEvent {
  const categories = Object.hasOwn(CATEGORIES, event.event_type) ? CATEGORIES[event.event_type] : NETWORK
  const type = [...(categories.type ?? []), ...moreTypes(event)]
  return {
    ...categories,
    ...(type.length > 0 && { type }),
    ...(event.event_type === 'http' &&
      event.http.status !== undefined && { outcome: event.http.status < 400 ? 'success' : 'failure' }),
    ...(event.event_type === 'alert' && { severity: event.alert.severity }),
    module: 'suricata',
    dataset: 'suricata.eve',
  }
}

function moreTypes(event: EveEvent): readonly string[] {
  if (event.event_type === 'flow') {
    const type = FLOW_TYPES[event.flow.state]
    return type === undefined ? [] : [type]
  }
  if (event.event_type !== 'alert') return []
  // A real Suricata that may drop says "blocked".
  const action: string = event.alert.action
  return [action === 'blocked' ? 'denied' : action]
}
