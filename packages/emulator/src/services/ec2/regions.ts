import type {
  AccountAttribute,
  DescribeAccountAttributesRequest,
  DescribeAccountAttributesResult,
  DescribeAvailabilityZonesRequest,
  DescribeAvailabilityZonesResult,
  DescribeRegionsRequest,
  DescribeRegionsResult,
} from '@aws-sdk/client-ec2'
import type { Operation, ServiceOperations } from '../../operation/operation.ts'
import { ServiceError } from '../../wire/service-error.ts'
import { selectRows } from './describe.ts'
import type { Ec2Context } from './ec2-context.ts'
import { invalidValue } from './ec2-errors.ts'
import { zonesOf } from './zones.ts'

/** Regions that every account has. Source: AWS account management guide, "Regions that are enabled by default". */
const ENABLED_REGIONS = [
  'ap-south-1',
  'eu-north-1',
  'eu-west-3',
  'eu-west-2',
  'eu-west-1',
  'ap-northeast-3',
  'ap-northeast-2',
  'ap-northeast-1',
  'ca-central-1',
  'sa-east-1',
  'ap-southeast-1',
  'ap-southeast-2',
  'eu-central-1',
  'us-east-1',
  'us-east-2',
  'us-west-1',
  'us-west-2',
] as const

/** Regions, zones, and what the account may have. */
export function regionOperations(context: Ec2Context): ServiceOperations {
  const { region, tables } = context
  const describeRegions: Operation<DescribeRegionsRequest, DescribeRegionsResult> = {
    acts: ['RegionNames', 'Filters'],
    ignores: ['AllRegions'],
    handle: ({ RegionNames, Filters }) => {
      const names: readonly string[] = [...new Set<string>([...ENABLED_REGIONS, region])]
      const unknown = (RegionNames ?? []).filter((name) => !names.includes(name))
      if (unknown.length > 0) throw invalidValue(`Invalid region name(s): ${unknown.join(', ')}`)
      const endpoint = (name: string): string => `ec2.${name}.amazonaws.com`
      const rows = selectRows(
        {
          kind: 'vpc',
          rows: names,
          id: (name) => name,
          filters: { 'region-name': (name) => name, endpoint, 'opt-in-status': optInStatus },
        },
        Filters,
      )
      return {
        Regions: rows
          .filter((name) => !RegionNames?.length || RegionNames.includes(name))
          .map((name) => ({ RegionName: name, Endpoint: endpoint(name), OptInStatus: optInStatus(name) })),
      }
    },
  }
  const describeZones: Operation<DescribeAvailabilityZonesRequest, DescribeAvailabilityZonesResult> = {
    acts: ['ZoneNames', 'ZoneIds', 'Filters'],
    ignores: ['AllAvailabilityZones'],
    handle: ({ ZoneNames, ZoneIds, Filters }) => {
      const zones = zonesOf(region)
      const unknown = [
        ...(ZoneNames ?? []).filter((name) => !zones.some((zone) => zone.name === name)),
        ...(ZoneIds ?? []).filter((id) => !zones.some((zone) => zone.id === id)),
      ]
      if (unknown.length > 0) throw invalidValue(`Invalid availability zone: [${unknown.join(', ')}]`)
      const rows = selectRows(
        {
          kind: 'vpc',
          rows: zones,
          id: ({ name }) => name,
          filters: {
            'zone-name': ({ name }) => name,
            'zone-id': ({ id }) => id,
            'zone-type': () => 'availability-zone',
            'region-name': () => region,
            'group-name': () => `${region}-zg-1`,
            'opt-in-status': () => 'opt-in-not-required',
            state: () => 'available',
          },
        },
        Filters,
      )
      const isNamed = ({ name, id }: (typeof zones)[number]): boolean =>
        (!ZoneNames?.length && !ZoneIds?.length) || !!ZoneNames?.includes(name) || !!ZoneIds?.includes(id)
      return {
        AvailabilityZones: rows.filter(isNamed).map(({ name, id }) => ({
          ZoneName: name,
          ZoneId: id,
          ZoneType: 'availability-zone',
          RegionName: region,
          GroupName: `${region}-zg-1`,
          NetworkBorderGroup: region,
          OptInStatus: 'opt-in-not-required',
          State: 'available',
          Messages: [],
        })),
      }
    },
  }
  const describeAccount: Operation<DescribeAccountAttributesRequest, DescribeAccountAttributesResult> = {
    acts: ['AttributeNames'],
    handle: ({ AttributeNames }) => {
      const defaultVpc = [...tables.vpcs.values()].find(({ isDefault }) => isDefault)?.vpcId ?? 'none'
      const values: Readonly<Record<string, readonly string[]>> = {
        'supported-platforms': ['VPC'],
        'default-vpc': [defaultVpc],
        'max-instances': ['20'],
        'vpc-max-security-groups-per-interface': ['5'],
        'max-elastic-ips': ['5'],
        'vpc-max-elastic-ips': ['5'],
      }
      const unknown = AttributeNames?.find((name) => !Object.hasOwn(values, name))
      if (unknown !== undefined)
        throw new ServiceError('InvalidParameterValue', `Unsupported attribute name '${unknown}'`)
      return {
        AccountAttributes: Object.entries(values)
          .filter(([name]) => !AttributeNames?.length || AttributeNames.some((each) => each === name))
          .map(
            ([AttributeName, list]): AccountAttribute => ({
              AttributeName,
              AttributeValues: list.map((AttributeValue) => ({ AttributeValue })),
            }),
          ),
      }
    },
  }
  return {
    DescribeRegions: describeRegions,
    DescribeAvailabilityZones: describeZones,
    DescribeAccountAttributes: describeAccount,
  }
}

function optInStatus(name: string): string {
  return ENABLED_REGIONS.some((each) => each === name) ? 'opt-in-not-required' : 'opted-in'
}
