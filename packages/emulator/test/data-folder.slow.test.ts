import { afterAll, beforeAll, expect, it } from 'vitest'
import { crashRounds } from './crash-rounds.ts'
import { buildEmulatorProgram, type EmulatorProgram } from './emulator-process.ts'

let program: EmulatorProgram
beforeAll(async () => {
  program = await buildEmulatorProgram()
})
afterAll(() => program.remove())

it.each([1, 2, 3, 4, 5])(
  'ten processes that end at once have kept all that they acknowledged (seed %i)',
  async (seed) => {
    await expect(crashRounds(program, 10, seed)).resolves.toBeUndefined()
  },
)
