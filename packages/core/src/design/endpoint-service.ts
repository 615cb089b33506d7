/** The full name of a service: `s3` is `com.amazonaws.<region>.s3`. */
export function fullServiceName(name: string, region: string): string {
  return name.startsWith('com.amazonaws.') ? name : `com.amazonaws.${region}.${name}`
}

/** Whether a service has gateway endpoints: S3 and DynamoDB have. Source: AWS PrivateLink guide, "Gateway endpoints". */
export function isGatewayService(fullName: string): boolean {
  return /^com\.amazonaws\.[a-z0-9-]+\.(?:s3|dynamodb)$/.test(fullName)
}

/**
 * The service's own DNS name in a region, which private DNS moves to an interface endpoint: the parts behind the region, turned around.
 * `com.amazonaws.us-west-2.ecr.api` is `api.ecr.us-west-2.amazonaws.com`.
 */
export function serviceDnsName(fullName: string): string {
  const [, , region = '', ...parts] = fullName.split('.')
  return [...parts.reverse(), region, 'amazonaws.com'].join('.')
}
