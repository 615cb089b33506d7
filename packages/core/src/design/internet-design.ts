/** A host on the internet that scenarios can talk to. */
export interface InternetHostDesign {
  readonly dnsNames?: readonly string[]
  /** Public IPv4 and IPv6 addresses. */
  readonly addresses: readonly string[]
  /** Open ports; others refuse. */
  readonly services?: readonly InternetServiceDesign[]
  /** `true` unless given. */
  readonly answersPing?: boolean
  /** One-way delay from the internet gateway; 10 unless given. */
  readonly latencyMilliseconds?: number
}

/** An open port of a host. */
export interface InternetServiceDesign {
  readonly protocol: 'tcp' | 'udp'
  readonly port: number
}

/** One entry of AWS's list of address ranges. */
export interface AwsServiceRangeDesign {
  /** IPv4 or IPv6 block. */
  readonly ipPrefix: string
  /** As in `pkt-dst-aws-service`, e.g. `S3`. */
  readonly service: string
  /** The design's region unless given; `GLOBAL` for services that have none. */
  readonly region?: string
}
