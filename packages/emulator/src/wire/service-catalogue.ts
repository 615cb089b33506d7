/** The protocols that a service's clients speak; which one a request is in shows in the request. */
export type Protocol = 'ec2-query' | 'query' | 'json-1.0' | 'json-1.1' | 'rest-json' | 'rest-xml' | 'rpc-cbor'

/** What of a service its model does not say. */
export interface ServiceFacts {
  /** In the credential scope of a signature. */
  readonly signingName: string
  /** Its own protocol; JSON and CBOR requests show theirs. */
  readonly protocol: Protocol
  /** Before the dot in X-Amz-Target. */
  readonly target: string
  /** `Version` of queries. */
  readonly apiVersion: string
  readonly xmlNamespace?: string
  /** Whether errors of JSON answers carry their query code in x-amzn-query-error. Source: Smithy 2.0, "awsQueryCompatible trait". */
  readonly isQueryCompatible?: true
  /** In the host names of its endpoints, where that is not its signing name. */
  readonly endpointPrefix?: string
  /** Codes of the errors for input that does not fit. */
  readonly invalidInput: InvalidInputCodes
  readonly schemas: () => Promise<Readonly<Record<string, unknown>>>
}

/** A service's errors for a body that cannot be read, a parameter that is missing, of a wrong type, or unknown; and for operations. */
export interface InvalidInputCodes {
  readonly malformed: string
  readonly missing: string
  readonly wrongType: string
  readonly notImplemented: string
}

const JSON_CODES = {
  malformed: 'SerializationException',
  missing: 'ValidationException',
  wrongType: 'SerializationException',
  notImplemented: 'UnknownOperationException',
} as const
const QUERY_CODES = {
  malformed: 'MalformedQueryString',
  missing: 'ValidationError',
  wrongType: 'MalformedInput',
  notImplemented: 'InvalidAction',
} as const

/** A service, by the name of its AWS client. */
export type ServiceName =
  | 'athena'
  | 'auto-scaling'
  | 'cloudwatch'
  | 'cloudwatch-logs'
  | 'ec2'
  | 'elastic-load-balancing-v2'
  | 'eventbridge'
  | 'glue'
  | 'guardduty'
  | 'iam'
  | 'kms'
  | 'lambda'
  | 'opensearch'
  | 's3'
  | 'sns'
  | 'sqs'
  | 'ssm'
  | 'sts'

/** The services that the endpoint knows. */
export const SERVICES: Readonly<Record<ServiceName, ServiceFacts>> = {
  athena: {
    signingName: 'athena',
    protocol: 'json-1.1',
    target: 'AmazonAthena',
    apiVersion: '2017-05-18',
    invalidInput: { ...JSON_CODES, missing: 'InvalidRequestException' },
    schemas: () => import('../models/athena.ts'),
  },
  'auto-scaling': {
    signingName: 'autoscaling',
    protocol: 'query',
    target: 'AutoScaling_2011_01_01',
    apiVersion: '2011-01-01',
    xmlNamespace: 'http://autoscaling.amazonaws.com/doc/2011-01-01/',
    invalidInput: QUERY_CODES,
    schemas: () => import('../models/auto-scaling.ts'),
  },
  cloudwatch: {
    signingName: 'monitoring',
    protocol: 'query',
    target: 'GraniteServiceVersion20100801',
    apiVersion: '2010-08-01',
    xmlNamespace: 'http://monitoring.amazonaws.com/doc/2010-08-01/',
    isQueryCompatible: true,
    invalidInput: { ...QUERY_CODES, missing: 'MissingParameter' },
    schemas: () => import('../models/cloudwatch.ts'),
  },
  'cloudwatch-logs': {
    signingName: 'logs',
    protocol: 'json-1.1',
    target: 'Logs_20140328',
    apiVersion: '2014-03-28',
    invalidInput: { ...JSON_CODES, missing: 'InvalidParameterException' },
    schemas: () => import('../models/cloudwatch-logs.ts'),
  },
  ec2: {
    signingName: 'ec2',
    protocol: 'ec2-query',
    target: 'AmazonEC2',
    apiVersion: '2016-11-15',
    xmlNamespace: 'http://ec2.amazonaws.com/doc/2016-11-15/',
    invalidInput: {
      malformed: 'InvalidParameterValue',
      missing: 'MissingParameter',
      wrongType: 'InvalidParameterValue',
      notImplemented: 'InvalidAction',
    },
    schemas: () => import('../models/ec2.ts'),
  },
  'elastic-load-balancing-v2': {
    signingName: 'elasticloadbalancing',
    protocol: 'query',
    target: 'ElasticLoadBalancing_v10',
    apiVersion: '2015-12-01',
    xmlNamespace: 'http://elasticloadbalancing.amazonaws.com/doc/2015-12-01/',
    invalidInput: QUERY_CODES,
    schemas: () => import('../models/elastic-load-balancing-v2.ts'),
  },
  eventbridge: {
    signingName: 'events',
    protocol: 'json-1.1',
    target: 'AWSEvents',
    apiVersion: '2015-10-07',
    invalidInput: JSON_CODES,
    schemas: () => import('../models/eventbridge.ts'),
  },
  glue: {
    signingName: 'glue',
    protocol: 'json-1.1',
    target: 'AWSGlue',
    apiVersion: '2017-03-31',
    invalidInput: { ...JSON_CODES, missing: 'InvalidInputException' },
    schemas: () => import('../models/glue.ts'),
  },
  guardduty: {
    signingName: 'guardduty',
    protocol: 'rest-json',
    target: 'GuardDutyAPIService',
    apiVersion: '2017-11-28',
    invalidInput: { ...JSON_CODES, missing: 'BadRequestException', wrongType: 'BadRequestException' },
    schemas: () => import('../models/guardduty.ts'),
  },
  iam: {
    signingName: 'iam',
    protocol: 'query',
    target: 'AWSIdentityManagementV20100508',
    apiVersion: '2010-05-08',
    xmlNamespace: 'https://iam.amazonaws.com/doc/2010-05-08/',
    invalidInput: QUERY_CODES,
    schemas: () => import('../models/iam.ts'),
  },
  kms: {
    signingName: 'kms',
    protocol: 'json-1.1',
    target: 'TrentService',
    apiVersion: '2014-11-01',
    invalidInput: JSON_CODES,
    schemas: () => import('../models/kms.ts'),
  },
  lambda: {
    signingName: 'lambda',
    protocol: 'rest-json',
    target: 'AWSGirApiService',
    apiVersion: '2015-03-31',
    invalidInput: {
      ...JSON_CODES,
      missing: 'InvalidParameterValueException',
      wrongType: 'InvalidParameterValueException',
    },
    schemas: () => import('../models/lambda.ts'),
  },
  opensearch: {
    signingName: 'es',
    protocol: 'rest-json',
    target: 'AmazonOpenSearchService',
    apiVersion: '2021-01-01',
    invalidInput: JSON_CODES,
    schemas: () => import('../models/opensearch.ts'),
  },
  s3: {
    signingName: 's3',
    protocol: 'rest-xml',
    target: 'AmazonS3',
    apiVersion: '2006-03-01',
    xmlNamespace: 'http://s3.amazonaws.com/doc/2006-03-01/',
    invalidInput: {
      malformed: 'MalformedXML',
      missing: 'InvalidRequest',
      wrongType: 'InvalidArgument',
      notImplemented: 'NotImplemented',
    },
    schemas: () => import('../models/s3.ts'),
  },
  sns: {
    signingName: 'sns',
    protocol: 'query',
    target: 'AmazonSimpleNotificationService',
    apiVersion: '2010-03-31',
    xmlNamespace: 'http://sns.amazonaws.com/doc/2010-03-31/',
    invalidInput: QUERY_CODES,
    schemas: () => import('../models/sns.ts'),
  },
  sqs: {
    signingName: 'sqs',
    protocol: 'json-1.0',
    target: 'AmazonSQS',
    apiVersion: '2012-11-05',
    xmlNamespace: 'http://queue.amazonaws.com/doc/2012-11-05/',
    isQueryCompatible: true,
    invalidInput: { ...JSON_CODES, missing: 'MissingParameter' },
    schemas: () => import('../models/sqs.ts'),
  },
  ssm: {
    signingName: 'ssm',
    protocol: 'json-1.1',
    target: 'AmazonSSM',
    apiVersion: '2014-11-06',
    invalidInput: JSON_CODES,
    schemas: () => import('../models/ssm.ts'),
  },
  sts: {
    signingName: 'sts',
    protocol: 'query',
    target: 'AWSSecurityTokenServiceV20110615',
    apiVersion: '2011-06-15',
    xmlNamespace: 'https://sts.amazonaws.com/doc/2011-06-15/',
    invalidInput: QUERY_CODES,
    schemas: () => import('../models/sts.ts'),
  },
}

/** Every service. */
export const SERVICE_NAMES: readonly ServiceName[] = Object.keys(SERVICES) as ServiceName[]
