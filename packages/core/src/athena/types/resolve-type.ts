import { AthenaError, type SqlLocation } from '../errors.ts'
import type { TypeNode } from '../trino/nodes.ts'
import type { TrinoType } from './trino-type.ts'

export { hiveTypeToTrino } from './hive-type.ts'

const PARAMETERLESS: Readonly<Record<string, TrinoType>> = {
  boolean: { kind: 'boolean' },
  tinyint: { kind: 'tinyint' },
  smallint: { kind: 'smallint' },
  integer: { kind: 'integer' },
  int: { kind: 'integer' },
  bigint: { kind: 'bigint' },
  real: { kind: 'real' },
  double: { kind: 'double' },
  'double precision': { kind: 'double' },
  varbinary: { kind: 'varbinary' },
  json: { kind: 'json' },
  date: { kind: 'date' },
  ipaddress: { kind: 'ipaddress' },
  uuid: { kind: 'uuid' },
}

/** Types of Trino that values of this engine cannot have; refused by name. */
const KNOWN_BUT_ABSENT: ReadonlySet<string> = new Set([
  'hyperloglog',
  'p4hyperloglog',
  'qdigest',
  'tdigest',
  'setdigest',
  'color',
  'jsonpath',
  'json2016',
  'function',
])

const MAX_VARCHAR_LENGTH = 2_147_483_647
const MAX_CHAR_LENGTH = 65_536
const MAX_DATETIME_PRECISION = 12
const DEFAULT_DATETIME_PRECISION = 3

/**
 * The type that a type's text means.
 * Throws TYPE_MISMATCH `Unknown type: foo` at `location` (Trino reports it where the CAST stands, which the caller knows), and
 * INVALID_FUNCTION_ARGUMENT without a place for a decimal out of range, as Trino does.
 */
export function resolveTypeNode(node: TypeNode, location: SqlLocation = node.location): TrinoType {
  const type = tryResolve(node, location)
  if (type) return type
  throw new AthenaError('TYPE_MISMATCH', `Unknown type: ${formatTypeNode(node)}`, { location })
}

function tryResolve(node: TypeNode, location: SqlLocation): TrinoType | undefined {
  switch (node.kind) {
    case 'datetime-type':
      return datetimeType(node)
    case 'interval-type':
      return intervalType(node, location)
    case 'row-type': {
      const fields = node.fields.map((field) => ({ name: field.name, type: tryResolve(field.type, location) }))
      return fields.every((field): field is { name: string | undefined; type: TrinoType } => field.type !== undefined)
        ? { kind: 'row', fields }
        : undefined
    }
    case 'generic-type':
      return genericType(node, location)
  }
}

function datetimeType(node: TypeNode & { kind: 'datetime-type' }): TrinoType | undefined {
  const precision = node.precision ?? DEFAULT_DATETIME_PRECISION
  if (precision > MAX_DATETIME_PRECISION) return undefined
  return { kind: node.withTimeZone ? `${node.type} with time zone` : node.type, precision }
}

function intervalType(node: TypeNode & { kind: 'interval-type' }, location: SqlLocation): TrinoType {
  if (node.from === 'year' && node.to === 'month') return { kind: 'interval year to month' }
  if (node.from === 'day' && node.to === 'second') return { kind: 'interval day to second' }
  const text = `INTERVAL ${node.from} TO ${node.to} type not supported`
  throw new AthenaError('NOT_SUPPORTED', text.toUpperCase().replace('TYPE NOT SUPPORTED', 'type not supported'), {
    location,
  })
}

function genericType(node: TypeNode & { kind: 'generic-type' }, location: SqlLocation): TrinoType | undefined {
  const name = node.name.toLowerCase()
  const numbers = node.arguments.filter((argument): argument is number => typeof argument === 'number')
  const types = node.arguments.filter((argument): argument is TypeNode => typeof argument !== 'number')
  if (types.length === 0) {
    const type = scalarType(name, numbers, location)
    if (type) return type
  } else if (numbers.length === 0) {
    const parameters = types.map((type) => tryResolve(type, location))
    const [first, second] = parameters
    if (name === 'array' && types.length === 1) return first && { kind: 'array', element: first }
    if (name === 'map' && types.length === 2) return first && second && { kind: 'map', key: first, value: second }
    if (name === 'row' && parameters.every((type) => type !== undefined)) {
      return { kind: 'row', fields: parameters.map((type) => ({ type })) }
    }
  }
  if (KNOWN_BUT_ABSENT.has(name)) {
    throw new AthenaError('NOT_SUPPORTED', `Type ${formatTypeNode(node)} is not supported`, { location })
  }
  return undefined
}

function scalarType(name: string, numbers: readonly number[], location: SqlLocation): TrinoType | undefined {
  const [first, second] = numbers
  switch (name) {
    case 'unknown':
      throw new AthenaError('TYPE_MISMATCH', 'UNKNOWN is not a valid type', { location })
    case 'varchar':
      if (numbers.length > 1 || (first ?? 0) > MAX_VARCHAR_LENGTH) return undefined
      return first === undefined || first === MAX_VARCHAR_LENGTH
        ? { kind: 'varchar' }
        : { kind: 'varchar', length: first }
    case 'char':
      if (numbers.length > 1 || (first ?? 1) > MAX_CHAR_LENGTH) return undefined
      return { kind: 'char', length: first ?? 1 }
    case 'decimal':
      return numbers.length > 2 ? undefined : decimalType(first ?? 38, second ?? 0)
    case 'time':
    case 'timestamp':
      return numbers.length > 1 || (first ?? 0) > MAX_DATETIME_PRECISION
        ? undefined
        : { kind: name, precision: first ?? DEFAULT_DATETIME_PRECISION }
    default:
      return numbers.length === 0 && Object.hasOwn(PARAMETERLESS, name) ? PARAMETERLESS[name] : undefined
  }
}

/** decimal(p,s); throws Trino's INVALID_FUNCTION_ARGUMENT where there is no such type. */
export function decimalType(precision: number, scale: number): TrinoType {
  if (precision < 1 || precision > 38) {
    throw new AthenaError('INVALID_FUNCTION_ARGUMENT', `DECIMAL precision must be in range [1, 38]: ${precision}`)
  }
  if (scale < 0 || scale > precision) {
    const text = `DECIMAL scale must be in range [0, precision (${precision})]: ${scale}`
    throw new AthenaError('INVALID_FUNCTION_ARGUMENT', text)
  }
  return { kind: 'decimal', precision, scale }
}

function formatTypeNode(node: TypeNode): string {
  switch (node.kind) {
    case 'generic-type': {
      if (node.arguments.length === 0) return node.name
      const parts = node.arguments.map((argument) =>
        typeof argument === 'number' ? String(argument) : formatTypeNode(argument),
      )
      return `${node.name}(${parts.join(', ')})`
    }
    case 'datetime-type': {
      const precision = node.precision === undefined ? '' : `(${node.precision})`
      return `${node.type}${precision}${node.withTimeZone ? ' with time zone' : ''}`
    }
    case 'interval-type':
      return `interval ${node.from} to ${node.to}`
    case 'row-type':
      return `row(${node.fields.map((field) => `${field.name === undefined ? '' : `${field.name} `}${formatTypeNode(field.type)}`).join(', ')})`
  }
}
