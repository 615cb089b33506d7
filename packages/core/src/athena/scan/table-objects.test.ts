import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { catalogTable } from '../../../test/catalog-table.ts'
import type { CatalogTable } from '../catalog/catalog.ts'
import { InMemoryCatalog } from '../catalog/in-memory-catalog.ts'
import { FolderStore } from '../storage/folder-store.ts'
import type { PartitionPredicate } from './partition-predicate.ts'
import { countTableObjects, tableObjects, tableUris } from './table-objects.ts'

const DAYS = ['2021/10/24', '2021/10/25', '2021/10/26']
const KEYS = [
  ...DAYS.flatMap((day) => [`${day}/a.gz`, `${day}/b.gz`, `${day}/more/c.gz`, `${day}/_hidden`, `${day}/.x/d.gz`]),
  '2021/10/250/a.gz',
  '2021/11/01/a.gz',
  'a.gz',
  '_SUCCESS',
]

function table(location: string, template: string): CatalogTable {
  return catalogTable({
    location,
    partitionKeys: [{ name: 'day', type: 'string' }],
    parameters: {
      'projection.enabled': 'true',
      'projection.day.type': 'date',
      'projection.day.range': '2021/10/20,NOW',
      'projection.day.format': 'yyyy/MM/dd',
      'storage.location.template': template,
    },
  })
}

let root = ''
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'flowtap-objects-'))
})
afterAll(() => rmSync(root, { recursive: true }))

const context = (): Parameters<typeof tableUris>[0] => ({
  catalog: new InMemoryCatalog(),
  store: new FolderStore({ root }),
  nowMillis: Date.UTC(2021, 10, 1, 12),
})

describe('a listing by names', () => {
  it('has the objects and the count of the listing with everything', async () => {
    const predicate = fc.option(
      fc.record({
        kind: fc.constant('comparison' as const),
        column: fc.constant('day'),
        operator: fc.constantFrom('=' as const, '<' as const, '>=' as const),
        value: fc.constantFrom(...DAYS, '2021/11/01'),
      }),
      { nil: undefined },
    )
    let round = 0
    await fc.assert(
      fc.asyncProperty(fc.subarray(KEYS), predicate, async (keys, condition) => {
        const bucket = `bucket-${++round}`
        for (const key of keys) {
          const path = join(root, bucket, 'logs', key)
          mkdirSync(dirname(path), { recursive: true })
          writeFileSync(path, key)
        }
        const logs = table(`s3://${bucket}/logs`, `s3://${bucket}/logs/\${day}`)
        const full = await tableObjects(context(), logs, condition satisfies PartitionPredicate | undefined)
        const named = await tableUris(context(), logs, condition)
        expect(named?.objects.map(({ object, partitionValues }) => [object.uri, partitionValues])).toEqual(
          full.map(({ object, partitionValues }) => [object.uri, partitionValues]),
        )
        expect(named?.objectsTotal).toBe(await countTableObjects(context().store, logs))
        expect(named?.objectsTotal).toBe(keys.filter((key) => !/(?:^|\/)[._]/.test(key)).length)
      }),
      { numRuns: 60 },
    )
  })

  it('is none where partitions lie elsewhere, or the store has no names alone', async () => {
    const elsewhere = table('s3://bucket/logs/', `s3://other/\${day}/`)
    expect(await tableUris(context(), elsewhere, undefined)).toBeUndefined()
    const { list, listPrefixes, localPath, put } = FolderStore.prototype
    const plain = { list, listPrefixes, localPath, put, readableDirectories: [] }
    const inside = table('s3://bucket/logs/', `s3://bucket/logs/\${day}/`)
    expect(await tableUris({ ...context(), store: plain }, inside, undefined)).toBeUndefined()
  })
})
