import { DuckDBInstance } from '@duckdb/node-api'
import { describe, expect, test } from 'vitest'
import { evaluateOnce, NO_MODIFIERS, resolvedFunction } from './emit-call.ts'
import type { EmitContext } from './function-definition.ts'
import { resolveOverload } from './resolve-overload.ts'
import { define, type Emit } from './signature.ts'
import { quoteText } from './sql-text.ts'

let names = 0
const context: EmitContext = {
  dialect: 'athena',
  sessionTimeZone: 'UTC',
  nowMicros: 0n,
  inTry: false,
  quote: quoteText,
  freshName: (stem) => `${stem}${++names}`,
}

async function answerTo(sql: string): Promise<unknown> {
  const connection = await (await DuckDBInstance.create(':memory:')).connect()
  return (await connection.runAndReadAll(`SELECT ${sql}`)).getRows()[0]?.[0]
}

function emitted(emit: Emit, args: readonly string[]): string {
  const definition = define('test', 'scalar', 'f', [['(double...) -> double', emit]])
  const match = resolveOverload(
    definition,
    args.map(() => ({ kind: 'double' }) as const),
  )
  const values = args.map((sql) => ({ type: { kind: 'double' } as const, sql }))
  return resolvedFunction(definition, match).emit(values, context, NO_MODIFIERS)
}

describe('evaluateOnce', () => {
  test('evaluates an argument once, however often the body names it', async () => {
    const sql = evaluateOnce(
      ['random()', 'random()'],
      context,
      ([a, b]) => `${a} = ${a} AND ${b} = ${b} AND ${a} <> ${b}`,
    )
    expect(await answerTo(sql)).toBe(true)
  })

  test('keeps nested calls from growing exponentially', () => {
    let sql = 'x + 1'
    for (let depth = 0; depth < 20; depth++) sql = evaluateOnce([sql], context, ([a]) => `(${a} + ${a} + ${a})`)
    expect(sql.length).toBeLessThan(5000)
  })

  test('repeats columns and constants as they are', () => {
    expect(evaluateOnce(['"a b"', 't.x', '5', "'it''s'"], context, (args) => args.join(' '))).toBe(
      `"a b" t.x 5 'it''s'`,
    )
  })
})

describe('emit as text', () => {
  test('fills the arguments in', () => {
    expect(emitted('f($2, $1)', ['a', 'b'])).toBe('f(b, a)')
    expect(emitted('f($*)', ['a', 'b', 'c'])).toBe('f(a, b, c)')
  })

  test('evaluates once an argument that the text names twice', async () => {
    expect(await answerTo(emitted('$1 - $1', ['random()']))).toBe(0)
  })

  test('leaves dollars within an argument alone', () => {
    expect(emitted('f($1)', [`'$2'`])).toBe(`f('$2')`)
  })
})
