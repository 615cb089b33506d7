export * from '@aws-sdk/client-glue/dist-es/schemas/schemas_0.js'
