/**
 * DuckDB occupies a thread of Node's pool for as long as a call takes, and a call that reads a table waits for other threads
 * of the same pool, which read and inflate. So that they always get a turn, a few calls at most run at a time in a process.
 */
const DEFAULT_POOL_SIZE = 4
const THREADS_KEPT_FREE = 2

/** Threads of Node's pool. */
export function threadPoolSize(): number {
  const text = process.env.UV_THREADPOOL_SIZE
  const size = text === undefined ? DEFAULT_POOL_SIZE : Number.parseInt(text, 10)
  return Number.isInteger(size) && size >= 1 ? size : DEFAULT_POOL_SIZE
}

let free: number | undefined
const waiting: (() => void)[] = []

/** Runs a call of DuckDB when its turn comes. */
export async function nativeCall<T>(call: () => Promise<T>): Promise<T> {
  free ??= Math.max(1, threadPoolSize() - THREADS_KEPT_FREE)
  if (free > 0) free -= 1
  else await new Promise<void>((resolve) => waiting.push(resolve))
  try {
    return await call()
  } finally {
    const next = waiting.shift()
    if (next) next()
    else free += 1
  }
}
