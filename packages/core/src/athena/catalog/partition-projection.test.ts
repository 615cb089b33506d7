import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { catalogTable } from '../../../test/catalog-table.ts'
import type { PartitionPredicate } from '../scan/partition-predicate.ts'
import type { CatalogColumn, CatalogTable } from './catalog.ts'
import { projectPartitions } from './partition-projection.ts'

const NOW = Date.UTC(2021, 10, 3, 15, 30, 12)

function table(
  keys: readonly (readonly [name: string, type: string])[],
  properties: Readonly<Record<string, string>>,
  location = 's3://bucket/table/',
): CatalogTable {
  return catalogTable({
    databaseName: 'db',
    location,
    partitionKeys: keys.map(([name, type]): CatalogColumn => ({ name, type })),
    parameters: { 'projection.enabled': 'true', ...properties },
  })
}

const dayProperties = {
  'projection.day.type': 'date',
  'projection.day.range': '2021/01/01,NOW',
  'projection.day.format': 'yyyy/MM/dd',
}

/** The reference article's table. */
const articleTable = table(
  [
    ['aws_region', 'string'],
    ['day', 'string'],
  ],
  {
    ...dayProperties,
    'projection.aws_region.type': 'enum',
    'projection.aws_region.values': 'us-west-2',
    'storage.location.template': 's3://BUCKET/AWSLogs/ACCOUNT/vpcflowlogs/${aws_region}/${day}',
  },
)

const compare = (
  column: string,
  operator: '=' | '<>' | '<' | '<=' | '>' | '>=',
  value: string | bigint,
): PartitionPredicate => ({
  kind: 'comparison',
  column,
  operator,
  value,
})

function valuesOf(of: CatalogTable, predicate?: PartitionPredicate): readonly (readonly string[])[] {
  return projectPartitions(of, predicate, NOW).map((partition) => partition.values)
}

describe('the tables of the documentation', () => {
  it("finds the days of the article's query, each in its folder", () => {
    const partitions = projectPartitions(articleTable, compare('day', '>', '2021/10/31'), NOW)
    expect(partitions).toEqual([
      {
        values: ['us-west-2', '2021/11/01'],
        location: 's3://BUCKET/AWSLogs/ACCOUNT/vpcflowlogs/us-west-2/2021/11/01/',
      },
      {
        values: ['us-west-2', '2021/11/02'],
        location: 's3://BUCKET/AWSLogs/ACCOUNT/vpcflowlogs/us-west-2/2021/11/02/',
      },
      {
        values: ['us-west-2', '2021/11/03'],
        location: 's3://BUCKET/AWSLogs/ACCOUNT/vpcflowlogs/us-west-2/2021/11/03/',
      },
    ])
  })

  it('has all days from the first to now without a predicate', () => {
    const days = valuesOf(articleTable)
    expect(days).toHaveLength(307)
    expect(days[0]).toEqual(['us-west-2', '2021/01/01'])
    expect(days.at(-1)).toEqual(['us-west-2', '2021/11/03'])
  })

  it('gives nothing for values outside of the range', () => {
    expect(valuesOf(articleTable, compare('day', '=', '2020/12/31'))).toEqual([])
    expect(valuesOf(articleTable, compare('aws_region', '=', 'eu-west-1'))).toEqual([])
  })

  it('uses key=value folders where there is no template, with characters escaped as Hive does', () => {
    const partitions = projectPartitions(
      table([['day', 'string']], dayProperties),
      compare('day', '=', '2021/10/05'),
      NOW,
    )
    expect(partitions).toEqual([{ values: ['2021/10/05'], location: 's3://bucket/table/day=2021%2F10%2F05/' }])
  })

  it('writes digits of an integer into values and folders', () => {
    const hours = table([['hour', 'int']], {
      'projection.hour.type': 'integer',
      'projection.hour.range': '0,23',
      'projection.hour.digits': '2',
      'storage.location.template': 's3://b/${hour}/',
    })
    expect(projectPartitions(hours, { kind: 'between', column: 'hour', low: 7n, high: 8n }, NOW)).toEqual([
      { values: ['07'], location: 's3://b/07/' },
      { values: ['08'], location: 's3://b/08/' },
    ])
  })

  it('takes hours in the format with an interval, and NOW with an offset', () => {
    const hourly = table([['dt', 'string']], {
      'projection.dt.type': 'DATE',
      'projection.dt.format': 'yyyy-MM-dd-HH',
      'projection.dt.range': 'NOW-3HOURS, NOW+1HOUR',
      'projection.dt.interval': '2',
      'projection.dt.interval.unit': 'hours',
    })
    expect(valuesOf(hourly)).toEqual([['2021-11-03-12'], ['2021-11-03-14'], ['2021-11-03-16']])
  })

  it('steps by months or years where the format has no more, through text in quotes', () => {
    const monthly = (format: string, range: string): CatalogTable =>
      table([['m', 'string']], {
        'projection.m.type': 'date',
        'projection.m.format': format,
        'projection.m.range': range,
      })
    expect(valuesOf(monthly("'y='yyyy'/m='MM", 'y=2020/m=12,y=2021/m=02'))).toEqual([
      ['y=2020/m=12'],
      ['y=2021/m=01'],
      ['y=2021/m=02'],
    ])
    expect(valuesOf(monthly('yyyy', '2019,NOW'), compare('m', '>', '2019'))).toEqual([['2020'], ['2021']])
    expect(valuesOf(monthly('MMM yyyy', 'NOW-1MONTH,NOW'))).toEqual([['Oct 2021'], ['Nov 2021']])
  })

  it('keeps spaces of an enum, which are significant', () => {
    const spaced = table([['c', 'string']], { 'projection.c.type': 'enum', 'projection.c.values': 'a, b' })
    expect(valuesOf(spaced)).toEqual([['a'], [' b']])
  })

  it('gives a date column its value as SQL writes it and the folder in the format', () => {
    const dated = table([['d', 'date']], {
      'projection.d.type': 'date',
      'projection.d.format': 'dd/MM/yyyy',
      'projection.d.range': '30/12/2020,02/01/2021',
      'storage.location.template': 's3://b/${d}',
    })
    expect(projectPartitions(dated, compare('d', '>=', '2021-01-01'), NOW)).toEqual([
      { values: ['2021-01-01'], location: 's3://b/01/01/2021/' },
      { values: ['2021-01-02'], location: 's3://b/02/01/2021/' },
    ])
  })

  it('takes the values of an injected column from the query', () => {
    const injected = table([['id', 'string']], { 'projection.id.type': 'injected' })
    const pinned: PartitionPredicate = {
      kind: 'and',
      operands: [
        { kind: 'in', column: 'id', values: ['a', 'b', 'c'] },
        { kind: 'in', column: 'id', values: ['b', 'c', 'd'] },
        { kind: 'unknown' },
      ],
    }
    expect(valuesOf(injected, pinned)).toEqual([['b'], ['c']])
  })
})

describe('what a wrong configuration gives', () => {
  it.each<[Readonly<Record<string, string>>, string]>([
    [
      {},
      'HIVE_METASTORE_ERROR: Table db.t is configured for partition projection, but the following partition columns are missing projection configuration: [c] (table db.t)',
    ],
    [
      { 'projection.c.type': 'integer', 'projection.c.range': '1-10' },
      'INVALID_TABLE_PROPERTY: For input string: "1-10"',
    ],
    [{ 'projection.c.type': 'integer' }, "'projection.c.range'"],
    [{ 'projection.c.type': 'integer', 'projection.c.range': '5,1' }, 'the lesser one'],
    [{ 'projection.c.type': 'integer', 'projection.c.range': '1,5', 'projection.c.interval': '0' }, 'interval'],
    [{ 'projection.c.type': 'enum' }, "'projection.c.values'"],
    [{ 'projection.c.type': 'list' }, 'the types are enum, integer, date and injected'],
    [{ 'projection.c.type': 'date', 'projection.c.range': '2021/01/01,NOW' }, "'projection.c.format'"],
    [
      { 'projection.c.type': 'date', 'projection.c.range': '2021/01/01,NOW', 'projection.c.format': 'yyyy-MM-dd' },
      'two dates of format',
    ],
    [
      { 'projection.c.type': 'date', 'projection.c.range': '2021-02-30,NOW', 'projection.c.format': 'yyyy-MM-dd' },
      'two dates of format',
    ],
    [
      { 'projection.c.type': 'date', 'projection.c.range': 'NOW,NOW', 'projection.c.format': 'yyyy-MM-dd-HH' },
      'interval.unit',
    ],
    [{ 'projection.c.type': 'date', 'projection.c.range': 'NOW,NOW', 'projection.c.format': 'GGGG' }, 'letters'],
    [
      { 'projection.c.type': 'enum', 'projection.c.values': 'a', 'storage.location.template': 's3://b/' },
      "missing a placeholder for partition column 'c'",
    ],
    [
      { 'projection.c.type': 'enum', 'projection.c.values': 'a', 'storage.location.template': 's3://b/${c}/${x}' },
      "'x'",
    ],
  ])('%j', (properties, message) => {
    const attempt = (): unknown => projectPartitions(table([['c', 'string']], properties), undefined, NOW)
    expect(attempt).toThrow(message)
    expect(attempt).toThrow(/^(INVALID_TABLE_PROPERTY|HIVE_METASTORE_ERROR): /)
  })

  it.each<[string, PartitionPredicate | undefined]>([
    ['no predicate', undefined],
    ['a range', compare('id', '>', 'a')],
    ['an equality in one arm of an OR', { kind: 'or', operands: [compare('id', '=', 'a'), { kind: 'unknown' }] }],
    ['a negated equality', { kind: 'not', operand: compare('id', '=', 'a') }],
    ['an equality and a range', { kind: 'and', operands: [compare('id', '=', 'a'), compare('id', '<', 'b')] }],
  ])('refuses an injected column with %s', (_name, predicate) => {
    const injected = table([['id', 'string']], { 'projection.id.type': 'injected' })
    expect(() => projectPartitions(injected, predicate, NOW)).toThrow(
      'CONSTRAINT_VIOLATION: For the injected projected partition column id, the WHERE clause must contain only static equality conditions, and at least one such condition must be present.',
    )
  })

  it('refuses more than a million partitions, and only then', () => {
    const many = table([['n', 'bigint']], { 'projection.n.type': 'integer', 'projection.n.range': '1,1000001' })
    expect(() => projectPartitions(many, undefined, NOW)).toThrow('HIVE_EXCEEDED_PARTITION_LIMIT: ')
    expect(projectPartitions(many, compare('n', '<>', 7n), NOW)).toHaveLength(1_000_000)
  })
})

describe('a range that is never run through', () => {
  it('finds a second in a hundred years, and a number among 10^18', () => {
    const seconds = table([['s', 'string']], {
      'projection.s.type': 'date',
      'projection.s.format': 'yyyy-MM-dd HH:mm:ss',
      'projection.s.range': '1950-01-01 00:00:00,2050-01-01 00:00:00',
      'projection.s.interval.unit': 'SECONDS',
    })
    const between: PartitionPredicate = {
      kind: 'between',
      column: 's',
      low: '1999-12-31 23:59:59',
      high: '2000-01-01 00:00:00',
    }
    expect(valuesOf(seconds, between)).toEqual([['1999-12-31 23:59:59'], ['2000-01-01 00:00:00']])
    const numbers = table([['n', 'bigint']], {
      'projection.n.type': 'integer',
      'projection.n.range': '-1,1000000000000000000',
    })
    expect(valuesOf(numbers, compare('n', '>=', 999999999999999999n))).toEqual([
      ['999999999999999999'],
      ['1000000000000000000'],
    ])
  })

  it('steps over an interval that is finer than the format', () => {
    const days = table([['d', 'string']], {
      'projection.d.type': 'date',
      'projection.d.format': 'yyyy-MM-dd',
      'projection.d.range': '2021-01-01,2021-01-03',
      'projection.d.interval.unit': 'MILLIS',
    })
    expect(valuesOf(days)).toEqual([['2021-01-01'], ['2021-01-02'], ['2021-01-03']])
  })
})

/** The projection's rules once more, without its means: every value by a plain loop, every row by SQL's three truth values. */
const naive = {
  days(from: number, to: number, step: number, write: (date: Date) => string): readonly string[] {
    const all: string[] = []
    for (let day = from; day <= to; day += step) all.push(write(new Date(Date.UTC(2021, 0, day))))
    return all
  },
  truth(predicate: PartitionPredicate, row: Readonly<Record<string, string | bigint>>): boolean | null {
    switch (predicate.kind) {
      case 'and': {
        const parts = predicate.operands.map((operand) => naive.truth(operand, row))
        return parts.includes(false) ? false : parts.includes(null) ? null : true
      }
      case 'or': {
        const parts = predicate.operands.map((operand) => naive.truth(operand, row))
        return parts.includes(true) ? true : parts.includes(null) ? null : false
      }
      case 'not': {
        const truth = naive.truth(predicate.operand, row)
        return truth === null ? null : !truth
      }
      case 'comparison': {
        const value = row[predicate.column] as string
        const constant = predicate.value as string | null
        if (constant === null) return null
        const results = {
          '=': value === constant,
          '<>': value !== constant,
          '<': value < constant,
          '<=': value <= constant,
          '>': value > constant,
          '>=': value >= constant,
        }
        return results[predicate.operator]
      }
      case 'in': {
        const found = predicate.values.some((value) => value === row[predicate.column])
        return found || (predicate.values.includes(null) ? null : false)
      }
      case 'between': {
        const value = row[predicate.column] as string
        return value >= (predicate.low as string) && value <= (predicate.high as string)
      }
      case 'like': {
        const source = predicate.pattern.replaceAll('%', '.*').replaceAll('_', '.')
        return new RegExp(`^${source}$`).test(String(row[predicate.column]))
      }
      case 'is-null':
        return false
      case 'constant':
        return predicate.value
      case 'unknown':
        return true
    }
  },
}

const two = (value: number): string => String(value).padStart(2, '0')
const FORMATS = {
  'yyyy/MM/dd': (date: Date) => `${date.getUTCFullYear()}/${two(date.getUTCMonth() + 1)}/${two(date.getUTCDate())}`,
  'dd-MM-yyyy': (date: Date) => `${two(date.getUTCDate())}-${two(date.getUTCMonth() + 1)}-${date.getUTCFullYear()}`,
  'yyyy-M-d': (date: Date) => `${date.getUTCFullYear()}-${date.getUTCMonth() + 1}-${date.getUTCDate()}`,
}
type Format = keyof typeof FORMATS

interface Case {
  readonly format: Format
  readonly from: number
  readonly length: number
  readonly step: number
  readonly low: number
  readonly high: number
  readonly interval: number
  readonly digits: number | undefined
  readonly isText: boolean
}

const cases = fc.record<Case>({
  format: fc.constantFrom(...(Object.keys(FORMATS) as Format[])),
  from: fc.integer({ min: -400, max: 800 }),
  length: fc.integer({ min: 0, max: 120 }),
  step: fc.integer({ min: 1, max: 9 }),
  low: fc.integer({ min: -12, max: 12 }),
  high: fc.integer({ min: 0, max: 30 }),
  interval: fc.integer({ min: 1, max: 4 }),
  digits: fc.option(fc.integer({ min: 1, max: 3 }), { nil: undefined }),
  isText: fc.boolean(),
})

function predicates(days: readonly string[], numbers: readonly (string | bigint)[]): fc.Arbitrary<PartitionPredicate> {
  const operators = fc.constantFrom('=', '<>', '<', '<=', '>', '>=' as const)
  const dayConstants = fc.oneof(
    fc.constantFrom(...days, '', '2', 'zzz'),
    fc.constantFrom(...days).map((day) => day.slice(0, 7)),
  )
  const numberConstants = fc.constantFrom(...numbers)
  const conditions = (column: string, constants: fc.Arbitrary<string | bigint>): fc.Arbitrary<PartitionPredicate>[] => [
    fc.record({
      kind: fc.constant('comparison' as const),
      column: fc.constant(column),
      operator: operators,
      value: fc.oneof({ arbitrary: constants, weight: 9 }, { arbitrary: fc.constant(null), weight: 1 }),
    }),
    fc.record({
      kind: fc.constant('in' as const),
      column: fc.constant(column),
      values: fc.array(fc.oneof(constants, fc.constant(null)), { maxLength: 3 }),
    }),
    fc.record({ kind: fc.constant('between' as const), column: fc.constant(column), low: constants, high: constants }),
    fc.record({ kind: fc.constant('is-null' as const), column: fc.constant(column) }),
  ]
  return fc.letrec<{ predicate: PartitionPredicate }>((tie) => ({
    predicate: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      ...conditions('d', dayConstants),
      ...conditions('n', numberConstants),
      fc.record({
        kind: fc.constant('like' as const),
        column: fc.constant('d'),
        pattern: fc.constantFrom('2021%', '%1', '2021_1%', '%-2021', '2021/10/0_', '%'),
      }),
      fc.constant<PartitionPredicate>({ kind: 'unknown' }),
      fc.record({ kind: fc.constant('constant' as const), value: fc.constantFrom(true, false, null) }),
      fc.record({
        kind: fc.constant('and' as const),
        operands: fc.array(tie('predicate'), { minLength: 1, maxLength: 3 }),
      }),
      fc.record({
        kind: fc.constant('or' as const),
        operands: fc.array(tie('predicate'), { minLength: 1, maxLength: 3 }),
      }),
      fc.record({ kind: fc.constant('not' as const), operand: tie('predicate') }),
    ),
  })).predicate
}

/** Holds an `unknown`: such a predicate may keep more than the naive reading does. */
function isWide(predicate: PartitionPredicate): boolean {
  switch (predicate.kind) {
    case 'and':
    case 'or':
      return predicate.operands.some(isWide)
    case 'not':
      return isWide(predicate.operand)
    default:
      return predicate.kind === 'unknown'
  }
}

const scenario = cases.chain((given) => {
  const write = FORMATS[given.format]
  const days = [...new Set(naive.days(given.from, given.from + given.length, given.step, write))]
  const integers: number[] = []
  for (let value = given.low; value <= given.high; value += given.interval) integers.push(value)
  const texts = integers.map((value) => {
    const digits = given.digits ?? 0
    return value < 0 ? `-${String(-value).padStart(digits - 1, '0')}` : String(value).padStart(digits, '0')
  })
  const constants = given.isText ? [...texts, '5', '-1'] : [...integers, -100, 100].map(BigInt)
  return predicates(days, constants).map((predicate) => ({ given, days, integers, texts, predicate }))
})

describe('projection against a plain loop', () => {
  it('gives exactly the partitions that the predicate leaves', () => {
    fc.assert(
      fc.property(scenario, fc.boolean(), ({ given, days, integers, texts, predicate }, hasPredicate) => {
        if (given.low > given.high) return
        const write = FORMATS[given.format]
        const iso = (day: number): string => write(new Date(Date.UTC(2021, 0, day)))
        const projected = table(
          [
            ['d', 'string'],
            ['n', given.isText ? 'string' : 'int'],
          ],
          {
            'projection.d.type': 'date',
            'projection.d.format': given.format,
            'projection.d.range': `${iso(given.from)},${iso(given.from + given.length)}`,
            'projection.d.interval': String(given.step),
            'projection.d.interval.unit': 'DAYS',
            'projection.n.type': 'integer',
            'projection.n.range': `${given.low},${given.high}`,
            'projection.n.interval': String(given.interval),
            ...(given.digits === undefined ? {} : { 'projection.n.digits': String(given.digits) }),
            'storage.location.template': 's3://b/${n}/${d}/',
          },
        )
        const expected = days.flatMap((d) =>
          texts.flatMap((text, index) => {
            const row = { d, n: given.isText ? text : BigInt(integers[index] ?? 0) }
            const isKept = !hasPredicate || isWide(predicate) || naive.truth(predicate, row) === true
            return isKept ? [`s3://b/${text}/${d}/`] : []
          }),
        )
        const found = projectPartitions(projected, hasPredicate ? predicate : undefined, NOW).map(
          ({ location }) => location,
        )
        if (hasPredicate && isWide(predicate)) expect(expected).toEqual(expect.arrayContaining(found))
        else expect([...found].sort()).toEqual([...expected].sort())
      }),
      { numRuns: 600 },
    )
  })

  it('never leaves out a partition that an unknown condition could keep', () => {
    fc.assert(
      fc.property(scenario, ({ given, days, predicate }) => {
        const write = FORMATS[given.format]
        const projected = table([['d', 'string']], {
          'projection.d.type': 'date',
          'projection.d.format': given.format,
          'projection.d.range': `${write(new Date(Date.UTC(2021, 0, given.from)))},${write(new Date(Date.UTC(2021, 0, given.from + given.length)))}`,
          'projection.d.interval': String(given.step),
          'projection.d.interval.unit': 'DAYS',
        })
        // Conditions on n are about no key of this table: whatever they turn out to be, no match may be lost.
        const found = new Set(valuesOf(projected, predicate).map(([day]) => day))
        const couldMatch = (row: Readonly<Record<string, string>>, answers: boolean): boolean =>
          naive.truth(settled(predicate, answers), row) === true
        for (const d of days) {
          if (couldMatch({ d }, true) || couldMatch({ d }, false)) expect(found).toContain(d)
        }
      }),
      { numRuns: 400 },
    )
  })
})

/** The predicate with every condition that is not about `d` answered. */
function settled(predicate: PartitionPredicate, answer: boolean): PartitionPredicate {
  switch (predicate.kind) {
    case 'and':
    case 'or':
      return { ...predicate, operands: predicate.operands.map((operand) => settled(operand, answer)) }
    case 'not':
      return { ...predicate, operand: settled(predicate.operand, answer) }
    case 'unknown':
      return { kind: 'constant', value: answer }
    case 'constant':
      return predicate
    default:
      return predicate.column === 'd' ? predicate : { kind: 'constant', value: answer }
  }
}
