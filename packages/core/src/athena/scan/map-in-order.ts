/** Maps with up to `limit` calls under way at a time; results stand in the order of the items. The first failure ends it. */
export async function mapInOrder<T, R>(
  items: readonly T[],
  limit: number,
  map: (item: T, index: number) => Promise<R>,
): Promise<readonly R[]> {
  const results: R[] = new Array(items.length)
  let next = 0
  const run = async (): Promise<void> => {
    while (next < items.length) {
      const index = next++
      results[index] = await map(items[index] as T, index)
    }
  }
  try {
    await Promise.all(Array.from({ length: Math.min(limit, items.length) }, run))
  } finally {
    next = items.length
  }
  return results
}
