export * from '@aws-sdk/client-sts/dist-es/schemas/schemas_0.js'
