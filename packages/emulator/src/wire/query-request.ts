import { InvalidInputError, wrongType } from './invalid-input.ts'
import { scalarFromText } from './scalar-text.ts'
import type { Shape, ShapeMember } from './shape.ts'

/** EC2's dialect of the query protocol flattens every list and has names of its own. Sources: Smithy 2.0, "AWS query", "AWS EC2 query". */
export type QueryDialect = 'ec2' | 'query'

/** Names between dots, at the most. */
const DEEPEST = 32
/** The longest list: a query that asks for element 10^9 is refused. */
const LONGEST_LIST = 10_000

interface QueryNode {
  readonly path: string
  value: string | undefined
  readonly children: Map<string, QueryNode>
  isRead: boolean
}

/**
 * The input of an operation from the parameters of a query, `Action` and `Version` left out.
 * @throws InvalidInputError for parameters that the operation does not have, and values that are not of their types.
 */
export function readQueryInput(
  parameters: Iterable<readonly [string, string]>,
  shape: Shape,
  dialect: QueryDialect,
): Record<string, unknown> {
  const root = treeOf(parameters)
  const input = readStructure(root, shape, dialect)
  refuseUnread(root)
  return input
}

function treeOf(parameters: Iterable<readonly [string, string]>): QueryNode {
  const root = nodeOf('')
  for (const [key, value] of parameters) {
    if (key === 'Action' || key === 'Version') continue
    const names = key.split('.')
    if (names.length > DEEPEST)
      throw new InvalidInputError('malformed', key, `the parameter ${key.slice(0, 100)}… is nested too deeply`)
    let node = root
    for (const name of names) {
      let next = node.children.get(name)
      if (!next) {
        next = nodeOf(node.path === '' ? name : `${node.path}.${name}`)
        node.children.set(name, next)
      }
      node = next
    }
    if (node.value !== undefined) throw new InvalidInputError('malformed', key, `the parameter ${key} is given twice`)
    node.value = value
  }
  return root
}

function nodeOf(path: string): QueryNode {
  return { path, value: undefined, children: new Map(), isRead: false }
}

function readValue(node: QueryNode, member: ShapeMember, dialect: QueryDialect): unknown {
  node.isRead = true
  const { shape } = member
  switch (shape.kind) {
    case 'structure':
    case 'union':
      if (node.children.size === 0 && node.value !== undefined && node.value !== '') {
        throw wrongType(node.path, 'a structure', node.value)
      }
      return readStructure(node, shape, dialect)
    case 'list':
      return readList(node, member, dialect)
    case 'map':
      return readMap(node, member, dialect)
    default:
      if (node.value === undefined) throw wrongType(node.path, 'a single value', 'a structure')
      return scalarFromText(shape, node.value, node.path)
  }
}

function readStructure(node: QueryNode, shape: Shape, dialect: QueryDialect): Record<string, unknown> {
  const input: Record<string, unknown> = {}
  for (const member of shape.members) {
    const child = node.children.get(queryName(member, dialect))
    if (child) input[member.name] = readValue(child, member, dialect)
  }
  return input
}

function readList(node: QueryNode, { shape, traits }: ShapeMember, dialect: QueryDialect): readonly unknown[] {
  const { element } = shape
  const isFlat = dialect === 'ec2' || traits.xmlFlattened !== undefined
  const holder = isFlat ? node : node.children.get(element.traits.xmlName ?? 'member')
  if (!holder) return []
  holder.isRead = true
  return numbered(holder).map((child) => readValue(child, element, dialect))
}

function readMap(
  node: QueryNode,
  { shape, traits }: ShapeMember,
  dialect: QueryDialect,
): Readonly<Record<string, unknown>> {
  const { key, element } = shape
  const holder = traits.xmlFlattened === undefined ? node.children.get('entry') : node
  const map: Record<string, unknown> = {}
  if (!holder) return map
  holder.isRead = true
  for (const entry of numbered(holder)) {
    entry.isRead = true
    const keyNode = entry.children.get(key.traits.xmlName ?? 'key')
    const valueNode = entry.children.get(element.traits.xmlName ?? 'value')
    if (!keyNode?.value || !valueNode)
      throw wrongType(entry.path, 'a key and a value', [...entry.children.keys()].join(', '))
    keyNode.isRead = true
    map[keyNode.value] = readValue(valueNode, element, dialect)
  }
  return map
}

/** A list's elements in the order of their numbers, which may have gaps. */
function numbered(node: QueryNode): readonly QueryNode[] {
  const elements: [number, QueryNode][] = []
  for (const [name, child] of node.children) {
    if (!/^\d{1,9}$/.test(name)) continue
    elements.push([Number(name), child])
  }
  if (elements.length > LONGEST_LIST) {
    throw new InvalidInputError('malformed', node.path, `${node.path} has more than ${LONGEST_LIST} elements`)
  }
  return elements.sort(([one], [other]) => one - other).map(([, child]) => child)
}

/** A member's name in a query. */
export function queryName({ name, traits }: ShapeMember, dialect: QueryDialect): string {
  if (dialect === 'query') return traits.xmlName ?? name
  const own = traits.ec2QueryName ?? traits.xmlName ?? name
  return traits.ec2QueryName ?? `${own.charAt(0).toUpperCase()}${own.slice(1)}`
}

function refuseUnread(node: QueryNode): void {
  for (const child of node.children.values()) {
    if (!child.isRead) {
      throw new InvalidInputError('unknown-parameter', child.path, `The parameter ${child.path} is not recognized`)
    }
    refuseUnread(child)
  }
}
