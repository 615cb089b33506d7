import type { ApplicationProtocol } from './signature.ts'

/** The side of a conversation that sends a buffer's bytes. */
export type BufferDirection = 'toserver' | 'toclient'

/** What is known of a buffer: its application layer (`undefined`: none), and who sends it. */
export interface BufferFacts {
  readonly application: ApplicationProtocol | undefined
  readonly directions: readonly BufferDirection[]
  /** The content modifier of older rules that names the same buffer. */
  readonly legacy: string | undefined
}

/** The names of the sticky buffers, and `payload`. */
export type BufferName =
  | 'payload'
  | 'file.data'
  | 'dns.query'
  | 'http.uri'
  | 'http.uri.raw'
  | 'http.method'
  | 'http.host'
  | 'http.host.raw'
  | 'http.user_agent'
  | 'http.referer'
  | 'http.accept'
  | 'http.accept_lang'
  | 'http.accept_enc'
  | 'http.request_line'
  | 'http.request_body'
  | 'http.header'
  | 'http.header.raw'
  | 'http.header_names'
  | 'http.cookie'
  | 'http.connection'
  | 'http.content_type'
  | 'http.content_len'
  | 'http.protocol'
  | 'http.start'
  | 'http.response_line'
  | 'http.response_body'
  | 'http.stat_code'
  | 'http.stat_msg'
  | 'http.location'
  | 'http.server'
  | 'tls.sni'
  | 'tls.cert_subject'
  | 'tls.cert_issuer'
  | 'tls.cert_serial'
  | 'tls.cert_fingerprint'
  | 'ja3.hash'
  | 'ja3.string'
  | 'ja3s.hash'
  | 'ja3s.string'
  | 'ssh.proto'
  | 'ssh.software'

const BOTH: readonly BufferDirection[] = ['toserver', 'toclient']
const REQUEST: readonly BufferDirection[] = ['toserver']
const RESPONSE: readonly BufferDirection[] = ['toclient']

function facts(
  application: ApplicationProtocol | undefined,
  directions: readonly BufferDirection[],
  legacy?: string,
): BufferFacts {
  return { application, directions, legacy }
}

/**
 * The buffers that rules can look into, by the name of the sticky buffer (Suricata user guide 7.0, "Rules"). `payload` is the packet's
 * payload and the reassembled stream, where a rule looks unless it names another.
 */
export const BUFFERS: Readonly<Record<BufferName, BufferFacts>> = {
  payload: facts(undefined, BOTH),
  'file.data': facts(undefined, BOTH),
  'dns.query': facts('dns', REQUEST),
  'http.uri': facts('http', REQUEST, 'http_uri'),
  'http.uri.raw': facts('http', REQUEST, 'http_raw_uri'),
  'http.method': facts('http', REQUEST, 'http_method'),
  'http.host': facts('http', REQUEST, 'http_host'),
  'http.host.raw': facts('http', REQUEST, 'http_raw_host'),
  'http.user_agent': facts('http', REQUEST, 'http_user_agent'),
  'http.referer': facts('http', REQUEST),
  'http.accept': facts('http', REQUEST),
  'http.accept_lang': facts('http', REQUEST),
  'http.accept_enc': facts('http', REQUEST),
  'http.request_line': facts('http', REQUEST),
  'http.request_body': facts('http', REQUEST, 'http_client_body'),
  'http.header': facts('http', BOTH, 'http_header'),
  'http.header.raw': facts('http', BOTH, 'http_raw_header'),
  'http.header_names': facts('http', BOTH),
  'http.cookie': facts('http', BOTH, 'http_cookie'),
  'http.connection': facts('http', BOTH),
  'http.content_type': facts('http', BOTH),
  'http.content_len': facts('http', BOTH),
  'http.protocol': facts('http', BOTH),
  'http.start': facts('http', BOTH),
  'http.response_line': facts('http', RESPONSE),
  'http.response_body': facts('http', RESPONSE, 'http_server_body'),
  'http.stat_code': facts('http', RESPONSE, 'http_stat_code'),
  'http.stat_msg': facts('http', RESPONSE, 'http_stat_msg'),
  'http.location': facts('http', RESPONSE),
  'http.server': facts('http', RESPONSE),
  'tls.sni': facts('tls', REQUEST),
  'tls.cert_subject': facts('tls', BOTH),
  'tls.cert_issuer': facts('tls', BOTH),
  'tls.cert_serial': facts('tls', BOTH),
  'tls.cert_fingerprint': facts('tls', BOTH),
  'ja3.hash': facts('tls', REQUEST),
  'ja3.string': facts('tls', REQUEST),
  'ja3s.hash': facts('tls', RESPONSE),
  'ja3s.string': facts('tls', RESPONSE),
  'ssh.proto': facts('ssh', BOTH),
  'ssh.software': facts('ssh', BOTH),
}
