import { it } from 'vitest'
import { inspectMutants } from './mutated-packets.ts'

it('takes 1,000,000 mutated packets without a crash, and counts each', () => {
  inspectMutants(1_000_000)
})
