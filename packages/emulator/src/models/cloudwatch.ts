export * from '@aws-sdk/client-cloudwatch/dist-es/schemas/schemas_0.js'
