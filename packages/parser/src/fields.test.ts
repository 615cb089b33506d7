import { describe, expect, it } from 'vitest'
import { FLOW_LOG_FIELDS, flowLogField } from './fields.ts'
import { DEFAULT_LOG_FORMAT, DEFAULT_TRANSIT_GATEWAY_LOG_FORMAT } from './log-format.ts'

const vpcFields = FLOW_LOG_FIELDS.filter((field) => field.appliesTo.includes('vpc'))

describe('the catalogue', () => {
  it.each([
    [2, 14],
    [3, 21],
    [4, 25],
    [5, 29],
    [6, 29],
    [7, 39],
    [8, 40],
    [9, 41],
    [10, 42],
    [11, 54],
  ])('has the fields of VPC flow logs to version %i: %i', (version, count) => {
    expect(vpcFields.filter((field) => field.version <= version)).toHaveLength(count)
  })

  it('has 18 fields that only transit gateways have, all of version 6', () => {
    const onlyTransitGateway = FLOW_LOG_FIELDS.filter((field) => !field.appliesTo.includes('vpc'))
    expect(onlyTransitGateway).toHaveLength(18)
    expect(new Set(onlyTransitGateway.map((field) => field.version))).toEqual(new Set([6]))
  })

  it('agrees with the default formats, which AWS documents as lists of their own', () => {
    expect(FLOW_LOG_FIELDS.filter((field) => field.version === 2).map((field) => field.name)).toEqual(
      DEFAULT_LOG_FORMAT.fields,
    )
    const transitGateway = FLOW_LOG_FIELDS.filter((field) => field.appliesTo.includes('transit-gateway'))
    expect(new Set(transitGateway.map((field) => field.name))).toEqual(
      new Set(DEFAULT_TRANSIT_GATEWAY_LOG_FORMAT.fields),
    )
  })

  it('has AWS’s Parquet types: 64 bits for counters and times, 32 for the other numbers', () => {
    const named = (type: string): string[] =>
      FLOW_LOG_FIELDS.filter((field) => field.parquetType === type).map((field) => field.name)
    expect(named('INT64')).toEqual([
      ...['packets', 'bytes', 'start', 'end'],
      ...['packets-lost-no-route', 'packets-lost-blackhole', 'packets-lost-mtu-exceeded', 'packets-lost-ttl-expired'],
    ])
    expect(named('INT32')).toEqual([
      ...['version', 'srcport', 'dstport', 'protocol', 'tcp-flags', 'traffic-path', 'encryption-status'],
    ])
  })

  it('finds fields by name, and nothing for names that AWS has not documented', () => {
    expect(flowLogField('protocol').hiveType).toBe('bigint')
    expect(flowLogField('packets-loss-ttl')).toBeUndefined()
    expect(flowLogField('constructor')).toBeUndefined()
  })
})
