import type { Instance, NetworkInterface } from '@flowtap/core'
import type { TcpApplication } from './connection.ts'
import { type HttpRequest, type HttpResponse, httpServer } from './http-service.ts'

const TEXT = { 'Content-Type': 'text/plain', Server: 'EC2ws' } as const

/**
 * The instance metadata service as an instance sees it: tokens (IMDSv2) and the common paths. Requests without a token are answered too,
 * as where IMDSv1 is on; a wrong token is refused. Source: EC2 user guide, "Use IMDS".
 */
export function instanceMetadata(networkInterface: NetworkInterface): TcpApplication {
  const token = `AQAEA${Buffer.from(networkInterface.id).toString('base64url')}==`
  return httpServer((request) => respond(networkInterface, token, request))
}

function respond(networkInterface: NetworkInterface, token: string, request: HttpRequest): HttpResponse {
  const { attachment } = networkInterface
  const path = request.target.replace(/\?.*$/, '').replace(/\/+$/, '')
  if (request.method === 'PUT') {
    const ttl = Number(request.headers.get('x-aws-ec2-metadata-token-ttl-seconds') ?? '')
    if (path !== '/latest/api/token') return { status: 403, headers: TEXT }
    if (!Number.isInteger(ttl) || ttl < 1 || ttl > 21_600) return { status: 400, headers: TEXT }
    return { status: 200, headers: { ...TEXT, 'X-Aws-Ec2-Metadata-Token-Ttl-Seconds': String(ttl) }, body: token }
  }
  if ((request.headers.get('x-aws-ec2-metadata-token') ?? token) !== token) return { status: 401, headers: TEXT }
  if (attachment.kind !== 'instance' || !path.startsWith('/latest/')) return { status: 404, headers: TEXT }
  const body = pages(networkInterface, attachment.instance).get(path.slice('/latest/'.length))
  return body === undefined ? { status: 404, headers: TEXT } : { status: 200, headers: TEXT, body }
}

function pages(networkInterface: NetworkInterface, instance: Instance): ReadonlyMap<string, string> {
  const { subnet, vpc, addresses, macAddress } = networkInterface
  const [primary] = addresses
  const { region } = vpc
  const privateIp = primary?.address.toString() ?? ''
  const hostname = `ip-${privateIp.replaceAll('.', '-')}.${region === 'us-east-1' ? 'ec2.internal' : `${region}.compute.internal`}`
  const metadata: Readonly<Record<string, string | undefined>> = {
    hostname,
    'instance-id': instance.id,
    'instance-type': instance.instanceType,
    'local-hostname': hostname,
    'local-ipv4': privateIp,
    mac: macAddress,
    'placement/availability-zone': subnet.availabilityZone.name,
    'placement/availability-zone-id': subnet.availabilityZone.id,
    'placement/region': region,
    'public-ipv4': primary?.publicAddress?.toString(),
    'security-groups': networkInterface.securityGroups.map(({ name }) => name).join('\n'),
    [`network/interfaces/macs/${macAddress}/interface-id`]: networkInterface.id,
    [`network/interfaces/macs/${macAddress}/subnet-id`]: subnet.id,
    [`network/interfaces/macs/${macAddress}/vpc-id`]: vpc.id,
    [`network/interfaces/macs/${macAddress}/owner-id`]: networkInterface.ownerId,
  }
  const listed = Object.entries(metadata).filter((entry): entry is [string, string] => entry[1] !== undefined)
  const top = new Set(listed.map(([path]) => path.replace(/\/.*$/, '/')))
  const document = {
    accountId: networkInterface.ownerId,
    architecture: 'x86_64',
    availabilityZone: subnet.availabilityZone.name,
    instanceId: instance.id,
    instanceType: instance.instanceType,
    privateIp,
    region,
    version: '2017-09-30',
  }
  return new Map([
    ['meta-data', [...top].join('\n')],
    ['dynamic/instance-identity/document', JSON.stringify(document, undefined, 2)],
    ...listed.map(([path, text]) => [`meta-data/${path}`, text] as const),
  ])
}
