export * from '@aws-sdk/client-ssm/dist-es/schemas/schemas_0.js'
