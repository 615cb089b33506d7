import sax from 'sax'
import { InvalidInputError } from './invalid-input.ts'

/** An element of a document that was read. */
export interface XmlElement {
  /** Without prefix. */
  readonly name: string
  readonly attributes: Readonly<Record<string, string>>
  readonly children: readonly XmlElement[]
  /** Of the element itself, its children's left out. */
  readonly text: string
}

interface OpenElement {
  readonly name: string
  readonly attributes: Record<string, string>
  readonly children: OpenElement[]
  text: string
}

const DEEPEST = 64

/**
 * The root element of a document. There are no document type declarations, hence no entities but XML's five and numeric ones.
 * @throws InvalidInputError for text that is not well-formed, with a line and column.
 */
export function readXml(text: string): XmlElement {
  const parser = sax.parser(true, { position: true, trim: false, normalize: false })
  const open: OpenElement[] = []
  let root: OpenElement | undefined
  const fail = (message: string): never => {
    throw new InvalidInputError('malformed', '', `line ${parser.line + 1}, column ${parser.column + 1}: ${message}`)
  }
  parser.onerror = (error) => fail(error.message.split('\n')[0] ?? 'not well-formed')
  parser.ondoctype = () => fail('document type declarations are not taken')
  parser.onopentag = ({ name, attributes }) => {
    if (open.length >= DEEPEST) fail(`more than ${DEEPEST} elements are nested`)
    const element: OpenElement = { name: localName(name), attributes: {}, children: [], text: '' }
    for (const [key, value] of Object.entries(attributes)) element.attributes[localName(key)] = String(value)
    const parent = open.at(-1)
    if (parent) parent.children.push(element)
    else if (root) fail('there is more than one root element')
    else root = element
    open.push(element)
  }
  const onText = (part: string): void => {
    const element = open.at(-1)
    if (element) element.text += part
  }
  parser.ontext = onText
  parser.oncdata = onText
  parser.onclosetag = () => {
    open.pop()
  }
  parser.write(text).close()
  return root ?? fail('there is no element')
}

function localName(name: string): string {
  return name.slice(name.indexOf(':') + 1)
}
