/** The data stream of shipped events unless another is named. */
export const DEFAULT_DATA_STREAM = 'filebeat-flowtap'

/** A composable index template, as `PUT _index_template/NAME` takes it. */
export interface IndexTemplate {
  readonly index_patterns: readonly string[]
  readonly data_stream: Readonly<Record<string, never>>
  readonly priority: number
  readonly template: {
    readonly settings: Readonly<Record<string, unknown>>
    readonly mappings: Readonly<Record<string, unknown>>
  }
}

type Mapping = Readonly<Record<string, unknown>>

const IP: Mapping = { type: 'ip' }
const LONG: Mapping = { type: 'long' }
const DATE: Mapping = { type: 'date' }
const KEYWORD: Mapping = { type: 'keyword', ignore_above: 1024 }
const BOOLEAN: Mapping = { type: 'boolean' }
/** Searched by its words, and found whole by `.keyword`. */
const TEXT: Mapping = { type: 'text', fields: { keyword: KEYWORD } }

function group(properties: Readonly<Record<string, Mapping>>): Mapping {
  return { properties }
}

const ENDPOINT: Mapping = group({
  address: KEYWORD,
  ip: IP,
  port: LONG,
  domain: KEYWORD,
  bytes: LONG,
  packets: LONG,
})
const HASHES: Mapping = group({ md5: KEYWORD, sha1: KEYWORD, sha256: KEYWORD })
const COUNTS = { pkts_toserver: LONG, pkts_toclient: LONG, bytes_toserver: LONG, bytes_toclient: LONG }
const FLOW_ENDS = { src_ip: IP, src_port: LONG, dest_ip: IP, dest_port: LONG }
const ALERT = group({
  action: KEYWORD,
  gid: LONG,
  signature_id: LONG,
  rev: LONG,
  signature: KEYWORD,
  category: KEYWORD,
  severity: LONG,
})
const TUNNEL = group({
  ...FLOW_ENDS,
  proto: KEYWORD,
  depth: LONG,
  pcap_cnt: LONG,
  pkt_src: KEYWORD,
  vni: LONG,
  mirror_session: KEYWORD,
})

/**
 * The mappings of documents of `eveDocument`: ECS's types (ECS reference, "Field reference") and, beside them, those of the raw EVE
 * fields. Fields that are not named are texts found whole (`keyword`), numbers, or truth values, as they come; no text becomes a date by
 * looking like one.
 */
const MAPPINGS: Mapping = {
  date_detection: false,
  dynamic_templates: [
    { strings_as_keyword: { match_mapping_type: 'string', mapping: KEYWORD } },
    { fractions_as_double: { match_mapping_type: 'double', mapping: { type: 'double' } } },
  ],
  properties: {
    '@timestamp': DATE,
    message: { type: 'text' },
    tags: KEYWORD,
    ecs: group({ version: KEYWORD }),
    agent: group({ type: KEYWORD }),
    service: group({ type: KEYWORD }),
    fileset: group({ name: KEYWORD }),
    observer: group({ type: KEYWORD, product: KEYWORD, name: KEYWORD, vendor: KEYWORD }),
    event: group({
      kind: KEYWORD,
      category: KEYWORD,
      type: KEYWORD,
      outcome: KEYWORD,
      severity: LONG,
      start: DATE,
      end: DATE,
      duration: LONG,
      module: KEYWORD,
      dataset: KEYWORD,
      original: { type: 'keyword', index: false, doc_values: false },
    }),
    source: ENDPOINT,
    destination: ENDPOINT,
    network: group({
      type: KEYWORD,
      transport: KEYWORD,
      protocol: KEYWORD,
      community_id: KEYWORD,
      bytes: LONG,
      packets: LONG,
      vlan: group({ id: KEYWORD }),
      inner: group({ vlan: group({ id: KEYWORD }) }),
    }),
    rule: group({ id: KEYWORD, name: KEYWORD, category: KEYWORD, version: KEYWORD }),
    url: group({ original: KEYWORD, path: KEYWORD, query: KEYWORD, fragment: KEYWORD, domain: KEYWORD }),
    user_agent: group({ original: TEXT }),
    related: group({ ip: IP, hosts: KEYWORD, hash: KEYWORD }),
    file: group({ path: KEYWORD, name: KEYWORD, size: LONG, hash: HASHES }),
    http: group({
      version: KEYWORD,
      request: group({ method: KEYWORD, referrer: KEYWORD }),
      response: group({ status_code: LONG, mime_type: KEYWORD, body: group({ bytes: LONG }) }),
      hostname: KEYWORD,
      http_port: LONG,
      url: KEYWORD,
      http_user_agent: KEYWORD,
      http_content_type: KEYWORD,
      http_refer: KEYWORD,
      http_method: KEYWORD,
      protocol: KEYWORD,
      status: LONG,
      redirect: KEYWORD,
      length: LONG,
    }),
    dns: group({
      id: KEYWORD,
      type: KEYWORD,
      response_code: KEYWORD,
      header_flags: KEYWORD,
      resolved_ip: IP,
      question: group({ name: KEYWORD, type: KEYWORD }),
      answers: group({
        name: KEYWORD,
        type: KEYWORD,
        data: KEYWORD,
        ttl: LONG,
        rrname: KEYWORD,
        rrtype: KEYWORD,
        rdata: KEYWORD,
      }),
      version: LONG,
      rrname: KEYWORD,
      rrtype: KEYWORD,
      rcode: KEYWORD,
      flags: KEYWORD,
      tx_id: LONG,
      opcode: LONG,
    }),
    tls: group({
      version: KEYWORD,
      version_protocol: KEYWORD,
      resumed: BOOLEAN,
      client: group({ server_name: KEYWORD, ja3: KEYWORD }),
      server: group({
        subject: KEYWORD,
        issuer: KEYWORD,
        not_before: DATE,
        not_after: DATE,
        ja3s: KEYWORD,
        hash: HASHES,
      }),
      subject: KEYWORD,
      issuerdn: KEYWORD,
      serial: KEYWORD,
      fingerprint: KEYWORD,
      sni: KEYWORD,
      session_resumed: BOOLEAN,
      notbefore: KEYWORD,
      notafter: KEYWORD,
    }),
    ...FLOW_ENDS,
    timestamp: KEYWORD,
    event_type: KEYWORD,
    flow_id: LONG,
    pcap_cnt: LONG,
    tx_id: LONG,
    vlan: LONG,
    proto: KEYWORD,
    app_proto: KEYWORD,
    pkt_src: KEYWORD,
    alert: ALERT,
    flow: group({
      ...COUNTS,
      ...FLOW_ENDS,
      start: KEYWORD,
      end: KEYWORD,
      age: LONG,
      state: KEYWORD,
      reason: KEYWORD,
      alerted: BOOLEAN,
    }),
    tunnel: TUNNEL,
    suricata: group({
      eve: group({ event_type: KEYWORD, flow_id: KEYWORD, pcap_cnt: LONG, tx_id: LONG, alert: ALERT, tunnel: TUNNEL }),
    }),
  },
}

/**
 * The index template of a data stream whose documents are made by `eveDocument`; to be put before the first document. It ranks above the
 * one of Filebeat itself (priority 150), for this data stream alone.
 */
export function indexTemplate(dataStream: string = DEFAULT_DATA_STREAM): IndexTemplate {
  return {
    index_patterns: [dataStream],
    data_stream: {},
    priority: 200,
    template: {
      settings: { 'index.mapping.total_fields.limit': 10_000 },
      mappings: MAPPINGS,
    },
  }
}
