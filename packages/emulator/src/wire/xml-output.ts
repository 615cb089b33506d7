import { scalarToText, timestampToText } from './scalar-text.ts'
import type { Shape, ShapeMember } from './shape.ts'

/** Characters that stand for themselves nowhere in a document. */
const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\r': '&#xD;',
}

/** Text for an XML document; characters that XML cannot carry become U+FFFD. */
export function escapeXml(text: string): string {
  return (
    text
      .replaceAll(/[&<>"\r]/g, (character) => ESCAPES[character] as string)
      // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
      .replaceAll(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '\ufffd')
  )
}

/** The elements of a structure's members that are given, in the model's order. */
export function writeXmlMembers(value: Readonly<Record<string, unknown>>, shape: Shape): string {
  let text = ''
  for (const member of shape.members) {
    const own = value[member.name]
    if (own === undefined || own === null || member.traits.xmlAttribute) continue
    text += writeXmlMember(own, member)
  }
  return text
}

/** A member's element, or elements where its list or map is flattened. */
export function writeXmlMember(value: unknown, { name, shape, traits }: ShapeMember): string {
  const tag = traits.xmlName ?? name
  if (traits.xmlFlattened && shape.kind === 'list') {
    return (value as readonly unknown[]).map((each) => writeXmlElement(tag, each, shape.element)).join('')
  }
  if (traits.xmlFlattened && shape.kind === 'map') return writeEntries(tag, value, shape)
  return writeXmlElement(tag, value, { shape, traits })
}

/** An element and what is in it. */
export function writeXmlElement(
  tag: string,
  value: unknown,
  { shape, traits }: Pick<ShapeMember, 'shape' | 'traits'>,
): string {
  const { kind } = shape
  const isStructure = kind === 'structure' || kind === 'union'
  const attributes = isStructure ? writeAttributes(value as Readonly<Record<string, unknown>>, shape) : ''
  return `<${tag}${namespaceOf(traits)}${attributes}>${content(value, shape)}</${tag}>`
}

function content(value: unknown, shape: Shape): string {
  switch (shape.kind) {
    case 'structure':
    case 'union':
      return writeXmlMembers(value as Readonly<Record<string, unknown>>, shape)
    case 'list': {
      const tag = shape.element.traits.xmlName ?? 'member'
      return (value as readonly unknown[]).map((each) => writeXmlElement(tag, each, shape.element)).join('')
    }
    case 'map':
      return writeEntries('entry', value, shape)
    case 'timestamp':
      return value instanceof Date
        ? timestampToText(value, shape.timestampFormat ?? 'date-time')
        : escapeXml(String(value))
    default:
      return escapeXml(scalarToText(shape, value, 'date-time'))
  }
}

function writeEntries(tag: string, value: unknown, { key, element }: Shape): string {
  const keyTag = key.traits.xmlName ?? 'key'
  const valueTag = element.traits.xmlName ?? 'value'
  return Object.entries(value as Readonly<Record<string, unknown>>)
    .map(
      ([name, each]) =>
        `<${tag}><${keyTag}>${escapeXml(name)}</${keyTag}>${writeXmlElement(valueTag, each, element)}</${tag}>`,
    )
    .join('')
}

function writeAttributes(value: Readonly<Record<string, unknown>>, shape: Shape): string {
  let text = ''
  for (const { name, shape: own, traits } of shape.members) {
    if (!traits.xmlAttribute || value[name] === undefined) continue
    text += ` ${traits.xmlName ?? name}="${escapeXml(scalarToText(own, value[name], 'date-time'))}"`
  }
  return text
}

function namespaceOf({ xmlNamespace }: ShapeMember['traits']): string {
  if (xmlNamespace === undefined) return ''
  const [prefix, uri] = typeof xmlNamespace === 'string' ? ['', xmlNamespace] : xmlNamespace
  return ` xmlns${prefix ? `:${prefix}` : ''}="${escapeXml(uri)}"`
}
