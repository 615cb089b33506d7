// Data table
/**
 * Regions with the short code that zone ids start with and the letters of their Availability Zones.
 * Source: EC2 user guide, "Regions and zones" (2026).
 */
const REGIONS: Readonly<Record<string, readonly [code: string, zones: string]>> = {
  'af-south-1': ['afs1', 'abc'],
  'ap-east-1': ['ape1', 'abc'],
  'ap-east-2': ['ape2', 'abc'],
  'ap-northeast-1': ['apne1', 'acd'],
  'ap-northeast-2': ['apne2', 'abcd'],
  'ap-northeast-3': ['apne3', 'abc'],
  'ap-south-1': ['aps1', 'abc'],
  'ap-south-2': ['aps2', 'abc'],
  'ap-southeast-1': ['apse1', 'abc'],
  'ap-southeast-2': ['apse2', 'abc'],
  'ap-southeast-3': ['apse3', 'abc'],
  'ap-southeast-4': ['apse4', 'abc'],
  'ap-southeast-5': ['apse5', 'abc'],
  'ap-southeast-6': ['apse6', 'abc'],
  'ap-southeast-7': ['apse7', 'abc'],
  'ca-central-1': ['cac1', 'abd'],
  'ca-west-1': ['caw1', 'abc'],
  'cn-north-1': ['cnn1', 'abcd'],
  'cn-northwest-1': ['cnnw1', 'abc'],
  'eu-central-1': ['euc1', 'abc'],
  'eu-central-2': ['euc2', 'abc'],
  'eu-north-1': ['eun1', 'abc'],
  'eu-south-1': ['eus1', 'abc'],
  'eu-south-2': ['eus2', 'abc'],
  'eu-west-1': ['euw1', 'abc'],
  'eu-west-2': ['euw2', 'abc'],
  'eu-west-3': ['euw3', 'abc'],
  'il-central-1': ['ilc1', 'abc'],
  'me-central-1': ['mec1', 'abc'],
  'me-south-1': ['mes1', 'abc'],
  'mx-central-1': ['mxc1', 'abc'],
  'sa-east-1': ['sae1', 'abc'],
  'us-east-1': ['use1', 'abcdef'],
  'us-east-2': ['use2', 'abc'],
  'us-gov-east-1': ['usge1', 'abc'],
  'us-gov-west-1': ['usgw1', 'abc'],
  'us-west-1': ['usw1', 'ac'],
  'us-west-2': ['usw2', 'abcd'],
}

/** Whether AWS has a region of that code. */
export function isRegion(text: string): boolean {
  return Object.hasOwn(REGIONS, text)
}

/** The codes of all regions, e.g. `us-west-2`. */
export function regionNames(): string[] {
  return Object.keys(REGIONS)
}

/** What kind of zone a zone name means. */
export type ZoneKind = 'availability-zone' | 'local-zone' | 'wavelength-zone'

/** What a zone name says. */
export interface ZoneFacts {
  readonly name: string
  readonly kind: ZoneKind
  /** e.g. `usw2-az1`, `usw2-lax1-az1`, `usw2-wl1-las1-az1`. */
  readonly id: string
}

/**
 * The zone of a region by its name: `us-west-2a`, a Local Zone `us-west-2-lax-1a`, or a Wavelength Zone `us-west-2-wl1-las-wlz-1`.
 *
 * AWS maps names of Availability Zones to ids account by account; the order of the letters is taken here, and a design can name another
 * id. `undefined` where the region has no such zone.
 */
export function zoneFacts(region: string, name: string): ZoneFacts | undefined {
  const entry = isRegion(region) ? REGIONS[region] : undefined
  if (!entry || !name.startsWith(region)) return undefined
  const [code, zones] = entry
  const rest = name.slice(region.length)
  if (/^[a-z]$/.test(rest)) {
    const place = zones.indexOf(rest)
    return place < 0 ? undefined : { name, kind: 'availability-zone', id: `${code}-az${place + 1}` }
  }
  const wavelength = /^-wl(\d)-([a-z]{3})-wlz-(\d)$/.exec(rest)
  if (wavelength) {
    const [, group, city, number] = wavelength
    return { name, kind: 'wavelength-zone', id: `${code}-wl${group}-${city}${number}-az1` }
  }
  const local = /^-([a-z]{3})-(\d)([a-z])$/.exec(rest)
  if (local) {
    const [, city, number, letter = 'a'] = local
    return { name, kind: 'local-zone', id: `${code}-${city}${number}-az${letter.charCodeAt(0) - 96}` }
  }
  return undefined
}

/** The first Availability Zone of a region, e.g. `us-west-2a`. */
export function firstZone(region: string): string {
  return `${region}${REGIONS[region]?.[1][0] ?? 'a'}`
}

/** Names of a region's Availability Zones, e.g. `us-west-2a` to `us-west-2d`. */
export function availabilityZoneNames(region: string): string[] {
  return [...(REGIONS[region]?.[1] ?? '')].map((letter) => `${region}${letter}`)
}
