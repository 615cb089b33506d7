import { it } from 'vitest'
import { readMutants } from './testing/mutated-rules.ts'

it('reads 200,000 mutants of rules and matches them without a crash or a hang', () => {
  readMutants(200_000)
})
