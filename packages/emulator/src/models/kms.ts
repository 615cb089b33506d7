export * from '@aws-sdk/client-kms/dist-es/schemas/schemas_0.js'
