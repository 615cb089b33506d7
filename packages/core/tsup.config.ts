import type { Options } from 'tsup'

const config: Options = {
  entry: { 'athena/index': 'src/athena/index.ts' },
  format: 'esm',
  target: 'node20',
  dts: true,
  sourcemap: true,
  clean: true,
}
export default config
