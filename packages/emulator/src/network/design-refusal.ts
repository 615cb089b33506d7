import type { DesignError } from '@flowtap/core'
import { ServiceError } from '../wire/service-error.ts'

/** EC2's error for a design that it would not have let come about: the design's first mistake, with EC2's code for it. */
export function designRefusal(error: DesignError): ServiceError {
  const issue = error.issues.find(({ severity }) => severity === 'error')
  return new ServiceError(
    issue?.awsErrorCode ?? 'InvalidParameterValue',
    issue ? `${issue.message} (${issue.path})` : error.message,
    { cause: error },
  )
}
