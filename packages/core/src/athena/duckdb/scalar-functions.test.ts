import { DuckDBInstance } from '@duckdb/node-api'
import { beforeAll, describe, expect, test } from 'vitest'
import { preludeStatements } from './prelude.ts'
import { SCALAR_FUNCTIONS } from './scalar-functions/catalog.ts'
import { prepareConnection, scalarFunctionNames } from './scalar-functions.ts'

let connection: Awaited<ReturnType<DuckDBInstance['connect']>>
beforeAll(async () => {
  connection = await (await DuckDBInstance.create(':memory:')).connect()
})

async function answerTo(sql: string): Promise<unknown> {
  await prepareConnection(connection, sql)
  return (await connection.runAndReadAll(sql)).getRows()[0]?.[0]
}

describe('prepareConnection', () => {
  test('registers what a text names and nothing else', async () => {
    expect(await answerTo("SELECT ft_reverse('añb')")).toBe('bña')
    await expect(connection.run("SELECT ft_soundex('a')")).rejects.toThrow('ft_soundex does not exist')
  })

  test('brings the functions behind a macro along', async () => {
    const sql = `SELECT ft_local_time(struct_pack(t := TIMESTAMP '2021-10-25 00:00:00', z := 'Asia/Tokyo'))::VARCHAR`
    expect(await answerTo(sql)).toBe('2021-10-25 09:00:00')
  })

  test('may be called again, and for another connection of the instance', async () => {
    expect(await answerTo("SELECT ft_reverse('ab')")).toBe('ba')
  })

  test('passes Trino’s code and text of an error on', async () => {
    await expect(answerTo("SELECT ft_from_base('x', 99)")).rejects.toThrow(
      'INVALID_FUNCTION_ARGUMENT: Radix must be between 2 and 36',
    )
    expect(await answerTo("SELECT TRY(ft_from_base('x', 99))")).toBeNull()
  })

  test('is not led astray by names in literals', () => {
    expect(scalarFunctionNames("SELECT 'ft_nothing', ft_reverse(x)")).toEqual(['ft_reverse'])
    expect(scalarFunctionNames('SELECT 1')).toEqual([])
    expect(preludeStatements('SELECT 1').size).toBe(0)
  })
})

describe('every function', () => {
  const ordinary = Object.entries(SCALAR_FUNCTIONS).filter(([, { takesNull }]) => !takesNull)

  test('answers NULL to NULL, as a constant and in a column', async () => {
    for (const [name, { parameters }] of ordinary) {
      if (parameters.length === 0) continue
      const nulls = parameters.map((type) => `CAST(NULL AS ${type === 'REAL' ? 'FLOAT' : type})`)
      expect(await answerTo(`SELECT ${name}(${nulls.join(', ')})`), name).toBeNull()
      const columns = nulls.map((_, index) => `c${index}`)
      const sql = `SELECT ${name}(${columns.join(', ')}) FROM (SELECT ${nulls.map((sql, index) => `${sql} c${index}`).join(', ')} FROM range(3))`
      expect(await answerTo(sql), name).toBeNull()
    }
  })

  test('has a name of the kind that generated SQL is searched for', () => {
    expect(Object.keys(SCALAR_FUNCTIONS).filter((name) => !/^ft_[a-z0-9_]+$/.test(name))).toEqual([])
  })
})
