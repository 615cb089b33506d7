export * from '@aws-sdk/client-cloudwatch-logs/dist-es/schemas/schemas_0.js'
