import type { Resource } from '../topology/topology.ts'

/**
 * The value of a resource's tag as records show it: percent-encoded UTF-8 (RFC 3986, 2.1) but for letters, digits and `- _ . ! ~ * ' ( )`.
 * undefined where the key is not asked for, the resource has no such tag, or its value is empty: a record has no way to show that.
 */
export function tagValue(tags: Resource['tags'] | undefined, key: string | undefined): string | undefined {
  if (tags === undefined || key === undefined || !Object.hasOwn(tags, key)) return undefined
  const value = (tags[key] ?? '').replace(LONE_SURROGATE, '\ufffd')
  return value === '' ? undefined : encodeURIComponent(value)
}

const LONE_SURROGATE = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g
