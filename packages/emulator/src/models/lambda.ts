export * from '@aws-sdk/client-lambda/dist-es/schemas/schemas_0.js'
