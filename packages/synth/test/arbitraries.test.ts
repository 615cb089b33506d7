import { CidrBlock, checkDesign, type FiveTuple, formatDesignIssue, IpAddress, type Packet } from '@flowtap/core'
import {
  FlowLogParser,
  type FlowLogRecord,
  flowLogField,
  formatLogFormat,
  formatRecord,
  type LogFormat,
  parseLogFormat,
} from '@flowtap/parser'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  cidrBlock,
  design,
  fiveTuple,
  flowLogRecord,
  ipAddress,
  ipv4Address,
  ipv6Address,
  logFormat,
  packet,
} from '../src/arbitraries/index.ts'
import { arbitraryLaws } from './arbitrary-laws.ts'

describe('ipAddress', () => {
  arbitraryLaws(ipAddress, (address) =>
    IpAddress.parse(address.toString())?.equals(address) ? undefined : 'its text is not its own',
  )
})

describe('ipv4Address and ipv6Address', () => {
  arbitraryLaws(ipv4Address, ({ version }) => (version === 4 ? undefined : 'not IPv4'))
  arbitraryLaws(ipv6Address, ({ version }) => (version === 6 ? undefined : 'not IPv6'))
})

describe('cidrBlock', () => {
  const constraints = { version: 4, minPrefixLength: 16, maxPrefixLength: 28 } as const
  arbitraryLaws(
    () => cidrBlock(constraints),
    (block) => {
      if (!CidrBlock.parse(block.toString())?.equals(block)) return 'its text is not its own'
      return block.prefixLength < 16 || block.prefixLength > 28 || block.version !== 4
        ? 'outside of its limits'
        : undefined
    },
  )
})

function parse(format: LogFormat, line: string): readonly FlowLogRecord[] {
  const records: FlowLogRecord[] = []
  const parser = new FlowLogParser({ format, onRecord: (record) => records.push(record) })
  parser.push(new TextEncoder().encode(`${line}\n`))
  parser.end()
  return records
}

function problemOfTuple({ source, destination, protocol, sourcePort, destinationPort }: FiveTuple): string | undefined {
  if (source.version !== destination.version) return 'two versions'
  if (protocol === (source.version === 4 ? 58 : 1)) return 'the ICMP of the other version'
  if (protocol !== 6 && protocol !== 17 && (sourcePort !== 0 || destinationPort !== 0))
    return 'ports without TCP and UDP'
  return [sourcePort, destinationPort].some((port) => port < 0 || port > 65_535) ? 'a port out of range' : undefined
}

describe('fiveTuple', () => {
  arbitraryLaws(fiveTuple, problemOfTuple)
})

describe('packet', () => {
  arbitraryLaws(
    () => packet({ fragments: true, icmpErrors: true }),
    (value: Packet) => {
      if (value.length < (value.source.version === 4 ? 20 : 40)) return 'shorter than its header'
      if (value.length > 65_535) return 'longer than IP allows'
      if (value.fragmentOffset % 8 !== 0) return 'a fragment at a crooked offset'
      if (value.moreFragments && (value.length - (value.source.version === 4 ? 20 : 48)) % 8 !== 0)
        return 'a crooked fragment'
      return problemOfTuple(value)
    },
  )
})

describe('logFormat', () => {
  arbitraryLaws(
    () => logFormat({ including: ['srcaddr', 'tcp-flags'], maxVersion: 5 }),
    (format: LogFormat) => {
      if (parseLogFormat(formatLogFormat(format)).fields.join() !== format.fields.join())
        return 'its text is not its own'
      const strange = format.fields.find((name) => (flowLogField(name)?.version ?? 99) > 5)
      return strange ?? (format.fields.includes('tcp-flags') ? undefined : 'a field is missing')
    },
  )
})

describe('flowLogRecord', () => {
  const format: LogFormat = {
    fields: 'version interface-id srcaddr dstaddr start end packets bytes log-status tcp-flags vpc-id az-id'.split(' '),
  }
  arbitraryLaws(
    () => flowLogRecord({ format, startSeconds: { from: 1_000_000, to: 1_000_100 }, withoutData: 0.3 }),
    (record) => {
      if ((record.start ?? 0) > (record.end ?? 0)) return 'it ends before it starts'
      if ((record.start ?? 0) < 1_000_000 || (record.start ?? 0) > 1_000_100) return 'outside of its time'
      if ((record.srcaddr === undefined) !== (record['log-status'] !== 'OK')) return 'a status that does not fit'
      const [parsed] = parse(format, formatRecord(record, format))
      return parsed && formatRecord(parsed, format) === formatRecord(record, format)
        ? undefined
        : 'it does not survive text'
    },
  )

  it('makes all three statuses', () => {
    const seen = new Set<FlowLogRecord['log-status']>()
    for (const record of fc.sample(flowLogRecord({ withoutData: 0.5 }), { seed: 1, numRuns: 200 }))
      seen.add(record['log-status'])
    expect([...seen].toSorted()).toEqual(['NODATA', 'OK', 'SKIPDATA'])
  })
})

describe('design', () => {
  arbitraryLaws(
    () => design(),
    (value) => {
      const issues = checkDesign(value).filter(({ severity }) => severity === 'error')
      return issues[0] === undefined ? undefined : formatDesignIssue(issues[0])
    },
  )
})
