import type { Named } from './design.ts'
import type { InternetHostDesign, InternetServiceDesign } from './internet-design.ts'

const WEB: readonly InternetServiceDesign[] = [
  { protocol: 'tcp', port: 80 },
  { protocol: 'tcp', port: 443 },
]
const RESOLVER: readonly InternetServiceDesign[] = [
  { protocol: 'udp', port: 53 },
  { protocol: 'tcp', port: 53 },
  { protocol: 'tcp', port: 443 },
  { protocol: 'tcp', port: 853 },
]

/** Addresses of Amazon S3 by region, one out of each range of AWS's list; only those regions have an S3 host. */
const S3_ADDRESSES: Readonly<Record<string, readonly string[]>> = {
  'us-west-2': ['52.218.220.40', '52.92.160.10'],
  'us-east-1': ['52.216.10.30', '54.231.130.8'],
  'us-east-2': ['52.219.80.10', '52.219.100.20'],
  'us-west-1': ['52.219.20.11', '54.231.232.40'],
  'eu-west-1': ['52.218.30.20', '52.92.10.40'],
  'eu-central-1': ['52.219.44.12', '52.219.72.30'],
  'ap-southeast-2': ['52.95.128.179', '54.231.248.10'],
  'ap-northeast-1': ['52.219.0.20', '52.219.68.10'],
}

/**
 * Hosts that a design without `internetHosts` can talk to: a search engine, public resolvers, a time server, example.com, the article's
 * host at 54.246.214.20, and Amazon S3 of the region. Addresses are those that the names had or may have; nothing is ever sent to them.
 */
export function defaultInternetHosts(region: string): Named<InternetHostDesign> {
  const s3 = Object.hasOwn(S3_ADDRESSES, region) ? S3_ADDRESSES[region] : undefined
  return {
    google: {
      dnsNames: ['google.com', 'www.google.com'],
      addresses: ['142.250.217.78', '2607:f8b0:400a:80b::200e'],
      services: WEB,
      latencyMilliseconds: 4,
    },
    'google-dns': {
      dnsNames: ['dns.google'],
      addresses: ['8.8.8.8', '8.8.4.4', '2001:4860:4860::8888'],
      services: RESOLVER,
      latencyMilliseconds: 4,
    },
    'cloudflare-dns': {
      dnsNames: ['one.one.one.one'],
      addresses: ['1.1.1.1', '2606:4700:4700::1111'],
      services: RESOLVER,
      latencyMilliseconds: 4,
    },
    'ntp-pool': {
      dnsNames: ['pool.ntp.org', '0.pool.ntp.org'],
      addresses: ['78.46.93.39'],
      services: [{ protocol: 'udp', port: 123 }],
      latencyMilliseconds: 75,
    },
    example: {
      dnsNames: ['example.com', 'www.example.com'],
      addresses: ['93.184.215.14', '2606:2800:21f:cb07:6820:80da:af6b:8b2c'],
      services: WEB,
      latencyMilliseconds: 6,
    },
    'ubuntu-archive': {
      dnsNames: ['archive.ubuntu.com', 'security.ubuntu.com'],
      addresses: ['91.189.91.83'],
      services: WEB,
      latencyMilliseconds: 35,
    },
    'article-host': {
      dnsNames: ['ec2-54-246-214-20.eu-west-1.compute.amazonaws.com'],
      addresses: ['54.246.214.20'],
      services: WEB,
      latencyMilliseconds: 65,
    },
    ...(s3 && {
      s3: {
        dnsNames: [`s3.${region}.amazonaws.com`, `*.s3.${region}.amazonaws.com`],
        addresses: s3,
        services: WEB,
        latencyMilliseconds: 1,
      },
    }),
  }
}
