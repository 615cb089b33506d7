import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { deliveryWindow, type FlowLogObjectKey, formatObjectKey, parseObjectKey } from './object-key.ts'
import { FlowLogWriteError } from './write-error.ts'

const hex = (length: number): fc.Arbitrary<string> =>
  fc.string({ unit: fc.constantFrom(...'0123456789abcdef'), minLength: length, maxLength: length })

const folder = fc
  .string({ unit: fc.constantFrom(...'abcXYZ019-_.= %é+&'), minLength: 1, maxLength: 12 })
  .filter((name) => name !== 'AWSLogs')

const objectKey: fc.Arbitrary<FlowLogObjectKey> = fc
  .record({
    prefix: fc.option(
      fc.array(folder, { minLength: 1, maxLength: 3 }).map((folders) => folders.join('/')),
      { nil: undefined },
    ),
    accountId: fc.string({ unit: fc.constantFrom(...'0123456789'), minLength: 12, maxLength: 12 }),
    region: fc.constantFrom('us-east-1', 'ap-southeast-2', 'us-gov-west-1', 'us-isob-east-1', 'mx-central-1'),
    flowLogId: fc.oneof(hex(8), hex(17)).map((id) => `fl-${id}`),
    windowStartSeconds: fc.integer({ min: 0, max: 4_000_000 }).map((minutes) => minutes * 60 * 15),
    hash: hex(8),
    fileFormat: fc.constantFrom('plain-text' as const, 'parquet' as const),
    hiveCompatible: fc.boolean(),
    perHour: fc.boolean(),
  })
  .map(({ prefix, ...rest }) => (prefix === undefined ? rest : { prefix, ...rest }))

describe('object keys', () => {
  it('parse(format(key)) is key', () => {
    fc.assert(
      fc.property(objectKey, (key) => {
        expect(parseObjectKey(formatObjectKey(key))).toEqual(key)
      }),
      { numRuns: 2_000 },
    )
  })

  it('accepts only keys that format gives back, whatever is changed in them', () => {
    const changed = fc
      .tuple(objectKey, fc.nat(), fc.constantFrom('', '0', '1', '/', '_', 'AWSLogs/', 'x', '='))
      .map(([key, at, text]) => {
        const formatted = formatObjectKey(key)
        const index = at % formatted.length
        return formatted.slice(0, index) + text + formatted.slice(index + 1)
      })
    fc.assert(
      fc.property(changed, (key) => {
        const parsed = parseObjectKey(key)
        if (parsed !== undefined) expect(formatObjectKey(parsed)).toBe(key)
      }),
      { numRuns: 5_000 },
    )
  })

  const example: FlowLogObjectKey = {
    accountId: '123456789012',
    region: 'us-east-1',
    flowLogId: 'fl-1234abcd',
    windowStartSeconds: Date.UTC(2018, 5, 20, 16, 20) / 1000,
    hash: 'fe123456',
    fileFormat: 'plain-text',
    hiveCompatible: false,
    perHour: false,
  }
  const name = '123456789012_vpcflowlogs_us-east-1_fl-1234abcd_20180620T1620Z_fe123456.log.gz'

  it.each([
    ['plain', {}, `AWSLogs/123456789012/vpcflowlogs/us-east-1/2018/06/20/${name}`],
    ['per hour', { perHour: true }, `AWSLogs/123456789012/vpcflowlogs/us-east-1/2018/06/20/16/${name}`],
    [
      'Hive-compatible',
      { hiveCompatible: true },
      `AWSLogs/aws-account-id=123456789012/aws-service=vpcflowlogs/aws-region=us-east-1/year=2018/month=06/day=20/${name}`,
    ],
    [
      'Hive-compatible per hour',
      { hiveCompatible: true, perHour: true },
      `AWSLogs/aws-account-id=123456789012/aws-service=vpcflowlogs/aws-region=us-east-1/year=2018/month=06/day=20/hour=16/${name}`,
    ],
    [
      'with a prefix',
      { prefix: 'my-logs/prod' },
      `my-logs/prod/AWSLogs/123456789012/vpcflowlogs/us-east-1/2018/06/20/${name}`,
    ],
    [
      'Parquet',
      { fileFormat: 'parquet' },
      `AWSLogs/123456789012/vpcflowlogs/us-east-1/2018/06/20/${name.replace('.gz', '.parquet')}`,
    ],
  ] as const)('%s', (_, options, key) => {
    expect(formatObjectKey({ ...example, ...options })).toBe(key)
    expect(parseObjectKey(key)).toEqual({ ...example, ...options })
  })

  it('reads the key of a Parquet object that AWS delivered', () => {
    const key =
      'AWSLogs/aws-account-id=111111111111/aws-service=vpcflowlogs/aws-region=eu-west-3/year=2022/month=09/day=15/111111111111_vpcflowlogs_eu-west-3_fl-0f46d0a2ed744cfa1_20220915T1420Z_740b4cc6.log.parquet'
    expect(parseObjectKey(key)).toMatchObject({ fileFormat: 'parquet', hiveCompatible: true, perHour: false })
  })

  it.each([
    ['another day in the folder', name, '2018/06/21'],
    ['a day that does not exist', name.replace('0620', '0230'), '2018/02/30'],
    ['another suffix', name.replace('.gz', '.zip'), '2018/06/20'],
    ['a name without hash', name.replace('_fe123456', ''), '2018/06/20'],
    ['hour 24', name.replace('T16', 'T24'), '2018/06/20'],
  ])('refuses %s', (_, file, day) => {
    expect(parseObjectKey(`AWSLogs/123456789012/vpcflowlogs/us-east-1/${day}/${file}`)).toBeUndefined()
  })

  it.each([
    { accountId: '12345' },
    { region: 'us_east_1' },
    { flowLogId: 'vpc-1' },
    { hash: '' },
    { windowStartSeconds: 90 },
    { windowStartSeconds: Number.NaN },
    { windowStartSeconds: -60 },
    { prefix: '' },
    { prefix: 'logs/' },
    { prefix: 'a/AWSLogs' },
  ])('will not write %o', (part) => {
    const write = (): string => formatObjectKey({ ...example, ...part })
    expect(write).toThrow(FlowLogWriteError)
    expect(write).toThrow(Object.keys(part)[0])
  })
})

it('the window of a file named T1620Z holds what ends from 16:20:00 to 16:24:59', () => {
  const at = (hour: number, minute: number, second: number): number =>
    Date.UTC(2018, 5, 20, hour, minute, second) / 1000
  const window = { startSeconds: at(16, 20, 0), lastSecond: at(16, 24, 59) }
  expect(deliveryWindow(at(16, 20, 0))).toEqual(window)
  expect(deliveryWindow(at(16, 24, 59))).toEqual(window)
  expect(deliveryWindow(at(16, 25, 0))).not.toEqual(window)
})
