import { AthenaError } from '../errors.ts'
import type { CatalogTable } from './catalog.ts'
import { asFolder, hivePartitionPath } from './partition-values.ts'
import { property } from './projection-config.ts'

const PLACEHOLDER = /\$\{([^}]*)\}/g

/**
 * Where a projected partition lies: `storage.location.template` with its placeholders filled, or the table's location with
 * `key=value/` folders. The location is a folder and gets a final `/`: AWS's guide asks for one behind each placeholder, its
 * own examples leave the last one out.
 * Throws INVALID_TABLE_PROPERTY where a template leaves a partition key out or names another column.
 */
export function partitionLocator(table: CatalogTable): (pathTexts: readonly string[]) => string {
  const template = property(table, 'storage.location.template')
  if (template === undefined) {
    const root = asFolder(table.storageDescriptor.location)
    return (pathTexts) => root + hivePartitionPath(table.partitionKeys, pathTexts)
  }
  const pieces = splitTemplate(table, template)
  return (pathTexts) => asFolder(pieces.map((piece) => (typeof piece === 'string' ? piece : pathTexts[piece])).join(''))
}

/** Texts, and the index of the key whose value stands between them. */
function splitTemplate(table: CatalogTable, template: string): readonly (string | number)[] {
  const names = table.partitionKeys.map((key) => key.name)
  const pieces: (string | number)[] = []
  let end = 0
  for (const match of template.matchAll(PLACEHOLDER)) {
    const name = match[1] ?? ''
    const index = names.indexOf(name.toLowerCase())
    if (index === -1)
      throw invalidTemplate(`'${template}' has a placeholder for '${name}', which is no partition column`)
    pieces.push(template.slice(end, match.index), index)
    end = match.index + match[0].length
  }
  const missing = names.find((_, index) => !pieces.includes(index))
  if (missing !== undefined) {
    throw invalidTemplate(`'${template}' is missing a placeholder for partition column '${missing}'`)
  }
  return [...pieces, template.slice(end)]
}

function invalidTemplate(reason: string): AthenaError {
  return new AthenaError('INVALID_TABLE_PROPERTY', `Partition location template ${reason}`, {
    remedy: "Name every partition column in 'storage.location.template', as in s3://bucket/prefix/${day}/.",
  })
}
