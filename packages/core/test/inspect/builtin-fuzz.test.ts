import { it } from 'vitest'
import { inspectMutants } from './mutated-packets.ts'

it('takes 100,000 mutated packets without a crash, and counts each', { timeout: 60_000 }, () => {
  inspectMutants(100_000)
})
