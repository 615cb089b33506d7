import { toText } from '../kernel/bytes.ts'
import type { FakeNetwork, FakeService } from './fake-network.ts'

/** The body of google.com's answer to a request for its first page without `www`. */
export const GOOGLE_REDIRECT: string = [
  '<HTML><HEAD><meta http-equiv="content-type" content="text/html;charset=utf-8">',
  '<TITLE>301 Moved</TITLE></HEAD><BODY>',
  '<H1>301 Moved</H1>',
  'The document has moved',
  '<A HREF="http://www.google.com/">here</A>.\r',
  '</BODY></HTML>\r\n',
].join('\n')

/** A web server of tests: an answer for each path, the request's line and body for the others. */
export function webServer(
  pages: Readonly<Record<string, { status: string; headers?: string; body: string; closes?: boolean }>> = {},
): FakeService {
  return (request) => {
    const text = toText(request)
    const end = text.indexOf('\r\n\r\n')
    if (end < 0) return undefined
    const [line = '', ...fields] = text.slice(0, end).split('\r\n')
    const length = Number(
      /^content-length: (\d+)$/i.exec(fields.find((field) => /^content-length:/i.test(field)) ?? '')?.[1] ?? '0',
    )
    const body = text.slice(end + 4)
    if (body.length < length) return undefined
    const [method = '', target = ''] = line.split(' ')
    const page = pages[target] ?? { status: '200 OK', body: `${method} ${target} ${body}\n` }
    const head = `HTTP/1.1 ${page.status}\r\n${page.headers ?? ''}Content-Length: ${page.body.length}\r\n\r\n`
    return { answer: head + (method === 'HEAD' ? '' : page.body), closes: page.closes ?? false }
  }
}

/** Names and hosts that the tests of the network programs talk to. */
export function demoNetwork(network: FakeNetwork): void {
  network
    .add({
      address: '142.250.69.206',
      latencyMicroseconds: 3_500,
      hops: ['10.0.101.20', undefined, '142.251.50.241'],
      tcp: {
        80: webServer({
          '/': {
            status: '301 Moved Permanently',
            headers: 'Location: http://www.google.com/\r\nContent-Type: text/html; charset=UTF-8\r\nServer: gws\r\n',
            body: GOOGLE_REDIRECT,
          },
        }),
        443: webServer(),
      },
      speaksTls: true,
      otherPorts: 'filtered',
    })
    .add({
      address: '142.250.69.196',
      latencyMicroseconds: 3_600,
      tcp: {
        80: webServer({
          '/': { status: '200 OK', headers: 'Content-Type: text/html\r\n', body: '<html>google</html>\n' },
        }),
      },
    })
    .add({
      address: '10.0.2.5',
      latencyMicroseconds: 250,
      tcp: {
        22: () => undefined,
        80: webServer({
          '/404': { status: '404 Not Found', body: 'nope\n' },
          '/close': { status: '200 OK', body: 'bye\n', closes: true },
          '/loop': { status: '302 Found', headers: 'Location: /loop\r\n', body: '' },
        }),
        8081: () => ({ answer: '', closes: true }),
        8082: () => undefined,
      },
      greetings: { 22: 'SSH-2.0-OpenSSH_9.6p1 Ubuntu-3ubuntu13.5\r\n' },
      udp: { 53: () => 'x', 9999: () => undefined },
    })
    .add({ address: '10.0.9.9', latencyMicroseconds: 250, isDown: true })
    .add({ address: '10.0.3.7', latencyMicroseconds: 250, unreachableCode: 13, hops: ['10.0.1.1'] })
    .add({ address: '10.0.3.8', latencyMicroseconds: 250, hops: ['10.0.1.1'], mtu: 1500 })
  network
    .name('google.com', 'A', '142.250.69.206')
    .name('google.com', 'MX', '10 smtp.google.com.')
    .name('google.com', 'TXT', '"v=spf1 include:_spf.google.com ~all"')
    .name('www.google.com', 'A', '142.250.69.196')
    .name('206.69.250.142.in-addr.arpa', 'PTR', 'sea30s10-in-f14.1e100.net.')
    .name('241.50.251.142.in-addr.arpa', 'PTR', 'edge.example.net.')
    .name('web.internal', 'A', '10.0.2.5')
    .name('down.internal', 'A', '10.0.9.9')
    .name('alias.internal', 'CNAME', 'web.internal')
    .name('guarddutyc2activityb.com', 'A', '198.51.100.23', 60)
}
