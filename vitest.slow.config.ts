import { defineConfig, type ViteUserConfig } from 'vitest/config'
import config from './vitest.config.ts'

/** Tests that take too long for every run: `npm run test:slow`, all of them or those whose file names are given. */
const slow: ViteUserConfig = defineConfig({
  resolve: config.resolve ?? {},
  test: {
    ...config.test,
    include: ['packages/*/{src,test}/**/*.slow.test.ts'],
    exclude: ['**/node_modules/**'],
    testTimeout: 3_600_000,
    hookTimeout: 600_000,
    fileParallelism: false,
  },
})

export default slow
