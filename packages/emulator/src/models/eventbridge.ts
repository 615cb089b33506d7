export * from '@aws-sdk/client-eventbridge/dist-es/schemas/schemas_0.js'
