export * from '@aws-sdk/client-sns/dist-es/schemas/schemas_0.js'
