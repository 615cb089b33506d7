import type { Options } from 'tsup'

const config: Options = {
  entry: { index: 'src/index.ts', 'athena/index': 'src/athena/index.ts', 'inspect/index': 'src/inspect/index.ts' },
  format: 'esm',
  target: 'node20',
  dts: true,
  sourcemap: true,
  clean: true,
}
export default config
