import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { z } from 'zod'
import { checkDesign } from './check-design.ts'
import { designSchema } from './schema/design-schema.ts'

const page = readFileSync(new URL('../../../../docs/design.md', import.meta.url), 'utf8')

/** Every key that a schema knows, at whatever depth. */
function keysOf(schema: z.core.$ZodType, seen: Set<z.core.$ZodType> = new Set()): string[] {
  if (seen.has(schema)) return []
  seen.add(schema)
  const definition = (schema as z.core.$ZodTypes)._zod.def
  switch (definition.type) {
    case 'optional':
      return keysOf(definition.innerType, seen)
    case 'array':
      return keysOf(definition.element, seen)
    case 'record':
      return keysOf(definition.valueType, seen)
    case 'union':
      return definition.options.flatMap((option) => keysOf(option, seen))
    case 'object':
      return Object.entries(definition.shape).flatMap(([key, child]) => [key, ...keysOf(child, seen)])
    default:
      return []
  }
}

describe('docs/design.md', () => {
  it('explains every key', () => {
    const keys = [...new Set(keysOf(designSchema))]
    expect(keys.length).toBeGreaterThan(120)
    expect(keys.filter((key) => !page.includes(`\`${key}\``) && !page.includes(`\`${key}: true\``))).toEqual([])
  })

  it('has an example that is a design', () => {
    const examples = [...page.matchAll(/```json\n([\s\S]*?)```/g)].map((match) => JSON.parse(match[1] ?? '') as unknown)
    expect(examples.length).toBeGreaterThan(0)
    for (const example of examples) expect(checkDesign(example)).toEqual([])
  })
})
