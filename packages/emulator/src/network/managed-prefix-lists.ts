import { resolveDesign } from '@flowtap/core'

const known = new Map<string, ReadonlyMap<string, string>>()

/** The names of AWS's own prefix lists in a region by their ids, e.g. `pl-6da54004` is `com.amazonaws.eu-west-1.s3`. */
export function managedPrefixLists(region: string): ReadonlyMap<string, string> {
  let lists = known.get(region)
  if (!lists) {
    lists = new Map(resolveDesign({ region, vpcs: {} }).prefixLists.map(({ id, name }) => [id, name]))
    known.set(region, lists)
  }
  return lists
}
