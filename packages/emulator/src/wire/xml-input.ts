import { wrongType } from './invalid-input.ts'
import { scalarFromText } from './scalar-text.ts'
import type { Shape, ShapeMember } from './shape.ts'
import type { XmlElement } from './xml-reader.ts'

/**
 * A value from its element; unknown elements are passed over, as AWS does. Source: Smithy 2.0, "XML bindings".
 * @throws InvalidInputError for values that are not of their types.
 */
export function readXmlValue(element: XmlElement, { shape }: Pick<ShapeMember, 'shape'>, path: string): unknown {
  switch (shape.kind) {
    case 'structure':
    case 'union':
      return readXmlStructure(element, shape, path)
    case 'list': {
      const name = shape.element.traits.xmlName ?? 'member'
      return named(element, name).map((child, index) =>
        readXmlValue(child, shape.element, `${path}.${name}.${index + 1}`),
      )
    }
    case 'map':
      return readMap(named(element, 'entry'), shape, path)
    default:
      if (element.children.length > 0) throw wrongType(path, 'a text', `<${element.children[0]?.name}>`)
      return scalarFromText(shape, shape.kind === 'string' ? element.text : element.text.trim(), path)
  }
}

/** A structure from its element. */
export function readXmlStructure(element: XmlElement, shape: Shape, path: string): Record<string, unknown> {
  const value: Record<string, unknown> = {}
  for (const member of shape.members) {
    const { traits } = member
    const name = traits.xmlName ?? member.name
    const place = path === '' ? name : `${path}.${name}`
    if (traits.xmlAttribute) {
      const attribute = element.attributes[name.slice(name.indexOf(':') + 1)]
      if (attribute !== undefined) value[member.name] = scalarFromText(member.shape, attribute, place)
      continue
    }
    const children = named(element, name)
    const [first] = children
    if (!first) continue
    if (traits.xmlFlattened && member.shape.kind === 'list') {
      const { element: inner } = member.shape
      value[member.name] = children.map((child, index) => readXmlValue(child, inner, `${place}.${index + 1}`))
    } else if (traits.xmlFlattened && member.shape.kind === 'map') {
      value[member.name] = readMap(children, member.shape, place)
    } else value[member.name] = readXmlValue(first, member, place)
  }
  return value
}

function readMap(entries: readonly XmlElement[], shape: Shape, path: string): Readonly<Record<string, unknown>> {
  const map: Record<string, unknown> = {}
  for (const entry of entries) {
    const [key] = named(entry, shape.key.traits.xmlName ?? 'key')
    const [value] = named(entry, shape.element.traits.xmlName ?? 'value')
    if (key && value) map[key.text] = readXmlValue(value, shape.element, `${path}.${key.text}`)
  }
  return map
}

function named({ children }: XmlElement, name: string): readonly XmlElement[] {
  return children.filter((child) => child.name === name)
}
