import { fileURLToPath } from 'node:url'
import { defineConfig, type ViteUserConfig } from 'vitest/config'

const source = (path: string): string => fileURLToPath(new URL(`./packages/${path}`, import.meta.url))

const config: ViteUserConfig = defineConfig({
  resolve: {
    // Tests run against the sources, whatever was built.
    alias: [
      { find: /^@flowtap\/parser$/, replacement: source('parser/src/index.ts') },
      { find: /^@flowtap\/parser\/arrow$/, replacement: source('parser/src/arrow.ts') },
      { find: /^@flowtap\/parser\/s3$/, replacement: source('parser/src/adapters/s3.ts') },
      { find: /^@flowtap\/core$/, replacement: source('core/src/index.ts') },
      { find: /^@flowtap\/core\/athena$/, replacement: source('core/src/athena/index.ts') },
      { find: /^@flowtap\/core\/inspect$/, replacement: source('core/src/inspect/index.ts') },
      { find: /^@flowtap\/synth$/, replacement: source('synth/src/index.ts') },
      { find: /^@flowtap\/emulator$/, replacement: source('emulator/src/index.ts') },
      { find: /^@flowtap\/synth\/arbitraries$/, replacement: source('synth/src/arbitraries/index.ts') },
    ],
  },
  test: {
    include: ['packages/*/{src,test}/**/*.test.ts', 'test/**/*.test.ts', 'examples/**/*.test.ts'],
    exclude: ['**/node_modules/**', '**/*.slow.test.ts'],
    // One on two cores unless given.
    maxWorkers: '100%',
    testTimeout: 30_000,
    hookTimeout: 60_000,
    // Imports without file endings, which Node refuses: the referee of the SQL parser, and the schemas of AWS's clients.
    server: { deps: { inline: ['dt-sql-parser', /client-[a-z0-9-]+\/dist-es\//] } },
  },
})

export default config
