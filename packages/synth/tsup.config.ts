import type { Options } from 'tsup'

const config: Options = {
  entry: { index: 'src/index.ts', 'arbitraries/index': 'src/arbitraries/index.ts' },
  format: 'esm',
  target: 'node20',
  dts: true,
  sourcemap: true,
  clean: true,
}
export default config
