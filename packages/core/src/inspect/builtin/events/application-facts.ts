import type { EveApplication, EveHttp, EveSsh, EveTls } from '../../eve-event.ts'
import { DnsTransaction } from '../application/dns/dns-parser.ts'
import { headerValue } from '../application/http/http-head.ts'
import { HttpTransaction } from '../application/http/http-transaction.ts'
import { SshTransaction } from '../application/ssh/ssh-parser.ts'
import { md5, TlsTransaction, tlsVersionName } from '../application/tls/tls-parser.ts'
import type { Transaction } from '../application/transaction.ts'
import { dnsAnswer, dnsQueries } from './dns-facts.ts'

/** What alerts and files say of the transaction that they belong to. */
export function applicationFacts(transaction: Transaction): EveApplication {
  if (transaction instanceof HttpTransaction) return { http: httpFacts(transaction) }
  if (transaction instanceof TlsTransaction) return { tls: tlsFacts(transaction) }
  if (transaction instanceof SshTransaction) return { ssh: sshFacts(transaction) }
  if (transaction instanceof DnsTransaction) {
    return {
      dns: transaction.message.isResponse
        ? { version: 2, answer: dnsAnswer(transaction) }
        : { version: 2, query: dnsQueries(transaction) },
    }
  }
  return {}
}

/** An HTTP transaction, as Suricata's extended log has it. */
export function httpFacts(transaction: HttpTransaction): EveHttp {
  const { hostName, hostPort, request, response, method, requestProtocol, status, responseBody } = transaction
  const userAgent = headerValue(request, 'user-agent')
  const contentType = headerValue(response, 'content-type')
  const referer = headerValue(request, 'referer')
  // Field by field: conditional spreads take several times as long, and there are two such objects for each transaction.
  const facts = {} as EveHttp
  if (hostName !== undefined) facts.hostname = hostName
  // Suricata has port 0 for a request that was not captured.
  if (hostPort !== undefined || !request) facts.http_port = hostPort ?? 0
  facts.url = transaction.target
  if (userAgent !== undefined) facts.http_user_agent = userAgent
  if (contentType !== undefined) facts.http_content_type = mediaType(contentType)
  if (referer !== undefined) facts.http_refer = referer
  if (method !== undefined) facts.http_method = method
  if (requestProtocol !== undefined) facts.protocol = requestProtocol
  if (status !== undefined) {
    facts.status = status
    if (status >= 300 && status < 400) {
      const location = headerValue(response, 'location')
      if (location !== undefined) facts.redirect = location
    }
  }
  facts.length = responseBody?.length ?? 0
  return facts
}

/** A content type without its parameters. */
function mediaType(contentType: string): string {
  const end = contentType.search(/[;\s]/)
  return end < 0 ? contentType : contentType.slice(0, end)
}

/** A TLS handshake, as Suricata's extended log has it. */
export function tlsFacts(transaction: TlsTransaction): EveTls {
  const { certificate, serverName, version, ja3String, ja3s } = transaction
  return {
    ...(certificate && {
      subject: certificate.subject,
      issuerdn: certificate.issuer,
      serial: certificate.serial,
      fingerprint: certificate.fingerprint,
    }),
    ...(transaction.isResumed && { session_resumed: true }),
    ...(serverName !== undefined && { sni: serverName }),
    version: version === undefined ? 'UNDETERMINED' : tlsVersionName(version),
    ...(certificate?.notBefore !== undefined && { notbefore: certificate.notBefore }),
    ...(certificate?.notAfter !== undefined && { notafter: certificate.notAfter }),
    ...(ja3String !== undefined && { ja3: { hash: md5(ja3String), string: ja3String } }),
    ...(ja3s !== undefined && { ja3s: { hash: md5(ja3s), string: ja3s } }),
  }
}

/** Both sides' banners, as far as they were seen. */
export function sshFacts({ client, server }: SshTransaction): EveSsh {
  return {
    ...(client && { client: { proto_version: client.protocol, software_version: client.software } }),
    ...(server && { server: { proto_version: server.protocol, software_version: server.software } }),
  }
}
