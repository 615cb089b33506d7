import type { z } from 'zod'

/** The keys that a schema knows at a place of the data, e.g. those of a subnet at `vpcs.main.subnets.a`. */
export function knownKeys(schema: z.core.$ZodType, keys: readonly (string | number)[]): readonly string[] {
  let current: z.core.$ZodType | undefined = schema
  for (const key of keys) current = current && step(current, key)
  const shape = current && objectShape(current)
  return shape ? Object.keys(shape) : []
}

function step(schema: z.core.$ZodType, key: string | number): z.core.$ZodType | undefined {
  const definition = (schema as z.core.$ZodTypes)._zod.def
  switch (definition.type) {
    case 'optional':
      return step(definition.innerType, key)
    case 'object':
      return definition.shape[key]
    case 'record':
      return definition.valueType
    case 'array':
      return definition.element
    case 'union':
      return definition.options.map((option) => step(option, key)).find((found) => found !== undefined)
    default:
      return undefined
  }
}

function objectShape(schema: z.core.$ZodType): Readonly<Record<string, unknown>> | undefined {
  const definition = (schema as z.core.$ZodTypes)._zod.def
  switch (definition.type) {
    case 'optional':
      return objectShape(definition.innerType)
    case 'object':
      return definition.shape
    case 'union':
      return definition.options.map(objectShape).find((found) => found !== undefined)
    default:
      return undefined
  }
}
