/** A type of Zeek's logs, as its `#types` line names it. */
export type ZeekType =
  | 'time'
  | 'interval'
  | 'string'
  | 'addr'
  | 'port'
  | 'enum'
  | 'count'
  | 'bool'
  | 'set[string]'
  | 'set[enum]'
  | 'vector[string]'
  | 'vector[interval]'

/** The logs that are written. */
export type ZeekLogName = 'conn' | 'dns' | 'http' | 'ssl'

/** A field's value; undefined is Zeek's unset. Times are microseconds since 1970, intervals microseconds. */
export type ZeekValue = string | number | boolean | readonly (string | number)[] | undefined

/** A line of a log by its fields' names. */
export type ZeekRecord = Readonly<Record<string, ZeekValue>>

const CONNECTION = {
  ts: 'time',
  uid: 'string',
  'id.orig_h': 'addr',
  'id.orig_p': 'port',
  'id.resp_h': 'addr',
  'id.resp_p': 'port',
} as const

/**
 * The logs' fields in Zeek's order, as docs.zeek.org documents them: Conn::Info, DNS::Info, HTTP::Info (with base/protocols/http/entities)
 * and SSL::Info (with base/protocols/ssl/files), what is marked `&log`.
 */
export const ZEEK_LOG_FIELDS: Readonly<Record<ZeekLogName, Readonly<Record<string, ZeekType>>>> = {
  conn: {
    ...CONNECTION,
    proto: 'enum',
    service: 'string',
    duration: 'interval',
    orig_bytes: 'count',
    resp_bytes: 'count',
    conn_state: 'string',
    local_orig: 'bool',
    local_resp: 'bool',
    missed_bytes: 'count',
    history: 'string',
    orig_pkts: 'count',
    orig_ip_bytes: 'count',
    resp_pkts: 'count',
    resp_ip_bytes: 'count',
    tunnel_parents: 'set[string]',
    ip_proto: 'count',
  },
  dns: {
    ...CONNECTION,
    proto: 'enum',
    trans_id: 'count',
    rtt: 'interval',
    query: 'string',
    qclass: 'count',
    qclass_name: 'string',
    qtype: 'count',
    qtype_name: 'string',
    rcode: 'count',
    rcode_name: 'string',
    AA: 'bool',
    TC: 'bool',
    RD: 'bool',
    RA: 'bool',
    Z: 'count',
    answers: 'vector[string]',
    TTLs: 'vector[interval]',
    rejected: 'bool',
  },
  http: {
    ...CONNECTION,
    trans_depth: 'count',
    method: 'string',
    host: 'string',
    uri: 'string',
    referrer: 'string',
    version: 'string',
    user_agent: 'string',
    origin: 'string',
    request_body_len: 'count',
    response_body_len: 'count',
    status_code: 'count',
    status_msg: 'string',
    info_code: 'count',
    info_msg: 'string',
    tags: 'set[enum]',
    username: 'string',
    password: 'string',
    proxied: 'set[string]',
    orig_fuids: 'vector[string]',
    orig_filenames: 'vector[string]',
    orig_mime_types: 'vector[string]',
    resp_fuids: 'vector[string]',
    resp_filenames: 'vector[string]',
    resp_mime_types: 'vector[string]',
  },
  ssl: {
    ...CONNECTION,
    version: 'string',
    cipher: 'string',
    curve: 'string',
    server_name: 'string',
    resumed: 'bool',
    last_alert: 'string',
    next_protocol: 'string',
    established: 'bool',
    ssl_history: 'string',
    cert_chain_fps: 'vector[string]',
    client_cert_chain_fps: 'vector[string]',
    sni_matches_cert: 'bool',
  },
}
