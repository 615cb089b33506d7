import type {
  EveApplication,
  EveDnsAnswer,
  EveDnsQuery,
  EveDnsRecord,
  EveFile,
  EveHttp,
  EveTls,
} from '../inspect/eve-event.ts'

/** Fields of a document under one name. */
export type EcsFields = Readonly<Record<string, unknown>>

/** A path, its query and its fragment. */
const URL_PARTS = /^([^?#]*)(?:\?([^#]*))?(?:#(.*))?$/s

/** `url.*` of an HTTP transaction. */
export function ecsUrl({ url, hostname }: EveHttp): EcsFields | undefined {
  if (url === undefined && hostname === undefined) return undefined
  const [, path, query, fragment] = URL_PARTS.exec(url ?? '') ?? []
  return {
    ...(url !== undefined && { original: url }),
    ...(path && { path }),
    ...(query !== undefined && { query }),
    ...(fragment !== undefined && { fragment }),
    ...(hostname !== undefined && { domain: hostname }),
  }
}

/** `http.*` of an HTTP transaction: ECS's fields beside EVE's. */
export function ecsHttp(http: EveHttp): EcsFields {
  const { http_method: method, http_refer: referrer, status, length, protocol, http_content_type: mimeType } = http
  const version = /^HTTP\/(\d(?:\.\d)?)$/.exec(protocol ?? '')?.[1]
  return {
    ...http,
    ...(version !== undefined && { version }),
    ...((method ?? referrer) !== undefined && {
      request: { ...(method !== undefined && { method }), ...(referrer !== undefined && { referrer }) },
    }),
    response: {
      ...(status !== undefined && { status_code: status }),
      ...(mimeType !== undefined && { mime_type: mimeType }),
      body: { bytes: length },
    },
  }
}

/** `dns.*` of a question or an answer: ECS's fields beside EVE's. The id is a text, as ECS has it. */
export function ecsDns(dns: { readonly version: 2 } & (EveDnsQuery | EveDnsAnswer)): EcsFields {
  const { rrname: name, rrtype: type } = dns
  const question = { ...(name !== undefined && { name }), ...(type !== undefined && { type }) }
  const facts = { ...dns, id: String(dns.id), ...(name !== undefined && { question }) }
  if (dns.type === 'query') return facts
  const addresses = (dns.answers ?? []).flatMap(({ rrtype, rdata }) =>
    (rrtype === 'A' || rrtype === 'AAAA') && rdata !== undefined ? [rdata] : [],
  )
  const flags = (['aa', 'tc', 'rd', 'ra'] as const).filter((flag) => dns[flag]).map((flag) => flag.toUpperCase())
  return {
    ...facts,
    response_code: dns.rcode,
    ...(dns.answers && { answers: dns.answers.map(ecsDnsRecord) }),
    ...(addresses.length > 0 && { resolved_ip: addresses }),
    ...(flags.length > 0 && { header_flags: flags }),
  }
}

function ecsDnsRecord(record: EveDnsRecord): EcsFields {
  const { rrname: name, rrtype: type, rdata: data } = record
  return { ...record, name, type, ...(data !== undefined && { data }) }
}

/** `tls.*` of a handshake: ECS's fields beside EVE's. `version` is ECS's (`1.2`). */
export function ecsTls(tls: EveTls): EcsFields {
  const { version, sni, ja3, ja3s, session_resumed: isResumed } = tls
  const [protocol, number] = (version ?? '').split(' ')
  const sha1 = tlsFingerprint(tls)
  const client = { ...(sni !== undefined && { server_name: withoutFinalDot(sni) }), ...(ja3 && { ja3: ja3.hash }) }
  const server = {
    ...(tls.subject !== undefined && { subject: tls.subject }),
    ...(tls.issuerdn !== undefined && { issuer: tls.issuerdn }),
    ...(tls.notbefore !== undefined && { not_before: inUtc(tls.notbefore) }),
    ...(tls.notafter !== undefined && { not_after: inUtc(tls.notafter) }),
    ...(sha1 !== undefined && { hash: { sha1 } }),
    ...(ja3s && { ja3s: ja3s.hash }),
  }
  return {
    ...tls,
    ...(number !== undefined && { version_protocol: protocol?.toLowerCase(), version: number }),
    ...(isResumed && { resumed: true }),
    ...(Object.keys(client).length > 0 && { client }),
    ...(Object.keys(server).length > 0 && { server }),
  }
}

/** The certificate's SHA-1 in capitals without colons, as ECS writes hashes of certificates. */
function tlsFingerprint({ fingerprint }: EveTls): string | undefined {
  return fingerprint?.replaceAll(':', '').toUpperCase()
}

/** EVE's times of certificates have no zone, and are in UTC. */
function inUtc(time: string): string {
  return /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/.test(time) ? `${time}Z` : time
}

function withoutFinalDot(name: string): string {
  return name.endsWith('.') ? name.slice(0, -1) : name
}

/** `file.*` of a file. */
export function ecsFile({ filename, size, md5, sha1, sha256 }: EveFile): EcsFields {
  const hash = { ...(md5 && { md5 }), ...(sha1 && { sha1 }), ...(sha256 && { sha256 }) }
  const name = filename.split(/[?#]/, 1)[0]?.split('/').at(-1)
  return {
    path: filename,
    ...(name && { name }),
    size,
    ...(Object.keys(hash).length > 0 && { hash }),
  }
}

/** Names and digests that an event speaks of, for `related.*`. */
export function relatedTo(application: EveApplication, file: EveFile | undefined): { hosts: string[]; hash: string[] } {
  const { http, tls } = application
  const sha1 = tls && tlsFingerprint(tls)
  const names = [http?.hostname, tls?.sni === undefined ? undefined : withoutFinalDot(tls.sni)]
  const hashes = [sha1, tls?.ja3?.hash, tls?.ja3s?.hash, file?.md5, file?.sha1, file?.sha256]
  return { hosts: present(names), hash: present(hashes) }
}

function present(texts: readonly (string | undefined)[]): string[] {
  return [...new Set(texts.filter((text) => text !== undefined && text !== ''))] as string[]
}
