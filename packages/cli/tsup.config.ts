import type { Options } from 'tsup'

const config: Options = {
  entry: { main: 'src/main.ts' },
  format: 'esm',
  target: 'node20',
  dts: false,
  sourcemap: true,
  clean: true,
}
export default config
