import { DEFAULT_LOG_FORMAT, FLOW_LOG_FIELDS, type FlowLogRecord, flowLogField, type LogFormat } from '@flowtap/parser'
import fc from 'fast-check'
import { fiveTuple } from './five-tuple.ts'

/** Limits of {@link flowLogRecord}. */
export interface FlowLogRecordConstraints {
  /** Fields of the record; the default format unless given. */
  readonly format?: LogFormat
  /** Unix seconds, inclusive; any time of 2020 to 2029 unless given. */
  readonly startSeconds?: Readonly<{ from: number; to: number }>
  /** Chance of a NODATA or SKIPDATA record, of 1; 0.1 unless given. */
  readonly withoutData?: number
}

const DECADE = { from: Date.UTC(2020, 0, 1) / 1000, to: Date.UTC(2030, 0, 1) / 1000 - 600 }
const RESOURCE = /(?:^|-)(vpc|subnet|interface|instance|tgw|eni)(?:-id)?$/
const PREFIX: Readonly<Record<string, string>> = { interface: 'eni', instance: 'i' }
const hexadecimal = fc.nat({ max: 0xffff_ffff }).map((bits) => bits.toString(16).padStart(17, '0'))

/** A record as AWS writes it: addresses of one version, times in order, and NODATA and SKIPDATA records with what those have. */
export function flowLogRecord(constraints: FlowLogRecordConstraints = {}): fc.Arbitrary<FlowLogRecord> {
  const { format = DEFAULT_LOG_FORMAT, startSeconds: time = DECADE, withoutData = 0.1 } = constraints
  const other = fc.record(
    Object.fromEntries(
      format.fields
        .filter((name) => !GIVEN.has(name))
        .map((name) => [name, fc.option(fieldValue(name), { nil: undefined })]),
    ),
  )
  const version = Math.max(2, ...format.fields.map((name) => flowLogField(name)?.version ?? 0))
  return fc
    .record({
      tuple: fiveTuple(),
      times: fc.tuple(fc.integer({ min: time.from, max: time.to }), fc.nat({ max: 599 })),
      packets: fc.bigInt({ min: 1n, max: 1_000_000n }),
      bytesEach: fc.bigInt({ min: 20n, max: 9_001n }),
      accountId: fc.nat({ max: 999_999_999 }).map((id) => `${id}`.padStart(12, '1')),
      interfaceId: hexadecimal.map((id) => `eni-${id}`),
      action: fc.constantFrom('ACCEPT', 'REJECT'),
      status: fc.oneof(
        { weight: Math.round(1_000 * (1 - withoutData)), arbitrary: fc.constant('OK') },
        { weight: Math.round(1_000 * withoutData), arbitrary: fc.constantFrom('NODATA', 'SKIPDATA') },
      ),
      tcpFlags: fc.constantFrom(0, 1, 2, 3, 4, 18, 19),
      other,
    })
    .map(({ tuple, times: [start, length], status, other: others, ...rest }) => {
      const fields: Record<string, FlowLogRecord[string]> = {
        version,
        'account-id': rest.accountId,
        'interface-id': rest.interfaceId,
        start,
        end: start + length,
      }
      fields['log-status'] = status
      if (status === 'OK') {
        Object.assign(fields, others, {
          srcaddr: tuple.source.toString(),
          dstaddr: tuple.destination.toString(),
          srcport: tuple.sourcePort,
          dstport: tuple.destinationPort,
          protocol: tuple.protocol,
          packets: rest.packets,
          bytes: rest.packets * rest.bytesEach,
          action: rest.action,
          'tcp-flags': tuple.protocol === 6 ? rest.tcpFlags : 0,
          type: tuple.source.version === 4 ? 'IPv4' : 'IPv6',
          'pkt-srcaddr': tuple.source.toString(),
          'pkt-dstaddr': tuple.destination.toString(),
        })
      }
      return Object.fromEntries(format.fields.map((name) => [name, fields[name]]))
    })
}

/** Fields whose values follow from each other, so that no arbitrary of their own makes them. */
const GIVEN: ReadonlySet<string> = new Set([
  ...DEFAULT_LOG_FORMAT.fields,
  'tcp-flags',
  'type',
  'pkt-srcaddr',
  'pkt-dstaddr',
])

const WORDS: Readonly<Record<string, readonly string[]>> = {
  region: ['us-west-2', 'eu-central-1'],
  'az-id': ['usw2-az1', 'euc1-az3'],
  'sublocation-type': ['wavelength', 'outpost', 'localzone'],
  'flow-direction': ['ingress', 'egress'],
  'pkt-src-aws-service': ['AMAZON', 'S3', 'EC2', 'CLOUDFRONT'],
  'pkt-dst-aws-service': ['AMAZON', 'S3', 'EC2', 'CLOUDFRONT'],
  'reject-reason': ['BPA', 'EC'],
  'interface-type': ['nat_gateway', 'network_load_balancer', 'transit_gateway', 'vpc_endpoint'],
}
const MAXIMUM: Readonly<Record<string, number>> = { 'traffic-path': 8, 'encryption-status': 3 }

function fieldValue(name: string): fc.Arbitrary<FlowLogRecord[string]> {
  const words = WORDS[name]
  if (words) return fc.constantFrom(...words)
  const decoder = FLOW_LOG_FIELDS.find((field) => field.name === name)?.decoder ?? 'string'
  switch (decoder) {
    case 'int32':
    case 'seconds':
      return fc.integer({ min: 1, max: MAXIMUM[name] ?? 65_535 })
    case 'int64':
      return fc.bigInt({ min: 0n, max: 1_000_000n })
    case 'address':
      return fiveTuple().map(({ source }) => source.toString())
    case 'string': {
      const kind = RESOURCE.exec(name)?.[1]
      return kind === undefined
        ? hexadecimal.map((id) => `value-${id}`)
        : hexadecimal.map((id) => `${PREFIX[kind] ?? kind}-${id}`)
    }
  }
}
