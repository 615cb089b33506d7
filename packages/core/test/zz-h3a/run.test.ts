import fs from 'node:fs'
import { DuckDBInstance } from '@duckdb/node-api'
import { test } from 'vitest'
import { AthenaError } from '/work/main/packages/core/src/athena/errors.ts'
import { evaluateQuery } from '/work/main/packages/core/test/trino-answers/evaluate-query.ts'
test('all', async () => {
  const instance = await DuckDBInstance.create(':memory:'); const c = await instance.connect()
  await c.run("SET default_null_order='NULLS_LAST'"); await c.run("SET threads=1"); await c.run("SET TimeZone='UTC'")
  const strip = (s: string) => s.replace(/^line \d+:\d+: /, '').replace(/\d+ more.*$/s,'')
  for (const f of (process.env.F ?? 'misc,cast,arith,compare,aggregate').split(',')) {
    const q = JSON.parse(fs.readFileSync(`/tmp/h3a/o-${f}.json`,'utf8')), a = JSON.parse(fs.readFileSync(`/tmp/h3a/o-${f}.out`,'utf8'))
    const by: Record<string, number[]> = {}; const out: string[] = []
    for (let i = 0; i < q.length; i++) {
      const { name, sql } = q[i]; const r = a[i]
      if (r.parse !== 'OK') continue
      if (r.eclass === 'AssertionError' || r.eclass === 'UncheckedExecutionException') continue
      const want = r.error !== undefined ? `!${r.eclass === 'IllegalArgumentException' ? 'GENERIC_INTERNAL_ERROR' : r.eclass}: ${strip(r.error)}` : JSON.stringify([r.types, r.rows])
      let got: string
      try { const x = await evaluateQuery(c, sql, 'trino', process.env.MODE as any ?? 'constants'); got = JSON.stringify([x.types, x.rows]) }
      catch (e) { got = e instanceof AthenaError ? `!${e.code}: ${strip(e.detail)}` : `?? ${(e as Error).message}` }
      const s = (by[name] ??= [0, 0]); s[1]!++
      if (want === got || (want.includes('AMBIGUOUS') && got.includes('AMBIGUOUS'))) s[0]!++
      else out.push(`[${name}] ${sql}\n   want ${want.slice(0, 300)}\n   got  ${got.slice(0, 700)}`)
    }
    console.log(f, JSON.stringify(by)); fs.writeFileSync(`/tmp/h3a/diff-${f}.txt`, out.join('\n'))
  }
}, 600000)
