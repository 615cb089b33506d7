import { mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { AthenaError } from '../errors.ts'
import { athenaErrorOf } from './duckdb-errors.ts'
import { DuckDbInstances } from './duckdb-instances.ts'
import { DuckDbSession } from './duckdb-session.ts'

let folder = ''
let allowed = ''
let forbidden = ''
let instances: DuckDbInstances
beforeAll(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'flowtap-session-')))
  mkdirSync(join(folder, 'data'))
  instances = new DuckDbInstances({ threads: 2, memoryLimit: undefined, temporaryDirectory: folder })
  allowed = join(folder, 'data', 'allowed.csv')
  forbidden = join(folder, 'data', 'forbidden.csv')
  writeFileSync(allowed, 'a\n1\n')
  writeFileSync(forbidden, 'secret\n1\n')
  symlinkSync(forbidden, join(folder, 'data', 'link.csv'))
})
afterAll(async () => {
  await instances.close()
  rmSync(folder, { recursive: true })
})

async function open(paths: readonly string[] = []): Promise<DuckDbSession> {
  const session = await DuckDbSession.open(instances)
  await session.allowOnly(paths)
  await session.lock()
  return session
}

async function values(session: DuckDbSession, sql: string): Promise<unknown[][]> {
  const rows = await session.select(sql)
  const all: unknown[][] = []
  for (let chunk = await rows.next(); chunk; chunk = await rows.next()) all.push(...chunk.getRows())
  return all
}

const failure = (promise: Promise<unknown>): Promise<AthenaError> =>
  promise.then(
    () => expect.fail('it was allowed'),
    (error: AthenaError) => error,
  )

describe('a session', () => {
  it('reads the files that it was given', async () => {
    const session = await open([allowed])
    expect(await values(session, `SELECT * FROM read_csv('${allowed}')`)).toEqual([[1n]])
    session.close()
  })

  it('reaches nothing else, whatever SQL it is given', async () => {
    const session = await open([allowed])
    const before = readdirSync(folder, { recursive: true })
    const { data } = { data: join(folder, 'data') }
    for (const sql of [
      `SELECT * FROM read_csv('${forbidden}')`,
      `SELECT * FROM read_text('${forbidden}')`,
      `SELECT * FROM read_blob('/etc/passwd')`,
      `SELECT * FROM '${forbidden}'`,
      `SELECT * FROM glob('${data}/*')`,
      `SELECT * FROM read_csv('${data}/*.csv')`,
      `SELECT * FROM read_csv('${data}/../data/forbidden.csv')`,
      `SELECT * FROM read_csv('${data}/link.csv')`,
      `SELECT * FROM read_csv('https://example.com/a.csv')`,
      `SELECT * FROM sniff_csv('${forbidden}')`,
    ]) {
      await failure(values(session, sql))
    }
    expect(readdirSync(folder, { recursive: true })).toEqual(before)
    session.close()
  })

  it('runs one SELECT and nothing that is something else', async () => {
    const session = await open([allowed])
    for (const sql of [
      'SELECT 1; SELECT 2',
      'CREATE TABLE t (a INTEGER)',
      `COPY (SELECT 1) TO '${join(folder, 'data', 'written.csv')}'`,
      `ATTACH '${join(folder, 'data', 'written.db')}'`,
      "ATTACH ':memory:' AS other",
      'SET threads = 1',
      'SET enable_external_access = true',
      'RESET lock_configuration',
      'INSTALL httpfs',
      'PRAGMA enable_profiling',
      "CALL enable_logging(storage='file', storage_path='/tmp')",
      'EXPLAIN SELECT 1',
      '',
    ]) {
      await failure(values(session, sql))
    }
    expect(readdirSync(join(folder, 'data')).toSorted()).toEqual(['allowed.csv', 'forbidden.csv', 'link.csv'])
    expect(await values(session, 'SELECT 1')).toEqual([[1]])
    session.close()
  })

  it('cannot be given more files once it was restricted', async () => {
    const session = await open([allowed])
    await expect(session.allowOnly([forbidden])).rejects.toThrow()
    await failure(values(session, `SELECT * FROM read_csv('${forbidden}')`))
    session.close()
  })

  it('without files reaches none, and leaves nothing to the next one', async () => {
    const before = readdirSync(folder, { recursive: true })
    for (let round = 0; round < 3; round++) {
      const session = await DuckDbSession.openSealed(instances)
      for (const path of [allowed, forbidden, '/etc/passwd']) {
        await failure(values(session, `SELECT * FROM read_text('${path}')`))
      }
      session.close()
      const next = await DuckDbSession.openSealed(instances)
      for (const sql of [
        'CREATE TABLE t (a INTEGER)',
        'CREATE TEMP VIEW v AS SELECT 1 AS a',
        'CREATE MACRO m() AS 1',
        "SET TimeZone = 'Asia/Tokyo'",
        'SET threads = 1',
        'SET enable_external_access = true',
        `COPY (SELECT 1) TO '${join(folder, 'written.csv')}'`,
        "ATTACH ':memory:' AS other",
        'PREPARE p AS SELECT 1',
        'BEGIN',
      ]) {
        await failure(values(next, sql))
      }
      next.close()
      const settings = "SELECT current_setting('TimeZone'), current_setting('default_null_order')"
      const last = await DuckDbSession.openSealed(instances)
      expect(await values(last, settings)).toEqual([['UTC', 'NULLS_LAST']])
      last.close()
    }
    expect(readdirSync(folder, { recursive: true })).toEqual(before)
  })

  it('without files uses a database again, with the functions that it has', async () => {
    const sql = "SELECT ft_reverse('abc'), ft_floor_div(-7, 2)"
    const first = await DuckDbSession.openSealed(instances)
    await first.prepareFor(sql)
    expect(await values(first, sql)).toEqual([['cba', -4]])
    first.close()
    for (let round = 0; round < 20; round++) {
      const session = await DuckDbSession.openSealed(instances)
      let isDefined = true
      session.defineOnce('ft_reverse', () => {
        isDefined = false
      })
      expect(isDefined).toBe(true)
      await session.prepareFor(sql)
      expect(await values(session, sql)).toEqual([['cba', -4]])
      session.close()
    }
  })

  it('that failed or was left half-way is not used again', async () => {
    const isFresh = async (): Promise<boolean> => {
      const session = await DuckDbSession.openSealed(instances)
      let fresh = false
      session.defineOnce('marked', () => {
        fresh = true
      })
      expect(await values(session, 'SELECT 1')).toEqual([[1]])
      session.close()
      return fresh
    }
    const own = instances
    instances = new DuckDbInstances({ threads: 2, memoryLimit: undefined, temporaryDirectory: folder })
    expect([await isFresh(), await isFresh()]).toEqual([true, false])
    const failing = await DuckDbSession.openSealed(instances)
    await failure(values(failing, "SELECT error('x')"))
    failing.close()
    expect(await isFresh()).toBe(true)
    const left = await DuckDbSession.openSealed(instances)
    await (await left.select('SELECT range FROM range(1000000000)')).next()
    left.close()
    expect(await isFresh()).toBe(true)
    await instances.close()
    instances = own
  })

  it('does not see what another one made', async () => {
    const [one, two] = await Promise.all([open(), open()])
    await one.connection.run('CREATE TABLE t AS SELECT 1 AS a')
    expect(await values(one, 'SELECT a FROM t')).toEqual([[1]])
    await failure(values(two, 'SELECT a FROM t'))
    one.close()
    two.close()
  })

  it('gives chunks as they are made, and ends when it is closed while one is under way', async () => {
    const session = await open()
    const rows = await session.select('SELECT range FROM range(1000000000)')
    expect((await rows.next())?.rowCount).toBeGreaterThan(0)
    session.close()
    expect(await failure(rows.next())).toMatchObject({ code: 'USER_CANCELED' })

    const busy = await open()
    const running = failure(values(busy, 'SELECT sum(hash(a.range) % 7) FROM range(1000000) a, range(1000000) b'))
    setTimeout(() => busy.close(), 100)
    expect(await running).toMatchObject({ code: 'USER_CANCELED' })
  })

  it('says that memory ran out', async () => {
    const small = new DuckDbInstances({ threads: 2, memoryLimit: '20MB', temporaryDirectory: '' })
    const session = await DuckDbSession.openSealed(small)
    const sql = "SELECT count(*) FROM (SELECT DISTINCT range, repeat('x', 100) || range FROM range(5000000))"
    expect(await failure(values(session, sql))).toMatchObject({ code: 'EXCEEDED_MEMORY_LIMIT' })
    session.close()
    await small.close()
  })
})

describe('errors of DuckDB', () => {
  it('carry the code and text that SQL raised', () => {
    const cause = new Error(
      "Conversion Error: Could not convert string 'DIVISION_BY_ZERO: Division by zero' to INT32\n\nLINE 1: …",
    )
    expect(athenaErrorOf(cause)).toMatchObject({ message: 'DIVISION_BY_ZERO: Division by zero', cause })
    expect(
      athenaErrorOf(new Error('Invalid Input Error: HIVE_CURSOR_ERROR: Failed to read file at s3://a')),
    ).toMatchObject({
      code: 'HIVE_CURSOR_ERROR',
      detail: 'Failed to read file at s3://a',
    })
  })

  it('that nobody foresaw keep their cause and say so', () => {
    const cause = new Error('Binder Error: something\n\nLINE 1: SELECT')
    expect(athenaErrorOf(cause)).toMatchObject({
      code: 'GENERIC_INTERNAL_ERROR',
      detail: 'Binder Error: something',
      cause,
    })
  })
})
