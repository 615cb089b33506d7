export * from '@aws-sdk/client-iam/dist-es/schemas/schemas_0.js'
