import { createRequire } from 'node:module'

/** The version in the package's own package.json. */
export const version: string = (createRequire(import.meta.url)('../package.json') as { version: string }).version
