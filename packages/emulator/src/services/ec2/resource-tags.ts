import type { Tag, TagSpecification } from '@aws-sdk/client-ec2'
import { ServiceError } from '../../wire/service-error.ts'
import { invalidValue } from './ec2-errors.ts'
import type { Ec2Tables } from './ec2-tables.ts'
import { type ResourceKind, resourceType } from './resource-kinds.ts'

/** Source: EC2 user guide, "Tag restrictions". */
const MOST_TAGS = 50
const LONGEST_KEY = 127
const LONGEST_VALUE = 256

/** The tags of EC2's resources. */
export class ResourceTags {
  readonly #tables: Ec2Tables

  constructor(tables: Ec2Tables) {
    this.#tables = tables
  }

  /** Of a resource; empty where it has none. */
  of(resourceId: string): Readonly<Record<string, string>> {
    return this.#tables.tags.get(resourceId)?.tags ?? {}
  }

  /** As answers show them. */
  list(resourceId: string): Tag[] {
    return Object.entries(this.of(resourceId)).map(([Key, Value]) => ({ Key, Value }))
  }

  /** Adds tags, or gives them other values. @throws ServiceError for tags that EC2 does not take. */
  add(resourceId: string, kind: ResourceKind, tags: readonly Tag[]): void {
    const plain: Record<string, string> = {}
    for (const { Key: key = '', Value: value = '' } of tags) {
      checkTag(key, value)
      plain[key] = value
    }
    this.#put(resourceId, kind, plain)
  }

  /** Like {@link ResourceTags.add} for a service of AWS, whose tags may begin with `aws:`. */
  addReserved(resourceId: string, kind: ResourceKind, tags: Readonly<Record<string, string>>): void {
    this.#put(resourceId, kind, tags)
  }

  /** Gives a new resource the tags that its request has for resources of its kind. */
  apply(resourceId: string, kind: ResourceKind, specifications: readonly TagSpecification[] | undefined): void {
    for (const { ResourceType, Tags = [] } of specifications ?? []) {
      if (ResourceType === resourceType(kind) && Tags.length > 0) this.add(resourceId, kind, Tags)
    }
  }

  /** Takes tags away: those with a key, or with a key and a value; all where none are named. */
  remove(resourceId: string, tags: readonly Tag[] | undefined): void {
    const row = this.#tables.tags.get(resourceId)
    if (!row) return
    const isNamed = (key: string, value: string): boolean =>
      !tags || tags.some((each) => each.Key === key && (each.Value === undefined || each.Value === value))
    const kept = Object.entries(row.tags).filter(([key, value]) => key.startsWith('aws:') || !isNamed(key, value))
    if (kept.length === 0) this.#tables.tags.delete(resourceId)
    else this.#tables.tags.put(resourceId, { ...row, tags: Object.fromEntries(kept) })
  }

  /** Forgets a resource. */
  forget(resourceId: string): void {
    this.#tables.tags.delete(resourceId)
  }

  #put(resourceId: string, kind: ResourceKind, tags: Readonly<Record<string, string>>): void {
    const all = { ...this.of(resourceId), ...tags }
    if (Object.keys(all).length > MOST_TAGS) {
      throw new ServiceError('TagLimitExceeded', `More than ${MOST_TAGS} tags specified.`)
    }
    this.#tables.tags.put(resourceId, { resourceId, resourceType: resourceType(kind), tags: all })
  }
}

/** Refuses tag specifications for resources that an operation does not make. */
export function checkTagSpecifications(
  specifications: readonly TagSpecification[] | undefined,
  kinds: readonly ResourceKind[],
): void {
  for (const { ResourceType } of specifications ?? []) {
    if (ResourceType === undefined || ResourceType === ('' as string)) {
      throw new ServiceError('MissingParameter', 'Tag specification resource type must have a value')
    }
    if (!kinds.some((kind) => resourceType(kind) === ResourceType)) {
      throw invalidValue(`'${ResourceType}' is not a valid taggable resource type for this operation.`)
    }
  }
}

function checkTag(key: string, value: string): void {
  if (key === '') throw invalidValue('Tag key cannot be null or empty.')
  if (key.length > LONGEST_KEY) throw invalidValue(`Tag key exceeds the maximum length of ${LONGEST_KEY} characters`)
  if (value.length > LONGEST_VALUE) {
    throw invalidValue(`Tag value exceeds the maximum length of ${LONGEST_VALUE} characters.`)
  }
  if (key.toLowerCase().startsWith('aws:')) {
    throw invalidValue("Tag keys starting with 'aws:' are reserved for internal use")
  }
}
