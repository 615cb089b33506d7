import { describe, expect, it } from 'vitest'
import { IpAddress } from '../../net/ip-address.ts'
import { parseRules } from './parse-rules.ts'
import { parseThresholdConfig } from './threshold-config.ts'
import { ThresholdTable } from './threshold-table.ts'

const ENDS = { source: IpAddress.of('10.0.0.1'), destination: IpAddress.of('192.0.2.1') }

function allowed(config: string, times: readonly number[] = [0]): boolean[] {
  const { signatures } = parseRules(
    'alert ip any any -> any any (sid:7; threshold:type limit, track by_src, count 9, seconds 9;)',
    { file: 'x' },
  )
  const parsed = parseThresholdConfig(config, 'threshold.config')
  expect(parsed.errors).toEqual([])
  const table = new ThresholdTable(parsed)
  return signatures.flatMap((signature) => times.map((seconds) => table.allows(signature, ENDS, seconds * 1_000_000)))
}

describe('parseThresholdConfig', () => {
  it.each([
    ['suppress gen_id 1, sig_id 7', false],
    ['suppress gen_id 1, sig_id 8', true],
    ['suppress gen_id 0, sig_id 0, track by_src, ip 10.0.0.0/8', false],
    ['suppress gen_id 1, sig_id 7, track by_dst, ip 10.0.0.0/8', true],
    ['suppress gen_id 1, sig_id 7, track by_either, ip [192.0.2.0/24,!192.0.2.9]', false],
    ['suppress gen_id 1, sig_id 7, track by_src, ip $HOME_NET', false],
  ])('%s: %s', (config, expected) => {
    expect(allowed(config)).toEqual([expected])
  })

  it('lets an event filter stand in for the threshold of a rule', () => {
    const config = '# two\nevent_filter gen_id 1, sig_id 7, type threshold, track by_src, count 2, seconds 60\n'
    expect(allowed(config, [0, 1, 2, 3])).toEqual([false, true, false, true])
  })

  it('locates what it cannot read', () => {
    const { errors } = parseThresholdConfig(
      'suppress gen_id 1, sig_id x\nrate_filter gen_id 1\nfoo',
      'threshold.config',
    )
    expect(errors.map(({ line, code }) => ({ line, code }))).toEqual([
      { line: 1, code: 'invalid' },
      { line: 2, code: 'unsupported' },
      { line: 3, code: 'invalid' },
    ])
  })
})
