import { checkDesign, type Design, resolveDesign } from '@flowtap/core'

/** An Availability Zone of a region. */
export interface Zone {
  /** e.g. `eu-west-1a` */
  readonly name: string
  /** e.g. `euw1-az1` */
  readonly id: string
}

const LETTERS = ['a', 'b', 'c', 'd', 'e', 'f'] as const
const known = new Map<string, readonly Zone[]>()

/** The Availability Zones of a region, as designs know them. */
export function zonesOf(region: string): readonly Zone[] {
  let zones = known.get(region)
  if (!zones) {
    const names = LETTERS.map((letter) => `${region}${letter}`).filter(
      (name) => !checkDesign(designWith(region, [name])).some(({ code }) => code === 'unknown-zone'),
    )
    const { subnets } = resolveDesign(designWith(region, names))
    zones = subnets.map(({ availabilityZone: { name, id } }) => ({ name, id }))
    known.set(region, zones)
  }
  return zones
}

function designWith(region: string, zones: readonly string[]): Design {
  const subnets = zones.map((availabilityZone, at) => [
    `subnet-${at}`,
    { cidrBlock: `10.0.${at}.0/24`, availabilityZone },
  ])
  return { region, vpcs: { vpc: { cidrBlocks: ['10.0.0.0/16'], subnets: Object.fromEntries(subnets) } } }
}
