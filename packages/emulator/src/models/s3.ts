export * from '@aws-sdk/client-s3/dist-es/schemas/schemas_0.js'
