export * from '@aws-sdk/client-opensearch/dist-es/schemas/schemas_0.js'
