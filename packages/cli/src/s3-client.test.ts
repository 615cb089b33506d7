import { expect, it } from 'vitest'
import { UsageError } from './exit-code.ts'
import { s3Client } from './s3-client.ts'

it('says what s3:// needs where the SDK is not installed', async () => {
  const refused = s3Client('@flowtap/no-such-package')
  await expect(refused).rejects.toBeInstanceOf(UsageError)
  await expect(refused).rejects.toThrow(/^s3:\/\/ needs the package .*; install it .*--s3-root DIR$/)
})
