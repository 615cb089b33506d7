import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { quoteHiveName, quoteHiveString } from '../hive/hive-string.ts'
import { parseHiveStatement } from '../hive/parse.ts'
import { FolderStore } from '../storage/folder-store.ts'
import type { CatalogTable } from './catalog.ts'
import { createTableText } from './create-table-text.ts'
import { executeHiveStatement } from './execute-hive-statement.ts'
import { InMemoryCatalog } from './in-memory-catalog.ts'

const texts = fc.string({ unit: 'grapheme', maxLength: 8 })
const names = fc.oneof(
  fc.stringMatching(/^[a-z_][a-z0-9_]{0,6}$/),
  fc.constantFrom('end', 'date', 'a-b', 'with`tick', 'two words', '1st', '漢字'),
)
const types = fc.constantFrom(
  ...['int', 'bigint', 'string', 'date', 'timestamp', 'binary', 'decimal', 'decimal(12,4)', 'char(3)', 'varchar(20)'],
  ...['array<int>', 'map<string,array<double>>', 'struct<a:int,`b-c`:struct<`end`:string>>'],
)
const columns = fc.record({ name: names, type: types, comment: fc.option(texts) })
const properties = fc.option(
  fc.dictionary(
    texts.filter((key) => key !== '' && key !== '__proto__'),
    texts,
    { minKeys: 1, maxKeys: 3 },
  ),
)

function columnList(list: readonly { name: string; type: string; comment: string | null }[]): string {
  return list
    .map(
      ({ name, type, comment }) =>
        `${quoteHiveName(name)} ${type}${comment === null ? '' : ` COMMENT ${quoteHiveString(comment)}`}`,
    )
    .join(', ')
}

function propertyList(map: Readonly<Record<string, string>>): string {
  return Object.entries(map)
    .map(([key, value]) => `${quoteHiveString(key)}=${quoteHiveString(value)}`)
    .join(', ')
}

const delimiters = fc
  .record({
    fields: fc.option(texts),
    escapedBy: fc.option(texts),
    collectionItems: fc.option(texts),
    mapKeys: fc.option(texts),
    lines: fc.option(fc.constant('\n')),
    nullText: fc.option(texts),
  })
  .map(({ fields, escapedBy, collectionItems, mapKeys, lines, nullText }) => {
    const clause = (words: string, value: string | null): string =>
      value === null ? '' : ` ${words} ${quoteHiveString(value)}`
    const fieldClause =
      clause('FIELDS TERMINATED BY', fields) + (fields === null ? '' : clause('ESCAPED BY', escapedBy))
    return `ROW FORMAT DELIMITED${fieldClause}${clause('COLLECTION ITEMS TERMINATED BY', collectionItems)}${clause('MAP KEYS TERMINATED BY', mapKeys)}${clause('LINES TERMINATED BY', lines)}${clause('NULL DEFINED AS', nullText)}`
  })
const serdes = fc
  .record({
    library: fc.constantFrom(
      'org.openx.data.jsonserde.JsonSerDe',
      'org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe',
      'x',
    ),
    properties,
  })
  .map(
    (serde) =>
      `ROW FORMAT SERDE ${quoteHiveString(serde.library)}${serde.properties === null ? '' : ` WITH SERDEPROPERTIES (${propertyList(serde.properties)})`}`,
  )
const storage = fc.constantFrom(
  '',
  'STORED AS PARQUET',
  'STORED AS TEXTFILE',
  'STORED AS orc',
  'STORED AS SEQUENCEFILE',
  "STORED AS INPUTFORMAT 'a' OUTPUTFORMAT 'b'",
)

const statements = fc
  .record({
    name: names,
    columns: fc.uniqueArray(columns, { selector: ({ name }) => name, minLength: 1, maxLength: 6 }),
    keyCount: fc.nat(2),
    isBucketed: fc.boolean(),
    comment: fc.option(texts),
    rowFormat: fc.oneof(fc.constant(''), delimiters, serdes),
    storage,
    properties,
  })
  .map((given) => {
    const keys = given.columns.slice(1, 1 + given.keyCount)
    const plain = given.columns.filter((column) => !keys.includes(column))
    return [
      `CREATE EXTERNAL TABLE ${quoteHiveName(given.name)} (${columnList(plain)})`,
      given.comment === null ? '' : `COMMENT ${quoteHiveString(given.comment)}`,
      keys.length === 0 ? '' : `PARTITIONED BY (${columnList(keys)})`,
      given.isBucketed ? `CLUSTERED BY (${quoteHiveName(plain[0]?.name ?? '')}) INTO 7 BUCKETS` : '',
      given.rowFormat,
      given.storage,
      "LOCATION 's3://bucket/some where/'",
      given.properties === null ? '' : `TBLPROPERTIES (${propertyList(given.properties)})`,
    ].join('\n')
  })

async function createdBy(text: string): Promise<CatalogTable> {
  const catalog = new InMemoryCatalog()
  const context = {
    catalog,
    store: new FolderStore({ root: '/nowhere' }),
    database: 'default',
    nowMillis: () => 1_000_000,
  }
  await executeHiveStatement(parseHiveStatement(text), context)
  const [table] = await catalog.listTables('default')
  return table as CatalogTable
}

describe('SHOW CREATE TABLE', () => {
  it('prints a statement that creates the same table', async () => {
    await fc.assert(
      fc.asyncProperty(statements, async (statement) => {
        const table = await createdBy(statement)
        expect(await createdBy(createTableText(table))).toEqual(table)
      }),
      { numRuns: 400 },
    )
  })
})
