import { describe, expect, it } from 'vitest'
import { SelectedFilesStore } from './selected-files-store.ts'

const file = (table: string, partition: string, name: string) => ({
  location: `flowtap-logs://${table}/${partition}`,
  object: { uri: `file:///logs/${name}`, size: 1 },
})

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const result: T[] = []
  for await (const item of items) result.push(item)
  return result
}

describe('SelectedFilesStore', () => {
  const store = new SelectedFilesStore(
    [file('t', 'r=a/d=1/', 'one'), file('t', 'r=a/d=10/', 'ten'), file('u', 'r=a/d=1/', 'other')],
    ['/logs'],
  )

  it('lists the files of a place by their own names, and of no other place', async () => {
    expect((await all(store.list('flowtap-logs://t/r=a/d=1/'))).map(({ uri }) => uri)).toEqual(['file:///logs/one'])
    expect((await all(store.list('flowtap-logs://t/'))).map(({ uri }) => uri)).toEqual([
      'file:///logs/one',
      'file:///logs/ten',
    ])
  })

  it('lists the places one level below', async () => {
    expect(await all(store.listPrefixes('flowtap-logs://t/'))).toEqual(['flowtap-logs://t/r=a/'])
    expect(await all(store.listPrefixes('flowtap-logs://t/r=a/'))).toEqual([
      'flowtap-logs://t/r=a/d=1/',
      'flowtap-logs://t/r=a/d=10/',
    ])
  })

  it('gives the path of a named file, with its escapes undone', async () => {
    expect(await store.localPath({ uri: 'file:///logs/a%20b.log', size: 1 }, '/unused')).toBe('/logs/a b.log')
  })

  it('does not write', async () => {
    await expect(store.put('flowtap-logs://t/x', new Uint8Array())).rejects.toThrow('read only')
  })
})
