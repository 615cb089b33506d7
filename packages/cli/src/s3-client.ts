import type { S3Operations } from '@flowtap/core/athena'
import type { S3Methods } from '@flowtap/parser/s3'
import { UsageError } from './exit-code.ts'

/**
 * Class S3 of the AWS SDK, with the region, credentials and endpoint that the environment names (AWS_REGION, AWS_PROFILE,
 * AWS_ENDPOINT_URL_S3, …). The package is not installed with flowtap: nobody who stays local needs it.
 */
export async function s3Client(sdk: string = '@aws-sdk/client-s3'): Promise<S3Operations & S3Methods> {
  try {
    // Not a literal, so that no compiler looks for the optional package.
    const { S3 } = await import(sdk)
    return new S3({})
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ERR_MODULE_NOT_FOUND') {
      throw new UsageError(
        `s3:// needs the package ${sdk}; install it (npm install ${sdk}), or name the folder that holds the buckets with --s3-root DIR`,
      )
    }
    throw error
  }
}
