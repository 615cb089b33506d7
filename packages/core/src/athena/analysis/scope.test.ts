import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { BIGINT, INTEGER, type TrinoType } from '../types/trino-type.ts'
import {
  EMPTY_SCOPE,
  type Field,
  matchingFields,
  plainField,
  queryScope,
  relationScope,
  resolveAsterisk,
  resolveColumn,
  startsWithColumn,
} from './scope.ts'

const field = (name: string | undefined, relation?: string, type: TrinoType = BIGINT): Field => ({
  ...plainField(name, type),
  relationAlias: relation?.split('.'),
})

const name = fc.constantFrom('a', 'B', 'srcaddr', 'SrcAddr', 'x y', 'é')

describe('resolveColumn', () => {
  it('finds each column of distinct names, however their case is written', () => {
    fc.assert(
      fc.property(fc.uniqueArray(name, { selector: (text) => text.toLowerCase(), minLength: 1 }), (names) => {
        const fields = names.map((text) => field(text, 't'))
        const scope = relationScope(fields, EMPTY_SCOPE)
        for (const [index, text] of names.entries()) {
          const expected = { kind: 'field', field: fields[index], local: true }
          expect(resolveColumn(scope, [text.toLowerCase()])).toEqual(expected)
          expect(resolveColumn(scope, ['t', text.toLowerCase()])).toEqual(expected)
          expect(resolveColumn(scope, ['u', text.toLowerCase()])).toEqual({ kind: 'missing' })
        }
      }),
    )
  })

  it('says that two columns of one name are ambiguous, and takes the nearer scope first', () => {
    const outer = relationScope([field('a', 'o'), field('b', 'o')], EMPTY_SCOPE)
    const inner = relationScope([field('a', 'i')], queryScope(outer))
    expect(resolveColumn(inner, ['a'])).toMatchObject({ field: { relationAlias: ['i'] }, local: true })
    expect(resolveColumn(inner, ['b'])).toMatchObject({ field: { relationAlias: ['o'] }, local: false })
    expect(resolveColumn(inner, ['o', 'a'])).toMatchObject({ field: { relationAlias: ['o'] }, local: false })
    const twice = relationScope([field('a', 't'), field('a', 'u')], outer)
    expect(resolveColumn(twice, ['a'])).toEqual({ kind: 'ambiguous' })
    expect(resolveColumn(twice, ['u', 'a'])).toMatchObject({ kind: 'field' })
  })

  it('matches the end of a qualified name of a table', () => {
    const scope = relationScope([field('c', 'awsdatacatalog.db.t')], EMPTY_SCOPE)
    for (const parts of [['c'], ['t', 'c'], ['db', 't', 'c'], ['awsdatacatalog', 'db', 't', 'c']]) {
      expect(resolveColumn(scope, parts)).toMatchObject({ kind: 'field' })
    }
    expect(resolveColumn(scope, ['db', 'c'])).toEqual({ kind: 'missing' })
  })

  it('does not look for fields of a row further out', () => {
    const outer = relationScope([field('f', 'r')], EMPTY_SCOPE)
    const inner = relationScope([field('r', 't', { kind: 'row', fields: [{ name: 'f', type: INTEGER }] })], outer)
    expect(resolveColumn(inner, ['r', 'f'])).toEqual({ kind: 'missing' })
    expect(startsWithColumn(inner, ['r', 'f'])).toBe(true)
    expect(startsWithColumn(inner, ['q', 'f'])).toBe(false)
  })

  it('finds no column without a name', () => {
    expect(matchingFields([field(undefined)], ['_col0'])).toEqual([])
  })
})

describe('resolveAsterisk', () => {
  const hidden: Field = { ...field('$path', 't'), hidden: true }
  const scope = relationScope([field('a', 't'), hidden, field('b', 'u')], EMPTY_SCOPE)

  it('gives the visible columns of a relation', () => {
    expect(resolveAsterisk(scope, ['t'])).toEqual({ kind: 'relation', fields: [field('a', 't')] })
    expect(resolveAsterisk(scope, ['v'])).toBeUndefined()
  })

  it('takes a column for a row only if it is one', () => {
    expect(resolveAsterisk(scope, ['a'])).toBeUndefined()
    const row = field('r', 't', { kind: 'row', fields: [{ name: 'f', type: INTEGER }] })
    expect(resolveAsterisk(relationScope([row], EMPTY_SCOPE), ['r'])).toEqual({ kind: 'row' })
  })
})
