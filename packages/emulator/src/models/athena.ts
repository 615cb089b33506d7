export * from '@aws-sdk/client-athena/dist-es/schemas/schemas_0.js'
