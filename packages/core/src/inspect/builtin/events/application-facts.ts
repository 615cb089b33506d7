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
  const contentType = headerValue(response, 'content-type')?.split(/[;\s]/)[0]
  const location = headerValue(response, 'location')
  const userAgent = headerValue(request, 'user-agent')
  const referer = headerValue(request, 'referer')
  return {
    ...(hostName !== undefined && { hostname: hostName }),
    // Suricata has port 0 for a request that was not captured.
    ...((hostPort !== undefined || !request) && { http_port: hostPort ?? 0 }),
    url: transaction.target,
    ...(userAgent !== undefined && { http_user_agent: userAgent }),
    ...(contentType !== undefined && { http_content_type: contentType }),
    ...(referer !== undefined && { http_refer: referer }),
    ...(method !== undefined && { http_method: method }),
    ...(requestProtocol !== undefined && { protocol: requestProtocol }),
    ...(status !== undefined && { status }),
    ...(status !== undefined && status >= 300 && status < 400 && location !== undefined && { redirect: location }),
    length: responseBody?.length ?? 0,
  }
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
