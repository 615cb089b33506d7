import type { NormalizedSchema } from '@smithy/core/schema'

/** What a shape is, in Smithy's words. */
export type ShapeKind =
  | 'structure'
  | 'union'
  | 'list'
  | 'map'
  | 'string'
  | 'number'
  | 'boolean'
  | 'blob'
  | 'timestamp'
  | 'document'
  | 'big-integer'
  | 'big-decimal'
  | 'unit'

/** How a timestamp is written. Source: Smithy 2.0, "timestampFormat trait". */
export type TimestampFormat = 'date-time' | 'http-date' | 'epoch-seconds'

/** The traits that the wire protocols look at, by Smithy's names. */
export interface ShapeTraits {
  readonly xmlName?: string
  readonly ec2QueryName?: string
  readonly xmlFlattened?: 1
  readonly xmlAttribute?: 1
  readonly xmlNamespace?: readonly [prefix: string, uri: string] | string
  readonly jsonName?: string
  readonly httpHeader?: string
  readonly httpPrefixHeaders?: string
  readonly httpQuery?: string
  readonly httpQueryParams?: 1
  readonly httpLabel?: 1
  readonly httpPayload?: 1
  readonly httpResponseCode?: 1
  readonly streaming?: 1
  readonly eventHeader?: 1
  readonly eventPayload?: 1
  readonly mediaType?: string
  readonly idempotencyToken?: 1
  /** Of an operation: method, URI template, status. */
  readonly http?: readonly [method: string, uri: string, status: number]
  /** Of an error: its query code and HTTP status. */
  readonly awsQueryError?: readonly [code: string, status: number]
  readonly error?: 'client' | 'server'
  readonly httpError?: number
}

/** A member of a structure or union. */
export interface ShapeMember {
  readonly name: string
  readonly shape: Shape
  /** Its own and its target's traits. */
  readonly traits: ShapeTraits
  readonly isRequired: boolean
}

const TIMESTAMP_FORMATS: Readonly<Record<number, TimestampFormat>> = {
  5: 'date-time',
  6: 'http-date',
  7: 'epoch-seconds',
}
/** Where a structure's schema has the number of its required members, which come first. */
const REQUIRED_COUNT = 6

const known = new WeakMap<object, Shape>()
const simple = new Map<unknown, Shape>()

/** A shape of a service's model: made from the schemas of the service's AWS client, as far as it is looked at. */
export class Shape {
  readonly kind: ShapeKind
  /** Without namespace. */
  readonly name: string
  /** undefined where the protocol's default holds. */
  readonly timestampFormat: TimestampFormat | undefined
  readonly traits: ShapeTraits
  readonly #schema: NormalizedSchema
  #members: readonly ShapeMember[] | undefined
  #byName: ReadonlyMap<string, ShapeMember> | undefined
  #element: ShapeMember | undefined
  #key: ShapeMember | undefined

  private constructor(schema: NormalizedSchema) {
    this.#schema = schema
    this.kind = kindOf(schema)
    this.name = schema.getName() ?? ''
    this.timestampFormat = TIMESTAMP_FORMATS[schema.getSchema() as number]
    this.traits = schema.getOwnTraits() as ShapeTraits
  }

  /** The shape of a schema; the same one for the same schema. */
  static of(schema: NormalizedSchema): Shape {
    const raw: unknown = schema.getSchema()
    const found = typeof raw === 'object' && raw !== null ? known.get(raw) : simple.get(raw)
    if (found) return found
    const made = new Shape(schema)
    if (typeof raw === 'object' && raw !== null) known.set(raw, made)
    else simple.set(raw, made)
    return made
  }

  /** Of a structure or union, in the model's order. */
  get members(): readonly ShapeMember[] {
    if (!this.#members) {
      const schema = this.#schema
      const required = Number((schema.getSchema() as readonly unknown[])[REQUIRED_COUNT] ?? 0)
      const members: ShapeMember[] = []
      if (this.kind === 'structure' || this.kind === 'union') {
        for (const [name, member] of schema.structIterator()) {
          members.push({ ...memberOf(name, member), isRequired: members.length < required })
        }
      }
      this.#members = members
    }
    return this.#members
  }

  /** A structure's member by its name in the model. */
  member(name: string): ShapeMember | undefined {
    this.#byName ??= new Map(this.members.map((member) => [member.name, member]))
    return this.#byName.get(name)
  }

  /** What a list or map holds. */
  get element(): ShapeMember {
    this.#element ??= {
      ...memberOf(this.kind === 'map' ? 'value' : 'member', this.#schema.getValueSchema()),
      isRequired: true,
    }
    return this.#element
  }

  /** A map's keys. */
  get key(): ShapeMember {
    this.#key ??= { ...memberOf('key', this.#schema.getKeySchema()), isRequired: true }
    return this.#key
  }
}

function memberOf(name: string, schema: NormalizedSchema): Omit<ShapeMember, 'isRequired'> {
  return { name, shape: Shape.of(schema), traits: schema.getMergedTraits() as ShapeTraits }
}

function kindOf(schema: NormalizedSchema): ShapeKind {
  if (schema.isUnitSchema()) return 'unit'
  if (schema.isUnionSchema()) return 'union'
  if (schema.isStructSchema()) return 'structure'
  if (schema.isListSchema()) return 'list'
  if (schema.isMapSchema()) return 'map'
  if (schema.isBlobSchema()) return 'blob'
  if (schema.isTimestampSchema()) return 'timestamp'
  if (schema.isBooleanSchema()) return 'boolean'
  if (schema.isNumericSchema()) return 'number'
  if (schema.isBigIntegerSchema()) return 'big-integer'
  if (schema.isBigDecimalSchema()) return 'big-decimal'
  if (schema.isDocumentSchema()) return 'document'
  return 'string'
}
