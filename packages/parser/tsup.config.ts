import type { Options } from 'tsup'

const config: Options = {
  entry: { index: 'src/index.ts', arrow: 'src/arrow.ts', s3: 'src/adapters/s3.ts' },
  format: 'esm',
  target: 'node20',
  dts: true,
  sourcemap: true,
  clean: true,
}
export default config
