import { createHash } from 'node:crypto'

/** Prefixes of EC2's resource ids, by kind of resource. Source: EC2 API reference, the resources' own pages. */
export const RESOURCE_ID_PREFIXES = {
  vpc: 'vpc',
  subnet: 'subnet',
  routeTable: 'rtb',
  securityGroup: 'sg',
  securityGroupRule: 'sgr',
  networkAcl: 'acl',
  prefixList: 'pl',
  instance: 'i',
  networkInterface: 'eni',
  internetGateway: 'igw',
  egressOnlyInternetGateway: 'eigw',
  natGateway: 'nat',
  transitGateway: 'tgw',
  transitGatewayAttachment: 'tgw-attach',
  transitGatewayRouteTable: 'tgw-rtb',
  vpcPeeringConnection: 'pcx',
  vpcEndpoint: 'vpce',
  vpcEndpointService: 'vpce-svc',
  flowLog: 'fl',
  trafficMirrorFilter: 'tmf',
  trafficMirrorFilterRule: 'tmfr',
  trafficMirrorTarget: 'tmt',
  trafficMirrorSession: 'tms',
} as const

/** A kind of resource whose ids have a prefix and hexadecimal digits. */
export type ResourceIdKind = keyof typeof RESOURCE_ID_PREFIXES

/** Whose ids they are: the same names in another account or region give other ids. */
export interface IdScope {
  readonly accountId: string
  readonly region: string
}

/**
 * `digits` hexadecimal digits that follow from the scope and the words alone: the same on any machine, different for different words.
 */
export function hexDigits(scope: IdScope, words: readonly string[], digits: number): string {
  const hash = createHash('sha256').update(JSON.stringify([scope.accountId, scope.region, ...words]))
  return hash.digest('hex').slice(0, digits)
}

/** A whole number from 0 to 2^32 - 1 that follows from the scope and the words alone. */
export function hashNumber(scope: IdScope, words: readonly string[]): number {
  return Number.parseInt(hexDigits(scope, words, 8), 16)
}

/** An id in AWS's long form, e.g. `vpc-0` and 16 hexadecimal digits, made from the resource's name. */
export function makeResourceId(scope: IdScope, kind: ResourceIdKind, name: string): string {
  return `${RESOURCE_ID_PREFIXES[kind]}-0${hexDigits(scope, [kind, name], 16)}`
}

const DIGITS = /^(?:[0-9a-f]{8}|[0-9a-f]{17})$/

/** Whether a text is an id of that kind: the prefix and 8 (ids of before 2018) or 17 hexadecimal digits. */
export function isResourceId(kind: ResourceIdKind, text: string): boolean {
  const prefix = `${RESOURCE_ID_PREFIXES[kind]}-`
  return text.startsWith(prefix) && DIGITS.test(text.slice(prefix.length))
}

/** What an id of that kind looks like, for error texts. */
export function resourceIdForm(kind: ResourceIdKind): string {
  return `${RESOURCE_ID_PREFIXES[kind]}- and 17 hexadecimal digits in lower case`
}

/** A MAC address as EC2 gives out, `02:…`, made from the ENI's id. */
export function makeMacAddress(scope: IdScope, networkInterfaceId: string): string {
  const hex = hexDigits(scope, ['mac', networkInterfaceId], 10)
  return ['02', ...Array.from({ length: 5 }, (_, index) => hex.slice(2 * index, 2 * index + 2))].join(':')
}
