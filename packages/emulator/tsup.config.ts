import type { Options } from 'tsup'

const config: Options = {
  entry: { index: 'src/index.ts' },
  format: 'esm',
  target: 'node20',
  dts: true,
  sourcemap: false,
  clean: true,
  splitting: true,
  // The operations' schemas, of which each service's is a chunk of its own, loaded when the service is first called.
  noExternal: [/^@aws-sdk\/client-[a-z0-9-]+\/dist-es\/schemas/],
}
export default config
