export * from '@aws-sdk/client-auto-scaling/dist-es/schemas/schemas_0.js'
