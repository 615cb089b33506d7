export * from '@aws-sdk/client-sqs/dist-es/schemas/schemas_0.js'
